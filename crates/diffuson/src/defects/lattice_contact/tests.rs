use super::*;
use crate::defects::Dressed;

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

/// An independent calculation (`physics/defects.md`, section 7), transmissions to 1e-6 and energies to 1e-9. The Fermi energy is at a threshold of the leads.
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
    close("Omega_A", dressed.energy[0], -0.511_755_899_772_2, 1e-9);
    close("Omega_B", dressed.energy[1], -0.464_579_150_623_8, 1e-9);
    close("density", contact.electrons(a).unwrap() / 2.0, 0.117_250_177_992_4, 1e-9);
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
