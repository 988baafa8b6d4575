//! The three-lead ring of reference (numbers computed by an independent program: S matrix of a ring of three sites from its Green function), and what
//! any conductor in a magnetic field between unequal reservoirs obeys.

use crate::network::scalar;
use crate::systems::assert_close;
use diffuson::audit::laws;
use diffuson::conductor::Conductor;
use diffuson::hamiltonian::Hamiltonian;
use diffuson::leads::{Lead, PeriodicLead};
use diffuson::noise::{DifferentialNoise, Noise, spectral, spectral_between};
use diffuson::scattering::{Route, SMatrix, smatrix};
use diffuson::thermal::{Adaptive, LinearResponse, Reservoir, Sample, Structure, TransmissionMatrix};
use diffuson::{C64, Matrix};

const FLUX: f64 = 0.9;
const BIASED: [Reservoir; 3] =
    [Reservoir { mu: 0.25, kt: 0.08 }, Reservoir { mu: -0.05, kt: 0.05 }, Reservoir { mu: 0.05, kt: 0.06 }];

/// Three sites of energies 0.3, -0.2, 0.1 around a flux, hopping `-exp(i phi/3)`; at each a chain of hopping 1, joined by hoppings 0.8, 1.0, 0.9: its first
/// site is part of the region. All energies are raised by `shift`.
fn ring(phase: f64, shift: f64) -> Conductor {
    let mut builder = Hamiltonian::builder();
    for (k, energy) in [0.3, -0.2, 0.1, 0.0, 0.0, 0.0].into_iter().enumerate() {
        builder.add_site([k as f64, 0.0, 0.0], &scalar(energy + shift)).unwrap();
    }
    let around = Matrix::from_diagonal(&[-C64::from_polar(1.0, phase / 3.0)]);
    for k in 0..3 {
        builder.add_bond(k, (k + 1) % 3, &around).unwrap();
        builder.add_bond(k, 3 + k, &scalar(-[0.8, 1.0, 0.9][k])).unwrap();
    }
    let chain = Lead::Periodic(PeriodicLead::new(scalar(shift), scalar(-1.0)).unwrap());
    let leads = (0..3).map(|k| (chain.clone(), vec![3 + k])).collect();
    Conductor::network(builder.build().unwrap(), leads, vec![]).unwrap()
}

fn at(conductor: &Conductor, energy: f64) -> SMatrix {
    smatrix(&conductor.at(energy).unwrap(), &[0.0; 6], Route::Dense).unwrap()
}

/// The reference integrates from -1.9 to 1.9.
fn between(conductor: &Conductor, reservoirs: &[Reservoir]) -> Noise {
    let inside = Structure::new([-1.9, 1.9], vec![]).unwrap();
    let smatrix = |e| Ok::<_, std::convert::Infallible>(at(conductor, e));
    let noise = Noise::between(reservoirs, &inside, Adaptive::to(1e-11), smatrix).unwrap();
    assert!(noise.audit.passed(), "{:?}", noise.audit);
    noise
}

/// All printed digits.
fn assert_printed(got: &[f64], printed: &[f64], what: &str) {
    assert_eq!(got.len(), printed.len());
    got.iter().zip(printed).for_each(|(got, printed)| assert_close(*got, *printed, 0.51e-8, what));
}

#[test]
fn reference_numbers() {
    let conductor = ring(FLUX, 0.0);
    let noise = between(&conductor, &BIASED);
    // there, currents are out of the leads
    let out = |currents: &[f64]| currents.iter().map(|i| -i).collect::<Vec<_>>();
    assert_printed(&out(&noise.currents.particle), &[0.21796507, -0.10992059, -0.10804447], "currents");
    assert_printed(&out(&noise.currents.heat), &[-0.02587815, -0.01011891, -0.01858801], "heats");
    let s = [0.26173248, -0.09018642, -0.17154605, 0.2211865, -0.13100008, 0.30254613];
    let upper = [0, 1, 2, 4, 5, 8].map(|k| noise.charge[k]);
    assert_printed(&upper, &s, "noise");
    assert_close(noise.currents.entropy_production(), 0.8356552645, 1e-8, "entropy");
    // with the ends of the bands: beyond 1.9, occupations are below exp(-20)
    let mut sample = Sample::new(&conductor, &[0.0; 6], Route::NestedDissection).unwrap();
    let whole = sample.noise(&BIASED, Adaptive::to(1e-10)).unwrap();
    assert!(whole.audit.passed(), "{:?}", whole.audit);
    for (whole, part) in whole.charge.iter().zip(&noise.charge) {
        assert_close(*whole, *part, 1e-9, "whole bands");
    }
    let t = sample.at(0.1).unwrap();
    let printed = [0.69845356, 0.03509952, 0.10311696, 0.81810313, 0.63043611, 0.22276654];
    let pairs = [(0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1)];
    assert_printed(&pairs.map(|(a, b)| t.get(a, b)), &printed, "transmissions");
    let s = sample.smatrix(0.1).unwrap();
    let reflected = [0, 1, 2].map(|a| s.transmission(a, a));
    assert_printed(&reflected, &[0.26644692, 0.07877991, 0.14679735], "reflections");
    let inside = Structure::new([-1.9, 1.9], vec![]).unwrap();
    let linear = LinearResponse::new(3, 0.1, 0.07, &inside, Adaptive::to(1e-11), |e| {
        Ok::<_, std::convert::Infallible>(TransmissionMatrix::of(&at(&conductor, e)))
    });
    let g = &linear.unwrap().moments[0];
    let printed = [0.69884539, 0.03499012, 0.10266805, 0.81810051, 0.63116745, 0.22192318];
    assert_printed(&pairs.map(|(a, b)| g.get(a, b)), &printed, "conductances");
    let printed = [0.7338355, 0.92076856, 0.85309063];
    assert_printed(&[0, 1, 2].map(|a| g.entering(a)), &printed, "diagonal conductances");
}

/// `S = 2 kT (G + G^T)` between equal reservoirs, and heat noise likewise; the law is recorded, and sees a matrix of another temperature.
#[test]
fn equilibrium() {
    let (mu, kt) = (0.1, 0.07);
    let conductor = ring(FLUX, 0.0);
    let noise = between(&conductor, &[Reservoir { mu, kt }; 3]);
    assert!(noise.audit.laws().iter().any(|l| l.name == laws::EQUILIBRIUM_NOISE && l.residual < 1e-12));
    let inside = Structure::new([-1.9, 1.9], vec![]).unwrap();
    let linear = LinearResponse::new(3, mu, kt, &inside, Adaptive::to(1e-11), |e| {
        Ok::<_, std::convert::Infallible>(TransmissionMatrix::of(&at(&conductor, e)))
    });
    let [g, thermoelectric, k] = linear.unwrap().moments;
    for (a, b) in (0..9).map(|k| (k / 3, k % 3)) {
        let both = |m: &TransmissionMatrix| match a == b {
            true => 2.0 * m.entering(a),
            false => -m.get(a, b) - m.get(b, a),
        };
        // quadratures to 1e-11 of numbers below 1
        assert_close(noise.charge[3 * a + b], 2.0 * kt * both(&g), 1e-10, "charge");
        assert_close(noise.charge_heat[3 * a + b], 2.0 * kt * kt * both(&thermoelectric), 1e-10, "mixed");
        assert_close(noise.heat[3 * a + b], 2.0 * kt.powi(3) * both(&k), 1e-10, "heat");
    }
    assert!(noise.currents.particle.iter().all(|i| *i == 0.0));
}

/// Only differences of potentials from the bands count: all energies raised with all potentials change nothing; potentials alone do.
#[test]
fn gauge() {
    let shift = 0.31;
    let raised = BIASED.map(|r| Reservoir { mu: r.mu + shift, ..r });
    let solve = |conductor: &Conductor, reservoirs: &[Reservoir]| {
        let mut sample = Sample::new(conductor, &[0.0; 6], Route::Dense).unwrap();
        sample.noise(reservoirs, Adaptive::to(1e-11)).unwrap()
    };
    let here = solve(&ring(FLUX, 0.0), &BIASED);
    let there = solve(&ring(FLUX, shift), &raised);
    let alone = solve(&ring(FLUX, 0.0), &raised);
    let distance = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    for of in
        [|n: &Noise| n.currents.particle.clone(), |n: &Noise| n.charge.clone(), |n: &Noise| n.heat.clone()]
    {
        // quadratures to 1e-11
        assert!(distance(&of(&here), &of(&there)) < 1e-10);
    }
    assert!(distance(&here.currents.particle, &alone.currents.particle) > 1e-3);
}

/// `s(B) = s(-B)^T`: noise between equal reservoirs is even in the field, and turned round the occupied lead exchanges roles with the observed ones.
#[test]
fn reciprocity() {
    let [plus, minus] = [FLUX, -FLUX].map(|phase| ring(phase, 0.0));
    let [s, back] = [at(&plus, 0.1), at(&minus, 0.1)];
    let transposed = back.data().transpose();
    let worst = s.data().as_slice().iter().zip(transposed.as_slice()).map(|(a, b)| (a - b).norm());
    assert!(worst.fold(0.0, f64::max) < 1e-14);
    let [even, odd] = [&plus, &minus].map(|c| between(c, &[Reservoir { mu: 0.1, kt: 0.07 }; 3]).charge);
    assert!(even.iter().zip(&odd).all(|(a, b)| (a - b).abs() < 1e-13));
    // out of equilibrium noise of three terminals is not even
    let [even, odd] = [&plus, &minus].map(|c| between(c, &BIASED).charge);
    assert!(even.iter().zip(&odd).any(|(a, b)| (a - b).abs() > 1e-3));
}

/// dI/dmu is the conductance and dS/dV the derivative of the noise: against differences, in and out of equilibrium.
#[test]
fn derivatives() {
    let conductor = ring(FLUX, 0.0);
    let smatrix = |e| Ok::<_, std::convert::Infallible>(at(&conductor, e));
    let inside = Structure::new([-1.9, 1.9], vec![]).unwrap();
    for (reservoirs, shift) in [(BIASED, [1.0, 0.0, -0.5]), ([BIASED[1]; 3], [0.0, 1.0, 0.0])] {
        let step = 1e-4;
        let beside = |sign: f64| {
            let moved = [0, 1, 2]
                .map(|a| Reservoir { mu: reservoirs[a].mu + sign * step * shift[a], ..reservoirs[a] });
            between(&conductor, &moved)
        };
        let [before, after] = [beside(-1.0), beside(1.0)];
        let slope =
            DifferentialNoise::between(&reservoirs, &shift, &inside, Adaptive::to(1e-11), smatrix).unwrap();
        assert!(slope.audit.passed(), "{:?}", slope.audit);
        let difference =
            |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (b - a) / (2.0 * step)).collect::<Vec<_>>();
        let currents = difference(&before.currents.particle, &after.currents.particle);
        let charges = difference(&before.charge, &after.charge);
        for (slope, want) in slope.current.iter().chain(&slope.charge).zip(currents.iter().chain(&charges)) {
            // third derivatives of some hundred, times step^2/6
            assert_close(*slope, *want, 3e-6, "derivative");
        }
    }
}

/// The noise at one energy is that of reservoirs at zero temperature close to it, per bias.
#[test]
fn small_bias() {
    let conductor = ring(FLUX, 0.0);
    let s = at(&conductor, 0.1);
    let at_one_energy = spectral(&s, &[1.0, 0.0, 0.0]);
    let bias = 1e-6;
    let cold = |mu| Reservoir { mu, kt: 0.0 };
    let reservoirs = [cold(0.1 + 0.5 * bias), cold(0.1 - 0.5 * bias), cold(0.1 - 0.5 * bias)];
    assert_eq!(spectral_between(&s, &reservoirs), at_one_energy);
    let noise = between(&conductor, &reservoirs);
    for (got, want) in noise.charge.iter().zip(&at_one_energy.correlator) {
        // curvature of s times bias^2, and digits of the bias between energies of 0.1
        assert_close(got / bias, *want, 1e-9, "S/eV");
    }
}
