//! Interacting defects: sums against the sheet, Monte Carlo against direct enumeration. Statistical tests have fixed seeds; each false-alarm rate is stated.

use diffuson::defects::{
    Ball, Bath, Coupling, InteractingDefects, KineticMonteCarlo, Occupation, Places, ReplicaExchange,
    Sequence, Spectrum, Telegraph,
};
use diffuson::disorder::Fields;
use diffuson_ensemble::random::Realisation;
use std::sync::Arc;

struct Numbers(Realisation);

impl Fields for Numbers {
    fn uniform(&self, field: u32, first: u64, out: &mut [f64]) {
        self.0.fill_uniform_from(field, first, out);
    }

    fn normal(&self, field: u32, first: u64, out: &mut [f64]) {
        self.0.fill_normal_from(field, first, out);
    }
}

fn numbers(sample: u64) -> Numbers {
    Numbers(Realisation::new(1992, sample))
}

const COUPLING: Coupling = Coupling { born_length: 0.3, between_mobile: true, direct_bias: 0.0 };

/// Defects so close to each other that all of them matter.
fn contact(mobile: usize, sites: usize, fixed: usize, sample: u64) -> Arc<InteractingDefects> {
    let ball = Ball { radius: 6.0, mobile, sites, spread: 3.0, fixed, closest: 2.0 };
    Arc::new(InteractingDefects::new(&ball.place(&numbers(sample)).unwrap(), COUPLING).unwrap())
}

/// All placements, with the first defect changing fastest.
fn placements(defects: &InteractingDefects) -> Vec<Vec<usize>> {
    let (n, z) = (defects.defects(), defects.sites());
    (0..z.pow(n as u32)).map(|k| (0..n).map(|i| k / z.pow(i as u32) % z).collect()).collect()
}

fn index(at: &[usize], sites: usize) -> usize {
    at.iter().rev().fold(0, |index, site| index * sites + site)
}

fn boltzmann(defects: &InteractingDefects, temperature: f64) -> Vec<f64> {
    let weights: Vec<f64> =
        placements(defects).iter().map(|at| (-defects.energy(at) / temperature).exp()).collect();
    let sum: f64 = weights.iter().sum();
    weights.iter().map(|w| w / sum).collect()
}

/// chi^2 of counts against probabilities.
fn chi_squared(counts: &[usize], expected: &[f64]) -> f64 {
    let total: usize = counts.iter().sum();
    let term = |(n, p): (&usize, &f64)| (*n as f64 - total as f64 * p).powi(2) / (total as f64 * p);
    counts.iter().zip(expected).map(term).sum()
}

/// What chi^2 of 7 degrees of freedom exceeds once in 10^4.
const CHI_SQUARED_7: f64 = 29.878;

#[test]
fn sums_over_pairs_are_those_of_the_reference_configuration() {
    let places = Places {
        mobile: vec![vec![[0.0, 0.0, 0.0], [1.6, -0.9, 1.1]]],
        fixed: vec![[6.2, 1.3, -2.4], [-4.1, 5.0, 3.3], [1.5, -7.7, 5.6], [-3.6, -4.4, -8.1]],
    };
    let defects = InteractingDefects::new(&places, COUPLING).unwrap();
    // printed digits
    for (site, energy, conductance) in
        [(0, 1.3953898564860e-4, 7.498885599811e-3), (1, 8.352802662295e-5, 5.344237845827e-4)]
    {
        assert!((defects.energy(&[site]) - energy).abs() < 1e-17, "{}", defects.energy(&[site]));
        assert!((defects.conductance(&[site]) - conductance).abs() < 1e-15);
    }
    // two defects of one site each, and the direct effect at R = 5 with Dk = eV/4
    let pair = Places { mobile: vec![vec![[0.0; 3]], vec![[3.0, 0.0, 4.0]]], fixed: vec![] };
    let biased = Coupling { direct_bias: 0.02, ..COUPLING };
    let ratio = |of: &dyn Fn(&InteractingDefects) -> f64| {
        let [with, without] = [biased, COUPLING].map(|c| of(&InteractingDefects::new(&pair, c).unwrap()));
        with / without
    };
    let expected = (2.0 * 0.005 * 5.0f64).cos();
    assert!((ratio(&|d| d.energy(&[0, 0])) / expected - 1.0).abs() < 1e-14);
    assert!((ratio(&|d| d.conductance(&[0, 0])) / expected - 1.0).abs() < 1e-14);
}

#[test]
fn random_placement_is_the_mean_over_all_placements() {
    for (mobile, sites) in [(1, 2), (3, 2), (4, 3)] {
        let defects = contact(mobile, sites, 3, 5);
        let all = placements(&defects);
        let n = all.len() as f64;
        let mean = |of: &dyn Fn(&[usize]) -> f64| all.iter().map(|at| of(at)).sum::<f64>() / n;
        let energy = mean(&|at| defects.energy(at));
        let conductance = mean(&|at| defects.conductance(at));
        let square = mean(&|at| (defects.conductance(at) - conductance).powi(2));
        let mut local = 0.0;
        for defect in 0..mobile {
            let alone = |at: &[usize]| Occupation::new(&defects, at).local_energy(defect, at[defect]);
            let of_one = mean(&alone);
            local += mean(&|at| (alone(at) - of_one).powi(2)) / mobile as f64;
        }
        let random = defects.random_placement();
        // rounding of sums of some hundred terms
        for (found, expected) in [
            (random.energy, energy),
            (random.conductance, conductance),
            (random.energy_deviation, local.sqrt()),
            (random.conductance_deviation, square.sqrt()),
        ] {
            assert!((found / expected - 1.0).abs() < 1e-10, "{mobile} x {sites}: {found} {expected}");
        }
    }
}

/// False alarms: 2e-4 (two tests).
#[test]
fn heat_bath_and_replica_exchange_give_boltzmanns_distribution() {
    let defects = contact(3, 2, 2, 1);
    let unit = defects.random_placement().energy_deviation;
    let numbers = numbers(100);
    let mut random = Sequence::new(&numbers, 1);
    let mut counts = vec![0; 8];
    let mut now = Occupation::random(&defects, &mut random);
    for _ in 0..40_000 {
        // 12 sweeps of 3 defects leave no memory of 1e-3 of a count
        (0..12).for_each(|_| now.sweep(unit, &mut random));
        counts[index(&now.at(), 2)] += 1;
    }
    let chi = chi_squared(&counts, &boltzmann(&defects, unit));
    assert!(chi < CHI_SQUARED_7, "heat bath: {chi}, {counts:?}");
    assert!(now.audit().passed());

    let temperatures = [0.5, 0.8, 1.3].map(|t| t * unit);
    let mut ladder = ReplicaExchange::new(&defects, &temperatures, Sequence::new(&numbers, 2)).unwrap();
    let mut counts = vec![0; 8];
    for _ in 0..40_000 {
        (0..12).for_each(|_| ladder.sweep());
        counts[index(&ladder.at(0).at(), 2)] += 1;
    }
    let chi = chi_squared(&counts, &boltzmann(&defects, temperatures[0]));
    assert!(chi < CHI_SQUARED_7, "replica exchange: {chi}, {counts:?}");
    assert!(ladder.audit().passed());
}

#[test]
fn annealing_finds_the_ground_state_and_a_quench_a_state_that_no_hop_lowers() {
    for sample in 0..10 {
        let defects = contact(5, 3, 1, sample);
        let unit = defects.random_placement().energy_deviation;
        let lowest = placements(&defects).iter().map(|at| defects.energy(at)).fold(f64::INFINITY, f64::min);
        let numbers = numbers(sample);
        let mut random = Sequence::new(&numbers, 1);
        let mut now = Occupation::random(&defects, &mut random);
        now.quench();
        let quenched = now.energy();
        for (defect, site) in (0..5).flat_map(|i| (0..3).map(move |s| (i, s))) {
            assert!(now.gain(defect, site) > -1e-12 * unit);
        }
        let cooling: Vec<f64> = (0..60).map(|k| 20.0 * unit * 0.885f64.powi(k)).collect();
        // one in several may end in a valley that is almost as deep
        let best = (0..8).fold(f64::INFINITY, |best, _| {
            now.anneal(&cooling, 20, &mut random);
            now.energy().min(best)
        });
        // rounding
        assert!(quenched >= lowest - 1e-12 * unit);
        assert!((best - lowest).abs() < 1e-10 * unit, "sample {sample}: {}", best - lowest);
    }
}

/// The stationary solution of the full master equation.
fn stationary(defects: &InteractingDefects, bath: &Bath, tunnelling: &[f64]) -> Vec<f64> {
    let all = placements(defects);
    let n = all.len();
    let sites = defects.sites();
    let mut matrix = vec![vec![0.0; n + 1]; n];
    for (from, at) in all.iter().enumerate() {
        let energy = defects.energy(at);
        for (defect, site) in (0..defects.defects()).flat_map(|i| (0..sites).map(move |s| (i, s))) {
            let mut next = at.clone();
            next[defect] = site;
            let to = index(&next, sites);
            let rate = (-tunnelling[defect]).exp() * bath.rate(defects.energy(&next) - energy);
            if to != from {
                matrix[to][from] += rate;
                matrix[from][from] -= rate;
            }
        }
    }
    matrix[n - 1] = vec![1.0; n + 1];
    // Gauss and Jordan, with pivots
    for column in 0..n {
        let pivot = (column..n).max_by(|&a, &b| matrix[a][column].abs().total_cmp(&matrix[b][column].abs()));
        matrix.swap(column, pivot.unwrap());
        let row = matrix[column].clone();
        for other in (0..n).filter(|&other| other != column) {
            let factor = matrix[other][column] / row[column];
            matrix[other].iter_mut().zip(&row).for_each(|(x, y)| *x -= factor * y);
        }
    }
    (0..n).map(|k| matrix[k][n] / matrix[k][k]).collect()
}

/// How often each placement is found at times so far apart that no memory is left, and how often each hop happened.
fn found(
    defects: &Arc<InteractingDefects>,
    bath: Bath,
    tunnelling: &[f64],
    interval: f64,
    count: usize,
) -> (Vec<usize>, Vec<Vec<usize>>) {
    let sites = defects.sites();
    let n = sites.pow(defects.defects() as u32);
    let (mut counts, mut hops) = (vec![0; n], vec![vec![0; n]; n]);
    let numbers = numbers(200);
    let mut random = Sequence::new(&numbers, 1);
    let start = Occupation::random(defects, &mut random);
    let mut moving = KineticMonteCarlo::new(start, bath, tunnelling, random).unwrap();
    let (mut time, mut next, mut seen) = (0.0, interval, 0);
    while seen < count {
        let at = index(&moving.now().at(), sites);
        time += moving.hop().unwrap().waited;
        while time > next && seen < count {
            counts[at] += 1;
            seen += 1;
            next += interval;
        }
        hops[at][index(&moving.now().at(), sites)] += 1;
    }
    assert!(moving.audit().passed(), "{:?}", moving.audit());
    (counts, hops)
}

/// False alarms: 3e-4 (three tests of 7 degrees of freedom) and 12 pairs at 5 standard deviations, 7e-6.
#[test]
fn kinetic_monte_carlo_gives_the_master_equations_steady_state() {
    let defects = contact(3, 2, 2, 1);
    let unit = defects.random_placement().energy_deviation;
    let tunnelling = [0.0, 1.0, 2.0];
    for (kt, bias, crossover) in [(0.7, 0.0, 0.5), (0.05, 2.0, 0.5), (0.5, 3.0, f64::INFINITY)] {
        let bath = Bath::new(kt * unit, bias * unit, crossover * unit).unwrap();
        let expected = stationary(&defects, &bath, &tunnelling);
        // the slowest fluctuator has e^-2 of rates of at least 4 kT: 11 relaxation times leave 1e-5
        let (counts, hops) = found(&defects, bath, &tunnelling, 30.0 / unit, 10_000);
        if bias == 0.0 {
            for (p, q) in expected.iter().zip(&boltzmann(&defects, kt * unit)) {
                // rounding of an elimination with 8 unknowns and rates over some decades
                assert!((p / q - 1.0).abs() < 1e-9, "{p} {q}");
            }
            for (a, b) in (0..8).flat_map(|a| (0..a).map(move |b| (a, b))) {
                let (there, back) = (hops[a][b] as f64, hops[b][a] as f64);
                assert!((there - back).abs() <= 5.0 * (there + back).sqrt() + 1.0, "{a} {b}: {there} {back}");
            }
        }
        let chi = chi_squared(&counts, &expected);
        assert!(chi < CHI_SQUARED_7, "kT {kt}, eV {bias}: {chi}, {counts:?}, {expected:?}");
    }
}

/// False alarms: 1e-4 (two numbers at 4.06 standard deviations).
#[test]
fn one_fluctuator_under_bias_has_the_occupation_of_its_rates() {
    let defects = contact(1, 2, 4, 3);
    let splitting = (defects.energy(&[0]) - defects.energy(&[1])).abs();
    let upper = usize::from(defects.energy(&[1]) > defects.energy(&[0]));
    for (kt, bias) in [(0.2, 3.0), (0.0, 1.5)] {
        let bath = Bath::new(kt * splitting, bias * splitting, 0.8 * splitting).unwrap();
        let (counts, _) = found(&defects, bath, &[0.5], 50.0 / splitting, 20_000);
        let p = bath.rate(splitting) / (bath.rate(splitting) + bath.rate(-splitting));
        let deviation = (counts[upper] as f64 / 20_000.0 - p) / (p * (1.0 - p) / 20_000.0).sqrt();
        assert!(deviation.abs() < 4.06, "kT {kt}: {deviation}");
    }
}

/// False alarms: 2e-4 (19 degrees of freedom, 3 states at 1e-4 / 1.5).
#[test]
fn residence_times_are_exponential() {
    let defects = contact(1, 3, 4, 3);
    let unit = defects.random_placement().energy_deviation;
    let bath = Bath::new(0.3 * unit, unit, 0.5 * unit).unwrap();
    let numbers = numbers(300);
    let start = Occupation::new(&defects, &[0]);
    let mut moving = KineticMonteCarlo::new(start, bath, &[1.0], Sequence::new(&numbers, 1)).unwrap();
    let mut counts = vec![vec![0; 20]; 3];
    for _ in 0..60_000 {
        let from = moving.now().site(0);
        let here = defects.energy(&[from]);
        let others = (0..3).filter(|&to| to != from);
        let rate: f64 =
            (-1.0f64).exp() * others.map(|to| bath.rate(defects.energy(&[to]) - here)).sum::<f64>();
        let hop = moving.hop().unwrap();
        // uniform in [0, 1]
        let quantile = 1.0 - (-rate * hop.waited).exp();
        counts[from][((20.0 * quantile) as usize).min(19)] += 1;
    }
    for counts in counts {
        let chi = chi_squared(&counts, &[0.05; 20]);
        assert!(chi < 52.0, "{chi}: {counts:?}");
    }
}

#[test]
fn what_is_impossible_never_happens() {
    let defects = contact(4, 2, 0, 2);
    let numbers = numbers(400);
    let mut ground = Occupation::new(&defects, &[0; 4]);
    ground.quench();
    let energy = ground.energy();
    let bath = Bath::new(0.0, 0.0, 1.0).unwrap();
    let mut moving = KineticMonteCarlo::new(ground, bath, &[0.0; 4], Sequence::new(&numbers, 1)).unwrap();
    assert!(moving.hop().is_none());
    assert_eq!(moving.average(10).time, f64::INFINITY);
    assert_eq!(moving.trace(1.0, 3), vec![moving.now().conductance(); 3]);
    assert_eq!(moving.now().energy(), energy);
}

#[test]
fn refused() {
    let ball = Ball { radius: 6.0, mobile: 2, sites: 2, spread: 3.0, fixed: 0, closest: 2.0 };
    assert!(Ball { radius: 0.0, ..ball }.place(&numbers(0)).is_err());
    assert!(Ball { mobile: 0, ..ball }.place(&numbers(0)).is_err());
    let full = Ball { mobile: 1000, ..ball }.place(&numbers(0)).unwrap_err().to_string();
    assert!(full.contains("find room"), "{full}");
    let together = Places { mobile: vec![vec![[1.0; 3]]], fixed: vec![[1.0; 3]] };
    assert!(InteractingDefects::new(&together, COUPLING).is_err());
    let uneven = Places { mobile: vec![vec![[1.0; 3]], vec![[3.0; 3], [5.0; 3]]], fixed: vec![] };
    assert!(InteractingDefects::new(&uneven, COUPLING).is_err());
    let defects = contact(3, 2, 0, 0);
    let numbers = numbers(0);
    assert!(ReplicaExchange::new(&defects, &[0.0], Sequence::new(&numbers, 1)).is_err());
    let bath = Bath::new(1.0, 0.0, 1.0).unwrap();
    let start = Occupation::new(&defects, &[0; 3]);
    assert!(KineticMonteCarlo::new(start, bath, &[0.0; 2], Sequence::new(&numbers, 1)).is_err());
}

/// Welch's estimate of one fluctuator against the closed form for means over intervals. False alarms: some 1e-4 (bands at 4.5 standard deviations, 24 bands).
#[test]
fn telegraph_noise_has_its_lorentzian() {
    let defects = contact(1, 2, 4, 3);
    let jump = defects.conductance(&[1]) - defects.conductance(&[0]);
    let gain = defects.energy(&[1]) - defects.energy(&[0]);
    let bath = Bath::new(0.5 * gain.abs(), 2.0 * gain.abs(), gain.abs()).unwrap();
    let telegraph = Telegraph { jump, up: bath.rate(gain), down: bath.rate(-gain) };
    let numbers = numbers(500);
    let start = Occupation::new(&defects, &[0]);
    let mut moving = KineticMonteCarlo::new(start, bath, &[0.0], Sequence::new(&numbers, 1)).unwrap();
    let interval = 0.2 / (telegraph.up + telegraph.down);
    // 400 segments of 400 relaxation times: the window blurs a Lorentzian by less than 1e-4
    let (segment, segments) = (2048, 400);
    let trace = moving.trace(interval, segment * segments);
    let spectrum = Spectrum::of_trace(&trace, interval, segment).unwrap();
    let expected: Vec<f64> =
        spectrum.frequency.iter().map(|&f| telegraph.sampled_spectrum(f, interval)).collect();
    let expected = Spectrum { density: expected, ..spectrum.clone() }.in_bands(24);
    let found = spectrum.in_bands(24);
    let mut wide = 0;
    for k in 0..24 {
        let width = found.frequency[k] - if k == 0 { 0.0 } else { found.frequency[k - 1] };
        let frequencies = (width * segment as f64 * interval).max(1.0);
        // independent segments and frequencies; neighbours share a window, which costs at most a factor 2 in variance
        let error = (2.0 / (segments as f64 * frequencies)).sqrt();
        let deviation = (found.density[k] / expected.density[k] - 1.0) / error;
        assert!(deviation.abs() < 4.5, "{k}: {deviation} at {}", found.frequency[k]);
        wide += usize::from(frequencies > 10.0);
    }
    assert!(wide > 10, "bands that say something");
    // the variance: its error is that of 160 000 relaxation times; the last interval of frequency counts half
    let step = spectrum.frequency[0];
    let variance: f64 = spectrum.density.iter().sum::<f64>() * step;
    assert!((variance / telegraph.variance() - 1.0).abs() < 0.1, "{variance}");
}

#[test]
fn closed_forms_of_spectra_agree() {
    let telegraph = Telegraph { jump: 0.7, up: 0.3, down: 1.1 };
    let sum = |of: &dyn Fn(f64) -> f64, from: f64, to: f64| {
        // midpoints on a logarithmic scale
        let (n, range) = (200_000, (to / from).ln());
        let at = |k: usize| from * (range * (k as f64 + 0.5) / n as f64).exp();
        (0..n).map(|k| of(at(k)) * at(k)).sum::<f64>() * range / n as f64
    };
    // the tails beyond 1e-6 and 1e5 hold 1e-5 of it
    let variance = sum(&|f| telegraph.spectrum(f), 1e-6, 1e5);
    assert!((variance / telegraph.variance() - 1.0).abs() < 2e-5, "{variance}");
    // t1 = 1/up, t2 = 1/down
    let (t1, t2) = (1.0 / 0.3, 1.0 / 1.1);
    let tau = 1.0 / (1.0 / t1 + 1.0 / t2);
    let at_zero = 4.0 * 0.49 * tau / ((t1 + t2) * (1.0 / t1 + 1.0 / t2));
    assert!((telegraph.spectrum(0.0) / at_zero - 1.0).abs() < 1e-14);
    // short intervals give the Lorentzian, to the square of frequency times interval
    let near = telegraph.sampled_spectrum(0.1, 1e-3) / telegraph.spectrum(0.1);
    assert!((near - 1.0).abs() < 1e-6, "{near}");
    // fast fluctuators, sampled slowly: white, with the variance of means over intervals of 2 sigma^2 tau / interval
    let white = telegraph.sampled_spectrum(1e-5, 1e4) / telegraph.spectrum(0.0);
    assert!((white - 1.0).abs() < 1e-3, "{white}");
    // uniform tunnelling constants, by quadrature
    for frequency in [1e-6, 1e-3, 0.1, 10.0] {
        let (spread, n) = (9.0, 20_000);
        let mean = (0..n)
            .map(|k| {
                let slow = (-spread * (k as f64 + 0.5) / n as f64).exp();
                let rates = Telegraph { up: 0.3 * slow, down: 1.1 * slow, ..telegraph };
                rates.spectrum(frequency) / n as f64
            })
            .sum::<f64>();
        // midpoints of step 4.5e-4: squared over 24
        assert!((telegraph.spread_spectrum(frequency, spread) / mean - 1.0).abs() < 1e-7, "{frequency}");
    }
    // 1/f in the middle: arcs are pi/2 but for the ends of the range, e^-4.5 away
    let middle = 1.4 * (-4.5f64).exp() / (2.0 * std::f64::consts::PI);
    let law = telegraph.variance() / (9.0 * middle);
    assert!((telegraph.spread_spectrum(middle, 9.0) / law - 1.0).abs() < 0.02);
}
