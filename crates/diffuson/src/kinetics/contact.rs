//! The point contact: several sub-bands at one gate voltage, driven by a voltage or by a current.

use super::constant_time::ConstantTime;
use super::equilibrium::{Equilibrium, check_degeneracy};
use super::mean_free_path::MeanFreePath;
use super::rates::{InelasticRatio, RateLaw, Rates};
use super::steady::SteadyState;
use super::{Closure, KineticError, LARGEST_VOLTAGE, Source, check_voltage, landauer};
use crate::audit::{Audit, laws};

/// A spin-degenerate parabolic sub-band.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SubBand {
    /// Its bottom eps_i, in kT.
    pub bottom: f64,
    /// Its collisions.
    pub rates: RateLaw,
}

/// What is kept at the contact.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Drive {
    /// The voltage eV/kT, along the contact.
    Voltage(f64),
    /// The mean current, in 2ekT/h.
    Current(f64),
}

/// Noise above what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Excess {
    /// Above `4kT G(V)`, G(V) = I/V.
    #[default]
    Johnson,
    /// Above the noise without current, `4kT G(0)`.
    Equilibrium,
}

/// A uniform contact of independent sub-bands, each neutral.
#[derive(Clone, Debug, PartialEq)]
pub struct PointContact {
    bands: Vec<SubBand>,
    closure: Closure,
}

impl PointContact {
    /// With Mermin's closure.
    ///
    /// # Errors
    /// [`KineticError::NoSubBands`] without sub-bands, [`KineticError::OutOfRange`] if a bottom is not finite.
    pub fn new(bands: Vec<SubBand>) -> Result<Self, KineticError> {
        if bands.is_empty() {
            return Err(KineticError::NoSubBands);
        }
        for band in &bands {
            KineticError::check(
                "bottom of a sub-band in kT",
                band.bottom,
                band.bottom.is_finite(),
                "finite",
            )?;
        }
        Ok(Self { bands, closure: Closure::default() })
    }

    /// Sub-bands with the same collisions.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn uniform(bottoms: &[f64], rates: RateLaw) -> Result<Self, KineticError> {
        Self::new(bottoms.iter().map(|&bottom| SubBand { bottom, rates }).collect())
    }

    /// The same contact in another closure.
    pub fn with_closure(self, closure: Closure) -> Self {
        Self { closure, ..self }
    }

    /// The sub-bands.
    pub fn bands(&self) -> &[SubBand] {
        &self.bands
    }

    /// The closure.
    pub fn closure(&self) -> Closure {
        self.closure
    }

    /// Linear conductance at mu (in kT), in G0: an integral over the Fermi window (Kubo), not a ratio at small voltage, whose error is linear in |V| for
    /// constant mean free paths.
    ///
    /// # Errors
    /// [`KineticError::OutOfRange`] if `mu - eps_i` or a rate is out of range.
    pub fn conductance(&self, mu: f64) -> Result<f64, KineticError> {
        self.bands.iter().map(|band| Ok(band.at(mu, 0.0)?.linear_conductance(mu - band.bottom))).sum()
    }

    /// The state at mu (in kT) in closed form.
    ///
    /// # Errors
    /// [`KineticError::NoClosedForm`] unless all times are constant, and the errors of [`voltage`](Self::voltage).
    pub fn closed_form(&self, mu: f64, drive: Drive) -> Result<ContactState, KineticError> {
        self.state(mu, drive, |n, band, voltage| {
            band.closed_form(mu, voltage)?.ok_or(KineticError::NoClosedForm(n))
        })
    }

    /// The state at mu (in kT) by solving the kinetic equation of every sub-band, whatever its rates.
    ///
    /// # Errors
    /// Those of [`voltage`](Self::voltage) and of [`SteadyState::new`].
    pub fn solve(&self, mu: f64, drive: Drive) -> Result<ContactState, KineticError> {
        self.state(mu, drive, |_, band, voltage| band.solve(mu, voltage, self.closure))
    }

    fn state(
        &self,
        mu: f64,
        drive: Drive,
        mut band: impl FnMut(usize, &SubBand, f64) -> Result<BandState, KineticError>,
    ) -> Result<ContactState, KineticError> {
        let voltage = self.voltage(mu, drive)?;
        let bands: Vec<_> =
            self.bands.iter().enumerate().map(|(n, b)| band(n, b, voltage)).collect::<Result<_, _>>()?;
        let mut audit = Audit::default();
        bands.iter().for_each(|b| audit.merge(&b.audit));
        let state = ContactState { voltage, bands, audit };
        Ok(state.with_current_audited(drive))
    }

    /// The voltage eV/kT that a drive needs at mu (in kT), the smallest if there are several.
    ///
    /// # Errors
    /// [`KineticError::NoSuchCurrent`] if no voltage up to 1e12 kT/e drives the current, as where a field that opens inelastic channels makes it saturate;
    /// [`KineticError::OutOfRange`] for numbers out of range.
    pub fn voltage(&self, mu: f64, drive: Drive) -> Result<f64, KineticError> {
        let current = match drive {
            Drive::Voltage(voltage) => {
                check_voltage(voltage)?;
                return Ok(voltage);
            }
            Drive::Current(current) => current,
        };
        KineticError::check("current", current, current.is_finite(), "finite")?;
        let want = current.abs();
        if want == 0.0 {
            return Ok(0.0);
        }
        let lacks = |voltage: f64| Ok(self.current(mu, voltage)? - want);
        let mut low = [0.0, -want];
        let mut high = (want / self.conductance(mu)?).min(LARGEST_VOLTAGE);
        let mut most = [0.0, 0.0];
        let opens = |band: &SubBand| {
            matches!(band.rates, RateLaw::Scaled { inelastic: InelasticRatio::Field { .. }, .. })
        };
        let step = if self.bands.iter().any(opens) { FINE_STEP } else { STEP };
        loop {
            let excess = lacks(high)?;
            // a current that does not depend on the field but through V is met by rounding
            if excess.abs() <= 1e-15 * want {
                return Ok(high.copysign(current));
            }
            if excess > 0.0 {
                return Ok(crossing(low, [high, excess], lacks)?.copysign(current));
            }
            if excess + want > most[1] {
                most = [high, excess + want];
            }
            if high >= LARGEST_VOLTAGE {
                return Err(KineticError::NoSuchCurrent {
                    current,
                    most: most[1],
                    at: most[0],
                    reached: high,
                });
            }
            low = [high, excess];
            high = (high * step).min(LARGEST_VOLTAGE);
        }
    }

    /// Mean current at mu (in kT) and eV/kT, in 2ekT/h: by closed form or quadrature where all times or all mean free paths are constant.
    ///
    /// # Errors
    /// Those of [`SteadyState::new`].
    pub fn current(&self, mu: f64, voltage: f64) -> Result<f64, KineticError> {
        self.bands.iter().map(|band| band.current(mu, voltage, self.closure)).sum()
    }
}

/// Ratio of successive voltages at which a current is looked for; finer where it may have a maximum.
const STEP: f64 = 2.0;
const FINE_STEP: f64 = 1.25;

/// The zero of f between two points where it has different signs, to rounding, by the Illinois variant of the regula falsi.
fn crossing(
    mut low: [f64; 2],
    mut high: [f64; 2],
    f: impl Fn(f64) -> Result<f64, KineticError>,
) -> Result<f64, KineticError> {
    let mut stays = 0;
    for _ in 0..200 {
        let x = (low[0] * high[1] - high[0] * low[1]) / (high[1] - low[1]);
        let x = if x > low[0] && x < high[0] { x } else { 0.5 * (low[0] + high[0]) };
        if high[0] - low[0] <= 4.0 * f64::EPSILON * high[0] || x == low[0] || x == high[0] {
            return Ok(x);
        }
        let value = f(x)?;
        if value == 0.0 {
            return Ok(x);
        }
        if value < 0.0 {
            low = [x, value];
            high[1] *= if stays == 1 { 0.5 } else { 1.0 };
            stays = 1;
        } else {
            high = [x, value];
            low[1] *= if stays == -1 { 0.5 } else { 1.0 };
            stays = -1;
        }
    }
    Ok(0.5 * (low[0] + high[0]))
}

impl SubBand {
    /// The rates at mu and a voltage.
    fn at(&self, mu: f64, voltage: f64) -> Result<Rates, KineticError> {
        check_degeneracy(mu - self.bottom)?;
        self.rates.rates(mu - self.bottom, voltage)
    }

    fn current(&self, mu: f64, voltage: f64, closure: Closure) -> Result<f64, KineticError> {
        let (eta, rates) = (mu - self.bottom, self.at(mu, voltage)?);
        if let Some(state) = ConstantTime::new(eta, voltage, &rates)? {
            return Ok(state.current());
        }
        if let Some(state) = MeanFreePath::new(eta, voltage, &rates, closure)? {
            return Ok(state.current());
        }
        Ok(SteadyState::new(eta, voltage, rates, closure)?.current())
    }

    fn closed_form(&self, mu: f64, voltage: f64) -> Result<Option<BandState>, KineticError> {
        let (eta, rates) = (mu - self.bottom, self.at(mu, voltage)?);
        let Some(state) = ConstantTime::new(eta, voltage, &rates)? else { return Ok(None) };
        Ok(Some(BandState {
            degeneracy: eta,
            rates,
            equilibrium: state.equilibrium(),
            local_degeneracy: eta,
            current: state.current(),
            conductance: state.conductance(),
            equilibrium_noise: self.at(mu, 0.0)?.linear_conductance(eta),
            excess: state.excess(),
            audit: state.audit(),
            route: Route::ClosedForm(state),
        }))
    }

    fn solve(&self, mu: f64, voltage: f64, closure: Closure) -> Result<BandState, KineticError> {
        let (eta, rates) = (mu - self.bottom, self.at(mu, voltage)?);
        let state = SteadyState::new(eta, voltage, rates, closure)?;
        let conductance = state.conductance();
        Ok(BandState {
            degeneracy: eta,
            rates,
            equilibrium: state.equilibrium(),
            local_degeneracy: state.local_degeneracy(),
            current: state.current(),
            conductance,
            equilibrium_noise: self.at(mu, 0.0)?.linear_conductance(eta),
            excess: state.noise(Source::Compressibility) - conductance,
            audit: state.audit().clone(),
            route: Route::Solved(Box::new(state)),
        })
    }
}

/// How a sub-band was computed.
#[derive(Clone, Debug)]
enum Route {
    ClosedForm(ConstantTime),
    Solved(Box<SteadyState>),
}

/// The state of one sub-band.
#[derive(Clone, Debug)]
pub struct BandState {
    /// `eta = (mu - eps_i)/kT`.
    pub degeneracy: f64,
    /// The rates at this gate voltage and field.
    pub rates: Rates,
    /// Number of electrons and its fluctuation.
    pub equilibrium: Equilibrium,
    /// eta* of the local equilibrium.
    pub local_degeneracy: f64,
    /// Mean current, in 2ekT/h.
    pub current: f64,
    /// I/V, in G0; without voltage the linear conductance.
    pub conductance: f64,
    /// Noise without current, in 4kT G0, with the rates at V = 0.
    pub equilibrium_noise: f64,
    /// Noise above 4kTG, from `kT df/dmu`, in 4kT G0.
    pub excess: f64,
    /// Laws checked.
    pub audit: Audit,
    route: Route,
}

impl BandState {
    /// The distribution, if the kinetic equation was solved for it.
    pub fn steady(&self) -> Option<&SteadyState> {
        match &self.route {
            Route::ClosedForm(_) => None,
            Route::Solved(state) => Some(state),
        }
    }

    /// Noise at zero frequency, in 4kT G0.
    ///
    /// # Errors
    /// [`KineticError::NoOccupation`] for [`Source::Occupation`] of a closed form.
    pub fn noise(&self, source: Source) -> Result<f64, KineticError> {
        match (source, self.steady()) {
            (Source::Compressibility, _) => Ok(self.conductance + self.excess),
            (Source::Occupation, Some(state)) => Ok(state.noise(source)),
            (Source::Occupation, None) => Err(KineticError::NoOccupation),
        }
    }

    /// Noise at an angular frequency in v_T/L, in 4kT G0.
    ///
    /// # Errors
    /// As [`noise`](Self::noise); [`KineticError::OutOfRange`] unless the frequency is finite.
    pub fn spectrum(&self, omega: f64, source: Source) -> Result<f64, KineticError> {
        KineticError::check("frequency", omega, omega.is_finite(), "finite")?;
        match (&self.route, source) {
            (Route::ClosedForm(state), Source::Compressibility) => Ok(state.noise(omega)),
            (Route::ClosedForm(_), Source::Occupation) => Err(KineticError::NoOccupation),
            (Route::Solved(state), source) => Ok(state.spectrum(omega)?[source as usize]),
        }
    }
}

/// The state of a contact.
#[derive(Clone, Debug)]
pub struct ContactState {
    /// Voltage eV/kT.
    pub voltage: f64,
    /// Its sub-bands.
    pub bands: Vec<BandState>,
    /// Laws checked, of all sub-bands together.
    pub audit: Audit,
}

impl ContactState {
    fn sum(&self, of: impl Fn(&BandState) -> f64) -> f64 {
        self.bands.iter().map(of).sum()
    }

    fn with_current_audited(mut self, drive: Drive) -> Self {
        if let Drive::Current(want) = drive
            && want != 0.0
        {
            self.audit.record(laws::DRIVE, (self.current() / want - 1.0).abs(), 1e-10);
        }
        self
    }

    /// Mean current, in 2ekT/h.
    pub fn current(&self) -> f64 {
        self.sum(|b| b.current)
    }

    /// I/V, in G0; without voltage the linear conductance.
    pub fn conductance(&self) -> f64 {
        self.sum(|b| b.conductance)
    }

    /// Number of electrons and its fluctuation, of all sub-bands; their ratio is kappa/kappa_cl.
    pub fn equilibrium(&self) -> Equilibrium {
        Equilibrium {
            number: self.sum(|b| b.equilibrium.number),
            fluctuation: self.sum(|b| b.equilibrium.fluctuation),
        }
    }

    /// Noise at zero frequency, in 4kT G0.
    ///
    /// # Errors
    /// As [`BandState::noise`].
    pub fn noise(&self, source: Source) -> Result<f64, KineticError> {
        self.bands.iter().map(|b| b.noise(source)).sum()
    }

    /// Noise at an angular frequency in v_T/L, in 4kT G0.
    ///
    /// # Errors
    /// As [`BandState::spectrum`].
    pub fn spectrum(&self, omega: f64, source: Source) -> Result<f64, KineticError> {
        self.bands.iter().map(|b| b.spectrum(omega, source)).sum()
    }

    /// Excess noise, in 4kT G0.
    ///
    /// # Errors
    /// As [`BandState::noise`].
    pub fn excess(&self, source: Source, excess: Excess) -> Result<f64, KineticError> {
        match (source, excess) {
            // without the difference, which closed forms do not need
            (Source::Compressibility, Excess::Johnson) => Ok(self.sum(|b| b.excess)),
            (_, Excess::Johnson) => Ok(self.noise(source)? - self.conductance()),
            (_, Excess::Equilibrium) => Ok(self.noise(source)? - self.sum(|b| b.equilibrium_noise)),
        }
    }

    /// Excess noise per `2e|I|`; not a number without current.
    ///
    /// # Errors
    /// As [`BandState::noise`].
    pub fn fano(&self, source: Source, excess: Excess) -> Result<f64, KineticError> {
        Ok(2.0 * self.excess(source, excess)? / self.current().abs())
    }

    /// Conductances of the sub-bands, in G0: what [`landauer`] takes for transmissions.
    pub fn transmissions(&self) -> Vec<f64> {
        self.bands.iter().map(|b| b.conductance).collect()
    }

    /// Landauer-Büttiker noise above 4kTG with the same conductances and voltage, in 4kT G0.
    ///
    /// # Errors
    /// [`KineticError::NoTransmission`] if a conductance exceeds G0.
    pub fn landauer_excess(&self) -> Result<f64, KineticError> {
        landauer::excess(&self.transmissions(), self.voltage)
    }
}
