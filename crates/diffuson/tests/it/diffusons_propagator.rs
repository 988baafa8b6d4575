//! A diffuson in momentum, space and time: three forms of one function.

use crate::defect_pairs::integral;
use diffuson::C64;
use diffuson::diffusons::{Diffuson, bosonic_frequency};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use std::f64::consts::TAU;

const METAL: Diffuson = Diffuson { diffusion: 0.7, rate: 0.3 };

fn complex(range: [f64; 2], f: impl Fn(f64) -> C64) -> C64 {
    C64::new(integral(range, |x| f(x).re), integral(range, |x| f(x).im))
}

/// `Int_0^inf dt e^{i omega t}` of diffusion in time is the Macdonald function in space.
#[test]
fn time_becomes_frequency() {
    for (omega, r) in [(0.0, 0.4), (0.9, 1.0), (-2.5, 0.3), (7.0, 2.0)] {
        // t = e^x: the kernel ends below t = r^2/160 D, memory at t = 40/Gamma.
        let want = complex([-9.0, 5.0], |x| {
            let t = x.exp();
            METAL.in_time(t, r) * t * C64::new(0.0, omega * t).exp()
        });
        let got = METAL.in_space(omega, r);
        // Tolerance of the quadrature, 1e-10 of the integral of the modulus.
        assert!((got - want).norm() < 1e-9 * METAL.in_space(0.0, r).norm(), "{omega}, {r}: {got} {want}");
    }
}

/// `Int d^2r e^{-iqr}` of the form in space is that in momentum, and so it is at every time.
#[test]
fn space_becomes_momentum() {
    for (omega, q) in [(0.0, 0.5), (0.9, 1.0), (-2.5, 0.3), (4.0, 2.0)] {
        // r = e^x: the logarithm at r = 0 has the weight r^2, and e^{-r/xi} ends by r = 60.
        let got = complex([-14.0, 4.1], |x| {
            let r = x.exp();
            METAL.in_space(omega, r) * TAU * r * r * libm::j0(q * r)
        });
        let want = METAL.in_momentum(omega, q);
        assert!(
            (got - want).norm() < 1e-9 * METAL.in_momentum(0.0, 0.0).norm(),
            "{omega}, {q}: {got} {want}"
        );
    }
    let t = 1.3;
    for q in [0.0, 0.8, 2.0] {
        let got = integral([0.0, 20.0], |r| METAL.in_time(t, r) * TAU * r * libm::j0(q * r));
        let want = (-(METAL.diffusion * q * q + METAL.rate) * t).exp();
        assert!((got - want).abs() < 1e-9, "{q}: {got} {want}");
    }
}

/// Without a rate particles are conserved; imaginary frequencies are rates.
#[test]
fn imaginary_frequencies_are_rates() {
    let temperature = 0.11;
    for n in [0, 1, 7] {
        let frequency = bosonic_frequency(n, temperature);
        assert!((frequency - TAU * n as f64 * temperature).abs() < 1e-15);
        let damped = Diffuson { rate: METAL.rate + frequency, ..METAL };
        for (got, want) in [
            (METAL.at_matsubara(n, temperature, 0.6), damped.in_momentum(0.0, 0.6).re),
            (METAL.at_matsubara_in_space(n, temperature, 0.6), damped.in_space(0.0, 0.6).re),
        ] {
            // Rounding.
            assert!((got / want - 1.0).abs() < 1e-15, "{n}: {got} {want}");
        }
    }
    let conserved = Diffuson { rate: 0.0, ..METAL };
    let total = integral([0.0, 40.0], |r| TAU * r * conserved.in_time(2.0, r));
    assert!((total - 1.0).abs() < 1e-9, "{total}");
    assert_eq!(METAL.in_time(-1.0, 0.5), 0.0);
    assert_eq!(METAL.in_time(0.0, 0.5), 0.0);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, rng_seed: RngSeed::Fixed(10), failure_persistence: None, ..ProptestConfig::default() })]

    /// The density is real: opposite frequencies are conjugate; it spreads by steps, `D(t1 + t2)` being one after the other in momentum; and its modulus is largest at zero frequency.
    #[test]
    fn diffusons_are_causal_spreading_of_a_real_density(
        omega in -20.0f64..20.0, r in 0.01f64..10.0, diffusion in 0.1f64..10.0, rate in 0.0f64..3.0,
    ) {
        let diffuson = Diffuson { diffusion, rate };
        let here = diffuson.in_space(omega, r);
        let opposite = diffuson.in_space(-omega, r);
        prop_assert!((here - opposite.conj()).norm() <= 1e-15 * here.norm());
        prop_assert!(here.norm() <= diffuson.in_space(0.0, r).norm() * (1.0 + 1e-14));
        prop_assert!(diffuson.in_momentum(omega, r).re > 0.0);
        // omega x length^2 / D is all that counts but for the factor 1/D.
        let scaled = Diffuson { diffusion: 4.0 * diffusion, rate }.in_space(omega, 2.0 * r) * 4.0;
        prop_assert!((scaled - here).norm() <= 1e-13 * here.norm());
    }
}
