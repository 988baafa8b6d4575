//! Section III A and B: the thermoelectric matrix, from differences of Fermi functions and from the transport engine.

use super::{Arguments, FAR, Refused, integral, kernels};
use diffuson::conductor::Conductor;
use diffuson::lattice::{Boundary, Family, Lattice};
use diffuson::leads::Lead;
use diffuson::localization::MobilityEdge;
use diffuson::scattering::Route;
use diffuson::thermal::{Adaptive, Reservoir, Sample};
use std::f64::consts::PI;

pub(super) fn value(name: &str, at: &Arguments) -> Result<Option<f64>, Refused> {
    let z = || at.get("z");
    Ok(Some(match name {
        // transmission through a high barrier of energy v on one site, 4/(4 + v^2), against Eq. 4 with t = 1/v and N = 1/pi
        "tunnel conductance" => {
            let barrier = at.get("barrier")?;
            barrier_transmission(barrier)? / (4.0 * PI * PI * barrier.powi(-2) * PI.powi(-2))
        }
        "df/dT over its print" => {
            let (y, h) = (at.get("y")?, 1e-4);
            let f = |mu: f64, kt: f64| Reservoir { mu, kt }.occupation(y);
            let by_temperature = (f(0.0, 1.0 - h) - f(0.0, 1.0 + h)) / (2.0 * h);
            let by_energy = (f(-h, 1.0) - f(h, 1.0)) / (2.0 * h);
            by_temperature / (y * by_energy)
        }
        // from differences of Fermi functions, over what Eqs. 17, 18 and 22 print with -df/dT = (E/T) df/dE
        "L12 over its print" => response(at, 0, Drive::Temperature)? / -kernels(at)?.moments(z()?)[1],
        "L22 over its print" => response(at, 1, Drive::Temperature)? / -kernels(at)?.moments(z()?)[2],
        "T L12 over L21" => response(at, 0, Drive::Temperature)? / response(at, 1, Drive::Voltage)?,
        "thermopower over its print" => {
            let [k0, k1, _] = kernels(at)?.moments(z()?);
            let voltage = -response(at, 0, Drive::Temperature)? / response(at, 0, Drive::Voltage)?;
            voltage / (k1 / k0)
        }
        "heat subtracted" => {
            let [k0, k1, k2] = kernels(at)?.moments(z()?);
            k1 * k1 / (k0 * k2)
        }
        "Lorenz ratio" => MobilityEdge::new(1.0, at.get("x")?)?.transport(z()?, 1.0)?.lorenz_ratio(),
        "conductance in the reversed field" => in_field(FLUX)?[0][0] / in_field(-FLUX)?[0][0],
        "L12 over L21 in the reversed field" => in_field(FLUX)?[0][1] / in_field(-FLUX)?[1][0],
        "L12 over itself in the reversed field" => in_field(FLUX)?[0][1] / in_field(-FLUX)?[0][1],
        _ => return Ok(None),
    }))
}

/// What differs between the blocks.
#[derive(Clone, Copy)]
enum Drive {
    Voltage,
    Temperature,
}

/// `Int E^power sigma_0(E) (f_l - f_r) dE` per difference of eV or kT, at kT = 1, by differences so small that terms of second order, which
/// cancel, and of third, 1e-7, do not matter.
fn response(at: &Arguments, power: i32, drive: Drive) -> Result<f64, Refused> {
    let (x, z, difference) = (at.get("x")?, at.get("z")?, 1e-3);
    let block = |half: f64| match drive {
        Drive::Voltage => Reservoir { mu: half, kt: 1.0 },
        Drive::Temperature => Reservoir { mu: 0.0, kt: 1.0 + half },
    };
    let (left, right) = (block(0.5 * difference), block(-0.5 * difference));
    let current =
        integral(x, FAR + z.max(0.0), |u| u.powf(x) * (u - z).powi(power) * left.excess(&right, u - z))?;
    Ok(current / difference)
}

fn wire(lattice: Lattice) -> Result<Conductor, Refused> {
    Ok(Conductor::new(lattice, [Some(Lead::Continuation), Some(Lead::Continuation)], vec![])?)
}

/// Through a chain with a barrier on one site, at the centre of its band.
fn barrier_transmission(barrier: f64) -> Result<f64, Refused> {
    let conductor = wire(Lattice::new(Family::Square, [3, 1, 1], Boundary::HardWall)?)?;
    Ok(Sample::new(&conductor, &[0.0, barrier, 0.0], Route::Recursive)?.at(0.0)?.get(1, 0))
}

/// Flux quanta per plaquette of the strip in a magnetic field.
const FLUX: f64 = 0.07;

/// The response of currents out of one end of a rough strip to potential and temperature of the other.
fn in_field(flux: f64) -> Result<[[f64; 2]; 2], Refused> {
    let (length, width) = (8, 5);
    let lattice = Lattice::new(Family::Square, [length, width, 1], Boundary::HardWall)?.with_flux(flux)?;
    let conductor = wire(lattice)?;
    // any landscape without symmetries
    let onsite: Vec<f64> = (0..length * width).map(|i| 1.3 * (1.7 * (i * i) as f64).sin()).collect();
    let mut sample = Sample::new(&conductor, &onsite, Route::Recursive)?;
    let response = sample.linear(-1.1, 0.05, Adaptive::to(1e-9))?;
    Ok(response.onsager().block(1, 0))
}
