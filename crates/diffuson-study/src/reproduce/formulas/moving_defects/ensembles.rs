//! Eqs. 8 to 10 and Appendix 2: energies and conductances of random backgrounds, in closed form and from contacts drawn with fixed seeds.

use super::single::metal;
use super::{Arguments, Refused};
use diffuson::defects::correlation::{
    Interference, cauchy_distribution, cauchy_width, frozen_correlation, shell_correlation,
};
use diffuson::defects::pairs::PairLaw;
use diffuson::defects::{Metal, Placement, Region, confinement_temperature, flux_quantum_density};
use diffuson_ensemble::random::Realisation;
use diffuson_ensemble::statistics::{
    JointMoments, binned, kolmogorov_smirnov, pearson, sign_agreement, tail_exponent,
};
use std::f64::consts::{PI, TAU};

use crate::strip::Deviations;

pub(super) fn value(name: &str, at: &Arguments) -> Result<Option<f64>, Refused> {
    let [inner, outer] = ["inner", "outer"].map(|name| move || at.get(name));
    Ok(Some(match name {
        "correlation in a shell" => shell_correlation(inner()?, outer()?)?,
        "correlation in a shell, drawn" => {
            let drawn = Drawn { shell: [inner()?, outer()?], scatterers: 30, contacts: 20_000 };
            pearson(&drawn.contacts(PHASES)).value
        }
        "sign agreement in a shell, drawn" => {
            let drawn = Drawn { shell: [inner()?, outer()?], scatterers: 30, contacts: 20_000 };
            sign_agreement(&drawn.contacts(PHASES)).value
        }
        "correlation in a shell in second order" => second_order([inner()?, outer()?]),
        "correlation of a frozen background, mean" => {
            let all = frozen(at.get("scatterers")? as usize)?;
            all.iter().sum::<f64>() / all.len() as f64
        }
        "correlation of a frozen background, least" => {
            frozen(at.get("scatterers")? as usize)?.into_iter().fold(1.0, f64::min)
        }
        "mean square of a phase factor" => {
            let drawn = Drawn { shell: [10.0, 30.0], scatterers: 30, contacts: 10_000 };
            drawn.phase_factors(PLACES).map(|x| x * x).sum::<f64>() / (30.0 * 10_000.0)
        }
        // E_rms over the norm of the vector of prefactors
        "rms over norm" => {
            let drawn = Drawn { shell: [10.0, 30.0], scatterers: 30, contacts: 20_000 };
            let [energy, _] = drawn.rms(PHASES);
            energy / drawn.norm(PHASES)
        }
        "distance from Cauchy's law" => {
            let energies: Vec<f64> = UNBOUNDED.contacts(PLACES).iter().map(|pair| pair[0]).collect();
            let width = cauchy_width(UNBOUNDED.density(), 1.0);
            kolmogorov_smirnov(&energies, |e| cauchy_distribution(e, width))
        }
        "tail of the energy" => tail_exponent(&UNBOUNDED.components(0), 1000).value,
        "tail of the conductance" => tail_exponent(&UNBOUNDED.components(1), 300).value,
        // <dG>_E between E of 30 and 300 half widths
        "exponent of the regression in the tail" => {
            let width = cauchy_width(UNBOUNDED.density(), 1.0);
            let folded: Vec<[f64; 2]> =
                UNBOUNDED.contacts(PLACES).iter().map(|&[e, g]| [e.abs(), g * e.signum()]).collect();
            let edges = [20.0, 60.0, 180.0, 540.0].map(|x| x * width);
            let bins = binned(&folded, &edges);
            let mean = |bin: &JointMoments| [bin.x().mean().ln(), bin.y().mean().ln()];
            let ([e0, g0], [e1, g1]) = (mean(&bins[0]), mean(&bins[2]));
            (g1 - g0) / (e1 - e0)
        }
        // 0.01 scatterers per 1/k_F^3: <dG>_E/E at 1.5 to 2.5 over that at 0.25 to 0.75 rms energies
        "curvature of the regression" => {
            let shell = [inner()?, outer()?];
            let volume = 4.0 / 3.0 * PI * (shell[1].powi(3) - shell[0].powi(3));
            let drawn = Drawn { shell, scatterers: (0.01 * volume) as usize, contacts: 4000 };
            let pairs = drawn.contacts(PHASES);
            let all: JointMoments = pairs.iter().copied().collect();
            let unit = all.x().variance().sqrt();
            let folded: Vec<[f64; 2]> = pairs.iter().map(|&[e, g]| [e.abs(), g * e.signum()]).collect();
            let slope = |from: f64, to: f64| {
                let bin = &binned(&folded, &[from * unit, to * unit])[0];
                bin.y().mean() / bin.x().mean()
            };
            slope(1.5, 2.5) / slope(0.25, 0.75)
        }
        // of the linear regression, over C dG_rms/E_rms
        "slope of the regression over Eq. 9" => {
            let drawn = Drawn { shell: [10.0, 30.0], scatterers: 30, contacts: 20_000 };
            let law = Interference::of_shell(drawn.density(), 1.0, 10.0, 30.0)?;
            drawn.contacts(PHASES).into_iter().collect::<JointMoments>().slope() / law.slope()
        }
        "energy before a rough wall" => wall(at)?.energy * ratio(at)?.powi(2),
        "conductance before a rough wall" => wall(at)?.conductance * ratio(at)?,
        // with the amplitude that is printed, (V0/e_F)^2 (lambda_F/R)^2 for 4 f^2/R^2
        "conductance before a rough wall by Eq. 4" => wall(at)?.conductance * ratio(at)? / (4.0 * PI * PI),
        "correlation before a rough wall" => wall(at)?.correlation,
        "energy of neighbours" => Interference::of_neighbours(100.0)?.energy * 10.0,
        "conductance of neighbours" => Interference::of_neighbours(100.0)?.conductance * 10.0,
        "wave length over diameter" => metal(at)?.fermi_wave_length() / at.get("diameter")?,
        "temperature of Eq. 10" => confinement_temperature(at.get("diameter")?),
        // of unit scatterers, in K
        "temperature of a rough wall" => {
            let metal: Metal = metal(at)?;
            let diameter = metal.fermi_wave_number() * at.get("diameter")?;
            Interference::of_rough_wall(diameter, 1.0, REACH)?.energy * metal.fermi_temperature()
        }
        "flux density of a quantum" => flux_quantum_density(at.get("diameter")?),
        _ => return Ok(None),
    }))
}

/// How far from the axis the defect is, in radii, at most.
const REACH: f64 = 0.7;

/// The seeds of drawn contacts: phases that are independent of distances, and those of the distances.
const SEED: u64 = 1996;
const PHASES: bool = true;
const PLACES: bool = false;

/// Scatterers so far apart that the closest ones are far away, too: no cutoff.
const UNBOUNDED: Drawn = Drawn { shell: [0.0, 160.0], scatterers: 100, contacts: 50_000 };

/// Diameter in wave lengths.
fn ratio(at: &Arguments) -> Result<f64, Refused> {
    at.get("diameter")
}

/// Printed are couplings of e_F (amplitude 2 pi^2).
fn wall(at: &Arguments) -> Result<Interference, Refused> {
    Ok(Interference::of_rough_wall(TAU * ratio(at)?, at.get("amplitude")?, REACH)?)
}

/// C_i of backgrounds in a ball around the defect, no scatterer closer than 3/k_F.
fn frozen(scatterers: usize) -> Result<Vec<f64>, Refused> {
    let radius = 5.0 * (scatterers as f64).cbrt();
    let placement = Placement::new(Region::Ball { radius }, 3.0, scatterers, 1, 1.0)?;
    let contacts = (0..300).map(|sample| {
        let contact = placement.arrange(&Deviations(Realisation::new(SEED, sample)))?;
        let norm = |p: &[f64; 3]| p.iter().map(|x| x * x).sum::<f64>().sqrt();
        Ok(frozen_correlation(&contact.background.iter().map(norm).collect::<Vec<f64>>()))
    });
    contacts.collect()
}

/// Contacts of scatterers spread over a shell around the defect, f = 1.
struct Drawn {
    shell: [f64; 2],
    scatterers: usize,
    contacts: u64,
}

impl Drawn {
    fn density(&self) -> f64 {
        let [inner, outer] = self.shell;
        self.scatterers as f64 / (4.0 / 3.0 * PI * (outer.powi(3) - inner.powi(3)))
    }

    /// Distances and cosines of the scatterers of a contact.
    fn contact(&self, sample: u64, phases: bool) -> impl Iterator<Item = [f64; 2]> {
        let mut deviates = vec![0.0; if phases { 2 } else { 1 } * self.scatterers];
        Realisation::new(SEED, sample).fill_uniform(0, &mut deviates);
        let cubes = self.shell.map(|r| r.powi(3));
        let n = self.scatterers;
        (0..n).map(move |k| {
            let r = (cubes[0] + deviates[k] * (cubes[1] - cubes[0])).cbrt();
            [r, if phases { TAU * deviates[n + k] } else { 2.0 * r }.cos()]
        })
    }

    /// Energy and conductance of each contact, by the paper's law.
    fn contacts(&self, phases: bool) -> Vec<[f64; 2]> {
        let add = |sum: [f64; 2], [r, cosine]: [f64; 2]| {
            let inverse = 1.0 / r;
            let square = inverse * inverse;
            [sum[0] + 2.0 / PI * cosine * square * inverse, sum[1] + 4.0 * cosine * square]
        };
        (0..self.contacts).map(|k| self.contact(k, phases).fold([0.0; 2], add)).collect()
    }

    fn components(&self, which: usize) -> Vec<f64> {
        self.contacts(PLACES).iter().map(|pair| pair[which]).collect()
    }

    fn phase_factors(&self, phases: bool) -> impl Iterator<Item = f64> {
        (0..self.contacts).flat_map(move |k| self.contact(k, phases)).map(|[_, cosine]| cosine)
    }

    fn rms(&self, phases: bool) -> [f64; 2] {
        let pairs = self.contacts(phases);
        [0, 1].map(|i| (pairs.iter().map(|pair| pair[i] * pair[i]).sum::<f64>() / pairs.len() as f64).sqrt())
    }

    /// Rms norm of the vector of prefactors of the energy.
    fn norm(&self, phases: bool) -> f64 {
        let prefactor = |r: f64| 2.0 / PI / r.powi(3);
        let squares =
            (0..self.contacts).flat_map(|k| self.contact(k, phases)).map(|[r, _]| prefactor(r).powi(2));
        (squares.sum::<f64>() / self.contacts as f64).sqrt()
    }
}

/// C of independent scatterers between two distances, in all directions: `<E dG>/sqrt(<E^2> <dG^2>)` of one, by midpoints.
fn second_order([inner, outer]: [f64; 2]) -> f64 {
    let steps = [((outer - inner) / 0.1) as usize, 48];
    let mut sums = [0.0; 3];
    for i in 0..steps[0] {
        let r = inner + (outer - inner) * (i as f64 + 0.5) / steps[0] as f64;
        for j in 0..steps[1] {
            let mu = (j as f64 + 0.5) / steps[1] as f64;
            let between = [r * (1.0 - mu * mu).sqrt(), 0.0, r * mu];
            let law = PairLaw::Born;
            let (e, g) = (law.energy(between, [1e-3; 2]), law.conductance(between, [1e-3; 2]));
            sums = [sums[0] + r * r * e * g, sums[1] + r * r * e * e, sums[2] + r * r * g * g];
        }
    }
    sums[0] / (sums[1] * sums[2]).sqrt()
}
