//! Lyapunov exponents of bars: closed forms, the symmetries of the three classes, a plain propagation as oracle, published values, and error bars tested by scatter.

use diffuson::C64;
use diffuson::disorder::{Disorder, Fields};
use diffuson::lattice::Boundary;
use diffuson::localization::lyapunov::{
    BOND_FIELD, Bar, Hopping, Length, LyapunovError, LyapunovSpectrum, ONSITE_FIELD,
};
use diffuson_ensemble::random::Realisation;
use std::f64::consts::{PI, TAU};

struct Deviations(Realisation);

impl Fields for Deviations {
    fn uniform(&self, field: u32, first: u64, out: &mut [f64]) {
        self.0.fill_uniform_from(field, first, out);
    }

    fn normal(&self, field: u32, first: u64, out: &mut [f64]) {
        self.0.fill_normal_from(field, first, out);
    }
}

fn deviations(sample: u64) -> Deviations {
    Deviations(Realisation::new(2014, sample))
}

fn length(discard: u64, slices: u64) -> Length {
    Length { slices, discard, relative_error: None }
}

fn anderson(sides: [usize; 2], boundary: Boundary, width: f64, energy: f64) -> Bar {
    Bar::new(sides, boundary, Disorder::Box { width }, energy).expect("a bar")
}

fn spectrum(bar: &Bar, length: Length, sample: u64) -> LyapunovSpectrum {
    let spectrum = bar.lyapunov(length, &deviations(sample)).expect("exponents");
    assert!(spectrum.audit.passed(), "{:?}", spectrum.audit);
    spectrum
}

/// Rates of growth of complex columns under `psi_{n+1} = step(n, psi_n, psi_{n-1})`, made orthonormal after every slice by Gram-Schmidt, twice; over `count` slices after
/// `from`. Nothing is taken from the library.
fn plain(
    size: usize,
    cols: usize,
    [from, count]: [u64; 2],
    step: impl Fn(u64, &[C64], &[C64]) -> Vec<C64>,
) -> Vec<f64> {
    let irregular = |i: usize| C64::new((1.0 + 1.7 * i as f64).sin(), (0.3 + 2.9 * i as f64).cos());
    let mut columns: Vec<Vec<C64>> =
        (0..cols).map(|j| (0..2 * size).map(|i| irregular(i * i + 31 * j * (i + 1))).collect()).collect();
    let mut rates = vec![0.0; cols];
    for n in 0..from + count {
        for j in 0..cols {
            let (done, rest) = columns.split_at_mut(j);
            let (now, last) = rest[0].split_at(size);
            let mut new = step(n, now, last);
            new.extend_from_slice(now);
            for _ in 0..2 {
                for q in &*done {
                    let s: C64 = q.iter().zip(&new).map(|(q, v)| q.conj() * v).sum();
                    new.iter_mut().zip(q).for_each(|(v, q)| *v -= s * q);
                }
            }
            let norm = new.iter().map(|v| v.norm_sqr()).sum::<f64>().sqrt();
            rest[0] = new.into_iter().map(|v| v / norm).collect();
            if n >= from {
                rates[j] += norm.ln() / count as f64;
            }
        }
    }
    rates
}

fn onsite(fields: &Deviations, slice: u64, sites: usize, width: f64) -> Vec<f64> {
    let mut energies = vec![0.0; sites];
    fields.uniform(ONSITE_FIELD, slice * sites as u64, &mut energies);
    energies.iter().map(|e| width * (e - 0.5)).collect()
}

/// Transverse neighbours of site (y, z) of a periodic slice with the bond to them, and whether it leads there.
fn around([width, height]: [usize; 2], i: usize) -> [(usize, usize, bool); 4] {
    let (y, z) = (i / height, i % height);
    let (up, down) = ((y + 1) % width * height + z, (y + width - 1) % width * height + z);
    let (right, left) = (y * height + (z + 1) % height, y * height + (z + height - 1) % height);
    [(up, 2 * i, true), (down, 2 * down, false), (right, 2 * i + 1, true), (left, 2 * left + 1, false)]
}

#[test]
fn clean_bars_decay_as_their_evanescent_modes() {
    // beyond the band every mode decays as 2 cosh(kappa) = |E - transverse energy|
    let (sides, energy) = ([3usize, 4usize], 7.0);
    let clean = Bar::new(sides, Boundary::HardWall, Disorder::None, energy).expect("a bar");
    let found = spectrum(&clean, length(2000, 1024), 0);
    let level = |side: usize, mode: usize| -2.0 * (PI * (mode + 1) as f64 / (side + 1) as f64).cos();
    let mut exact: Vec<f64> = (0..12)
        .map(|mode| ((energy - level(3, mode / 4) - level(4, mode % 4)).abs() / 2.0).acosh())
        .collect();
    exact.sort_by(|a, b| b.total_cmp(a));
    for (found, exact) in found.exponents.iter().zip(&exact) {
        // the start is forgotten as exp(-2 n gap), gaps are above 0.01: what remains is rounding, times a loss of digits of exp(interval * spread) < 1e5
        assert!((found.value - exact).abs() < 1e-10, "{found:?} {exact}");
    }
    // of the modes of a strip with periodic sides, exp(i k y), the slowest has k = 0 with the transverse energy -2 below, k = pi with +2 above the band
    let ring = Bar::new([6, 1], Boundary::Periodic, Disorder::None, 4.5).expect("a strip");
    let found = spectrum(&ring, length(2000, 1024), 0);
    let exact = ((4.5 - 2.0) / 2.0f64).acosh();
    assert!((found.smallest().value - exact).abs() < 1e-10, "{:?} {exact}", found.smallest());
}

#[test]
fn chains_follow_perturbation_theory_at_weak_and_strong_disorder() {
    // gamma = <eps^2> / (8 (1 - E^2/4)) = W^2 / (96 (1 - E^2/4)), W << 1, away from the band centre and the edges (Thouless 1979); the next order is about W^2/10
    // of it, and four standard errors have a false-alarm rate of 6e-5
    for (width, energy) in [(0.8f64, 0.8f64), (0.8, -1.3)] {
        let chain = anderson([1, 1], Boundary::HardWall, width, energy);
        let gamma = spectrum(&chain, length(5000, 1_500_000), 3).smallest();
        let born = width * width / (96.0 * (1.0 - energy * energy / 4.0));
        let allowed = 4.0 * gamma.error + 0.02 * born;
        assert!((gamma.value - born).abs() < allowed, "{gamma:?} {born}");
        assert!(gamma.error < 0.02 * born);
    }
    // gamma -> <ln |eps|> = ln(W/2) - 1; neighbours change it by less than 10 / W
    let width = 2000.0;
    let gamma =
        spectrum(&anderson([1, 1], Boundary::HardWall, width, 0.0), length(500, 100_000), 1).smallest();
    let exact = (width / 2.0).ln() - 1.0;
    assert!((gamma.value - exact).abs() < 4.0 * gamma.error + 0.005, "{gamma:?} {exact}");
}

#[test]
fn real_bars_are_the_plain_propagation_and_their_exponents_come_in_pairs() {
    let (sides, width) = ([3, 3], 14.0);
    let n = 9;
    let found = spectrum(&anderson(sides, Boundary::Periodic, width, 0.7), length(400, 1200), 5);
    let fields = deviations(5);
    let window = [found.work.discarded, found.work.slices];
    let rates = plain(n, 2 * n, window, |slice, now, last| {
        let energies = onsite(&fields, slice, n, width);
        (0..n)
            .map(|i| {
                let hops: C64 = around(sides, i).iter().map(|&(j, ..)| now[j]).sum();
                (energies[i] - 0.7) * now[i] - hops - last[i]
            })
            .collect()
    });
    for (i, exponent) in found.exponents.iter().enumerate() {
        // intervals are chosen for a mean loss of 1e-7 in one logarithm, over some 10 slices, of either sign; this seed is fixed: of others, 3 % exceed the
        // bound at the longest interval
        assert!((exponent.value - rates[i]).abs() < 1e-8, "{i}: {exponent:?} {}", rates[i]);
        assert!((rates[i] + rates[2 * n - 1 - i]).abs() < 1e-8, "{i}: the step is symplectic");
    }
}

#[test]
fn spin_rotations_leave_kramers_pairs() {
    // spinors of two complex numbers, hopping an SU(2) matrix: twice as many exponents, of which ours are one of each pair
    let (sides, width) = ([3, 3], 15.0);
    let n = 9;
    let bar = anderson(sides, Boundary::Periodic, width, 1.0);
    let bar = bar.with_hopping(Hopping::RandomSpinRotations).expect("hopping");
    let found = spectrum(&bar, length(400, 1024), 6);
    let fields = deviations(6);
    let window = [found.work.discarded, found.work.slices];
    let rates = plain(2 * n, 2 * n, window, |slice, now, last| {
        let energies = onsite(&fields, slice, n, width);
        let mut normals = vec![0.0; 8 * n];
        fields.normal(BOND_FIELD, slice * 8 * n as u64, &mut normals);
        let rotated = |bond: usize, forward: bool, [up, down]: [C64; 2]| {
            let u = &normals[4 * bond..][..4];
            let norm = u.iter().map(|x| x * x).sum::<f64>().sqrt();
            let [a, b] = [C64::new(u[0], u[1]) / norm, C64::new(u[2], u[3]) / norm];
            if forward {
                [a * up + b * down, a.conj() * down - b.conj() * up]
            } else {
                [a.conj() * up - b * down, b.conj() * up + a * down]
            }
        };
        let mut new = vec![C64::ZERO; 2 * n];
        for i in 0..n {
            let hops = around(sides, i)
                .map(|(j, bond, forward)| rotated(bond, forward, [now[2 * j], now[2 * j + 1]]));
            for s in 0..2 {
                let sum: C64 = hops.iter().map(|hop| hop[s]).sum();
                new[2 * i + s] = (energies[i] - 1.0) * now[2 * i + s] - sum - last[2 * i + s];
            }
        }
        new
    });
    for (i, exponent) in found.exponents.iter().enumerate() {
        let [one, other] = [rates[2 * i], rates[2 * i + 1]];
        assert!((one - other).abs() < 1e-8, "{i}: {one} {other}");
        assert!((exponent.value - one).abs() < 1e-8, "{i}: {exponent:?} {one}");
    }
}

#[test]
fn a_magnetic_field_acts_the_same_in_both_gauges() {
    // the vector potential along the bar, that of the lattices of this library: phases on the hopping from slice to slice
    let (n, width, energy, flux) = (5, 4.0, 0.4, 0.23);
    let bar = anderson([n, 1], Boundary::HardWall, width, energy);
    let in_field = |flux| bar.clone().with_hopping(Hopping::UniformField { flux }).expect("a field");
    let found = spectrum(&in_field(flux), length(600, 3000), 7);
    let fields = deviations(7);
    let window = [found.work.discarded, found.work.slices];
    let rates = plain(n, n, window, |slice, now, last| {
        let energies = onsite(&fields, slice, n, width);
        let site = |y: usize| {
            let below = if y > 0 { now[y - 1] } else { C64::ZERO };
            let above = now.get(y + 1).copied().unwrap_or(C64::ZERO);
            let phase = C64::cis(-TAU * flux * y as f64);
            // -V psi_{n+1} - V^+ psi_{n-1} + H psi_n = E psi_n
            phase.conj() * ((energies[y] - energy) * now[y] - below - above - phase.conj() * last[y])
        };
        (0..n).map(site).collect()
    });
    let zero = spectrum(&bar, length(600, 3000), 7);
    for (sign, spectrum) in [(1.0, &found), (-1.0, &spectrum(&in_field(-flux), length(600, 3000), 7))] {
        for (exponent, rate) in spectrum.exponents.iter().zip(&rates) {
            // reversed in time the bar has the same exponents; the loss of digits as in real bars
            assert!((exponent.value - rate).abs() < 1e-8, "{sign}: {exponent:?} {rate}");
        }
    }
    assert!((zero.smallest().value - found.smallest().value).abs() > 1e-4, "the field does something");
    // a whole number of quanta per plaquette is none
    let whole = spectrum(&in_field(3.0), length(600, 3000), 7);
    for (one, other) in whole.exponents.iter().zip(&zero.exponents) {
        assert!((one.value - other.value).abs() < 1e-8, "{one:?} {other:?}");
    }
}

/// The table of section 6.2 of the project's equation sheet, at W = 16.54, E = 0. Four combined standard errors: false-alarm rate 6e-5 each.
#[test]
fn critical_bars_have_the_known_exponents() {
    for (side, boundary, known, known_error, slices) in [
        (4, Boundary::Periodic, 1.7118, 0.0012, 200_000),
        (4, Boundary::HardWall, 1.9601, 0.0018, 200_000),
        (6, Boundary::Periodic, 1.7322, 0.0027, 80_000),
    ] {
        let gamma = spectrum(&anderson([side; 2], boundary, 16.54, 0.0), length(400, slices), 8).gamma();
        let error = gamma.error.hypot(known_error);
        assert!((gamma.value - known).abs() < 4.0 * error, "{side} {boundary:?}: {gamma:?} {known}");
        assert!(gamma.error < 0.012, "{gamma:?}");
    }
}

/// The 2D SU(2) model at its transition, W = 5.952, E = 1: Lambda = 1.844, Gamma = 0.542, for all widths (Asada, Slevin and Ohtsuki, Phys. Rev. B 70, 035115 (2004)).
/// Corrections at width 8 are below 1 %; four standard errors, false-alarm rate 6e-5.
#[test]
fn the_spin_orbit_transition_in_two_dimensions_is_where_it_is_known() {
    let bar = anderson([8, 1], Boundary::Periodic, 5.952, 1.0);
    let bar = bar.with_hopping(Hopping::RandomSpinRotations).expect("hopping");
    let gamma = spectrum(&bar, length(400, 60_000), 9).gamma();
    assert!((gamma.value - 0.5423).abs() < 4.0 * gamma.error + 0.0055, "{gamma:?}");
}

/// `sum ((Gamma_i - mean) / error_i)^2` of 30 bars is chi^2 of 29 degrees of freedom, but for what the errors do not know of themselves (7 %): between 10 and 60
/// with a false-alarm rate of 1e-3.
#[test]
fn error_bars_are_the_scatter_of_independent_bars() {
    let bar = anderson([4, 4], Boundary::Periodic, 16.54, 0.0);
    let bars: Vec<_> = (100..130).map(|sample| spectrum(&bar, length(400, 15_000), sample).gamma()).collect();
    let mean = bars.iter().map(|gamma| gamma.value).sum::<f64>() / 30.0;
    let chi2: f64 = bars.iter().map(|gamma| ((gamma.value - mean) / gamma.error).powi(2)).sum();
    assert!((10.0..60.0).contains(&chi2), "{chi2}");
}

#[test]
fn a_bar_ends_where_it_is_told_and_always_alike() {
    let bar = anderson([3, 3], Boundary::Periodic, 12.0, 0.0);
    let asked = Length { slices: 2_000_000, discard: 300, relative_error: Some(0.01) };
    let one = spectrum(&bar, asked, 1);
    assert!(
        one.smallest().error <= 0.01 * one.smallest().value && one.work.slices < 1_000_000,
        "{:?}",
        one.work
    );
    assert_eq!((one.work.slices / one.work.interval) % 1024, 0);
    // one thread of any number: the result is a function of the bar and its random fields
    let other =
        std::thread::scope(|scope| scope.spawn(|| spectrum(&bar, asked, 1)).join()).expect("no panic");
    assert_eq!(one, other);
    assert_ne!(one.exponents, spectrum(&bar, asked, 2).exponents);
}

#[test]
fn impossible_bars_and_lengths_are_refused() {
    let none = || Disorder::None;
    let too_narrow = Bar::new([2, 4], Boundary::Periodic, none(), 0.0);
    assert_eq!(too_narrow, Err(LyapunovError::TooNarrow { side: "width", given: 2, least: 3 }));
    assert!(Bar::new([4, 0], Boundary::HardWall, none(), 0.0).is_err());
    assert!(Bar::new([4, 1], Boundary::Periodic, none(), f64::NAN).is_err());
    assert!(Bar::new([4, 4], Boundary::Periodic, Disorder::Box { width: -1.0 }, 0.0).is_err());
    assert!(
        Bar::new([4, 4], Boundary::Periodic, Disorder::Gaussian { deviation: f64::INFINITY }, 0.0).is_err()
    );
    let given = Bar::new([1, 1], Boundary::HardWall, Disorder::Values(vec![0.3; 7]), 0.0);
    assert_eq!(given, Err(LyapunovError::GivenEnergies(7)));
    let bar = Bar::new([3, 3], Boundary::Periodic, none(), 0.0).expect("a bar");
    assert!(bar.clone().with_hopping(Hopping::UniformField { flux: f64::NAN }).is_err());
    let refused = |length| bar.lyapunov(length, &deviations(0)).expect_err("refused");
    assert!(matches!(refused(length(10, 10_000)), LyapunovError::TooFewDiscarded { given: 10, .. }));
    assert!(matches!(refused(length(100, 10)), LyapunovError::TooShort { given: 10, .. }));
    let never = Length { relative_error: Some(0.0), ..length(100, 10_000) };
    assert!(matches!(refused(never), LyapunovError::Parameter { name: "relative error", .. }));
    // numbers beyond the range of arithmetic
    let huge = Bar::new([2, 1], Boundary::HardWall, Disorder::Box { width: 1e300 }, 0.0).expect("a bar");
    assert!(matches!(
        huge.lyapunov(length(100, 10_000), &deviations(0)),
        Err(LyapunovError::NotFinite { .. })
    ));
}
