use super::*;
use crate::thermal::fermi;

#[test]
fn without_bias_the_upper_level_has_fermis_occupation() {
    for t in [0.1, 1.0, 7.0] {
        for a in [0.0, 0.2, 0.5] {
            let bath = Bath::new(t, 0.0, 1.0).unwrap().off_centre(a).unwrap();
            for bath in [bath, bath.between_beams_only()] {
                for e in [1e-9, 0.03, 0.4, 1.0, 5.0, 30.0] {
                    // Rounding of an exponential of up to 300. (No pairs between the beams where there is one: nothing but phonons.)
                    let error = upper_occupation(e, &bath) / fermi(e / t) - 1.0;
                    assert!(error.abs() < 1e-12, "{e} {t} {a}: {error:e}");
                    let sum = upper_occupation(e, &bath) + upper_occupation(-e, &bath);
                    assert!((sum - 1.0).abs() < 1e-15);
                }
            }
        }
    }
    assert_eq!(upper_occupation(0.0, &Bath::new(0.0, 0.0, 1.0).unwrap()), 0.5);
}

/// The sheet's n(E, eV, T), to the digits printed.
#[test]
fn reference_values() {
    for (e, v, t, n) in [
        (1.0, 5.0, 0.5, 0.3206839511496),
        (2.0, 10.0, 0.2, 0.2500085125834),
        (0.5, 0.3, 1.0, 0.3779517003022),
        (6.0, 100.0, 0.1, 0.2196261682243),
    ] {
        let got = upper_occupation(e, &Bath::new(t, v, 1.0).unwrap());
        assert!((got - n).abs() < 6e-14, "{e} {v} {t}: {got}");
    }
}

/// Positions of no regularity.
fn landscape(count: usize, width: f64) -> Vec<f64> {
    (0..count).map(|i| width * (0.5 + i as f64 * 0.618_033_988_749_895).fract()).collect()
}

#[test]
fn two_positions_are_a_fluctuator() {
    for (v, t) in [(0.0, 0.3), (5.0, 0.0), (3.0, 0.2), (100.0, 0.01)] {
        let bath = Bath::new(t, v, 1.0).unwrap();
        let p = steady_state(&[0.7, 1.9], &Hops::All, &bath).unwrap();
        // Rounding of one division.
        assert!((p[1] - upper_occupation(1.2, &bath)).abs() < 4e-16, "{p:?}");
    }
}

#[test]
fn in_equilibrium_positions_have_boltzmanns_weights_however_small() {
    for (hops, count) in [(Hops::All, 40), (Hops::cubic(4), 64)] {
        let energy = landscape(count, 60.0);
        let bath = Bath::new(0.4, 0.0, 1.0).unwrap();
        let p = steady_state(&energy, &hops, &bath).unwrap();
        let z: f64 = energy.iter().map(|e| (-e / 0.4).exp()).sum();
        for (p, e) in p.iter().zip(&energy) {
            // Down to e^-150, to the rounding of rates e^-150 along a path.
            let ratio = p * z * (e / 0.4).exp();
            assert!((ratio - 1.0).abs() < 1e-11, "{e}: {ratio}");
        }
        let audit = audit_occupations(&p, &energy, &hops, &bath).unwrap();
        assert_eq!(audit.laws().len(), 2);
        assert!(audit.passed(), "{audit:?}");
    }
}

/// 9^3 positions under bias: probability is conserved at each of them, and the occupations are those that stepping in time ends at.
#[test]
fn under_bias_probability_is_conserved_and_occupations_are_where_time_ends() {
    for side in [3, 9] {
        let energy = landscape(side * side * side, 1000.0);
        for (v, t) in [(300.0, 0.0), (3000.0, 1.0), (20.0, 5.0)] {
            let bath = Bath::new(t, v, 1.0).unwrap();
            let hops = Hops::cubic(side);
            let p = match steady_state(&energy, &hops, &bath) {
                // Barriers of up to 1000 isolate wells at kT = 0 and eV = 300.
                Err(DefectError::SeveralStationary { states }) if t == 0.0 => {
                    assert!(states > 1, "{states}");
                    continue;
                }
                p => p.unwrap(),
            };
            assert!(p.iter().all(|&p| p >= 0.0));
            // Rounding of the sum.
            assert!((p.iter().sum::<f64>() - 1.0).abs() < 1e-14);
            let audit = audit_occupations(&p, &energy, &hops, &bath).unwrap();
            assert_eq!(audit.laws().len(), 1, "no detailed balance under bias");
            assert!(audit.passed(), "{side} {v} {t}: {audit:?}");
        }
    }
    let energy = landscape(27, 3.0);
    let (hops, bath) = (Hops::cubic(3), Bath::new(0.5, 6.0, 1.0).unwrap());
    let p = steady_state(&energy, &hops, &bath).unwrap();
    let rates = hops.rates(&energy, &bath).unwrap();
    let mut q = vec![1.0 / 27.0; 27];
    for _ in 0..4000 {
        let mut next = q.clone();
        for (i, row) in rates.iter().enumerate() {
            for &(j, rate) in row {
                let flow = 0.005 * rate * q[i];
                next[i] -= flow;
                next[j] += flow;
            }
        }
        q = next;
    }
    // Time 20 / (least relaxation rate of some units): e^-40; rounding of 4000 steps.
    p.iter().zip(&q).for_each(|(p, q)| assert!((p - q).abs() < 1e-12, "{p} {q}"));
}

#[test]
fn a_wrong_distribution_fails_the_audit() {
    let energy = landscape(8, 2.0);
    let bath = Bath::new(0.5, 3.0, 1.0).unwrap();
    let mut p = steady_state(&energy, &Hops::cubic(2), &bath).unwrap();
    p[3] *= 1.0 + 1e-9;
    assert!(!audit_occupations(&p, &energy, &Hops::cubic(2), &bath).unwrap().passed());
}

#[test]
fn what_the_past_decides_and_what_is_not_there_is_refused() {
    let cold = Bath::new(0.0, 0.0, 1.0).unwrap();
    let warm = Bath::new(1.0, 0.0, 1.0).unwrap();
    // Two wells and a barrier at kT = 0; one well is unique.
    let line = Hops::Pairs(vec![(0, 1), (1, 2)]);
    let several = |states| Err(DefectError::SeveralStationary { states });
    assert_eq!(steady_state(&[0.0, 1.0, 0.5], &line, &cold), several(2));
    assert_eq!(steady_state(&[0.0, 1.0, 2.0], &line, &cold), Ok(vec![1.0, 0.0, 0.0]));
    assert_eq!(steady_state(&[0.0, 1.0, 2.0], &Hops::Pairs(vec![(0, 1)]), &warm), several(2));
    assert_eq!(steady_state(&[0.3], &Hops::All, &warm), Ok(vec![1.0]));
    assert!(steady_state(&[], &Hops::All, &warm).is_err());
    assert!(steady_state(&[0.0, f64::NAN], &Hops::All, &warm).is_err());
    assert!(steady_state(&[0.0, 1.0], &Hops::Pairs(vec![(0, 2)]), &warm).is_err());
    assert!(steady_state(&[0.0, 1.0], &Hops::Pairs(vec![(1, 1)]), &warm).is_err());
    assert!(audit_occupations(&[1.0], &[0.0, 1.0], &Hops::All, &warm).is_err());
    // A hop named twice, and backwards, is one hop.
    let twice = Hops::Pairs(vec![(0, 1), (1, 0), (1, 2), (1, 2)]);
    let once = steady_state(&[0.0, 1.0, 0.5], &line, &warm);
    assert_eq!(steady_state(&[0.0, 1.0, 0.5], &twice, &warm), once);
}
