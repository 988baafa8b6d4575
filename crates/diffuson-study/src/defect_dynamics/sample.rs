//! One contact: defects at random places, what their energies and conductances are, and how they move.

use crate::settings::defect_dynamics::{Compute, DefectDynamics, Motion};
use crate::strip::Deviations;
use diffuson::audit::Audit;
use diffuson::defects::{
    Bath, Coupling, DefectError, InteractingDefects, KineticMonteCarlo, Occupation, Places, RandomPlacement,
    ReplicaExchange, Sequence, Spectrum, Telegraph,
};
use diffuson_ensemble::random::Realisation;
use std::sync::Arc;

/// What one contact gives. Conductances in e^2/h, less the mean of random placement; energies likewise, per mobile defect, in e_F.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sample {
    /// Annealed, or mean over time; the energy is NaN where only the noise is computed.
    pub(super) conductance: f64,
    pub(super) energy: f64,
    /// After a quench from a random placement; NaN where defects move.
    pub(super) quench_energy: f64,
    /// Hops per mobile defect and time, in s_E; NaN without dynamics.
    pub(super) hop_rate: f64,
    /// s_G.
    pub(super) conductance_deviation: f64,
    /// s_E, in e_F.
    pub(super) energy_deviation: f64,
}

/// Random fields of a contact beside its places, which are field 0.
const START: u32 = 1;
const MOTION: u32 = 2;
const TUNNELLING: u32 = 3;

/// Temperatures of annealing before the dynamics, from the first on; sweeps at each.
const HOT: f64 = 20.0;
const STEPS: usize = 40;
const SWEEPS: usize = 10;
/// Part of the sweeps of equilibrium that annealing takes at each temperature.
const ANNEALING: usize = 20;

/// The scalars, the curves of the mode, the audit.
pub(super) type Found = (Sample, Vec<Vec<f64>>, Audit);

pub(super) fn sample(settings: &DefectDynamics, seed: u64, sample: u64) -> Result<Found, DefectError> {
    let numbers = Deviations(Realisation::new(seed, sample));
    let places = settings.ball.place(&numbers)?;
    let coupling = Coupling {
        born_length: settings.born_length,
        between_mobile: settings.between_mobile,
        direct_bias: 0.0,
    };
    let defects = Arc::new(InteractingDefects::new(&places, coupling)?);
    let random = defects.random_placement();
    let mut sequence = Sequence::new(&numbers, START);
    let mut now = Occupation::random(&defects, &mut sequence);
    let mut contact = Contact { random, unit: random.energy_deviation, mobile: settings.ball.mobile as f64 };
    match &settings.compute {
        Compute::Equilibrium { temperatures, sweeps } => {
            let ladder: Vec<f64> = temperatures.iter().map(|t| t * contact.unit).collect();
            now.quench();
            let quench_energy = contact.energy(now.energy());
            let cooling: Vec<f64> = ladder.iter().rev().copied().collect();
            now = Occupation::random(&defects, &mut sequence);
            now.anneal(&cooling, sweeps / ANNEALING, &mut sequence);
            let mut exchange = ReplicaExchange::new(&defects, &ladder, Sequence::new(&numbers, MOTION))?;
            let found = exchange.run(*sweeps, *sweeps);
            let mut audit = now.audit();
            audit.merge(&exchange.audit());
            let scalars = Sample { quench_energy, ..contact.sample(now.energy(), now.conductance()) };
            let curve = |of: &dyn Fn(usize) -> f64| (0..ladder.len()).map(of).collect::<Vec<f64>>();
            let curves = vec![
                curve(&|k| contact.conductance(found[k].conductance)),
                curve(&|k| contact.energy(found[k].energy)),
                curve(&|k| found[k].exchanged),
            ];
            Ok((scalars, curves, audit))
        }
        Compute::SteadyState { motion, hops } => {
            let biased = contact.biased(&places, coupling, motion)?;
            let defects = biased.as_ref().unwrap_or(&defects);
            let now = contact.cooled(defects, motion, &mut sequence);
            let lambdas = tunnelling(&numbers, motion, settings.ball.mobile);
            let mut moving = contact.moving(now, motion, &lambdas, Sequence::new(&numbers, MOTION))?;
            moving.average(motion.settle);
            let mean = moving.average(*hops);
            let hop_rate = mean.hops as f64 / mean.time / contact.unit / contact.mobile;
            let scalars = Sample { hop_rate, ..contact.sample(mean.energy, mean.conductance) };
            Ok((scalars, Vec::new(), moving.audit()))
        }
        Compute::Spectrum { motion, interval, segment, segments, bands } => {
            let biased = contact.biased(&places, coupling, motion)?;
            let defects = biased.as_ref().unwrap_or(&defects);
            let now = contact.cooled(defects, motion, &mut sequence);
            let lambdas = tunnelling(&numbers, motion, settings.ball.mobile);
            let alone = !settings.between_mobile || settings.ball.mobile == 1;
            let fluctuators =
                (alone && settings.ball.sites == 2).then(|| contact.fluctuators(&now, motion)).transpose()?;
            let mut moving = contact.moving(now, motion, &lambdas, Sequence::new(&numbers, MOTION))?;
            moving.average(motion.settle);
            let (hops, _) = moving.hops();
            let trace = moving.trace(interval / contact.unit, segment * segments);
            let length = (segment * segments) as f64 * interval;
            let hop_rate = (moving.hops().0 - hops) as f64 / length / contact.mobile;
            let mean = trace.iter().sum::<f64>() / trace.len() as f64;
            let found = Spectrum::of_trace(&trace, *interval, *segment)?;
            let all = |of: &dyn Fn(f64) -> f64| {
                let density = found.frequency.iter().map(|&f| of(f)).collect();
                Spectrum { frequency: found.frequency.clone(), density }.in_bands(*bands).density
            };
            let none = || vec![f64::NAN; *bands];
            let slowed = |(t, lambda): (&Telegraph, &f64)| {
                let slow = (-lambda).exp();
                Telegraph { up: t.up * slow, down: t.down * slow, ..*t }
            };
            let own = fluctuators.as_ref().map_or_else(none, |all_of| {
                let slowed: Vec<Telegraph> = all_of.iter().zip(&lambdas).map(slowed).collect();
                all(&|f| slowed.iter().map(|t| t.sampled_spectrum(f, *interval)).sum())
            });
            let spread = fluctuators.as_ref().map_or_else(none, |of| {
                all(&|f| of.iter().map(|t| t.spread_spectrum(f, motion.tunnelling)).sum())
            });
            let scalars = Sample { hop_rate, ..contact.sample(f64::NAN, mean) };
            Ok((scalars, vec![found.in_bands(*bands).density, own, spread], moving.audit()))
        }
    }
}

/// What its random placement says of a contact.
struct Contact {
    random: RandomPlacement,
    /// s_E without the direct effect of a bias, in e_F.
    unit: f64,
    mobile: f64,
}

impl Contact {
    fn conductance(&self, of: f64) -> f64 {
        of - self.random.conductance
    }

    fn energy(&self, of: f64) -> f64 {
        (of - self.random.energy) / self.mobile
    }

    fn sample(&self, energy: f64, conductance: f64) -> Sample {
        Sample {
            conductance: self.conductance(conductance),
            energy: self.energy(energy),
            quench_energy: f64::NAN,
            hop_rate: f64::NAN,
            conductance_deviation: self.random.conductance_deviation,
            energy_deviation: self.unit,
        }
    }

    /// The defects with the direct effect of the bias, if it is asked for; deviations stay those without.
    fn biased(
        &mut self,
        places: &Places,
        coupling: Coupling,
        motion: &Motion,
    ) -> Result<Option<Arc<InteractingDefects>>, DefectError> {
        if !motion.direct || motion.bias == 0.0 {
            return Ok(None);
        }
        let direct_bias = motion.bias * self.unit;
        let defects = InteractingDefects::new(places, Coupling { direct_bias, ..coupling })?;
        let random = defects.random_placement();
        (self.random.energy, self.random.conductance) = (random.energy, random.conductance);
        Ok(Some(Arc::new(defects)))
    }

    /// Heat-bath equilibrium without bias, or close to it.
    fn cooled(
        &self,
        defects: &Arc<InteractingDefects>,
        motion: &Motion,
        random: &mut Sequence<&Deviations>,
    ) -> Occupation {
        let mut now = Occupation::random(defects, random);
        let last = motion.temperature.max(1e-3);
        for k in 0..STEPS {
            let t = HOT * (last / HOT).powf(k as f64 / (STEPS - 1) as f64);
            (0..SWEEPS).for_each(|_| now.sweep(t.max(motion.temperature) * self.unit, random));
        }
        (0..10 * SWEEPS).for_each(|_| now.sweep(motion.temperature * self.unit, random));
        now
    }

    fn bath(&self, motion: &Motion) -> Result<Bath, DefectError> {
        Bath::new(motion.temperature * self.unit, motion.bias * self.unit, motion.crossover * self.unit)
    }

    fn moving<'f>(
        &self,
        now: Occupation,
        motion: &Motion,
        lambdas: &[f64],
        random: Sequence<&'f Deviations>,
    ) -> Result<KineticMonteCarlo<&'f Deviations>, DefectError> {
        KineticMonteCarlo::new(now, self.bath(motion)?, lambdas, random)
    }

    /// Two-level defects that do not know of each other, without tunnelling constants; rates in s_E.
    fn fluctuators(&self, now: &Occupation, motion: &Motion) -> Result<Vec<Telegraph>, DefectError> {
        let (defects, bath) = (now.defects(), self.bath(motion)?);
        let mut at = now.at();
        let of = |at: &[usize]| defects.conductance(at);
        let fluctuator = |defect: usize| {
            let gain = now.local_energy(defect, 1) - now.local_energy(defect, 0);
            let [low, high] = [0, 1].map(|site| {
                at[defect] = site;
                of(&at)
            });
            Telegraph {
                jump: high - low,
                up: bath.rate(gain) / self.unit,
                down: bath.rate(-gain) / self.unit,
            }
        };
        Ok((0..defects.defects()).map(fluctuator).collect())
    }
}

/// Tunnelling constants, uniform up to the largest.
fn tunnelling(numbers: &Deviations, motion: &Motion, mobile: usize) -> Vec<f64> {
    let mut random = Sequence::new(numbers, TUNNELLING);
    (0..mobile).map(|_| motion.tunnelling * random.uniform()).collect()
}
