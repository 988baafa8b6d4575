//! The three-lead ring of reference: currents, noise and densities of states of a conductor in a field between unequal reservoirs.

use super::{Arguments, Refused};
use diffuson::conductor::Conductor;
use diffuson::hamiltonian::Hamiltonian;
use diffuson::leads::{Lead, PeriodicLead};
use diffuson::noise::Noise;
use diffuson::scattering::{Route, SMatrix, smatrix, solve};
use diffuson::thermal::{Adaptive, LinearResponse, Reservoir, Structure, TransmissionMatrix};
use diffuson::{C64, Matrix};
use std::f64::consts::TAU;

/// Electrons in the leads; the reference counts currents out of these.
const BIASED: [Reservoir; 3] =
    [Reservoir { mu: 0.25, kt: 0.08 }, Reservoir { mu: -0.05, kt: 0.05 }, Reservoir { mu: 0.05, kt: 0.06 }];

/// The energies integrated over.
const ENERGIES: [f64; 2] = [-1.9, 1.9];

pub(super) fn value(name: &str, at: &Arguments) -> Result<Option<f64>, Refused> {
    let index = |name: &str| -> Result<usize, Refused> {
        let k = at.get(name)? as usize;
        if k < 3 { Ok(k) } else { Err(format!("`{name}`: 0, 1 or 2").into()) }
    };
    let (lead, to, from) = (|| index("lead"), || index("to"), || index("from"));
    let ring = ring()?;
    Ok(Some(match name {
        "ring current" => -noise(&ring)?.currents.particle[lead()?],
        "ring heat" => -noise(&ring)?.currents.heat[lead()?],
        "ring entropy" => noise(&ring)?.currents.entropy_production(),
        "ring noise" => noise(&ring)?.charge[3 * to()? + from()?],
        "ring transmission" => scattered(&ring, 0.1, [0.0; 6])?.transmission(to()?, from()?),
        "ring conductance" => {
            let transmission = |e| Ok::<_, Refused>(TransmissionMatrix::of(&scattered(&ring, e, [0.0; 6])?));
            let inside = Structure::new(ENERGIES, vec![])?;
            let [g, ..] = LinearResponse::new(3, 0.1, 0.07, &inside, Adaptive::to(1e-11), transmission)
                .map_err(|e| e.to_string())?
                .moments;
            if to()? == from()? { g.entering(to()?) } else { -g.get(to()?, from()?) }
        }
        "ring density of states" => {
            let solved = solve(&ring.at(0.1)?, &[0.0; 6], Route::Dense, false)?;
            solved.density_of_states[lead()?]
        }
        "ring injectivity" => injectivity(&ring, lead()?)?,
        _ => return Ok(None),
    }))
}

/// Three sites around a flux, at each a chain: its first site is part of the region.
fn ring() -> Result<Conductor, Refused> {
    let number = |value: f64| Matrix::from_diagonal(&[C64::new(value, 0.0)]);
    let mut builder = Hamiltonian::builder();
    for (k, energy) in [0.3, -0.2, 0.1, 0.0, 0.0, 0.0].into_iter().enumerate() {
        builder.add_site([k as f64, 0.0, 0.0], &number(energy))?;
    }
    let around = Matrix::from_diagonal(&[-C64::from_polar(1.0, 0.9 / 3.0)]);
    for (k, contact) in [0.8, 1.0, 0.9].into_iter().enumerate() {
        builder.add_bond(k, (k + 1) % 3, &around)?;
        builder.add_bond(k, 3 + k, &number(-contact))?;
    }
    let chain = Lead::Periodic(PeriodicLead::new(number(0.0), number(-1.0))?);
    let leads = (0..3).map(|k| (chain.clone(), vec![3 + k])).collect();
    Ok(Conductor::network(builder.build()?, leads, vec![])?)
}

fn scattered(ring: &Conductor, energy: f64, levels: [f64; 6]) -> Result<SMatrix, Refused> {
    Ok(smatrix(&ring.at(energy)?, &levels, Route::Dense)?)
}

fn noise(ring: &Conductor) -> Result<Noise, Refused> {
    let inside = Structure::new(ENERGIES, vec![])?;
    let found = Noise::between(&BIASED, &inside, Adaptive::to(1e-11), |e| scattered(ring, e, [0.0; 6]));
    Ok(found.map_err(|e| e.to_string())?)
}

/// `-(1/2 pi i) [S^+ dS/dU]_00` for a potential on one site: states there that are occupied from lead 0.
fn injectivity(ring: &Conductor, site: usize) -> Result<f64, Refused> {
    let at = |u: f64| {
        let mut levels = [0.0; 6];
        levels[site] = u;
        scattered(ring, 0.1, levels)
    };
    let centre = at(0.0)?;
    let slope = |h: f64| -> Result<f64, Refused> {
        let (up, down) = (at(h)?, at(-h)?);
        let change = up.data().col(0).iter().zip(down.data().col(0)).map(|(up, down)| up - down);
        let sum: f64 =
            centre.data().col(0).iter().zip(change).map(|(z, change)| (z.conj() * change).im).sum();
        Ok(-sum / (TAU * 2.0 * h))
    };
    Ok((4.0 * slope(1e-3)? - slope(2e-3)?) / 3.0)
}
