//! Pairs of scatterers: reference numbers, limits of the laws in each other, and where scatterers are placed.

use diffuson::C64;
use diffuson::defects::pairs::{PairLaw, conductance_per_energy, dress, loop_energy};
use diffuson::defects::single_scatterer::scatterer_conductance;
use diffuson::defects::{
    Arrangement, DefectError, Electrons, Placement, PointScatterer, Region, point_scatterers,
};
use diffuson::disorder::Fields;
use diffuson::thermal::{Adaptive, Structure};
use diffuson_ensemble::random::Realisation;
use std::convert::Infallible;
use std::f64::consts::{FRAC_2_PI, PI};

pub(crate) struct Sample(Realisation);

impl Fields for Sample {
    fn uniform(&self, field: u32, first: u64, out: &mut [f64]) {
        self.0.fill_uniform_from(field, first, out);
    }

    fn normal(&self, field: u32, first: u64, out: &mut [f64]) {
        self.0.fill_normal_from(field, first, out);
    }
}

pub(crate) fn sample(n: u64) -> Sample {
    Sample(Realisation::new(6, n))
}

/// The configuration of the sheet's section 7.
pub(crate) const MOBILE: [[f64; 3]; 2] = [[0.0, 0.0, 0.0], [1.6, -0.9, 1.1]];
pub(crate) const STATIC: [[f64; 3]; 4] =
    [[6.2, 1.3, -2.4], [-4.1, 5.0, 3.3], [1.5, -7.7, 5.6], [-3.6, -4.4, -8.1]];

pub(crate) fn minus(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

pub(crate) fn norm(r: [f64; 3]) -> f64 {
    r.iter().map(|x| x * x).sum::<f64>().sqrt()
}

pub(crate) fn integral(range: [f64; 2], f: impl Fn(f64) -> f64) -> f64 {
    let Ok(integral) =
        Adaptive::default().integrate(range, &Structure::default(), &[], |x| Ok::<_, Infallible>([f(x)]));
    integral.values[0]
}

/// Sums over the pairs of the mobile scatterer, f = 0.3, to the 13 digits given.
#[test]
fn pair_sums_have_their_reference_numbers() {
    let shift = 0.3f64.asin();
    let sums = |law: PairLaw| {
        MOBILE.map(|mobile| {
            let pairs = STATIC.map(|other| minus(mobile, other));
            [
                pairs.iter().map(|&r| law.energy(r, [shift; 2])).sum::<f64>(),
                pairs.iter().map(|&r| law.conductance(r, [shift; 2])).sum::<f64>(),
            ]
        })
    };
    for (law, want) in [
        (
            PairLaw::Cosine,
            [[1.395_389_856_486_0e-4, 7.498_885_599_811e-3], [8.352_802_662_295e-5, 5.344_237_845_827e-4]],
        ),
        (
            PairLaw::Born,
            [[1.148_608_844_711_0e-4, 2.859_785_574_397e-3], [9.680_390_451_410e-5, 5.358_461_000_903e-3]],
        ),
    ] {
        let got = sums(law);
        for (got, want) in got.as_flattened().iter().zip(want.as_flattened()) {
            // Half a unit of the last of 13 digits, and rounding of terms 10 times the sum.
            assert!((got / want - 1.0).abs() < 2e-12, "{law:?}: {got:e} {want:e}");
        }
    }
}

/// What `dress` adds to the pairs of the mobile scatterer, those of the background and each scatterer alone, is the same at all positions and is what these alone give.
#[test]
fn differences_of_positions_are_those_of_the_pairs_of_the_mobile_scatterer() {
    let background = STATIC.map(|position| PointScatterer { position, phase_shift: 0.4 });
    for law in PairLaw::ALL {
        let dressed = dress(&background, -0.3, &MOBILE, law).unwrap();
        let sum = |mobile: [f64; 3]| {
            let pairs = STATIC.map(|other| minus(mobile, other));
            pairs.iter().map(|&r| law.conductance(r, [-0.3, 0.4])).sum::<f64>()
        };
        // Sums of some 10 terms, the largest of order 1.
        let difference = dressed.conductance[1] - dressed.conductance[0];
        assert!((difference - (sum(MOBILE[1]) - sum(MOBILE[0]))).abs() < 1e-14);
        let (others, last) = (&background[..3], background[3]);
        let rest = dress(others, last.phase_shift, &[last.position], law).unwrap();
        let alone = dressed.conductance[0] - sum(MOBILE[0]) - rest.conductance[0];
        assert!((alone - scatterer_conductance(-0.3)).abs() < 1e-14, "{law:?}: {alone}");
        let energy = STATIC.map(|other| law.energy(minus(MOBILE[1], other), [-0.3, 0.4]));
        assert!((dressed.energy[1] - rest.energy[0] - energy.iter().sum::<f64>()).abs() < 1e-15);
    }
}

/// The energy of a pair of constant lengths by three more routes: the filled states of the interference term, rotation to the imaginary axis, and a
/// principal-value sum over pairs of states turned into a double integral over the density of the Friedel oscillation.
#[test]
fn the_energy_of_a_pair_is_the_same_by_every_route() {
    for (r, want) in [(2.0, -3.695_919_938e-2), (3.7, 3.985_396_974e-3), (7.3, -8.309_602_622e-4)] {
        let born = PairLaw::Born.energy([0.0, r, 0.0], [PI / 2.0; 2]);
        // Ten digits given.
        assert!((born / want - 1.0).abs() < 1.5e-10, "{r}: {born:e}");
        // N = -(2/pi) Im ln(1 - e^{2ikR}/R^2) more states below e = k^2, in first order, both spins: E = -Int N de.
        let states = integral([0.0, 1.0], |k| -FRAC_2_PI * 2.0 * k * (2.0 * k * r).sin() / (r * r));
        assert!((states / born - 1.0).abs() < 1e-11, "{r}: {states:e}");
        let rotated = integral([0.0, 1.0], |u| {
            let w = u / (1.0 - u) / r;
            let k = C64::new(1.0, w).sqrt();
            FRAC_2_PI * (2.0 * C64::i() * k * r).exp().re / (r.powi(3) * (1.0 - u) * (1.0 - u))
        });
        assert!((rotated / born - 1.0).abs() < 1e-11, "{r}: {rotated:e}");
        // v dn: v = -4 pi f (hbar^2/2m = 1), dn = 2 Int d^3k/(2 pi)^3 2 f sin(kr)/(kr) cos(kr)/r, both spins.
        let density =
            integral([0.0, 1.0], |k| 2.0 * f64::sin(k * r) * f64::cos(k * r) * k / (PI * PI * r * r));
        let potential = -4.0 * PI * density;
        assert!((potential / born - 1.0).abs() < 1e-11, "{r}: {potential:e}");
    }
}

/// The exact law of a pair becomes Born's for weak scatterers (next order: d^3), and the asymptotic one far apart (next order: 1/R).
#[test]
fn laws_of_a_pair_meet() {
    let near = [1.1, -2.0, 1.7];
    let weak = 1e-5;
    let [exact, born] = [PairLaw::Exact, PairLaw::Born].map(|law| {
        [law.energy(near, [weak; 2]), law.conductance(near, [weak; 2])].map(|x| x / (weak * weak))
    });
    for (exact, born) in exact.iter().zip(born) {
        assert!((exact - born).abs() < 10.0 * weak, "{exact} {born}");
    }
    for shifts in [[5.0f64, 5.0], [45.0, 45.0], [90.0, 90.0], [30.0, 70.0], [10.0, -50.0]] {
        let shifts = shifts.map(f64::to_radians);
        for n in 0..20 {
            let r = 1000.0 + 0.3 * f64::from(n);
            let [exact, far] =
                [PairLaw::Exact, PairLaw::Asymptotic].map(|law| law.energy([0.0, 0.6 * r, 0.8 * r], shifts));
            // Corrections of order 1/R, of the amplitude.
            let amplitude = FRAC_2_PI * shifts[0].sin() * shifts[1].sin() / r.powi(3);
            assert!((exact - far).abs() < 5e-3 * amplitude.abs(), "{shifts:?} {r}: {exact:e} {far:e}");
        }
    }
}

/// The exact law is multiple scattering between two: two quadratures of the energy, to 1e-9 of it; the same matrices for the conductance, to rounding.
#[test]
fn the_exact_pair_is_two_scatterers_to_all_orders() {
    for (r, shifts) in
        [([1.1, -2.0, 1.7], [0.3, -0.8]), ([0.0, 0.0, 9.0], [1.2, 1.5]), ([3.0, 2.0, 0.0], [0.1, 0.7])]
    {
        let other = PointScatterer { position: [0.0; 3], phase_shift: shifts[1] };
        let two = point_scatterers::dress(&[other], shifts[0], &[r], &Electrons::default()).unwrap();
        let pair = dress(&[other], shifts[0], &[r], PairLaw::Exact).unwrap();
        assert!((two.energy[0] / pair.energy[0] - 1.0).abs() < 1e-9, "{r:?}: {two:?} {pair:?}");
        assert!((two.conductance[0] - pair.conductance[0]).abs() < 1e-13, "{r:?}: {two:?} {pair:?}");
    }
}

/// Amplitude of `cos(2R + d1 + d2)` in `R^2 dG`, fitted to the exact law at R = 200 to 325 with the constant and the sine, where the sheet's own fit
/// deviates by up to 2e-2.
#[test]
fn the_conductance_changes_sign_at_45_degrees() {
    for ([a, b], tolerance) in [
        ([5.0f64, 5.0], 1e-2),
        ([20.0, 20.0], 1e-2),
        ([45.0, 45.0], 1e-2),
        ([60.0, 60.0], 1e-2),
        ([90.0, 90.0], 1e-2),
        ([5.0, 80.0], 1e-2),
        ([30.0, 70.0], 1e-2),
    ] {
        let shifts = [a.to_radians(), b.to_radians()];
        let direction = [0.36, 0.48, 0.8];
        let (mut cosine, n) = (0.0, 4000);
        for k in 0..n {
            // Over a whole number of periods the projection on the cosine is the fit.
            let r = 200.0 + f64::from(k) / f64::from(n) * 40.0 * PI;
            let phase = 2.0 * r + shifts[0] + shifts[1];
            let at = direction.map(|x| x * r);
            cosine += 2.0 / f64::from(n) * phase.cos() * r * r * PairLaw::Exact.conductance(at, shifts);
        }
        let [s1, s2] = shifts.map(f64::sin);
        let law = 4.0 * s1 * s2 * (1.0 - s1 * s1 - s2 * s2);
        assert!((cosine - law).abs() < tolerance, "{a} {b}: {cosine} {law}");
        let ratio = conductance_per_energy(10.0, shifts);
        assert!((ratio * FRAC_2_PI * s1 * s2 / 10.0 - law).abs() < 1e-13);
    }
}

/// The loop of two is the asymptotic pair. Of three, the energy is what is left of the triple without its pairs: by rotation, at distances 30.8, 46.5 and 40.4.
#[test]
fn loops_are_what_pairs_are_made_of() {
    let pair = loop_energy(&[30.0, 30.0], &[0.4, -0.7]).unwrap();
    assert!((pair / PairLaw::Asymptotic.energy([0.0, 30.0, 0.0], [0.4, -0.7]) - 1.0).abs() < 1e-13);
    let legs = [30.8, 46.5, 40.4];
    let d = 0.1f64;
    let three = integral([0.0, 1.0], |u| {
        let w = u / (1.0 - u) / 30.0;
        let k = C64::new(1.0, w).sqrt();
        let i = C64::i();
        let f = 1.0 / (d.cos() / d.sin() - i * k);
        let x = legs.map(|r| f * (i * k * r).exp() / r);
        let determinant = 1.0 - x.iter().map(|x| x * x).sum::<C64>() - 2.0 * x[0] * x[1] * x[2];
        let pairs: f64 = x.iter().map(|x| (1.0 - x * x).norm().ln()).sum();
        -FRAC_2_PI * (determinant.norm().ln() - pairs) / (30.0 * (1.0 - u) * (1.0 - u))
    });
    let closed = loop_energy(&legs, &[d; 3]).unwrap();
    // Next orders, of the amplitude: 1/L, and two pairs at once, d/R.
    let amplitude = closed / (legs.iter().sum::<f64>() + 3.0 * d).cos();
    assert!((three - closed).abs() < 0.02 * amplitude.abs(), "{three:e} {closed:e} {amplitude:e}");
    assert!(loop_energy(&[1.0], &[0.1]).is_err());
    assert!(loop_energy(&legs, &[0.1; 2]).is_err());
    assert!(loop_energy(&[1.0, 0.0], &[0.1; 2]).is_err());
}

#[test]
fn what_cannot_be_dressed_is_refused() {
    let at = |position| PointScatterer { position, phase_shift: 0.3 };
    let law = PairLaw::Born;
    assert!(dress(&[at([1.0; 3])], 0.3, &[[1.0; 3]], law).is_err());
    assert!(dress(&[at([f64::NAN; 3])], 0.3, &[[0.0; 3]], law).is_err());
    assert!(dress(&[at([1.0; 3])], f64::INFINITY, &[[0.0; 3]], law).is_err());
}

fn shortest(Arrangement { background, positions }: &Arrangement) -> f64 {
    let others = |k: usize| positions.iter().chain(&background[..k]);
    let of = |k: usize| others(k).map(move |&b| norm(minus(background[k], b)));
    (0..background.len()).flat_map(of).fold(f64::INFINITY, f64::min)
}

#[test]
fn arrangements_are_where_they_should_be() {
    for (region, closest, background, positions) in [
        (Region::Ball { radius: 25.0 }, 8.0, 11, 2),
        (Region::Shell { inner: 4.0, outer: 30.0 }, 0.0, 40, 7),
        (Region::Cylinder { diameter: 60.0, length: 60.0 }, 3.0, 91, 33),
    ] {
        let placement = Placement::new(region, closest, background, positions, 2.5).unwrap();
        let arrangement = placement.arrange(&sample(3)).unwrap();
        assert_eq!(arrangement, placement.arrange(&sample(3)).unwrap());
        assert_ne!(arrangement, placement.arrange(&sample(4)).unwrap());
        assert_eq!([arrangement.background.len(), arrangement.positions.len()], [background, positions]);
        assert!(shortest(&arrangement) >= closest.max(1e-300));
        for &point in &arrangement.background {
            let r = norm(point);
            // Rounding of coordinates.
            assert!(match region {
                Region::Ball { radius } => r <= radius + 1e-12,
                Region::Shell { inner, outer } => (inner - 1e-12..=outer + 1e-12).contains(&r),
                Region::Cylinder { diameter, length } =>
                    (point[0].hypot(point[1]) - 0.5 * diameter).abs() < 1e-12
                        && point[2].abs() <= 0.5 * length,
            });
        }
        // Every position has a neighbour one step away and none nearer.
        for (k, &one) in arrangement.positions.iter().enumerate() {
            let others = arrangement.positions.iter().enumerate().filter(|&(l, _)| l != k);
            let nearest = others.map(|(_, &other)| norm(minus(one, other))).fold(f64::INFINITY, f64::min);
            assert!((nearest - 2.5).abs() < 1e-12, "{nearest}");
        }
    }
}

/// Means of powers of the distance and of a direction over 40 000 scatterers without a closest distance, within five standard errors: false alarms once in 2e5
/// runs of all, and the seed is fixed.
#[test]
fn scatterers_are_spread_uniformly() {
    let region = Region::Shell { inner: 4.0, outer: 30.0 };
    let placement = Placement::new(region, 0.0, 40, 2, 2.5).unwrap();
    let (mut cubes, mut along, mut turned) = (Vec::new(), Vec::new(), Vec::new());
    for n in 0..1000 {
        let arrangement = placement.arrange(&sample(n)).unwrap();
        for point in arrangement.background {
            let r = norm(point);
            cubes.push((r.powi(3) - 64.0) / (27_000.0 - 64.0) - 0.5);
            along.push(point[2] / r);
        }
        turned.push(arrangement.positions[1][2] / 2.5);
    }
    for values in [cubes, along, turned] {
        let moments: diffuson_ensemble::statistics::Moments = values.into_iter().collect();
        assert!(moments.mean().abs() < 5.0 * moments.standard_error(), "{moments:?}");
    }
}

#[test]
fn placements_that_cannot_be_are_refused() {
    let ball = Region::Ball { radius: 10.0 };
    assert!(Placement::new(Region::Ball { radius: 0.0 }, 1.0, 3, 2, 1.0).is_err());
    assert!(Placement::new(Region::Shell { inner: 3.0, outer: 3.0 }, 1.0, 3, 2, 1.0).is_err());
    assert!(Placement::new(Region::Cylinder { diameter: 3.0, length: -1.0 }, 1.0, 3, 2, 1.0).is_err());
    assert!(Placement::new(ball, -1.0, 3, 2, 1.0).is_err());
    assert!(Placement::new(ball, 1.0, 3, 0, 1.0).is_err());
    assert!(Placement::new(ball, 1.0, 3, 2, f64::NAN).is_err());
    assert!(Placement::new(ball, 8.0, 30, 2, 1.0).is_err());
    // Room by volume, but the positions keep all of it: 25 of them, each with a sphere of radius 9 around it.
    let full = Placement::new(ball, 9.0, 2, 25, 4.0).unwrap();
    assert!(matches!(full.arrange(&sample(0)), Err(DefectError::Crowded { placed: 0, wanted: 2, .. })));
}
