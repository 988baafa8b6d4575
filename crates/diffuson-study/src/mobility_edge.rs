//! The kind `mobility-edge`: transport coefficients at a mobility edge against temperature, in closed form.
//!
//! A point has one sample, which is exact: the curves, and beside them the same from a quadrature over energy that knows nothing of the closed forms.

use crate::results::{self, Described, NO_ESTIMATE, Results};
use crate::settings::{MobilityEdge as Edge, Settings};
use crate::study::Study;
use crate::task::{Column, Cost, Made, Task};
use diffuson::audit::{Audit, laws};
use diffuson::localization::expansions::{high_temperature, low_temperature};
use diffuson::localization::hopping::Tail;
use diffuson::localization::special_points::{conductivity_minimum, power_factor_maximum, thermopower_inflection};
use diffuson::localization::{InvalidParameter, MobilityEdge, Side, THERMOPOWER_UNIT, Transport};
use diffuson::thermal::{LinearResponse, SingularPoint, Structure};
use diffuson_ensemble::statistics::Estimate;
use diffuson_store::{ArraySpec, Kind, Layout, POINT, Reader, SAMPLE, StoreError};

const LAWS: [&str; 1] = [laws::CLOSED_FORM];
