//! Linear response: the Onsager matrix, and the coefficients between two terminals.

use super::source::{Source, sampled, transmission};
use super::structure::{Structure, adaptive};
use crate::arguments::named;
use crate::arrays::{Reals, exactly, table, to_vec, vector};
use crate::audit::Audit;
use crate::compute::compute;
use crate::conductor::Conductor;
use crate::errors::{Raise, input};
use crate::probes::MEASURES;
use crate::whole::{Whole, whole, wholes};
use crate::window::Reach;
use diffuson::audit;
use diffuson::probes::{Accuracy, Measure, between};
use diffuson::scattering::{PRODUCTS, Plan, Question};
use diffuson::thermal::{self, LinearResponse, TransmissionMatrix, Window};
use numpy::{PyArray1, PyArray2};
use pyo3::prelude::*;

pub(super) fn module(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<OnsagerMatrix>()?;
    m.add_class::<Sommerfeld>()?;
    m.add_class::<Coefficients>()?;
    m.add_class::<SiCoefficients>()?;
    m.add_function(wrap_pyfunction!(onsager, m)?)?;
    m.add_function(wrap_pyfunction!(sommerfeld, m)?)
}

/// Linear relations between small deviations of potentials and temperatures and the currents into the terminals, ``(I_a, J^Q_a / k_B T) = (1/h) sum_b M_ab (mu_b, k_B dT_b)``.
///
/// Terminals are leads, by their numbers. Between reservoirs ``M_ab = ((K0, K1), (K1, K2))_ab``, ``K_n = Int dE (-df/dE) ((E - mu)/k_B T)^n T_ab``, and ``M_aa = -sum_b M_ab``.
#[pyclass(frozen, module = "diffuson.thermal")]
#[derive(Clone)]
pub(crate) struct OnsagerMatrix {
    inner: thermal::OnsagerMatrix,
    /// Number of the first lead among the terminals of the library.
    first: usize,
    audit: audit::Audit,
}

impl OnsagerMatrix {
    pub(super) fn of(response: &LinearResponse) -> Self {
        Self { inner: response.onsager(), first: 0, audit: response.audit.clone() }
    }

    fn derived(&self, inner: thermal::OnsagerMatrix) -> Self {
        let mut audit = self.audit.clone();
        audit.merge(inner.audit());
        Self { inner, first: self.first, audit }
    }

    fn numbers(&self) -> Vec<usize> {
        self.inner.terminals().iter().map(|t| t - self.first).collect()
    }

    /// Terminals of the library for leads, each named once.
    fn named(&self, leads: &[usize]) -> PyResult<Vec<usize>> {
        let present = self.numbers();
        for (k, lead) in leads.iter().enumerate() {
            if !present.contains(lead) || leads[..k].contains(lead) {
                return Err(input(format!("lead {lead}: there are {present:?}, and each can be named once")));
            }
        }
        Ok(leads.iter().map(|lead| lead + self.first).collect())
    }

    /// Leads that are not named float.
    fn keeping(self, leads: Option<Vec<usize>>, measure: Measure) -> PyResult<Self> {
        let Some(leads) = leads else { return Ok(self) };
        let kept = self.named(&leads)?;
        let others = self.inner.terminals().iter().filter(|t| !kept.contains(t));
        let floating: Vec<(usize, Measure)> = others.map(|&t| (t, measure)).collect();
        if floating.is_empty() {
            return Ok(self);
        }
        let inner = self.inner.floating(&floating).map_err(Raise::raise)?;
        Ok(self.derived(inner))
    }
}

#[pymethods]
impl OnsagerMatrix {
    /// The leads that are left, by their numbers.
    #[getter]
    fn terminals(&self) -> Vec<usize> {
        self.numbers()
    }

    /// Temperature k_B T, in t.
    #[getter]
    fn kt(&self) -> f64 {
        self.inner.kt()
    }

    /// Dissipation, the error of the quadrature, row and column sums, and what was checked of the transmissions.
    #[getter]
    fn audit(&self) -> Audit {
        (&self.audit).into()
    }

    /// The whole matrix: an array (2 terminals, 2 terminals), without unit. Row ``2 a`` is the particle current, ``2 a + 1`` the heat current per k_B T into the terminal at place a of ``terminals``; column ``2 b`` its
    /// potential, ``2 b + 1`` its temperature.
    #[getter]
    fn matrix<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<f64>>> {
        let n = self.inner.terminals().len();
        let mut entries = vec![0.0; 4 * n * n];
        for (a, b) in (0..n).flat_map(|a| (0..n).map(move |b| (a, b))) {
            let block = self.inner.block(a, b);
            for (i, j) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
                entries[(2 * a + i) * 2 * n + 2 * b + j] = block[i][j];
            }
        }
        table(py, 2 * n, 2 * n, entries)
    }

    /// The 2 x 2 block between two leads: rows are (particle, heat / k_B T) into ``lead_out``, columns (potential, temperature) of ``lead_in``.
    fn block<'py>(
        &self,
        py: Python<'py>,
        #[pyo3(from_py_with = whole)] lead_out: usize,
        #[pyo3(from_py_with = whole)] lead_in: usize,
    ) -> PyResult<Bound<'py, PyArray2<f64>>> {
        let place = |lead| {
            let terminal = self.named(&[lead])?;
            let found = self.inner.terminals().iter().position(|t| terminal.contains(t));
            found.ok_or_else(|| crate::errors::bug("a lead without a place"))
        };
        table(py, 2, 2, self.inner.block(place(lead_out)?, place(lead_in)?).concat())
    }

    /// Particle currents, and heat currents per k_B T, for potentials and temperature rises k_B dT, one of each for every terminal: two arrays (terminals), in (their unit)/h, positive into the terminal.
    #[pyo3(signature = (potentials, temperatures=None))]
    fn currents<'py>(
        &self,
        py: Python<'py>,
        potentials: Reals<'py>,
        temperatures: Option<Reals<'py>>,
    ) -> PyResult<[Bound<'py, PyArray1<f64>>; 2]> {
        let n = self.inner.terminals().len();
        let potentials = exactly(to_vec(&potentials), n, "potentials, one for each terminal")?;
        let temperatures = match temperatures {
            Some(given) => exactly(to_vec(&given), n, "temperatures, one for each terminal")?,
            None => vec![0.0; n],
        };
        let found = self.inner.currents(&potentials, &temperatures);
        Ok([vector(py, found.particle), vector(py, found.heat)])
    }

    /// Lets leads float: into them flows no particle current, and with ``"voltage-and-temperature"`` no heat either. They are eliminated: what is left is the conductor with them in place. Leads that measure the
    /// voltage alone take up heat, which is then missing from that into the others.
    #[pyo3(signature = (leads, measure="voltage-and-temperature"))]
    fn floating(&self, leads: Vec<Whole>, measure: &str) -> PyResult<Self> {
        let measure = named("measure", measure, &MEASURES)?;
        let probes: Vec<(usize, Measure)> =
            self.named(&wholes(leads))?.into_iter().map(|t| (t, measure)).collect();
        self.inner.floating(&probes).map_err(Raise::raise).map(|inner| self.derived(inner))
    }

    /// Joins leads into one, at one potential and temperature, under the number of the first.
    fn joined(&self, leads: Vec<Whole>) -> PyResult<Self> {
        self.inner.joined(&self.named(&wholes(leads))?).map_err(Raise::raise).map(|inner| self.derived(inner))
    }

    /// Conductance, thermopower and the like between two leads, the only ones left: the source is driven, the drain held.
    #[pyo3(signature = (source=0, drain=1))]
    fn coefficients(
        &self,
        #[pyo3(from_py_with = whole)] source: usize,
        #[pyo3(from_py_with = whole)] drain: usize,
    ) -> PyResult<Coefficients> {
        let named = self.named(&[source, drain])?;
        let inner = self.inner.coefficients(named[0], named[1]).map_err(Raise::raise)?;
        Ok(Coefficients { inner })
    }

    /// Power dissipated, per largest eigenvalue, for the potentials and temperatures where it is least: never negative but for rounding.
    #[getter]
    fn lowest_dissipation(&self) -> f64 {
        self.inner.lowest_dissipation()
    }

    /// How far this matrix is from the transpose of the one in the opposite field, per largest entry: ``M_ab^ij(B) = M_ba^ji(-B)`` (Onsager and Casimir).
    fn reciprocity(&self, reversed: &Self) -> PyResult<f64> {
        if self.numbers() != reversed.numbers() {
            return Err(input(format!(
                "terminals {:?} and {:?}, but the same are wanted",
                self.numbers(),
                reversed.numbers()
            )));
        }
        let same = reversed.inner.terminals() == self.inner.terminals();
        if same { Ok(self.inner.reciprocity(&reversed.inner)) } else { Err(input("different conductors")) }
    }

    fn __repr__(&self) -> String {
        format!("OnsagerMatrix(leads {:?}, k_B T = {} t)", self.numbers(), self.inner.kt())
    }
}

/// The Sommerfeld expansion about a chemical potential: linear response at low temperature.
#[pyclass(frozen, module = "diffuson.thermal")]
pub(crate) struct Sommerfeld {
    inner: thermal::Sommerfeld,
    audit: audit::Audit,
}

impl Sommerfeld {
    fn matrix(&self, inner: thermal::OnsagerMatrix) -> OnsagerMatrix {
        let mut audit = self.audit.clone();
        audit.merge(inner.audit());
        OnsagerMatrix { inner, first: 0, audit }
    }
}

#[pymethods]
impl Sommerfeld {
    /// To the first order that does not vanish: Mott's formula for the thermopower, ``S = -(pi^2/3)(k_B^2 T/e) dlnG/dE``, and the law of Wiedemann and Franz but for the square of S.
    #[getter]
    fn first(&self) -> OnsagerMatrix {
        self.matrix(self.inner.first())
    }

    /// To the next order.
    #[getter]
    fn next(&self) -> OnsagerMatrix {
        self.matrix(self.inner.next())
    }

    /// Size of the next order relative to the first: to first order the expansion is good to about this.
    #[getter]
    fn correction(&self) -> f64 {
        self.inner.correction()
    }
}

/// Thermoelectric coefficients between two terminals, from ``I = (1/h)(l11 dmu + l12 k_B dT)``, ``J^Q / k_B T = (1/h)(l21 dmu + l22 k_B dT)``, out of the source. For one spin.
#[pyclass(frozen, module = "diffuson.thermal")]
pub(crate) struct Coefficients {
    inner: thermal::Coefficients,
}

#[pymethods]
impl Coefficients {
    /// ``((l11, l12), (l21, l22))``: an array (2, 2), without unit.
    #[getter]
    fn response<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<f64>>> {
        table(py, 2, 2, self.inner.response.concat())
    }

    /// Temperature k_B T, in t.
    #[getter]
    fn kt(&self) -> f64 {
        self.inner.kt
    }

    /// Conductance, in e^2/h.
    #[getter]
    fn conductance(&self) -> f64 {
        self.inner.conductance()
    }

    /// Thermopower ``S = -(dV/dT)_{I=0} = -l12/l11``, in k_B/e: negative for electrons whose transmission grows with energy.
    #[getter]
    fn thermopower(&self) -> f64 {
        self.inner.thermopower()
    }

    /// Peltier coefficient, heat per charge at equal temperatures, ``-l21/l11``, in k_B T/e.
    #[getter]
    fn peltier(&self) -> f64 {
        self.inner.peltier()
    }

    /// Thermal conductance without particle current, ``l22 - l21 l12/l11``, in k_B^2 T/h.
    #[getter]
    fn thermal_conductance(&self) -> f64 {
        self.inner.thermal_conductance()
    }

    /// Thermal conductance per G T and per ``(pi^2/3)(k_B/e)^2``: 1 by the law of Wiedemann and Franz.
    #[getter]
    fn lorenz_ratio(&self) -> f64 {
        self.inner.lorenz_ratio()
    }

    /// ``ZT = S^2 G T / kappa`` of the electrons alone.
    #[getter]
    fn figure_of_merit(&self) -> f64 {
        self.inner.figure_of_merit()
    }

    /// ``ZT`` with a thermal conductance of phonons (in k_B^2 T/h) beside the electrons.
    fn figure_of_merit_with(&self, phonons: f64) -> f64 {
        self.inner.figure_of_merit_with(phonons)
    }

    /// Power factor ``S^2 G``, in k_B^2/h: a temperature difference dT yields at most ``S^2 G dT^2 / 4``.
    #[getter]
    fn power_factor(&self) -> f64 {
        self.inner.power_factor()
    }

    /// ``l12/l21 = T S(B)/Pi(B)``: 1 under time reversal.
    #[getter]
    fn asymmetry(&self) -> f64 {
        self.inner.asymmetry()
    }

    /// ``y = l12 l21/(l11 l22 - l12 l21)``: the figure of merit under time reversal (G. Benenti, K. Saito and G. Casati, Phys. Rev. Lett. 106, 230602 (2011)).
    #[getter]
    fn generalized_figure_of_merit(&self) -> f64 {
        self.inner.generalized_figure_of_merit()
    }

    /// Audit of the bound that unitarity between ``terminals`` terminals, those eliminated among them, sets in a magnetic field.
    fn field_audit(&self, terminals: usize) -> PyResult<Audit> {
        if terminals < 2 {
            return Err(input(format!("{terminals} terminals, but two or more are wanted")));
        }
        Ok((&self.inner.field_audit(terminals)).into())
    }

    /// The same in SI units at a temperature in K, for one spin.
    fn si(&self, temperature: f64) -> SiCoefficients {
        SiCoefficients::from(self.inner.si(temperature))
    }

    fn __repr__(&self) -> String {
        format!(
            "Coefficients(G = {:.6} e^2/h, S = {:.6} k_B/e, ZT = {:.6})",
            self.conductance(),
            self.thermopower(),
            self.figure_of_merit()
        )
    }
}

/// Coefficients in SI units, for one spin.
#[pyclass(frozen, module = "diffuson.thermal")]
pub(crate) struct SiCoefficients {
    /// Temperature, in K.
    #[pyo3(get)]
    temperature: f64,
    /// Conductance, in S.
    #[pyo3(get)]
    conductance: f64,
    /// Thermopower (Seebeck coefficient), in V/K.
    #[pyo3(get)]
    thermopower: f64,
    /// Peltier coefficient, in V.
    #[pyo3(get)]
    peltier: f64,
    /// Thermal conductance without current, in W/K.
    #[pyo3(get)]
    thermal_conductance: f64,
    /// Power factor, in W/K^2.
    #[pyo3(get)]
    power_factor: f64,
}

impl From<thermal::SiCoefficients> for SiCoefficients {
    fn from(si: thermal::SiCoefficients) -> Self {
        let thermal::SiCoefficients {
            temperature,
            conductance,
            thermopower,
            peltier,
            thermal_conductance,
            power_factor,
        } = si;
        Self { temperature, conductance, thermopower, peltier, thermal_conductance, power_factor }
    }
}

/// Linear response of a transmission: a :class:`TransmissionFunction`, or a function of energy (in t) that returns a number (two terminals) or a matrix ``T_ab``.
///
/// ``mu`` and ``kt`` in t, zero temperature allowed; ``structure`` says where a function of energy is singular; ``tolerance`` is the relative error of the quadrature.
#[pyfunction]
#[pyo3(signature = (transmission, mu, kt, *, structure=None, tolerance=1e-12))]
fn onsager(
    py: Python<'_>,
    transmission: Source<'_>,
    mu: f64,
    kt: f64,
    structure: Option<PyRef<'_, Structure>>,
    tolerance: f64,
) -> PyResult<OnsagerMatrix> {
    let known = transmission.with(structure)?;
    Ok(OnsagerMatrix::of(&known.linear(py, mu, kt, adaptive(tolerance)?)?))
}

/// The Sommerfeld expansion of a function of energy (in t) that returns a pair ``(T, dT/dE)``, numbers or matrices. Its derivatives of second and third order are taken from the slopes at ``mu - kt``, ``mu`` and ``mu + kt``.
#[pyfunction]
fn sommerfeld(pair: &Bound<'_, PyAny>, mu: f64, kt: f64) -> PyResult<Sommerfeld> {
    checked_window(mu, kt)?;
    let inner = thermal::Sommerfeld::new(mu, kt, |energy| {
        let found: [Bound<'_, PyAny>; 2] = pair.call1((energy,))?.extract()?;
        let pair = [transmission(&found[0])?, transmission(&found[1])?];
        same_terminals(pair)
    })?;
    Ok(Sommerfeld { inner, audit: audit::Audit::default() })
}

fn same_terminals(pair: [TransmissionMatrix; 2]) -> PyResult<[TransmissionMatrix; 2]> {
    let [a, b] = pair.each_ref().map(TransmissionMatrix::terminals);
    if a == b { Ok(pair) } else { Err(input(format!("T between {a} terminals, but dT/dE between {b}"))) }
}

fn checked_window(mu: f64, kt: f64) -> PyResult<()> {
    if mu.is_finite() && kt > 0.0 && kt.is_finite() {
        return Ok(());
    }
    Err(input(format!("mu = {mu}, kt = {kt}, but finite numbers are wanted, kt above 0")))
}

#[pymethods]
impl Conductor {
    /// Linear response between the leads at chemical potential ``mu`` and temperature ``kt`` = k_B T (both in t).
    ///
    /// Without probes by S matrices where the quadrature needs them; zero temperature is allowed. Probes float, and so are eliminated: into ``"voltage"`` probes at the common temperature flows no current, into
    /// ``"voltage-and-temperature"`` probes no heat either. ``leads``: those that are kept; others float like probes. ``tolerance`` is the relative error of the quadrature (without probes).
    #[pyo3(signature = (mu, kt, *, leads=None, measure="voltage-and-temperature", tolerance=1e-12))]
    fn onsager(
        &self,
        py: Python<'_>,
        mu: f64,
        kt: f64,
        leads: Option<Vec<Whole>>,
        measure: &str,
        tolerance: f64,
    ) -> PyResult<OnsagerMatrix> {
        let measure = named("measure", measure, &MEASURES)?;
        let leads = leads.map(wholes);
        if self.inner.probes() > 0 {
            return self.eliminated(py, [mu, kt], leads, measure);
        }
        let quadrature = adaptive(tolerance)?;
        let response =
            sampled(py, self, move |sample| sample.linear(mu, kt, quadrature).map_err(Raise::raise))?;
        OnsagerMatrix::of(&response).keeping(leads, measure)
    }

    /// The Sommerfeld expansion about ``mu`` at temperature ``kt`` (both in t), from S matrices' transmissions and their slopes at ``mu - kt``, ``mu`` and ``mu + kt``. Without probes.
    fn sommerfeld(&self, py: Python<'_>, mu: f64, kt: f64) -> PyResult<Sommerfeld> {
        checked_window(mu, kt)?;
        let (inner, audit) = sampled(py, self, move |sample| {
            let expansion = sample.sommerfeld(mu, kt).map_err(Raise::raise)?;
            Ok((expansion, sample.audit().clone()))
        })?;
        Ok(Sommerfeld { inner, audit })
    }
}

impl Conductor {
    /// Linear response with the probes eliminated, and leads that are not kept with them.
    fn eliminated(
        &self,
        py: Python<'_>,
        [mu, kt]: [f64; 2],
        leads: Option<Vec<usize>>,
        measure: Measure,
    ) -> PyResult<OnsagerMatrix> {
        checked_window(mu, kt)?;
        let leads = leads.unwrap_or_else(|| (0..self.inner.leads()).collect());
        let terminals = leads
            .into_iter()
            .map(|lead| Ok(self.inner.lead_terminal(self.checked_lead(lead)?)))
            .collect::<PyResult<Vec<_>>>()?;
        Reach { ends: [mu, mu], coldest: kt, hottest: kt }.energies(&self.inner)?;
        let (conductor, onsite) = (self.inner.clone(), self.onsite.clone());
        let inner = compute(py, move || {
            let window = Window::linear(&conductor, mu, kt).map_err(Raise::raise)?;
            let energies = window.quadrature().energies.len() as f64;
            let question = Question::Potentials { products: PRODUCTS, energies, summed: true };
            let route = Plan::fastest(&conductor, question, f64::INFINITY).route;
            let onsager = window.onsager(&onsite, route).map_err(Raise::raise)?;
            between(&onsager, &terminals, measure, Accuracy::default()).map_err(Raise::raise)
        })??;
        let audit = inner.audit().clone();
        Ok(OnsagerMatrix { inner, first: self.inner.probes(), audit })
    }
}
