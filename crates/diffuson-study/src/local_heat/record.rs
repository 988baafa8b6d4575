//! Names, units and words of the arrays of a `local-heat` record.

use super::analysis::Quantity;
use crate::examination;
use crate::results;
use diffuson::audit::laws;
use diffuson_store::{ArraySpec, Kind, POINT, SAMPLE};

/// The laws a sample may be audited for, in the order of the record.
pub(super) const LAWS: [&str; 18] = examination::with([
    laws::UNITARITY,
    laws::FLUCTUATION_DISSIPATION,
    laws::UNITARITY_DERIVATIVE,
    laws::RECIPROCITY,
    laws::PROBE_CURRENTS,
    laws::CHARGE,
    laws::HEAT,
    laws::ENERGY,
    laws::MAXIMUM_PRINCIPLE,
    laws::PROBE_HEATS,
    laws::QUADRATURE,
    laws::BACKWARD_ERROR,
    laws::SINGLE_PRECISION,
]);

/// Per-sample arrays, in the order in which a sample lists its values; `cells` are the sizes of the cells of Eq. 8.
pub(super) fn per_sample(cells: &[usize]) -> Vec<ArraySpec> {
    let scalar = |name, units, words| ArraySpec::new(name, Kind::Float, &[POINT, SAMPLE], units, words);
    let field =
        |name, units, words| ArraySpec::new(name, Kind::Float, &[POINT, SAMPLE, "site"], units, words);
    let mut arrays = vec![
        scalar("conductance", "e^2/h", "conductance between the leads, per spin"),
        scalar("coherent_conductance", "e^2/h", "transmission from lead to lead without a visit to a probe"),
        scalar("density_of_states", "1/t", "density of states per site and spin"),
        scalar("heat_left", "bias/t", "reduced heat into the left lead"),
        scalar("heat_right", "bias/t", "reduced heat into the right lead"),
        field("potential", "bias", "local electrochemical potential")
            .describe("1 at the left lead, 0 at the right lead"),
        field("heat", "bias/t", "local reduced heat q into the probe")
            .describe("the heat current is (pi^2 (kT)^2 / 3h) q; positive: released by the conductor there"),
        field("temperature", "bias/t", "relative temperature rise of the joint probe")
            .describe("dT/T per bias; NaN unless temperature is measured"),
        field("joule", "bias^2", "local Joule heat times h, second order in the bias"),
        field(
            "heat_straight_line",
            "1/t",
            "reduced heat of a potential that falls along the current with gradient 1",
        )
        .describe("the factorised average of Eq. 6"),
    ];
    arrays.extend(results::audit_arrays());
    for c in cells {
        let (name, dim) = cell_names(*c);
        let spec = ArraySpec::new(
            &name,
            Kind::Float,
            &[POINT, SAMPLE, &dim],
            "1/t",
            "sum of dT_ij/dE within a cell",
        )
        .describe("cells of c x c sites, half overlapping, slice by slice")
        .with("cell_sites", *c as u64);
        arrays.push(spec);
    }
    arrays
}

/// Name of the array and of the dimension for cells of `c` x `c` sites.
pub(super) fn cell_names(c: usize) -> (String, String) {
    (format!("cell_slope_{c}"), format!("cell_{c}"))
}

impl Quantity {
    /// Identifier in the record.
    pub(super) fn id(self) -> &'static str {
        match self {
            Self::Conductance => "conductance",
            Self::Conductivity => "conductivity",
            Self::DensityOfStates => "density_of_states",
            Self::DiffusionConstant => "diffusion_constant",
            Self::InelasticLength => "inelastic_length",
            Self::DephasingPerScattering => "dephasing_per_scattering",
            Self::Gradient => "gradient",
            Self::HeatRmsSite => "heat_rms_site",
            Self::HeatRmsBox => "heat_rms_box",
            Self::HeatPrefactor => "heat_prefactor",
            Self::TemperatureRms => "temperature_rms",
            Self::StraightLineCorrelation => "straight_line_correlation",
            Self::StraightLineExcess => "straight_line_excess",
            Self::CellFluctuation(k) => CELL_FLUCTUATIONS[k.min(CELL_FLUCTUATIONS.len() - 1)],
        }
    }

    /// Unit in `dimension` dimensions.
    pub(super) fn units(self, dimension: usize) -> &'static str {
        match self {
            Self::Conductance => "e^2/h",
            Self::Conductivity if dimension == 2 => "e^2/h",
            Self::Conductivity => "e^2/(h a)",
            Self::DensityOfStates => "1/t",
            Self::DiffusionConstant => "t a^2/hbar",
            Self::InelasticLength => "a",
            Self::Gradient => "bias/a",
            Self::HeatRmsSite | Self::HeatRmsBox | Self::TemperatureRms => "a/t",
            Self::DephasingPerScattering
            | Self::HeatPrefactor
            | Self::StraightLineCorrelation
            | Self::StraightLineExcess
            | Self::CellFluctuation(_) => "1",
        }
    }

    /// Label for tables and axes.
    pub(super) fn label(self) -> String {
        match self {
            Self::Conductance => "conductance $G$".to_owned(),
            Self::Conductivity => r"conductivity $\sigma$".to_owned(),
            Self::DensityOfStates => r"density of states $\nu$".to_owned(),
            Self::DiffusionConstant => "diffusion constant $D$".to_owned(),
            Self::InelasticLength => r"inelastic length $L_{in}$".to_owned(),
            Self::DephasingPerScattering => r"dephasing per scattering $\Gamma\tau$".to_owned(),
            Self::Gradient => r"gradient $|\nabla\mu|$".to_owned(),
            Self::HeatRmsSite => r"rms heat per site $/|\nabla\mu|$".to_owned(),
            Self::HeatRmsBox => r"rms heat of boxes $/|\nabla\mu|$".to_owned(),
            Self::HeatPrefactor => {
                r"prefactor of Eq. 11, $q_{rms} 2\pi D/(L_{in}^{3-d}|\nabla\mu|)$".to_owned()
            }
            Self::TemperatureRms => r"rms temperature $/|\nabla\mu|$".to_owned(),
            Self::StraightLineCorrelation => "correlation with the straight-line heat".to_owned(),
            Self::StraightLineExcess => "rms of the straight-line heat, excess".to_owned(),
            Self::CellFluctuation(k) => format!("$f(0,0,0)$ of Eq. 8, cell size number {}", k + 1),
        }
    }
}

/// Identifiers of f(0,0,0) by number of the cell size.
const CELL_FLUCTUATIONS: [&str; 8] = [
    "cell_fluctuation_1",
    "cell_fluctuation_2",
    "cell_fluctuation_3",
    "cell_fluctuation_4",
    "cell_fluctuation_5",
    "cell_fluctuation_6",
    "cell_fluctuation_7",
    "cell_fluctuation_8",
];
