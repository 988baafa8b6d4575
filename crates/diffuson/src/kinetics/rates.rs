//! How often electrons collide: the laws of the relaxation times, and how they follow the gate and the field.

use super::KineticError;
use super::equilibrium::{Equilibrium, fermi_edge, reference_speed};
use super::mesh::Mesh;
use crate::thermal::fermi_window;

/// How the rate of one kind of collision depends on velocity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scattering {
    /// Constant relaxation time, in `L/v_T`: rate `1/theta`. Infinite: no such collisions.
    Time(f64),
    /// Constant mean free path, in L: rate `|x|/l`. Infinite: no such collisions.
    MeanFreePath(f64),
}

impl Scattering {
    fn length(self) -> f64 {
        match self {
            Self::Time(length) | Self::MeanFreePath(length) => length,
        }
    }

    /// The rate `a + b |x|` as [a, b].
    fn polynomial(self) -> [f64; 2] {
        match self {
            Self::Time(theta) => [1.0 / theta, 0.0],
            Self::MeanFreePath(length) => [0.0, 1.0 / length],
        }
    }
}

/// Rates of inelastic and elastic collisions in one sub-band.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rates {
    inelastic: Scattering,
    elastic: Scattering,
}

impl Rates {
    /// Inelastic collisions, which bring electrons back to the local equilibrium, and elastic ones, which reverse their velocity.
    ///
    /// # Errors
    /// [`KineticError::OutOfRange`] unless the inelastic time or path is positive and finite and the elastic one positive.
    pub fn new(inelastic: Scattering, elastic: Scattering) -> Result<Self, KineticError> {
        let (i, e) = (inelastic.length(), elastic.length());
        KineticError::check(
            "inelastic time or mean free path",
            i,
            i > 0.0 && i.is_finite(),
            "positive and finite",
        )?;
        KineticError::check("elastic time or mean free path", e, e > 0.0, "positive, or infinite")?;
        Ok(Self { inelastic, elastic })
    }

    /// Constant times `tau_in` and `tau_el`, in `L/v_T`.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn times(inelastic: f64, elastic: f64) -> Result<Self, KineticError> {
        Self::new(Scattering::Time(inelastic), Scattering::Time(elastic))
    }

    /// Constant mean free paths, in L.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn mean_free_paths(inelastic: f64, elastic: f64) -> Result<Self, KineticError> {
        Self::new(Scattering::MeanFreePath(inelastic), Scattering::MeanFreePath(elastic))
    }

    /// The inelastic law.
    pub fn inelastic(&self) -> Scattering {
        self.inelastic
    }

    /// The elastic law.
    pub fn elastic(&self) -> Scattering {
        self.elastic
    }

    /// Linear conductance `4 Int_0^inf x^2 w(x^2 - eta) / (r_in + r_el) dx`, w the Fermi window, in G0 (Kubo): `N theta` for constant times, `2 l f0` for constant mean
    /// free paths.
    pub(super) fn linear_conductance(&self, eta: f64) -> f64 {
        if let Some([_, theta]) = self.constant_times() {
            return Equilibrium::new(eta).map_or(f64::NAN, |e| e.number * theta);
        }
        if let Some([_, path]) = self.constant_paths() {
            return 2.0 * path * fermi_edge(eta);
        }
        // both linear in |x|: smooth on the half axis
        let weight = |x: f64| 2.0 * x * x * fermi_window(x * x - eta) / self.inelastic_and_total(x).1;
        Mesh::new(eta, 0.0, self).integral(|_, x| [weight(x); 2])
    }

    /// `theta_in` and `theta` (`1/theta = 1/theta_in + 1/theta_el`) if both times are constant; an absence of elastic collisions is of either law.
    pub(super) fn constant_times(&self) -> Option<[f64; 2]> {
        match (self.inelastic, self.elastic) {
            (Scattering::Time(i), Scattering::Time(e)) => Some([i, total(i, e)]),
            (Scattering::Time(i), e) if e.length().is_infinite() => Some([i, i]),
            _ => None,
        }
    }

    /// The same of mean free paths.
    pub(super) fn constant_paths(&self) -> Option<[f64; 2]> {
        match (self.inelastic, self.elastic) {
            (Scattering::MeanFreePath(i), Scattering::MeanFreePath(e)) => Some([i, total(i, e)]),
            (Scattering::MeanFreePath(i), e) if e.length().is_infinite() => Some([i, i]),
            _ => None,
        }
    }

    /// Inelastic and elastic rates `a + b |x|` as [a, b].
    pub(super) fn polynomials(&self) -> ([f64; 2], [f64; 2]) {
        (self.inelastic.polynomial(), self.elastic.polynomial())
    }

    /// `r_in` and `r_in + r_el` at |x|.
    pub(super) fn inelastic_and_total(&self, x: f64) -> (f64, f64) {
        let ([a, b], [c, d]) = self.polynomials();
        let inelastic = a + b * x;
        (inelastic, inelastic + c + d * x)
    }

    /// |x| at which the rates are equal if they follow different laws, else 0.
    pub(super) fn crossover(&self) -> f64 {
        match (self.inelastic, self.elastic) {
            (Scattering::Time(time), Scattering::MeanFreePath(path))
            | (Scattering::MeanFreePath(path), Scattering::Time(time))
                if time.is_finite() && path.is_finite() =>
            {
                path / time
            }
            _ => 0.0,
        }
    }

    /// Whether a rate has a kink at x = 0.
    pub(super) fn have_kink(&self) -> bool {
        let ([_, b], [_, d]) = self.polynomials();
        b > 0.0 || d > 0.0
    }
}

/// Of two kinds of collision together.
fn total(inelastic: f64, elastic: f64) -> f64 {
    inelastic / (1.0 + inelastic / elastic)
}

/// Whether times or mean free paths are constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Law {
    /// Times; `tau_el = lambda_el / v_ref` with the [reference speed](super::reference_speed) of the sub-band.
    ConstantTime,
    /// Mean free paths.
    ConstantMeanFreePath,
}

/// Ratio r of the inelastic time (or mean free path) to the elastic one: the function the paper does not give.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum InelasticRatio {
    /// The same for all gate voltages and fields.
    Constant(f64),
    /// `r = f0^a`, f0 the occupation of the sub-band's bottom. With constant times and a = 3 this is **a surrogate** for the unpublished law behind
    /// Fig. 3: noise at constant current peaks at the first threshold only if a > 1.
    Occupation {
        /// a.
        exponent: f64,
    },
    /// `r = 1 / (1 + (|u|/u_ph)^p)`: a field opens inelastic channels. With constant times and p = 1 the current saturates, with p > 1 it falls at high field.
    Field {
        /// u_ph, in kT.
        scale: f64,
        /// p.
        exponent: f64,
    },
}

/// How the rates of a sub-band follow from its place and the field.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RateLaw {
    /// Always the same.
    Fixed(Rates),
    /// Elastic mean free path `elastic` in L (at the reference speed, if times are constant), and a ratio for the inelastic ones.
    Scaled {
        /// What is constant over a sub-band.
        law: Law,
        /// lambda_el / L.
        elastic: f64,
        /// r.
        inelastic: InelasticRatio,
    },
}

impl RateLaw {
    /// Constant times with `tau_el = L/v_ref` and `tau_in = r tau_el`: conductance `G0 sum_i 2r/(1+r) f0` at any field (Fig. 2).
    pub fn ideal(ratio: f64) -> Self {
        Self::Scaled { law: Law::ConstantTime, elastic: 1.0, inelastic: InelasticRatio::Constant(ratio) }
    }

    /// The surrogate for Fig. 3: constant times, `tau_el = L/v_ref`, `tau_in = f0^a tau_el`.
    pub fn surrogate(exponent: f64) -> Self {
        Self::Scaled {
            law: Law::ConstantTime,
            elastic: 1.0,
            inelastic: InelasticRatio::Occupation { exponent },
        }
    }

    /// The rates at `eta = (mu - eps_i)/kT` and voltage `u = eV/kT`.
    ///
    /// # Errors
    /// [`KineticError::OutOfRange`] if a parameter of the law, or a rate it gives, is outside of what is allowed.
    pub fn rates(&self, eta: f64, u: f64) -> Result<Rates, KineticError> {
        let (law, elastic, inelastic) = match *self {
            Self::Fixed(rates) => return Ok(rates),
            Self::Scaled { law, elastic, inelastic } => (law, elastic, inelastic),
        };
        KineticError::check(
            "elastic mean free path in L",
            elastic,
            elastic > 0.0 && elastic.is_finite(),
            "positive and finite",
        )?;
        let positive = |name, value: f64| {
            KineticError::check(name, value, value > 0.0 && value.is_finite(), "positive and finite")
        };
        let ratio = match inelastic {
            InelasticRatio::Constant(r) => {
                positive("ratio of inelastic to elastic times", r)?;
                r
            }
            InelasticRatio::Occupation { exponent } => {
                let allowed = exponent >= 0.0 && exponent.is_finite();
                KineticError::check(
                    "exponent of the occupation",
                    exponent,
                    allowed,
                    "finite and not negative",
                )?;
                fermi_edge(eta).powf(exponent)
            }
            InelasticRatio::Field { scale, exponent } => {
                positive("voltage at which inelastic channels open", scale)?;
                positive("exponent of the field", exponent)?;
                1.0 / (1.0 + (u.abs() / scale).powf(exponent))
            }
        };
        match law {
            Law::ConstantTime => {
                let elastic = elastic / reference_speed(eta)?;
                Rates::times(ratio * elastic, elastic)
            }
            Law::ConstantMeanFreePath => Rates::mean_free_paths(ratio * elastic, elastic),
        }
    }
}
