//! Section II A and B: what is said of tunnelling blocks and of the scaling of their conductance, against blocks that the transport engine solves,
//! the flow of the conductance, and bars of the Anderson model.

use super::{Arguments, Refused, exponent_between, integral, root};
use crate::strip::Deviations;
use diffuson::Matrix;
use diffuson::conductor::Conductor;
use diffuson::disorder::Disorder;
use diffuson::hamiltonian::Hamiltonian;
use diffuson::lattice::{Boundary, Family, Lattice};
use diffuson::leads::{Lead, PeriodicLead, Probe};
use diffuson::localization::lyapunov::{Bar, Length};
use diffuson::probes::{self, Accuracy, Drive, Measure};
use diffuson::scattering::{self, Route};
use diffuson::thermal::Sample;
use diffuson_ensemble::random::Realisation;
use std::f64::consts::{PI, TAU};

pub(super) fn value(name: &str, at: &Arguments) -> Result<Option<f64>, Refused> {
    Ok(Some(match name {
        // V_L = pi hbar/tau_L by the decay of a block, d_L by its levels, of which there is one for each spin
        "dimensionless conductance" => {
            let block = Block { sites: at.get("sites")? as usize, bond: at.get("bond")? };
            let spacing = 0.5 * block.spacing()?;
            tunnelling(block.bond)?.0 / (PI * block.rate()? / spacing)
        }
        "conductance by the Einstein relation" => {
            let (dimension, side) = (at.get("dimension")?, at.get("side")?);
            let [short, long] = [1, 2].map(|times| damped(dimension as usize, side as usize, times));
            let ((short, density), (long, _)) = (short?, long?);
            // e^2 D dn/dmu in e^2/h, with D = L^2/tau_L and Eq. 2
            let sigma = TAU * golden_rule(1.0, density) * density;
            (long - short).recip() / (sigma * side.powf(dimension - 2.0))
        }
        // Eq. 7 of a level with the states at the surface of a chain, against its decay
        "interblock energy" => interblock_energy(at)? / (PI * decay(at)?),
        "interblock energy per h/tau" => interblock_energy(at)? / (TAU * decay(at)?),
        "conductivity exponent over nu" => {
            let flow = Flow { dimension: at.get("dimension")? };
            let logarithm = at.get("logarithm of the length")?;
            let sigma = exponent_between(1e-6, 1e-5, |distance| flow.conductivity(distance, logarithm))?;
            sigma / -exponent_between(1e-6, 1e-5, |distance| flow.localization_length(distance))?
        }
        "exponent of the localization length" => length_exponent([4, 8], [15.0, 18.0], 40_000)?,
        _ => return Ok(None),
    }))
}

/// `hbar/tau` of Eq. 2.
fn golden_rule(coupling: f64, density: f64) -> f64 {
    TAU * coupling * coupling * density
}

/// Eq. 7, with the density of states that the engine finds beyond a bond that couples weakly.
fn interblock_energy(at: &Arguments) -> Result<f64, Refused> {
    let bond = at.get("bond")?;
    let (_, density) = tunnelling(bond)?;
    Ok(2.0 * PI * PI * bond * bond * density)
}

/// `hbar/tau` of one level.
fn decay(at: &Arguments) -> Result<f64, Refused> {
    Block { sites: 1, bond: at.get("bond")? }.rate()
}

/// A chain of sites joined by these bonds, and continued on either side.
fn chain(bonds: &[f64]) -> Result<Conductor, Refused> {
    let number = |value: f64| Matrix::from_diagonal(&[value.into()]);
    let mut builder = Hamiltonian::builder();
    for x in 0..=bonds.len() {
        builder.add_site([x as f64, 0.0, 0.0], &number(0.0))?;
    }
    for (x, bond) in bonds.iter().enumerate() {
        builder.add_bond(x, x + 1, &number(-bond))?;
    }
    let lead = Lead::Periodic(PeriodicLead::new(number(0.0), number(-1.0))?);
    let leads = vec![(lead.clone(), vec![0]), (lead, vec![bonds.len()])];
    Ok(Conductor::network(builder.build()?, leads, vec![])?)
}

/// Two chains that tunnel into each other: their transmission, which is the conductance of both spins in e^2/(pi hbar), and the density of states
/// at their ends, per spin; at the centre of the band.
fn tunnelling(bond: f64) -> Result<(f64, f64), Refused> {
    let conductor = chain(&[1.0, bond, 1.0])?;
    let solved = scattering::solve(&conductor.at(0.0)?, &[0.0; 4], Route::NestedDissection, false)?;
    let [left, right] = [0, 1].map(|lead| conductor.lead_terminal(lead));
    Ok((solved.exchange.transmission(right, left), solved.density_of_states[2]))
}

/// An odd number of sites between two chains, which it tunnels into.
struct Block {
    sites: usize,
    bond: f64,
}

impl Block {
    /// Levels of the block by itself, counted from the centre of the band.
    fn level(&self, k: usize) -> f64 {
        2.0 * (PI * k as f64 / (self.sites + 1) as f64).sin()
    }

    /// An energy between two others at which the transmission through the block is half of what it is on resonance.
    fn half(&self, from: f64, to: f64) -> Result<f64, Refused> {
        let mut bonds = vec![1.0; self.sites + 1];
        (bonds[0], bonds[self.sites]) = (self.bond, self.bond);
        let (conductor, onsite) = (chain(&bonds)?, vec![0.0; self.sites + 2]);
        let mut sample = Sample::new(&conductor, &onsite, Route::NestedDissection)?;
        root(from, to, |energy| Ok(sample.at(energy)?.get(1, 0) - 0.5))
    }

    /// `hbar/tau_L` of the level at the centre of the band, which decays to either side: half of the full width at half maximum.
    fn rate(&self) -> Result<f64, Refused> {
        self.half(0.0, 0.3 * self.level(1))
    }

    /// How far the next resonance is from it.
    fn spacing(&self) -> Result<f64, Refused> {
        let (level, reach) = (self.level(1), 0.3 * self.level(1));
        Ok(0.5 * (self.half(level - reach, level)? + self.half(level, level + reach)?))
    }
}

/// Level width that reservoirs give to sites which tunnel into each other by 1.
const BROADENING: f64 = 400.0;

/// Blocks of one site on a lattice `times` as long as wide, with a reservoir in each that carries no current: the resistance in h/e^2 of a spin,
/// contacts included, and the density of states of a site.
fn damped(dimension: usize, side: usize, times: usize) -> Result<(f64, f64), Refused> {
    let (family, height) = if dimension == 3 { (Family::Cubic, side) } else { (Family::Square, 1) };
    let lattice = Lattice::new(family, [times * side, side, height], Boundary::HardWall)?;
    let sites = lattice.sites();
    let lead = Some(Lead::WideBand { width: BROADENING });
    let reservoirs = (0..sites).map(|site| (site, Probe::WideBand { width: BROADENING })).collect();
    let conductor = Conductor::new(lattice, [lead.clone(), lead], reservoirs)?;
    let solved = scattering::solve(&conductor.at(0.0)?, &vec![0.0; sites], Route::Recursive, true)?;
    let slope = solved.derivative.as_deref().ok_or("no derivative")?;
    let [left, right] = [0, 1].map(|lead| conductor.lead_terminal(lead));
    let drive = Drive::unit(left, right)?;
    let state =
        probes::linear(solved.exchange.as_ref(), slope, &drive, Measure::Voltage, Accuracy::default())?;
    Ok((state.conductance(left, 1.0).recip(), solved.density_of_states[sites / 2]))
}

/// `dln g/dln L = beta(g)` of one parameter, `beta = d - 1 - (1 + g) ln(1 + 1/g)`: d - 2 for large g, ln g for small. In two dimensions with
/// `1/(1 + g)` added, which spin-orbit coupling makes of the correction to the first.
struct Flow {
    dimension: f64,
}

impl Flow {
    fn beta(&self, g: f64) -> f64 {
        let spin = if self.dimension == 2.0 { 1.0 / (1.0 + g) } else { 0.0 };
        self.dimension - 1.0 - (1.0 + g) * g.recip().ln_1p() + spin
    }

    fn fixed_point(&self) -> Result<f64, Refused> {
        root(1e-3, 1e3, |g| Ok(self.beta(g)))
    }

    /// ln L at which g/g_c - 1, `sign distance` at L = 1, has grown to `sign to`.
    fn logarithm(&self, sign: f64, distance: f64, to: f64) -> Result<f64, Refused> {
        let fixed = self.fixed_point()?;
        integral(0.0, (to / distance).ln(), |u| {
            let off = sign * distance * u.exp();
            off / ((1.0 + off) * self.beta(fixed * (1.0 + off)))
        })
    }

    /// Where the conductance of an insulator has fallen to half of that at the transition.
    fn localization_length(&self, distance: f64) -> Result<f64, Refused> {
        Ok(self.logarithm(-1.0, distance, 0.5)?.exp())
    }

    /// `g L^(2 - d)` of a metal of a given length.
    fn conductivity(&self, distance: f64, logarithm: f64) -> Result<f64, Refused> {
        let short = |ln_to: f64| Ok(self.logarithm(1.0, distance, ln_to.exp())? - logarithm);
        let to = root(distance.ln() + 1.0, 40.0, short)?.exp();
        Ok(self.fixed_point()? * (1.0 + to) * ((2.0 - self.dimension) * logarithm).exp())
    }
}

/// nu of the Anderson model in three dimensions: `dGamma/dW ~ M^(1/nu)` of bars of M x M sites, by the difference over a range of disorder in the
/// middle of which the transition is.
fn length_exponent(sides: [usize; 2], widths: [f64; 2], slices: u64) -> Result<f64, Refused> {
    let gamma = |side: usize, width: f64| -> Result<f64, Refused> {
        let bar = Bar::new([side; 2], Boundary::Periodic, Disorder::Box { width }, 0.0)?;
        let length = Length { slices, discard: 400, relative_error: None };
        Ok(bar.lyapunov(length, &Deviations(Realisation::new(0, side as u64)))?.gamma().value)
    };
    let difference = |side: f64| Ok(gamma(side as usize, widths[1])? - gamma(side as usize, widths[0])?);
    let [small, large] = sides.map(|side| side as f64);
    Ok(exponent_between(small, large, difference)?.recip())
}
