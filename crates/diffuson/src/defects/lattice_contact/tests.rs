use super::*;
use crate::disorder::Fields;
use crate::hamiltonian::Hamiltonian;
use crate::lattice::{Boundary, Family, Lattice};
use crate::scattering::{Route, smatrix};
use crate::thermal::fermi_window;
use diffuson_linalg::eigen;

/// The 3D configuration of the sheet: leads 11 x 11, five slices of 5 x 5 sites; its sites are counted from 1.
fn bar(energy: f64, candidates: &[[usize; 3]]) -> LatticeContact {
    let shape = ContactShape::hole([11, 11], [5, 5], 5).unwrap();
    LatticeContact::new(shape, energy, 0.0, 0.0, candidates).unwrap()
}

fn close(what: &str, got: f64, want: f64, allowed: f64) {
    assert!((got - want).abs() < allowed, "{what}: {got} but {want}, {:.1e} off", got - want);
}

fn passed(dressed: &Dressed) {
    assert!(dressed.audit.passed(), "{:?}", dressed.audit);
}

/// An independent calculation (`physics/defects.md`, section 7), transmissions to 1e-6. The Fermi energy is at a threshold of the leads, where its energies, of 24 nodes on the imaginary axis, are
/// off by 1.6e-8: those of a dense calculation with 60 to 300 nodes on two scales, which agree to some 1e-11, stand here.
#[test]
fn a_hole_in_three_dimensions() {
    let (a, b) = ([2, 4, 5], [2, 5, 5]);
    let background = [([1, 3, 3], -1.2), ([3, 7, 4], -1.2), ([2, 6, 7], -1.2)];
    let sites = [a, b, background[0].0, background[1].0, background[2].0];
    let contact = bar(-4.0, &sites);
    let dressed = contact.dress(&background, -1.2, &[a, b]).unwrap();
    close("T0", contact.conductance() / 2.0, 3.086_569_399_437_2, 1e-6);
    close("dG_A", dressed.conductance[0], 0.474_851_036_644_9, 1e-6);
    close("dG_B", dressed.conductance[1], 0.534_459_007_150_2, 1e-6);
    close("Omega_A", dressed.energy[0], -0.511_755_883_762, 1e-10);
    close("Omega_A", dressed.energy[0], -0.511_755_899_772_2, 3e-8);
    close("Omega_B", dressed.energy[1], -0.464_579_134_594, 1e-10);
    close("Omega_B", dressed.energy[1], -0.464_579_150_623_8, 3e-8);
    close("density", contact.electrons(a).unwrap(), 0.117_250_177_992_4, 3e-8);
    passed(&dressed);
}

/// The same in two dimensions, without and with field; the sheet's transmissions have an imaginary part of 1e-9 in the energy.
#[test]
fn a_hole_in_two_dimensions_and_a_field() {
    let (a, b) = ([3, 6, 0], [3, 7, 0]);
    let background = [([1, 4, 0], -1.0), ([5, 10, 0], -1.0), ([4, 8, 0], -1.0)];
    let sites = [a, b, background[0].0, background[1].0, background[2].0];
    for (flux, t0, conductance, energy) in [
        (0.0, 2.967_294_178_2, [-0.496_569_648_3, -0.682_977_953_3], [-1.051_296_894_4, -1.082_171_179_0]),
        (0.01, 2.973_546_519_8, [-0.529_232_473_2, -0.690_762_989_8], [-1.054_642_619_8, -1.085_985_208_0]),
    ] {
        let shape = ContactShape::hole([15, 1], [9, 1], 7).unwrap();
        let contact = LatticeContact::new(shape, -3.0, flux, 0.0, &sites).unwrap();
        let dressed = contact.dress(&background, -1.0, &[a, b]).unwrap();
        close("T0", contact.conductance() / 2.0, t0, 1e-6);
        for p in 0..2 {
            close("dG", dressed.conductance[p], conductance[p], 1e-6);
            close("Omega", dressed.energy[p], energy[p], 1e-9);
        }
        passed(&dressed);
    }
}

/// Exact diagonalisation of a closed strip: leads of 42 slices are as good as endless ones at kT = 0.2 t, as what returns from their ends counts by `e^{-2 pi kT 42 / v} = 3e-12` with v <= 2 t; without field and with
/// it, which is that of the leads too.
#[test]
fn energies_of_a_closed_strip() {
    const LEAD: usize = 42;
    let (mu, kt) = (-1.1, 0.2);
    let shape = ContactShape::hole([5, 1], [3, 1], 2).unwrap();
    let background = [([0, 1, 0], 1.3), ([1, 3, 0], -2.2)];
    let positions = [[0, 2, 0], [1, 2, 0], [0, 3, 0]];
    let candidates: Vec<_> = shape.sites().collect();
    for flux in [0.0, 0.04] {
        let contact = LatticeContact::new(shape.clone(), mu, flux, kt, &candidates).unwrap();
        let dressed = contact.dress(&background, 0.9, &positions).unwrap();
        passed(&dressed);
        let lattice = Lattice::new(Family::Square, [2 * LEAD + 2, 5, 1], Boundary::HardWall).unwrap();
        let open = |[x, y, z]: [f64; 3]| {
            let slice = (x as usize).wrapping_sub(LEAD);
            slice > 1 || shape.contains([slice, y as usize, z as usize])
        };
        let (closed, _) = Hamiltonian::carve(&lattice.with_flux(flux).unwrap(), open).unwrap();
        let grand_potential = |scatterers: &[([usize; 3], f64)]| {
            let n = closed.orbitals();
            let mut h = Matrix::zeros(n, n);
            for (i, j, value) in closed.entries() {
                (h[(i, j)], h[(j, i)]) = (value, value.conj());
            }
            for (site, v) in scatterers {
                let at = [site[0] + LEAD, site[1], site[2]].map(|k| k as f64);
                let orbital = (0..n).find(|&k| closed.position(k) == at).unwrap();
                h[(orbital, orbital)] += v;
            }
            let levels = eigen::hermitian_values(&h).unwrap();
            levels.into_iter().map(|e| -2.0 * kt * (-(e - mu) / kt).exp().ln_1p()).sum::<f64>()
        };
        let without = grand_potential(&[]);
        for (site, energy) in positions.into_iter().zip(dressed.energy) {
            let with = grand_potential(&[background[0], background[1], (site, 0.9)]);
            // sums over 400 levels of some t
            close("Omega", energy, with - without, 1e-10);
        }
    }
}

/// Scatterers in the site energies of the conductor itself, solved by the ordinary route: rounding of solutions, amplified by Green functions of a few 1/t. And S is unitary, in a field
/// T(B) = T(-B).
#[test]
fn changes_of_low_rank_are_those_of_the_conductor() {
    let rough = ContactShape::hole([10, 1], [8, 1], 6).unwrap().with_rough_walls(0.4, &Deviates, 3).unwrap();
    let bar = ContactShape::horn([5, 4], [3, 2], 4).unwrap();
    for (shape, energy, flux) in [(rough, -1.7, 0.0), (bar.clone(), -2.3, 0.0), (bar, -2.3, 0.03)] {
        let sites: Vec<_> = shape.sites().collect();
        let background: Vec<_> =
            sites.iter().step_by(5).map(|&site| (site, 2.0 - 0.7 * site[1] as f64)).collect();
        let positions: Vec<_> = sites.iter().skip(1).step_by(5).copied().collect();
        let contact = |flux| LatticeContact::new(shape.clone(), energy, flux, 0.0, &sites).unwrap();
        let dressed = contact(flux).dress(&background, -1.9, &positions).unwrap();
        passed(&dressed);
        let reversed = contact(-flux).dress(&background, -1.9, &positions).unwrap();
        let conductor = shape.conductor(flux).unwrap();
        let at = conductor.at(energy).unwrap();
        let conductance = |onsite: &[f64]| {
            let s = smatrix(&at, onsite, Route::NestedDissection).unwrap();
            assert!(s.audit.passed(), "{:?}", s.audit);
            2.0 * s.transmission(1, 0)
        };
        let mut onsite = vec![0.0; sites.len()];
        let clean = conductance(&onsite);
        close("clean", contact(flux).conductance(), clean, 1e-10);
        background.iter().for_each(|(site, v)| onsite[sites.binary_search(site).unwrap()] = *v);
        for (p, site) in positions.iter().enumerate() {
            let at = sites.binary_search(site).unwrap();
            onsite[at] = -1.9;
            close("dG", dressed.conductance[p], conductance(&onsite) - clean, 1e-10);
            close("dG(-B)", reversed.conductance[p], dressed.conductance[p], 1e-10);
            close("Omega(-B)", reversed.energy[p], dressed.energy[p], 1e-10);
            onsite[at] = 0.0;
        }
    }
}

/// Which scatterer moves and which stays does not matter: rounding of 1e2 operations at each energy.
#[test]
fn the_order_of_scatterers_does_not_matter() {
    let shape = ContactShape::hole([9, 1], [6, 1], 5).unwrap();
    let sites: Vec<_> = shape.sites().collect();
    let contact = LatticeContact::new(shape, -1.4, 0.02, 0.05, &sites).unwrap();
    let scatterers =
        [(sites[3], 1.1), (sites[11], -0.4), (sites[14], 6.0), (sites[20], -3.0), (sites[21], 0.2)];
    let all = |last: usize| {
        let background: Vec<_> = (0..5).filter(|&k| k != last).rev().map(|k| scatterers[k]).collect();
        let dressed = contact.dress(&background, scatterers[last].1, &[scatterers[last].0]).unwrap();
        passed(&dressed);
        [dressed.energy[0], dressed.conductance[0]]
    };
    let first = all(0);
    for last in 1..5 {
        (0..2).for_each(|what| close("last", all(last)[what], first[what], 1e-11));
    }
}

/// A wire without scatterers transmits all its modes; one scatterer takes `2 sin^2 d` of that, the phase shift d that of the site, in two and three dimensions; and the potential
/// of a phase shift has it. Rounding.
#[test]
fn one_scatterer_in_a_wire() {
    for (lead, energy, modes) in [([7, 1], -0.9, 5.0), ([4, 3], -1.2, 9.0)] {
        let shape = ContactShape::wire(lead, 3).unwrap();
        let sites: Vec<_> = shape.sites().collect();
        let contact = LatticeContact::new(shape, energy, 0.0, 0.0, &sites).unwrap();
        close("conductance", contact.conductance(), 2.0 * modes, 1e-11);
        for v in [-8.0, -1.1, -0.2, 0.3, 1.7, 40.0] {
            let dressed = contact.dress(&[], v, &sites).unwrap();
            passed(&dressed);
            for (site, change) in sites.iter().zip(&dressed.conductance) {
                let shift = contact.phase_shift(*site, v).unwrap();
                assert!(shift * v < 0.0);
                close("dG", *change, -2.0 * shift.sin().powi(2), 1e-11);
                close("V", contact.potential(*site, shift).unwrap() / v, 1.0, 1e-10);
            }
        }
        // beyond the shift of an infinite potential
        assert!(contact.potential(sites[0], 3.1).is_err() && contact.potential(sites[0], -3.1).is_err());
    }
}

/// At kT > 0: the conductance is the average of those at single energies, here by a trapezoidal rule on which the average of an analytic function converges exponentially, between thresholds
/// 50 kT apart; energies of weak scatterers are V times the electrons of the site, to second order, `V^2 dn/dV / 2` with |dn/dV| < 1/t.
#[test]
fn warm_contacts() {
    let (kt, mu) = (0.01, -1.5);
    let shape = ContactShape::hole([5, 1], [3, 1], 3).unwrap();
    let sites: Vec<_> = shape.sites().collect();
    let contact = LatticeContact::new(shape.clone(), mu, 0.0, kt, &sites).unwrap();
    let background = [(sites[0], 0.8), (sites[5], -1.0)];
    let dressed = contact.dress(&background, 1.2, &[sites[4]]).unwrap();
    passed(&dressed);
    let conductor = shape.conductor(0.0).unwrap();
    let mut onsite = vec![0.0; sites.len()];
    let average = |onsite: &[f64]| {
        let term = |i: i32| {
            let x = 0.25 * f64::from(i);
            let s = smatrix(&conductor.at(mu + kt * x).unwrap(), onsite, Route::Dense).unwrap();
            0.25 * fermi_window(x) * 2.0 * s.transmission(1, 0)
        };
        (-140..=140).map(term).sum::<f64>()
    };
    let clean = average(&onsite);
    // an average of 11 nodes, whose estimated error this is
    close("G", contact.conductance(), clean, 1e-7);
    background.iter().for_each(|(site, v)| onsite[sites.binary_search(site).unwrap()] = *v);
    onsite[4] = 1.2;
    close("dG", dressed.conductance[0], average(&onsite) - clean, 1e-7);
    let weak = contact.dress(&[], 1e-4, &[sites[4]]).unwrap();
    close("V n", weak.energy[0], 1e-4 * contact.electrons(sites[4]).unwrap(), 1e-8);
    // and the limit T -> 0: (pi^2/6) (kT)^2 times slopes of order 1
    let cold = LatticeContact::new(shape, mu, 0.0, 0.0, &sites)
        .unwrap()
        .dress(&background, 1.2, &[sites[4]])
        .unwrap();
    close("T -> 0", cold.energy[0], dressed.energy[0], 1e-3);
    assert!((cold.energy[0] - dressed.energy[0]).abs() > 1e-9);
}

/// One factorisation for each energy, whatever the number of candidates, positions and scatterers: 40 on the imaginary axis and one at the Fermi energy; and the same bits where threads share
/// them.
#[test]
fn one_factorisation_for_each_energy() {
    let shape = ContactShape::hole([12, 1], [8, 1], 10).unwrap();
    let sites: Vec<_> = shape.sites().collect();
    let few = LatticeContact::new(shape.clone(), -1.4, 0.0, 0.0, &sites[..2]).unwrap();
    let many = LatticeContact::new(shape.clone(), -1.4, 0.0, 0.0, &sites).unwrap();
    for contact in [&few, &many] {
        assert_eq!((contact.work().factorisations, contact.work().energies), (41, 41));
    }
    let dressed = many.dress(&[(sites[40], 1.0)], -0.8, &sites[..2]).unwrap();
    assert_eq!(many.work().factorisations, 41);
    let shared = LatticeContact::with_parallelism(shape, -1.4, 0.0, 0.0, &sites, Parallelism::Pool).unwrap();
    assert_eq!(shared.dress(&[(sites[40], 1.0)], -0.8, &sites[..2]).unwrap(), dressed);
    // the Green function between two sites does not depend on what else is asked for, but for rounding
    close(
        "few",
        few.dress(&[(sites[1], 1.0)], -0.8, &sites[..1]).unwrap().energy[0],
        many.dress(&[(sites[1], 1.0)], -0.8, &sites[..1]).unwrap().energy[0],
        1e-11,
    );
}

#[test]
fn what_a_contact_cannot_do_is_refused() {
    let shape = ContactShape::hole([5, 1], [3, 1], 3).unwrap();
    let [a, b, c] = [[0, 1, 0], [1, 2, 0], [2, 3, 0]];
    let make = |energy, temperature, sites: &[[usize; 3]]| {
        LatticeContact::new(shape.clone(), energy, 0.0, temperature, sites).map(|_| ())
    };
    assert!(
        make(f64::NAN, 0.0, &[a]).is_err()
            && make(-1.0, -0.1, &[a]).is_err()
            && make(-1.0, 1e-9, &[a]).is_err()
    );
    assert!(make(-1.0, 0.0, &[]).is_err());
    assert_eq!(make(-1.0, 0.0, &[[0, 0, 0]]), Err(DefectError::NoSuchSite { site: [0, 0, 0] }));
    let contact = LatticeContact::new(shape, -1.0, 0.0, 0.0, &[a, b]).unwrap();
    assert_eq!(contact.sites().collect::<Vec<_>>(), [a, b]);
    assert_eq!(contact.dress(&[(c, 1.0)], 1.0, &[a]), Err(DefectError::NotACandidate { site: c }));
    assert_eq!(contact.dress(&[(a, 1.0)], 1.0, &[b, a]), Err(DefectError::Occupied { site: a }));
    assert_eq!(contact.dress(&[(a, 1.0), (a, 1.0)], 1.0, &[b]), Err(DefectError::Occupied { site: a }));
    assert!(
        contact.dress(&[], f64::INFINITY, &[b]).is_err()
            && contact.dress(&[(a, f64::NAN)], 1.0, &[b]).is_err()
    );
    assert!(contact.dress(&[], 1.0, &[]).unwrap().energy.is_empty());
}

/// Deviates of no regularity.
struct Deviates;

impl Fields for Deviates {
    fn uniform(&self, field: u32, first: u64, out: &mut [f64]) {
        for (place, u) in out.iter_mut().enumerate() {
            *u = ((first + place as u64 + 1) as f64 * 0.618_033_988_75 + f64::from(field) * 0.41).fract();
        }
    }

    fn normal(&self, _: u32, _: u64, out: &mut [f64]) {
        out.fill(0.0);
    }
}
