//! Point scatterers in a wide ballistic contact: reference numbers, limits, laws, and independent routes.

use diffuson::C64;
use diffuson::defects::point_scatterers::{dress, scatter, three_body_lines};
use diffuson::defects::{DefectError, Dressed, Electrons, PointScatterer, hemisphere_average};
use diffuson_linalg::{Matrix, solve};
use proptest::prelude::*;
use std::f64::consts::{FRAC_PI_2, PI};

const STATIC: [[f64; 3]; 4] = [[6.2, 1.3, -2.4], [-4.1, 5.0, 3.3], [1.5, -7.7, 5.6], [-3.6, -4.4, -8.1]];
const MOBILE: [[f64; 3]; 2] = [[0.0, 0.0, 0.0], [1.6, -0.9, 1.1]];

fn degrees(x: f64) -> f64 {
    x.to_radians()
}

fn alike(places: &[[f64; 3]], phase_shift: f64) -> Vec<PointScatterer> {
    places.iter().map(|&position| PointScatterer { position, phase_shift }).collect()
}

fn sound(dressed: Result<Dressed, DefectError>) -> Dressed {
    let dressed = dressed.expect("allowed numbers");
    assert!(dressed.audit.passed(), "{:?}", dressed.audit);
    dressed
}

const COLD: Electrons = Electrons { temperature: 0.0, field: [0.0; 3] };

/// Energy and conductance of one set.
fn both(set: &[PointScatterer], electrons: &Electrons) -> [f64; 2] {
    let all = sound(scatter(set, electrons));
    [all.energy[0], all.conductance[0]]
}

/// Interaction energy of a pair, and what its conductance has beyond that of each scatterer.
fn pair(shifts: [f64; 2], separation: [f64; 3]) -> [f64; 2] {
    let set = [([0.0; 3], shifts[0]), (separation, shifts[1])]
        .map(|(position, phase_shift)| PointScatterer { position, phase_shift });
    let [energy, conductance] = both(&set, &COLD);
    [energy, conductance + 2.0 * shifts.iter().map(|d| d.sin().powi(2)).sum::<f64>()]
}

/// Composite Simpson's rule, an integrator unlike those that are tested.
fn simpson(from: f64, to: f64, intervals: usize, f: impl Fn(f64) -> f64) -> f64 {
    let step = (to - from) / intervals as f64;
    let weight = |i: usize| match i {
        0 => 1.0,
        i if i == intervals => 1.0,
        i if i % 2 == 1 => 4.0,
        _ => 2.0,
    };
    (0..=intervals).map(|i| weight(i) * f(from + step * i as f64)).sum::<f64>() * step / 3.0
}

/// `Int_0^inf dw F(k)` along k = sqrt(1 + iw), by Simpson's rule in t = Im k: `k = sqrt(1 + t^2) + i t`, `dw = 2 (1 + 2 t^2) / sqrt(1 + t^2) dt`.
fn imaginary_axis(closest: f64, f: impl Fn(C64) -> f64) -> f64 {
    simpson(0.0, 18.0 / closest, 4000, |t| {
        let root = (1.0 + t * t).sqrt();
        2.0 * (1.0 + 2.0 * t * t) / root * f(C64::new(root, t))
    })
}

fn amplitude(d: f64, k: C64) -> C64 {
    d.sin() / (d.cos() - C64::I * k * d.sin())
}

fn wave(a: [f64; 3], b: [f64; 3], k: C64) -> C64 {
    let r = distance(a, b);
    (C64::I * k * r).exp() / r
}

fn distance(a: [f64; 3], b: [f64; 3]) -> f64 {
    [0, 1, 2].map(|i| (a[i] - b[i]).powi(2)).iter().sum::<f64>().sqrt()
}

/// M at k_F, by another solver.
fn scattering(set: &[PointScatterer]) -> Matrix {
    let n = set.len();
    let a = Matrix::from_fn(n, n, |i, j| {
        let k = C64::ONE;
        if i == j {
            1.0 / amplitude(set[i].phase_shift, k)
        } else {
            -wave(set[i].position, set[j].position, k)
        }
    });
    solve(&a, &Matrix::identity(n)).expect("no retarded wave is singular")
}

/// Reference numbers of an independent program, to half a unit of the last digit given and the rounding of four scatterers: conductances 13 digits,
/// energies 13.
#[test]
fn reference_configuration() {
    let known = [
        (20.0, [-1.167179666175936, -1.143273540323222], [-1.183857934587e-4, 3.044406523057e-4]),
        (60.0, [-7.232997542577, -7.280685481573], [-3.115483074625e-3, 1.196034250314e-3]),
        (75.0, [-8.875567442764, -8.991345981711], [-3.490883434653e-3, 3.316118621751e-4]),
    ];
    for (angle, conductance, energy) in known {
        let d = degrees(angle);
        let found = sound(dress(&alike(&STATIC, d), d, &MOBILE, &COLD));
        for i in 0..2 {
            assert!((found.conductance[i] - conductance[i]).abs() < 2e-12, "{angle}, {i}");
            assert!((found.energy[i] - energy[i]).abs() < 1e-12, "{angle}, {i}: {}", found.energy[i]);
        }
    }
}

/// Born limit of the pair energy against the closed form's reference numbers (both spins, f = 1), R off the axis.
///
/// The mean of attraction and repulsion is even in d, and two values of d take the next order off: what remains is `d^4 = 1e-11` and the rounding of
/// `ln(1 - f^2..)`, `1e-16 R^2 / d^2 = 6e-9 / 1e2`.
#[test]
fn weak_pairs_attract_as_in_the_closed_form() {
    for (r, known) in [(2.0, -3.695919938e-2), (3.7, 3.985396974e-3), (7.3, -8.309602622e-4)] {
        let even = |d: f64| {
            let of = |d: f64| pair([d, d], [0.6 * r, 0.0, 0.8 * r])[0];
            0.5 * (of(d) + of(-d)) / d.sin().powi(2)
        };
        let d = 1e-3;
        let born = (4.0 * even(d) - even(2.0 * d)) / 3.0;
        assert!((born - known).abs() < 1e-9, "{r}: {born}");
    }
}

/// Exactly: one wave in, `sin^2 d` of it scattered, half of that backwards, both spins. Nothing depends on place or field.
#[test]
fn one_scatterer() {
    for d in [-80.0, -3.0, 0.0, 5.0, 45.0, 90.0].map(degrees) {
        let set = alike(&[[3.0, -1.0, 2.0]], d);
        let [energy, conductance] = both(&set, &Electrons { field: [0.1, 0.2, 0.3], ..COLD });
        assert_eq!(energy, 0.0);
        assert!((conductance + 2.0 * d.sin().powi(2)).abs() < 4e-16, "{d}: {conductance}");
    }
}

/// Far from each other and off the axis (Kozub and Rudin's Eqs. 4 and 6 with phase shifts, to all orders):
/// `E = (2/pi) s1 s2 cos(2R + d1 + d2)/R^3`, `dG = (4/R^2) [s1 s2 (1 - s1^2 - s2^2) cos(2R + d1 + d2) + s1^2 s2^2]`.
///
/// Fitted at R = 200 to 325: corrections are of order 1/R = 0.004 of amplitudes up to 4, where the edge of the hemisphere adds waves of its own.
#[test]
fn distant_pairs_by_a_fit() {
    for [d1, d2] in [[5, 5], [20, 20], [45, 45], [60, 60], [90, 90], [5, 80], [10, -50], [30, 70]] {
        let [d1, d2] = [d1, d2].map(|d| degrees(f64::from(d)));
        let [s1, s2] = [d1.sin(), d2.sin()];
        // Normal equations in cos, sin, 1.
        let mut normal = Matrix::zeros(3, 3);
        let mut rhs = Matrix::zeros(3, 2);
        for i in 0..600 {
            let r = 200.0 + 125.0 * i as f64 / 599.0;
            let found = pair([d1, d2], [0.48 * r, -0.6 * r, 0.64 * r]);
            let (sine, cosine) = (2.0 * r + d1 + d2).sin_cos();
            let basis = [cosine, sine, 1.0];
            for a in 0..3 {
                (0..3).for_each(|b| normal[(a, b)] += basis[a] * basis[b]);
                rhs[(a, 0)] += basis[a] * found[0] * r.powi(3);
                rhs[(a, 1)] += basis[a] * found[1] * r * r;
            }
        }
        let fit = solve(&normal, &rhs).unwrap();
        let fit = |a: usize, b: usize| fit[(a, b)].re;
        let allowed = 0.01 * (s1 * s2).abs().max(0.02);
        assert!((fit(0, 0) - 2.0 / PI * s1 * s2).abs() < allowed, "{d1} {d2}: energy {}", fit(0, 0));
        assert!(fit(1, 0).abs() < allowed && fit(2, 0).abs() < allowed, "{d1} {d2}");
        let factor = 1.0 - s1 * s1 - s2 * s2;
        assert!((fit(0, 1) - 4.0 * s1 * s2 * factor).abs() < 2.0 * allowed, "{d1} {d2}: {}", fit(0, 1));
        assert!((fit(2, 1) - 4.0 * (s1 * s2).powi(2)).abs() < 2.0 * allowed, "{d1} {d2}: {}", fit(2, 1));
    }
}

/// A pair in closed form, `det = 1 - f1 f2 e^{2ikR}/R^2`: at zero temperature by Simpson's rule, at others by adding up all Matsubara frequencies.
/// Allowed is the stated error, 1e-9 of the integral of the modulus.
#[test]
fn energy_of_a_pair_in_closed_form() {
    for (shifts, r) in [([20.0, 20.0], 3.0), ([60.0, -30.0], 5.0), ([90.0, 85.0], 2.0)] {
        let shifts = shifts.map(degrees);
        let determinant = |k: C64| {
            let loops = amplitude(shifts[0], k) * amplitude(shifts[1], k) * (2.0 * C64::I * k * r).exp();
            (1.0 - loops / (r * r)).norm().ln()
        };
        let set = [([0.0; 3], shifts[0]), ([0.0, r, 0.0], shifts[1])]
            .map(|(position, phase_shift)| PointScatterer { position, phase_shift });
        let magnitude = imaginary_axis(r, |k| determinant(k).abs());
        let found = both(&set, &COLD)[0];
        let want = -2.0 / PI * imaginary_axis(r, determinant);
        assert!((found - want).abs() < 1e-9 * magnitude, "{r}: {found} {want}");
        for temperature in [0.03, 0.01, 5e-4] {
            let frequency = |n: u32| (2.0 * f64::from(n) + 1.0) * PI * temperature;
            let last = (60.0 / temperature) as u32;
            let want: f64 = (0..last).map(|n| determinant(C64::new(1.0, frequency(n)).sqrt())).sum();
            let want = -4.0 * temperature * want;
            let found = both(&set, &Electrons { temperature, ..COLD })[0];
            assert!((found - want).abs() < 1e-9 * magnitude, "{r} {temperature}: {found} {want}");
        }
    }
}

/// The coupling constant of the mobile scatterer raised from nothing: `dE/dd = (2/pi) Re Int dw (M_mm - f_m) / sin^2 d`, two scatterers behind it
/// solved by hand. Simpson's rules of 4000 and 200 intervals are good to 2e-12 here.
#[test]
fn energy_by_integration_over_the_coupling_constant() {
    let places = [[4.0, 1.0, -2.0], [-3.0, 2.5, 1.0]];
    let shifts = [degrees(50.0), degrees(-35.0)];
    let mobile = [0.3, -0.4, 0.5];
    let background: Vec<_> = places
        .iter()
        .zip(shifts)
        .map(|(&position, phase_shift)| PointScatterer { position, phase_shift })
        .collect();
    let loops = |k: C64| {
        let f = shifts.map(|d| amplitude(d, k));
        let between = wave(places[0], places[1], k);
        let u = places.map(|p| wave(p, mobile, k));
        let paths = f[0] * u[0] * u[0] + f[1] * u[1] * u[1] + 2.0 * f[0] * f[1] * between * u[0] * u[1];
        paths / (1.0 - f[0] * f[1] * between * between)
    };
    for last in [degrees(30.0), degrees(90.0), degrees(-60.0)] {
        let slope = |d: f64| {
            let density = |k: C64| {
                let free = d.cos() - C64::I * k * d.sin();
                let paths = loops(k);
                (paths / (free * (free - d.sin() * paths))).re
            };
            2.0 / PI * imaginary_axis(distance(places[1], mobile), density)
        };
        let want = both(&background, &COLD)[0] + simpson(0.0, last, 200, slope);
        let found = sound(dress(&background, last, &[mobile], &COLD)).energy[0];
        assert!((found - want).abs() < 1e-11, "{last}: {found} {want}");
    }
}

/// The thermal average from conductances at other energies: lengths scaled by k, and phase shifts of one scattering length, `tan d(k) = k tan d`.
/// Simpson's rule with 1000 intervals on |E - mu| < 30 kT: `e^-30 = 1e-13`; the stated error of the average is 1e-9.
#[test]
fn conductance_over_the_thermal_window() {
    let d = degrees(40.0);
    let set = alike(&[STATIC[0], STATIC[1], MOBILE[0]], d);
    for temperature in [0.001, 0.01, 0.03] {
        let want = simpson(-30.0, 30.0, 1000, |x| {
            let k = (1.0 + temperature * x).sqrt();
            let scaled: Vec<_> = set
                .iter()
                .map(|s| PointScatterer {
                    position: s.position.map(|r| k * r),
                    phase_shift: (k * d.tan()).atan(),
                })
                .collect();
            both(&scaled, &COLD)[1] / (2.0 * (x / 2.0).cosh()).powi(2)
        });
        let found = both(&set, &Electrons { temperature, ..COLD })[1];
        assert!((found - want).abs() < 1e-9, "{temperature}: {found} {want}");
    }
}

/// Directions themselves: `|F|^2` summed over a hemisphere that waves arrive from and one that they leave to, all four blocks. The backward block is
/// the conductance; all four are what interference takes off, twice the hemisphere average `Im Tr[M s]`. Gauss's and the trapezoidal rule with 20 x
/// 40 directions per hemisphere are exact to rounding for phases below 6.
#[test]
fn conductance_by_summing_over_directions() {
    let places = [[0.0, 0.0, 0.0], [1.2, -0.7, 0.9], [-0.8, 1.1, 1.5], [0.4, 1.3, -1.0]];
    let set: Vec<_> = places
        .iter()
        .zip([80.0, -50.0, 30.0, 65.0])
        .map(|(&position, d)| PointScatterer { position, phase_shift: degrees(d) })
        .collect();
    let m = scattering(&set);
    // Gauss-Legendre on four panels of five points, [0, 1].
    let five = [
        (0.0, 128.0 / 225.0),
        (0.538_469_310_105_683_1, 0.478_628_670_499_366_47),
        (-0.538_469_310_105_683_1, 0.478_628_670_499_366_47),
        (0.906_179_845_938_664, 0.236_926_885_056_189_08),
        (-0.906_179_845_938_664, 0.236_926_885_056_189_08),
    ];
    let mut directions = Vec::new();
    for panel in 0..4 {
        for (x, weight) in five {
            let mu = (f64::from(panel) + 0.5 + 0.5 * x) / 4.0;
            for j in 0..40 {
                let (sine, cosine) = (PI * f64::from(j) / 20.0).sin_cos();
                let rho = (1.0 - mu * mu).sqrt();
                directions.push(([rho * cosine, rho * sine, mu], weight / 8.0 / 40.0));
            }
        }
    }
    let phases =
        |n: [f64; 3], sign: f64| places.map(|r| C64::cis(sign * (n[0] * r[0] + n[1] * r[1] + n[2] * r[2])));
    let block = |from: f64, to: f64| -> f64 {
        let arrived: Vec<(Vec<C64>, f64)> = directions
            .iter()
            .map(|(n, w)| {
                let wave = phases(*n, from);
                ((0..4).map(|j| (0..4).map(|l| m[(j, l)] * wave[l]).sum()).collect(), *w)
            })
            .collect();
        let leaving = directions.iter().map(|(n, w)| (phases(*n, -to), *w));
        leaving
            .map(|(wave, w)| {
                let of = |(x, v): &(Vec<C64>, f64)| {
                    v * x.iter().zip(&wave).map(|(x, w)| x * w).sum::<C64>().norm_sqr()
                };
                w * arrived.iter().map(of).sum::<f64>()
            })
            .sum()
    };
    let blocks = [block(1.0, -1.0), block(1.0, 1.0), block(-1.0, 1.0), block(-1.0, -1.0)];
    let found = both(&set, &COLD)[1];
    assert!((found + 2.0 * blocks[0]).abs() < 1e-13, "{found} {}", -2.0 * blocks[0]);
    // Reciprocity: from the other side as much is scattered backwards.
    assert!((blocks[0] - blocks[2]).abs() < 1e-13);
    let kernel = |j: usize, l: usize| hemisphere_average([0, 1, 2].map(|i| places[j][i] - places[l][i])).re;
    let lost: f64 =
        (0..4).flat_map(|j| (0..4).map(move |l| (j, l))).map(|(j, l)| kernel(l, j) * m[(j, l)].im).sum();
    assert!((blocks.iter().sum::<f64>() - 4.0 * lost).abs() < 1e-13);
}

/// Two scatterers at unitarity bind an electron at `-kappa^2`, `kappa R = 0.5671`. The energy counts it: the phase of the determinant over real
/// energies, `det = 1 + e^{2ikR}/(kR)^2`, gives the rest.
#[test]
fn bound_levels_of_clusters_count() {
    for r in [0.8, 1.5, 3.0] {
        let phase = |k: f64| {
            let x = k * r;
            // times x^2, for k = 0
            2.0 * k * (x * x + C64::cis(2.0 * x)).arg()
        };
        let kappa = 0.567_143_290_409_783_8 / r;
        let want = 2.0 / PI * simpson(0.0, 1.0, 2000, phase) - 2.0 * kappa * kappa;
        let found = pair([FRAC_PI_2; 2], [0.0, 0.6 * r, 0.8 * r])[0];
        assert!((found - want).abs() < 1e-9, "{r}: {found} {want}");
    }
}

/// Three scatterers: in the energy only the loop, in the conductance the loop and differences of paths.
#[test]
fn lines_of_three_scatterers() {
    let places = [[0.0, 0.0, 0.0], [17.0, 12.0, 22.729_386_265_386_32], [-20.0, 30.0, 29.269_438_669_195_23]];
    let sides = [(0, 1), (1, 2), (2, 0)].map(|(a, b)| distance(places[a], places[b]));
    let [a, b, c] = sides;
    let set = places.map(|position| PointScatterer { position, phase_shift: degrees(20.0) });
    let lines = three_body_lines(&set, [1.0, 4.0]).unwrap();
    let perimeter = a + b + c;
    // A line lies within a hundredth of the width of the window's lobe, 2 pi.
    assert_eq!(lines.energy.len(), 1, "{:?}", lines.energy);
    assert!((lines.energy[0].length - perimeter).abs() < 0.06);
    assert!((lines.conductance[0].length - perimeter).abs() < 0.06);
    for difference in [a + b - c, b + c - a, c + a - b] {
        assert!(lines.conductance.iter().any(|l| (l.length - difference).abs() < 0.3), "{difference}");
    }
    assert!(three_body_lines(&set, [2.0, 1.0]).is_err() && three_body_lines(&set, [1.0, 1.1]).is_err());
}

#[test]
fn numbers_that_mean_nothing_are_refused() {
    let set = alike(&STATIC, 0.3);
    let refuse = |r: Result<Dressed, DefectError>| r.unwrap_err().to_string();
    assert!(refuse(dress(&set, 0.3, &[], &COLD)).contains("number of positions is 0"));
    assert!(refuse(dress(&set, 0.3, &[STATIC[1]], &COLD)).contains("distance of two scatterers is 0"));
    assert!(refuse(dress(&set, f64::NAN, &MOBILE, &COLD)).contains("phase shift"));
    assert!(refuse(dress(&set, 0.3, &[[f64::INFINITY, 0.0, 0.0]], &COLD)).contains("distance"));
    for temperature in [-0.1, 0.04, f64::NAN] {
        assert!(refuse(scatter(&set, &Electrons { temperature, ..COLD })).contains("temperature"));
    }
    assert!(refuse(scatter(&set, &Electrons { field: [0.0, f64::NAN, 0.0], ..COLD })).contains("flux"));
    assert_eq!(both(&[], &COLD), [0.0, 0.0]);
}

/// Up to eight scatterers at least 2 apart, of any phase shifts, the last one mobile with three positions.
fn sets() -> impl Strategy<Value = (Vec<PointScatterer>, f64, Vec<[f64; 3]>)> {
    let place = [-9.0..9.0f64, -9.0..9.0f64, -9.0..9.0f64];
    let places = proptest::collection::vec(place, 5..12);
    (places, proptest::collection::vec(-1.4..1.57f64, 12)).prop_map(|(places, shifts)| {
        let mut apart: Vec<[f64; 3]> = Vec::new();
        for p in places {
            if apart.iter().all(|q| distance(p, *q) > 2.0) {
                apart.push(p);
            }
        }
        let mobile = apart.split_off(apart.len() - (apart.len() - 1).min(3));
        let background = apart.iter().zip(&shifts);
        let background = background.map(|(&position, &phase_shift)| PointScatterer { position, phase_shift });
        (background.collect(), shifts[11], mobile)
    })
}

fn with(background: &[PointScatterer], phase_shift: f64, position: [f64; 3]) -> Vec<PointScatterer> {
    let mut set = vec![PointScatterer { position, phase_shift }];
    set.extend(background);
    set
}

fn moved(set: &[PointScatterer], by: impl Fn([f64; 3]) -> [f64; 3]) -> Vec<PointScatterer> {
    set.iter().map(|s| PointScatterer { position: by(s.position), ..*s }).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Bordered and from the beginning: conductances to the rounding of a resolvent that clusters amplify, 1e-11; energies share the rule, up to its
    /// stated error where its panels are halved differently, 1e-9.
    #[test]
    fn bordering_is_solving_anew((background, shift, places) in sets(), warm in 0..2, b in -0.02..0.02f64) {
        let electrons = Electrons { temperature: 0.004 * f64::from(warm), field: [b, -0.3 * b, 0.7 * b] };
        let bordered = sound(dress(&background, shift, &places, &electrons));
        for (i, place) in places.iter().enumerate() {
            let [energy, conductance] = both(&with(&background, shift, *place), &electrons);
            let accuracy = if warm == 1 { 1e-9 } else { 1e-11 };
            prop_assert!((bordered.conductance[i] - conductance).abs() < accuracy);
            prop_assert!((bordered.energy[i] - energy).abs() < 1e-9);
        }
    }

    /// Without field energies do not see directions; conductances see the axis, but not its sign (reciprocity). Rounding as above.
    #[test]
    fn space_is_isotropic_about_the_axis((background, shift, places) in sets(), angle in 0.0..6.3f64) {
        let set = with(&background, shift, places[0]);
        let (sine, cosine) = angle.sin_cos();
        let here = both(&set, &COLD);
        let turned = both(&moved(&set, |[x, y, z]| [cosine * x - sine * y, sine * x + cosine * y, z]), &COLD);
        let mirrored = both(&moved(&set, |[x, y, z]| [x, y, -z]), &COLD);
        let shifted = both(&moved(&set, |[x, y, z]| [x + 3.0, y - 7.0, z + 1.0]), &COLD);
        let on_its_side = both(&moved(&set, |[x, y, z]| [z, x, y]), &COLD);
        for other in [turned, mirrored, shifted] {
            prop_assert!((other[0] - here[0]).abs() < 1e-9 && (other[1] - here[1]).abs() < 1e-10);
        }
        prop_assert!((on_its_side[0] - here[0]).abs() < 1e-9);
        // What is scattered backwards is taken away.
        prop_assert!(here[1] <= 0.0);
    }

    /// In a field: the same from any origin, and even in B (Onsager and Casimir). Rounding as above, and that of phases of order 10.
    #[test]
    fn gauge_and_onsager((background, shift, places) in sets(), b in prop::array::uniform3(-0.03..0.03f64)) {
        let set = with(&background, shift, places[0]);
        let electrons = Electrons { field: b, ..COLD };
        let here = both(&set, &electrons);
        let opposite = both(&set, &Electrons { field: b.map(|x| -x), ..COLD });
        let elsewhere = both(&moved(&set, |[x, y, z]| [x + 5.0, y - 11.0, z + 8.0]), &electrons);
        for other in [opposite, elsewhere] {
            prop_assert!((other[0] - here[0]).abs() < 1e-9 && (other[1] - here[1]).abs() < 1e-10);
        }
    }
}
