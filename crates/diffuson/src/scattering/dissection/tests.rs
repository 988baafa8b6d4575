use super::*;
use crate::conductor::Conductor;
use crate::hamiltonian::Hamiltonian;
use crate::lattice::{Boundary, Family, Lattice};
use crate::leads::{Lead, PeriodicLead, Probe};
use crate::scattering::{Options, Route, Scattered, smatrix, solve_with};

/// A square of 9 x 9 sites with three leads of three rows each, at two sides and in a corner, and a hole.
fn conductor(flux: f64, probes: Vec<(usize, Probe)>) -> (Conductor, Vec<f64>) {
    let lattice = Lattice::new(Family::Square, [9, 9, 1], Boundary::HardWall).unwrap();
    let lattice = lattice.with_flux(flux).unwrap();
    let hole = |[x, y, _]: [f64; 3]| (x - 4.0).hypot(y - 5.0) < 1.5;
    let (h, _) = Hamiltonian::carve(&lattice, |r| !hole(r)).unwrap();
    let row = Lattice::new(Family::Square, [1, 3, 1], Boundary::HardWall).unwrap();
    let hopping = Matrix::from_diagonal(&[-C64::ONE; 3]);
    let lead = Lead::Periodic(PeriodicLead::new(row.slice_hamiltonian(0), hopping).unwrap());
    let at = |keep: &dyn Fn([f64; 3]) -> bool| {
        (lead.clone(), (0..h.sites()).filter(|&i| keep(h.position(i))).collect())
    };
    let leads = vec![
        at(&|[x, y, _]| x == 0.0 && y < 3.0),
        at(&|[x, y, _]| x == 8.0 && y > 5.0),
        at(&|[x, y, _]| y == 0.0 && x > 5.0),
    ];
    let onsite = (0..h.sites()).map(|i| 1.5 * (7.3 * (i * i) as f64).sin()).collect();
    (Conductor::network(h, leads, probes).unwrap(), onsite)
}

/// `i W_out^+ G W_in - delta Phi_out^+ W_in` with G W_in from the whole factorisation is the S matrix from the surface; and without probes the
/// electrons that come in fill all states: `A_ii / 2 pi = sum |psi_i|^2 / 2 pi`, psi = G W_in. Roundings, amplified some ten times by resonances.
#[test]
fn scattering_states() {
    for flux in [0.0, 0.06] {
        for probes in [vec![], vec![(11, Probe::WideBand { width: 0.3 })]] {
            let (conductor, onsite) = conductor(flux, probes);
            let dressed = conductor.at(-0.9).unwrap();
            let s = smatrix(&dressed, &onsite, Route::NestedDissection).unwrap();
            let channels = dressed.channels().unwrap();
            let factorised = Factorised::new(&dressed, &onsite, Parallelism::Sequential).unwrap();
            let mut filled = vec![0.0; conductor.sites()];
            for (b, from) in channels.iter().enumerate() {
                let mut rhs = Matrix::zeros(conductor.sites(), from.incoming.cols());
                for (i, &row) in conductor.interface(b).iter().enumerate() {
                    (0..rhs.cols()).for_each(|c| rhs[(row, c)] = from.incoming[(i, c)]);
                }
                let psi = factorised.solve(rhs);
                for c in 0..psi.cols() {
                    filled
                        .iter_mut()
                        .zip(psi.col(c))
                        .for_each(|(f, z)| *f += z.norm_sqr() / std::f64::consts::TAU);
                }
                for (a, to) in channels.iter().enumerate() {
                    let mut want = multiply(&to.outgoing.adjoint(), &rows(&psi, conductor.interface(a)));
                    want.as_mut_slice().iter_mut().for_each(|z| *z *= C64::I);
                    if a == b {
                        want.as_mut_slice().iter_mut().zip(from.direct.as_slice()).for_each(|(z, d)| *z -= d);
                    }
                    let got = s.block(a, b);
                    let pairs = got.as_slice().iter().zip(want.as_slice());
                    assert!(pairs.map(|(g, w)| (g - w).norm()).fold(0.0, f64::max) < 1e-13, "{a} {b}");
                }
            }
            if conductor.probes() == 0 {
                let solved = solve(&dressed, &onsite, Options::default()).unwrap();
                for (density, want) in solved.density_of_states.iter().zip(&filled) {
                    assert!((density - want).abs() < 1e-13, "{density} {want}");
                }
            }
        }
    }
}

/// However a solution was found, refined or not, and the surface from its Schur complement or from whole columns: the numbers are the same.
#[test]
fn refined_solutions() {
    for flux in [0.0, 0.06] {
        let (conductor, onsite) = conductor(flux, vec![(11, Probe::WideBand { width: 0.3 })]);
        let dressed = conductor.at(-0.9).unwrap();
        let mut factorised = Factorised::new(&dressed, &onsite, Parallelism::Sequential).unwrap();
        assert!(!factorised.refine && factorised.backward_error < 1e-14);
        let (g, dg) = factorised.on_surface_with_slope(true);
        let (dg, plain) = (dg.unwrap(), factorised.columns(&[3, 40]));
        factorised.refine = true;
        let (refined, d_refined) = factorised.on_surface_with_slope(true);
        let pairs = [(g, refined), (dg, d_refined.unwrap()), (plain, factorised.columns(&[3, 40]))];
        for (k, (a, b)) in pairs.iter().enumerate() {
            let far = a.as_slice().iter().zip(b.as_slice()).map(|(a, b)| (a - b).norm()).fold(0.0, f64::max);
            assert!(far < 1e-13 * b.max_norm().max(1.0), "{k}: {far:e}");
        }
    }
}

/// More probes than columns are solved for at a time, some sites without: what blocks are made of does not matter.
#[test]
fn blocks_of_columns() {
    for flux in [0.0, 0.06] {
        let probe = |site| (site, Probe::WideBand { width: 0.05 + 0.01 * (site % 7) as f64 });
        let probes: Vec<_> = (0..72).filter(|site| site % 11 != 3).map(probe).collect();
        assert!(probes.len() > 64);
        let (conductor, onsite) = conductor(flux, probes);
        let dressed = conductor.at(-0.9).unwrap();
        let options = Options { derivatives: true, ..Options::default() };
        let [sparse, dense] = [Route::NestedDissection, Route::Dense]
            .map(|route| solve_with(&dressed, &onsite, route, options).unwrap());
        assert!(sparse.audit.passed(), "{:?}", sparse.audit);
        let both = |s: &Scattered, a, b| {
            [s.exchange.transmission(a, b), s.derivative.as_ref().unwrap().transmission(a, b)]
        };
        for a in 0..conductor.terminals() {
            for b in 0..conductor.terminals() {
                let (got, want) = (both(&sparse, a, b), both(&dense, a, b));
                (0..2).for_each(|k| assert!((got[k] - want[k]).abs() < 1e-12, "{a} {b}: {got:?} {want:?}"));
            }
        }
    }
}
