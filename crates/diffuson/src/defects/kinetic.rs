//! Motion of interacting defects in time: kinetic Monte Carlo.
//!
//! Defect i goes to another of its sites at the rate `e^{-lambda_i} W(x)`, x what it gains, W the rate of the [`Bath`], lambda_i the tunnelling constant of its barriers.
//!
//! One hop changes the energies of all slots, so that all N (z - 1) rates change, most of them little. Rates are therefore not computed: a bound is kept for each that
//! holds for all gains down to a limit below the present one, and is renewed where the gain falls below the limit. Waiting times are drawn from the sum of the bounds, a transition
//! in proportion to its bound, and it happens with probability rate / bound (thinning: P. A. W. Lewis and G. S. Shedler, Naval Res. Logist. Quart. 26, 403 (1979)). The law of
//! what happens and when is that of the rates, exactly and whatever the bounds. Bounds are those of a staircase made once, and rates are computed for less than one transition per hop.

mod staircase;

use super::interacting::{Occupation, Sequence};
use super::{Bath, DefectError, require};
use crate::audit::{Audit, laws};
use crate::disorder::Fields;
use pulp::NullaryFnOnce;
use staircase::Staircase;

/// Defects that hop, one after the other.
#[derive(Clone)]
pub struct KineticMonteCarlo<F> {
    now: Occupation,
    bath: Bath,
    staircase: Staircase,
    /// `e^{-lambda}` of every defect.
    speed: Vec<f64>,
    random: Sequence<F>,
    /// Of every free slot: largest rate of a hop there as long as what it gains is from `low` to `high`. The slot where a defect is stands for its first site.
    bound: Vec<f64>,
    /// 1 where a defect is, 0 elsewhere.
    taken: Vec<f64>,
    /// What a hop gains.
    gain: Vec<f64>,
    /// Energy of every defect where it is, less that of its first site.
    here: Vec<f64>,
    /// The step of the staircase.
    cell: Vec<u32>,
    /// Least rate per bound.
    least: Vec<f64>,
    low: Vec<f64>,
    high: Vec<f64>,
    /// Sums of the bounds of one group of slots each.
    groups: Vec<f64>,
    /// A bit for every slot of a group whose gain is not from `low` to `high`.
    outside: Vec<u8>,
    tried: u64,
    hops: u64,
    /// Largest rate per bound.
    excess: f64,
}

/// A hop, after its waiting time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hop {
    /// How long nothing happened before it, in units of the inverse rates of the [`Bath`].
    pub waited: f64,
    /// Which defect hops.
    pub defect: usize,
    /// To which site.
    pub site: usize,
}

/// Means over time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimeAverage {
    /// Energy.
    pub energy: f64,
    /// Conductance, in e^2/h.
    pub conductance: f64,
    /// Length of time; infinite where everything is frozen.
    pub time: f64,
    /// Hops.
    pub hops: u64,
}

/// Slots per group of bounds.
const GROUP: usize = 8;
impl<F: Fields> KineticMonteCarlo<F> {
    /// Defects at their places, each with its tunnelling constant.
    ///
    /// # Errors
    ///
    /// Not one tunnelling constant per defect, or one that is not finite.
    pub fn new(
        start: Occupation,
        bath: Bath,
        tunnelling: &[f64],
        random: Sequence<F>,
    ) -> Result<Self, DefectError> {
        let (defects, padded) = (start.defects().defects(), start.defects().padded());
        let given = tunnelling.len();
        require("number of tunnelling constants", given as f64, given == defects, "one per defect")?;
        for &lambda in tunnelling {
            require("tunnelling constant", lambda, lambda.is_finite(), "finite")?;
        }
        let slots = start.local().len();
        let mut new = Self {
            staircase: Staircase::new(&bath, 2.0 * start.defects().largest_energy()),
            now: start,
            bath,
            speed: tunnelling.iter().map(|lambda| libm::exp(-lambda)).collect(),
            random,
            bound: vec![0.0; slots],
            taken: vec![0.0; slots],
            gain: vec![0.0; slots],
            here: vec![0.0; padded],
            cell: vec![0; slots],
            least: vec![0.0; slots],
            low: vec![f64::NEG_INFINITY; slots],
            high: vec![f64::INFINITY; slots],
            groups: vec![0.0; slots / GROUP],
            outside: vec![0; slots / GROUP],
            tried: 0,
            hops: 0,
            excess: 0.0,
        };
        for defect in 0..defects {
            new.take(defect, new.now.site(defect), 1.0);
        }
        new.look();
        (0..defects).for_each(|defect| new.renew_all(defect));
        Ok(new)
    }

    /// Where the defects are.
    pub fn now(&self) -> &Occupation {
        &self.now
    }

    /// Hops so far, and how many were tried.
    pub fn hops(&self) -> (u64, u64) {
        (self.hops, self.tried)
    }

    /// The next hop, which then has happened. None if no defect will ever move.
    pub fn hop(&mut self) -> Option<Hop> {
        let mut waited = 0.0;
        loop {
            let total = sum(&self.groups);
            if !(total > 0.0) {
                return None;
            }
            self.tried += 1;
            waited -= libm::log(1.0 - self.random.uniform()) / total;
            let slot = self.pick(total);
            let padded = self.now.defects().padded();
            let (defect, site) = (slot % padded, slot / padded + 1);
            let from = self.now.site(defect);
            let site = if site == from { 0 } else { site };
            let chance = self.random.uniform();
            if chance < self.least[slot] || chance < self.ratio(defect, slot) {
                self.now.hop(defect, site);
                self.hops += 1;
                self.take(defect, from, 0.0);
                self.take(defect, site, 1.0);
                self.look();
                self.renew_all(defect);
                self.renew_fallen();
                return Some(Hop { waited, defect, site });
            }
        }
    }

    /// Rate over bound.
    fn ratio(&mut self, defect: usize, slot: usize) -> f64 {
        let rate = self.speed[defect] * self.bath.rate(self.gain[slot]);
        let ratio = rate / self.bound[slot];
        self.excess = self.excess.max(ratio);
        ratio
    }

    /// Means over so many hops and the times before them.
    pub fn average(&mut self, hops: u64) -> TimeAverage {
        let mut sums = TimeAverage { energy: 0.0, conductance: 0.0, time: 0.0, hops: 0 };
        for _ in 0..hops {
            let (energy, conductance) = (self.now.energy(), self.now.conductance());
            let Some(hop) = self.hop() else {
                return TimeAverage { energy, conductance, time: f64::INFINITY, hops: sums.hops };
            };
            sums.energy += energy * hop.waited;
            sums.conductance += conductance * hop.waited;
            sums.time += hop.waited;
            sums.hops += 1;
        }
        TimeAverage { energy: sums.energy / sums.time, conductance: sums.conductance / sums.time, ..sums }
    }

    /// The conductance averaged over intervals of time of equal length, one after the other from now on, in e^2/h.
    pub fn trace(&mut self, interval: f64, count: usize) -> Vec<f64> {
        let mut means = vec![0.0; count];
        let (mut bin, mut filled) = (0, 0.0);
        // what was drawn beyond the end is forgotten: waiting has no memory
        while bin < count {
            let value = self.now.conductance();
            let mut left = self.hop().map_or(f64::INFINITY, |hop| hop.waited / interval);
            while bin < count && filled + left >= 1.0 {
                means[bin] += value * (1.0 - filled);
                left -= 1.0 - filled;
                (bin, filled) = (bin + 1, 0.0);
            }
            if bin < count {
                means[bin] += value * left;
                filled += left;
            }
        }
        means
    }

    /// Running sums against sums made anew, rates against their bounds.
    pub fn audit(&self) -> Audit {
        let mut audit = self.now.audit();
        // both are rounded at a few operations
        audit.record(laws::RATE_BOUND, (self.excess - 1.0).max(0.0), 1e-12);
        audit
    }

    /// A slot with probability bound / total.
    #[inline]
    fn pick(&mut self, total: f64) -> usize {
        let mut rest = self.random.uniform() * total;
        let mut last = 0;
        for (group, &sum) in self.groups.iter().enumerate() {
            if sum <= 0.0 {
                continue;
            }
            if rest >= sum {
                rest -= sum;
                last = group;
                continue;
            }
            last = group;
            break;
        }
        let bounds = &self.bound[last * GROUP..(last + 1) * GROUP];
        let mut found = 0;
        for (k, &bound) in bounds.iter().enumerate() {
            if bound > 0.0 {
                found = k;
                if rest < bound {
                    break;
                }
                rest -= bound;
            }
        }
        last * GROUP + found
    }

    /// Renews the bound of one slot.
    #[inline]
    fn renew(&mut self, slot: usize, defect: usize) {
        let step = self.staircase.step(self.gain[slot], &mut self.cell[slot]);
        self.bound[slot] = self.speed[defect] * step.largest;
        self.least[slot] = step.least / step.largest;
        (self.low[slot], self.high[slot]) = (step.low, step.high);
    }

    /// Sums the bounds of a group.
    #[inline]
    fn add_up(&mut self, group: usize) {
        self.groups[group] = sum(&self.bound[group * GROUP..(group + 1) * GROUP]);
    }

    /// Renews the bounds of all slots of a defect.
    fn renew_all(&mut self, defect: usize) {
        for slot in (defect..self.bound.len()).step_by(self.now.defects().padded()) {
            self.renew(slot, defect);
            self.add_up(slot / GROUP);
        }
    }

    /// Notes whether a defect is at a site.
    #[inline]
    fn take(&mut self, defect: usize, site: usize, taken: f64) {
        if let Some(site) = site.checked_sub(1) {
            self.taken[site * self.now.defects().padded() + defect] = taken;
        }
    }

    /// Notes what all hops gain, and which of them gain more or less than their bounds hold for.
    fn look(&mut self) {
        let (local, taken, low, high) = (self.now.local(), &self.taken, &self.low, &self.high);
        let (here, gain, outside) = (&mut self.here, &mut self.gain, &mut self.outside);
        self.now.defects().arch().dispatch(Look { local, taken, low, high, here, gain, outside });
    }

    /// Renews the bounds that do not hold any more.
    fn renew_fallen(&mut self) {
        let of_site = self.now.defects().padded() / GROUP;
        for group in 0..self.outside.len() {
            let mut outside = self.outside[group];
            if outside == 0 {
                continue;
            }
            let first = group % of_site * GROUP;
            while outside != 0 {
                let k = outside.trailing_zeros() as usize;
                outside &= outside - 1;
                self.renew(group * GROUP + k, first + k);
            }
            self.add_up(group);
        }
    }
}

/// The gains of all hops: to a free slot its energy less that of where the defect is, to the first site nothing less that; and which are outside their ranges.
struct Look<'a> {
    local: &'a [f64],
    taken: &'a [f64],
    low: &'a [f64],
    high: &'a [f64],
    here: &'a mut [f64],
    gain: &'a mut [f64],
    outside: &'a mut [u8],
}

impl NullaryFnOnce for Look<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        self.here.fill(0.0);
        for (local, taken) in
            self.local.chunks_exact(self.here.len()).zip(self.taken.chunks_exact(self.here.len()))
        {
            self.here.iter_mut().zip(local.iter().zip(taken)).for_each(|(here, (e, n))| *here += e * n);
        }
        let [local, taken, low, high, here] =
            [self.local, self.taken, self.low, self.high, self.here].map(|of| of.as_chunks::<GROUP>().0);
        let ranges = low.iter().zip(high).zip(here.iter().cycle()).zip(self.outside);
        let gains = self.gain.as_chunks_mut::<GROUP>().0.iter_mut().zip(local.iter().zip(taken));
        for ((gain, (local, taken)), (((low, high), here), outside)) in gains.zip(ranges) {
            let mut bits = 0;
            for k in 0..GROUP {
                gain[k] = local[k] * (1.0 - taken[k]) - here[k];
                bits |= u8::from((gain[k] < low[k]) | (gain[k] > high[k])) << k;
            }
            *outside = bits;
        }
    }
}

/// Four sums at once: additions wait for each other.
fn sum(of: &[f64]) -> f64 {
    let (four, rest) = of.as_chunks::<4>();
    let mut sums = [0.0; 4];
    four.iter().for_each(|of| (0..4).for_each(|k| sums[k] += of[k]));
    (sums[0] + sums[1]) + (sums[2] + sums[3]) + rest.iter().sum::<f64>()
}
