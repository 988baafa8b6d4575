//! All multiple scattering between several scatterers (what Eqs. 19 to 27 are the beginning of), and the configuration of reference.

use super::super::root;
use super::{Arguments, COLD, Refused};
use diffuson::audit::laws;
use diffuson::defects::correlation::frozen_correlation;
use diffuson::defects::pairs::{self, PairLaw, loop_energy};
use diffuson::defects::point_scatterers::{ThreeBody, dress, scatter, three_body_lines};
use diffuson::defects::{Dressed, Electrons, PointScatterer, hemisphere_average};
use diffuson::thermal::{Adaptive, Structure};
use diffuson::{C64, Matrix};
use std::f64::consts::{FRAC_PI_2, PI};

pub(super) fn value(name: &str, at: &Arguments) -> Result<Option<f64>, Refused> {
    let position = || Ok::<_, Refused>(at.get("position")? as usize);
    let angle = || Ok::<_, Refused>(at.get("angle")?.to_radians());
    Ok(Some(match name {
        "energy of all" => dressed(angle()?, &COLD)?.energy[position()?],
        "conductance of all" => dressed(angle()?, &COLD)?.conductance[position()?],
        "conductance of the upper level" => {
            let found = dressed(angle()?, &COLD)?;
            found.fluctuator(0, 1).ok_or("no splitting")?.conductance
        }
        "pair energies" => sums(PairLaw::Cosine, Sum::Energy)?[position()?],
        "pair energies in second order" => sums(PairLaw::Born, Sum::Energy)?[position()?],
        "pair conductances" => sums(PairLaw::Cosine, Sum::Conductance)?[position()?],
        "pair conductances in second order" => sums(PairLaw::Born, Sum::Conductance)?[position()?],
        "correlation of a frozen background" => {
            let mobile = MOBILE[position()?];
            frozen_correlation(&STATIC.map(|place| distance(place, mobile)))
        }
        "optical theorem" => {
            let found = dressed(angle()?, &COLD)?;
            let law = found.audit.laws().iter().find(|l| l.name == laws::OPTICAL_THEOREM);
            law.ok_or("not audited")?.residual
        }
        // chains of Eqs. 19 to 23, all of their amplitudes and conjugate amplitudes added up
        "conductance of chains over all" => {
            let set = of_angle(angle()?, &[MOBILE[0]]);
            let m = chains(&set, at.get("orders")? as usize);
            backscattered(&set, &m) / scatter(&set, &COLD)?.conductance[0]
        }
        // into and out of either hemisphere, over what interference takes off the incoming waves
        "scattered over lost" => {
            let set = of_angle(angle()?, &[MOBILE[0]]);
            let m = chains(&set, 200);
            let waves = kernel(&set);
            let conjugate = Matrix::from_fn(set.len(), set.len(), |i, j| waves[(j, i)]);
            let blocks =
                [(&waves, &waves), (&waves, &conjugate), (&conjugate, &waves), (&conjugate, &conjugate)];
            let scattered: f64 = blocks.iter().map(|(out, into)| contract(out, &m, into)).sum();
            let lost: C64 = (0..set.len())
                .flat_map(|i| (0..set.len()).map(move |j| (i, j)))
                .map(|(i, j)| m[(i, j)] * waves[(j, i)].re)
                .sum();
            0.25 * scattered / lost.im
        }
        // kappa R of two resonant scatterers: det = 1 - (e^(-kappa R)/(kappa R))^2
        "bound level of a resonant pair" => bound_level()?,
        // what real energies from 0 on miss, over -kappa^2 of both spins
        "energy missed at real energies" => {
            let r = 1.5;
            let ends = [[0.0; 3], [0.0, 0.6 * r, 0.8 * r]];
            let pair = ends.map(|position| PointScatterer { position, phase_shift: FRAC_PI_2 });
            let phase = |k: f64| {
                let x = k * r;
                // of det = 1 + e^(2ikR)/(kR)^2, times x^2 for k = 0
                Ok::<_, Refused>([2.0 * k * (x * x + C64::cis(2.0 * x)).arg()])
            };
            let real =
                Adaptive::to(1e-12).integrate([0.0, 1.0], &Structure::default(), &[], phase)?.values[0];
            let missed = scatter(&pair, &COLD)?.energy[0] - 2.0 / PI * real;
            missed / (-2.0 * (bound_level()? / r).powi(2))
        }
        "longest line of the energy" => lines()?.energy[0].length,
        "lines of the energy" => lines()?.energy.len() as f64,
        "longest line of the conductance" => lines()?.conductance[0].length,
        "line of the conductance" => {
            let (lines, length) = (lines()?.conductance, at.get("length")?);
            let near = lines.iter().find(|l| (l.length - length).abs() < 1.0);
            near.ok_or("no such line")?.amplitude / lines[0].amplitude
        }
        // Eq. 26 for three scatterers with all its factors, over the line of the loop
        "loop of three over its line" => {
            let line = lines()?.energy[0];
            let law = loop_energy(&LEGS, &[TRIPLE_SHIFT; 3])?;
            let phase: f64 = LEGS.iter().sum::<f64>() + 3.0 * TRIPLE_SHIFT;
            line.amplitude / (law / phase.cos()).abs()
        }
        // the largest change of energies and conductances, relatively, on moving the origin of all places or reversing the field
        "gauge" => {
            let field = Electrons { field: [0.002, -0.003, 0.004], ..COLD };
            let moved = |by: f64| shifted(angle()?, &field, by);
            change(&moved(0.0)?, &moved(11.0)?)
        }
        "reversal of the field" => {
            let field = [0.002, -0.003, 0.004];
            let of = |field| shifted(angle()?, &Electrons { field, ..COLD }, 0.0);
            change(&of(field)?, &of(field.map(|b| -b))?)
        }
        _ => return Ok(None),
    }))
}

/// The configuration of reference, in 1/k_F.
const STATIC: [[f64; 3]; 4] = [[6.2, 1.3, -2.4], [-4.1, 5.0, 3.3], [1.5, -7.7, 5.6], [-3.6, -4.4, -8.1]];
const MOBILE: [[f64; 3]; 2] = [[0.0, 0.0, 0.0], [1.6, -0.9, 1.1]];

/// Legs of a triangle, and the phase shift of its corners.
const LEGS: [f64; 3] = [30.8, 46.5, 40.4];
const TRIPLE_SHIFT: f64 = PI / 9.0;

fn of_angle(phase_shift: f64, more: &[[f64; 3]]) -> Vec<PointScatterer> {
    STATIC.iter().chain(more).map(|&position| PointScatterer { position, phase_shift }).collect()
}

fn dressed(phase_shift: f64, electrons: &Electrons) -> Result<Dressed, Refused> {
    let found = dress(&of_angle(phase_shift, &[]), phase_shift, &MOBILE, electrons)?;
    super::passed(&found.audit)?;
    Ok(found)
}

fn shifted(phase_shift: f64, electrons: &Electrons, by: f64) -> Result<Dressed, Refused> {
    let move_to = |place: [f64; 3]| [place[0] + by, place[1] - 0.7 * by, place[2] + 0.4 * by];
    let background: Vec<PointScatterer> = of_angle(phase_shift, &[])
        .into_iter()
        .map(|s| PointScatterer { position: move_to(s.position), ..s })
        .collect();
    Ok(dress(&background, phase_shift, &MOBILE.map(move_to), electrons)?)
}

fn change(one: &Dressed, other: &Dressed) -> f64 {
    let of = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (b / a - 1.0).abs()).fold(0.0, f64::max);
    of(&one.energy, &other.energy).max(of(&one.conductance, &other.conductance))
}

fn bound_level() -> Result<f64, Refused> {
    root(0.1, 1.0, |x| Ok(1.0 - (-x).exp() / x))
}

enum Sum {
    Energy,
    Conductance,
}

/// Pairs with the mobile scatterer in either position, of scattering lengths f = 0.3.
fn sums(law: PairLaw, of: Sum) -> Result<Vec<f64>, Refused> {
    let shift = 0.3f64.asin();
    let frozen = of_angle(shift, &[]);
    let all = pairs::dress(&frozen, shift, &MOBILE, law)?;
    // the background alone, as a mobile scatterer of no strength leaves it
    let background = pairs::dress(&frozen, 0.0, &MOBILE[..1], law)?;
    Ok(match of {
        Sum::Energy => all.energy.iter().map(|e| e - background.energy[0]).collect(),
        Sum::Conductance => {
            all.conductance.iter().map(|g| g - background.conductance[0] + 2.0 * 0.09).collect()
        }
    })
}

/// The scattering matrix between places from chains of up to so many scatterings (Eq. 19).
fn chains(set: &[PointScatterer], orders: usize) -> Matrix {
    let n = set.len();
    let amplitude = |i: usize| C64::from_polar(set[i].phase_shift.sin(), set[i].phase_shift);
    let mut sum = Matrix::zeros(n, n);
    let mut chain = Matrix::from_fn(n, n, |i, j| if i == j { amplitude(i) } else { C64::default() });
    for _ in 0..orders {
        sum = Matrix::from_fn(n, n, |i, j| sum[(i, j)] + chain[(i, j)]);
        chain = Matrix::from_fn(n, n, |i, j| {
            let step = |l: usize| {
                let r = distance(set[i].position, set[l].position);
                amplitude(i) * C64::from_polar(1.0 / r, r) * chain[(l, j)]
            };
            (0..n).filter(|&l| l != i).map(step).sum()
        });
    }
    sum
}

/// `g_jl = g(r_j - r_l)`.
fn kernel(set: &[PointScatterer]) -> Matrix {
    Matrix::from_fn(set.len(), set.len(), |j, l| {
        hemisphere_average([0, 1, 2].map(|i| set[j].position[i] - set[l].position[i]))
    })
}

/// `Tr[out^T M into M^+]`.
fn contract(out: &Matrix, m: &Matrix, into: &Matrix) -> f64 {
    let n = m.rows();
    let mut sum = C64::default();
    for (i, j) in (0..n).flat_map(|i| (0..n).map(move |j| (i, j))) {
        for (k, l) in (0..n).flat_map(|k| (0..n).map(move |l| (k, l))) {
            sum += out[(j, i)] * m[(j, k)] * into[(k, l)] * m[(i, l)].conj();
        }
    }
    sum.re
}

fn backscattered(set: &[PointScatterer], m: &Matrix) -> f64 {
    let waves = kernel(set);
    -2.0 * contract(&waves, m, &waves)
}

/// A triangle off all symmetries.
fn lines() -> Result<ThreeBody, Refused> {
    let [a, b, c] = LEGS;
    // corners in a plane, which is then tilted
    let along = (a * a + b * b - c * c) / (2.0 * a);
    let across = (b * b - along * along).sqrt();
    let (e1, e2) = ([0.48, -0.6, 0.64], [0.8, 0.0, -0.6]);
    let corner = |x: f64, y: f64| PointScatterer {
        position: [0, 1, 2].map(|i| x * e1[i] + y * e2[i]),
        phase_shift: TRIPLE_SHIFT,
    };
    Ok(three_body_lines(&[corner(0.0, 0.0), corner(a, 0.0), corner(along, across)], [4.0, 14.0])?)
}

fn distance(a: [f64; 3], b: [f64; 3]) -> f64 {
    [0, 1, 2].map(|i| (a[i] - b[i]).powi(2)).iter().sum::<f64>().sqrt()
}
