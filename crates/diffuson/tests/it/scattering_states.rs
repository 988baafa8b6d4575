//! Scattering states against what S matrices and transmissions of other routes say: densities, currents through cuts, persistent currents.
//!
//! Exact to rounding, amplified by resonances some hundred times, unless another tolerance is named with its reason.

use crate::network::{cross, rough, scalar};
use crate::systems::{assert_close, audited, strip};
use diffuson::conductor::Conductor;
use diffuson::hamiltonian::Hamiltonian;
use diffuson::lattice::{Boundary, Family, Lattice};
use diffuson::leads::{Lead, PeriodicLead, Probe};
use diffuson::scattering::{
    self, Route, SMatrix, ScatteringStates, SolveError, scattering_states, spectral_density,
};
use diffuson::{C64, Matrix};
use std::f64::consts::{PI, TAU};

const EXACT: f64 = 1e-12;

/// Solves and asserts the audit.
fn states(conductor: &Conductor, onsite: &[f64], energy: f64) -> ScatteringStates {
    let states = scattering_states(&conductor.at(energy).unwrap(), onsite).unwrap();
    assert!(states.audit.passed(), "{:?}", states.audit);
    states
}

/// What bonds with the given currents bring to each site.
fn arriving(conductor: &Conductor, currents: &[f64]) -> Vec<f64> {
    let bonds = conductor.hamiltonian().bonds();
    assert_eq!(bonds.len(), currents.len());
    let mut sum = vec![0.0; conductor.sites()];
    for ([i, j], current) in bonds.into_iter().zip(currents) {
        sum[i] += current;
        sum[j] -= current;
    }
    sum
}

/// Strips of all families, without and with field: the local density of states of other routes, and through every cut the transmission, from either side.
#[test]
fn strips() {
    let energy = -0.83;
    for (family, flux) in [
        (Family::Square, 0.0),
        (Family::Square, 0.06),
        (Family::Cubic, 0.03),
        (Family::HoneycombZigzag, 0.0),
        (Family::HoneycombArmchair, 0.05),
    ] {
        let lattice = Lattice::new(family, [7, 4, 1], Boundary::HardWall).unwrap().with_flux(flux).unwrap();
        let (slices, n) = (lattice.slices(), lattice.slice_sites());
        let onsite = rough(lattice.sites());
        let lead = Some(Lead::Continuation);
        let conductor = Conductor::new(lattice, [lead.clone(), lead], vec![]).unwrap();
        let what = format!("{family:?}, flux {flux}");
        let found = states(&conductor, &onsite, energy);
        let want = audited(&conductor, &onsite, energy, Route::Recursive);
        let spectral = spectral_density(&conductor.at(energy).unwrap(), &onsite).unwrap().density;
        let densities = found.density_of_states().into_iter().zip(spectral);
        for ((density, spectral), want) in densities.zip(&want.density_of_states) {
            assert_close(density, *want, EXACT, &what);
            assert_close(spectral, *want, EXACT, &what);
        }
        let s = scattering::smatrix(&conductor.at(energy).unwrap(), &onsite, Route::Recursive).unwrap();
        assert_same(found.smatrix(), &s);
        let bonds = conductor.hamiltonian().bonds();
        for x in 1..slices {
            let across = |lead: usize| -> f64 {
                let through = bonds.iter().zip(found.bond_currents_of(lead));
                through.filter(|([i, j], _)| *i >= x * n && *j < x * n).map(|(_, current)| current).sum()
            };
            let t = want.exchange.transmission(1, 0);
            assert!(t > 0.01, "{what}: {t}");
            assert_close(across(0), t, EXACT, &what);
            assert_close(across(1), -want.exchange.transmission(0, 1), EXACT, &what);
        }
    }
}

#[track_caller]
fn assert_same(got: &SMatrix, want: &SMatrix) {
    assert_eq!(got.data().rows(), want.data().rows());
    for (got, want) in got.data().as_slice().iter().zip(want.data().as_slice()) {
        assert!((got - want).norm() < EXACT, "{got} {want}");
    }
}

/// Four leads in a field: at every site the currents balance, and into each lead flows T_ab. Reversing the field leaves the density of states, and turns the persistent currents,
/// those of equal potentials.
#[test]
fn crosses() {
    let energy = -1.2;
    let cell = strip(1, 3, Boundary::HardWall).slice_hamiltonian(0);
    let lead = Lead::Periodic(PeriodicLead::new(cell, Matrix::from_diagonal(&[-C64::ONE; 3])).unwrap());
    let build = |flux: f64| {
        let (cross, interfaces) = cross(flux);
        let leads = interfaces.into_iter().map(|orbitals| (lead.clone(), orbitals)).collect();
        Conductor::network(cross, leads, vec![]).unwrap()
    };
    let onsite = rough(build(0.0).sites());
    let [there, back, still] = [0.08, -0.08, 0.0].map(|flux| states(&build(flux), &onsite, energy));
    let conductor = build(0.08);
    let on_interface: Vec<usize> = (0..4).flat_map(|lead| conductor.interface(lead).to_vec()).collect();
    for from in 0..4 {
        let arriving = arriving(&conductor, there.bond_currents_of(from));
        for site in (0..conductor.sites()).filter(|site| !on_interface.contains(site)) {
            assert_close(arriving[site], 0.0, EXACT, "Kirchhoff");
        }
        for into in 0..4 {
            let sum: f64 = conductor.interface(into).iter().map(|&site| arriving[site]).sum();
            let t = there.smatrix().transmission(into, from);
            let open = there.channels(from).len() as f64;
            assert_close(sum, if into == from { t - open } else { t }, EXACT, "into a lead");
        }
    }
    for (there, back) in there.density_of_states().into_iter().zip(back.density_of_states()) {
        assert_close(there, back, EXACT, "density of states");
    }
    let equal = |states: &ScatteringStates| states.bond_currents(&[1.0; 4]);
    let persistent = equal(&there);
    assert!(persistent.iter().any(|current| current.abs() > 1e-2));
    for ((there, back), still) in persistent.iter().zip(equal(&back)).zip(equal(&still)) {
        assert_close(*there, -back, EXACT, "persistent currents");
        assert_close(still, 0.0, EXACT, "without field");
    }
    let weights = [0.3, -1.0, 0.0, 2.0];
    for (bond, sum) in there.bond_currents(&weights).into_iter().enumerate() {
        let parts = weights.iter().enumerate().map(|(lead, w)| w * there.bond_currents_of(lead)[bond]);
        assert_close(sum, parts.sum(), EXACT, "weights");
    }
}

/// A ring of 12 sites between two chains, its flux `theta` in the bond of sites 5 and 6, and a site beside one arm.
fn ring(theta: f64) -> Conductor {
    let mut builder = Hamiltonian::builder();
    for site in 0..13 {
        let (sin, cos) = (PI * site as f64 / 6.0).sin_cos();
        builder.add_site([2.0 * cos, 2.0 * sin, 0.0], &scalar(0.0)).unwrap();
    }
    for site in 0..12 {
        let phase = if site == 5 { theta } else { 0.0 };
        // <i|H|j> ~ exp(-i theta) for i = 6, j = 5
        let hopping = Matrix::from_diagonal(&[-C64::from_polar(1.0, -phase)]);
        builder.add_bond((site + 1) % 12, site, &hopping).unwrap();
    }
    builder.add_bond(12, 2, &scalar(-0.6)).unwrap();
    let chain = Lead::Periodic(PeriodicLead::new(scalar(0.0), scalar(-1.0)).unwrap());
    Conductor::network(builder.build().unwrap(), vec![(chain.clone(), vec![0]), (chain, vec![7])], vec![])
        .unwrap()
}

/// `i Tr S^+ dS/dx` by central differences of S from another route, extrapolated: of fourth order in the step.
fn phase_slope(s: impl Fn(f64) -> SMatrix) -> f64 {
    let middle = s(0.0);
    let slope = |step: f64| {
        let (up, down) = (s(step), s(-step));
        let steps =
            up.data().as_slice().iter().zip(down.data().as_slice()).map(|(u, d)| (u - d) / (2.0 * step));
        let trace: C64 = middle.data().as_slice().iter().zip(steps).map(|(s, ds)| s.conj() * ds).sum();
        (C64::I * trace).re
    };
    (4.0 * slope(2e-4) - slope(4e-4)) / 3.0
}

/// The persistent current of a ring between leads, per energy, is the slope `-d arg det S / d theta` of the phase of scattering (E. Akkermans, A. Auerbach, J. E. Avron and B. Shapiro, Phys. Rev.
/// Lett. 66, 76 (1991)), and the number of states in the conductor its slope by a potential in all of it. Differences of S are good to some 1e-10 here: rounding divided by the step 2e-4, and the fourth power of
/// the step per half width of a resonance, some 0.1.
#[test]
fn aharonov_bohm_ring() {
    let (energy, onsite) = (-0.37, rough(13).iter().map(|x| 0.6 * x).collect::<Vec<f64>>());
    let dense = |theta: f64, raised: f64| {
        let conductor = ring(theta);
        let onsite: Vec<f64> = onsite.iter().map(|level| level + raised).collect();
        scattering::smatrix(&conductor.at(energy).unwrap(), &onsite, Route::Dense).unwrap()
    };
    for theta in [0.9, 2.2, -0.9] {
        let conductor = ring(theta);
        let found = states(&conductor, &onsite, energy);
        let circulating = found.bond_currents(&[1.0, 1.0]);
        let want = phase_slope(|step| dense(theta + step, 0.0));
        assert!(want.abs() > 0.01, "{want}");
        for ([i, j], current) in conductor.hamiltonian().bonds().into_iter().zip(circulating) {
            // around, from each site to the next; nothing into the site beside
            let along = if i == 12 {
                0.0
            } else if (i, j) == (11, 0) {
                -want
            } else {
                want
            };
            assert_close(current, along, 1e-9, "persistent current");
        }
        let states: f64 = found.density_of_states().iter().sum();
        assert_close(states, phase_slope(|step| dense(theta, step)) / TAU, 1e-9, "density of states");
        // both arms together carry the transmission
        let from_left = found.bond_currents_of(0);
        let bonds = conductor.hamiltonian().bonds();
        let through = |bond| from_left[bonds.iter().position(|b| *b == bond).unwrap()];
        let t = found.smatrix().transmission(1, 0);
        assert_close(through([4, 3]) - through([9, 8]), t, EXACT, "both arms");
    }
}

/// Sites of several orbitals: a strip with the two rows of each slice taken as one site has the same amplitudes, and bonds that carry both currents.
#[test]
fn two_orbitals_per_site() {
    let (slices, energy) = (6, -0.4);
    let lattice = strip(slices, 2, Boundary::HardWall).with_flux(0.11).unwrap();
    let onsite: Vec<f64> = rough(slices).into_iter().flat_map(|level| [level; 2]).collect();
    let lead =
        || Lead::Periodic(PeriodicLead::new(two_rows(), Matrix::from_diagonal(&[-C64::ONE; 2])).unwrap());
    let leads = || vec![(lead(), vec![0, 1]), (lead(), vec![2 * slices - 2, 2 * slices - 1])];
    let rows = Conductor::network(Hamiltonian::of(&lattice), leads(), vec![]).unwrap();
    let mut builder = Hamiltonian::builder();
    for x in 0..slices {
        builder.add_site([x as f64, 0.0, 0.0], &lattice.slice_hamiltonian(x as isize)).unwrap();
    }
    for x in 0..slices - 1 {
        let forward = Matrix::from_diagonal(&lattice.forward_hopping(x));
        builder.add_bond(x, x + 1, &forward).unwrap();
    }
    let folded = Conductor::network(builder.build().unwrap(), leads(), vec![]).unwrap();
    let want = states(&rows, &onsite, energy);
    let got = states(&folded, &rough(slices), energy);
    assert_eq!(folded.hamiltonian().orbitals(), rows.hamiltonian().orbitals());
    for (got, want) in got.amplitudes().as_slice().iter().zip(want.amplitudes().as_slice()) {
        assert!((got - want).norm() < EXACT, "{got} {want}");
    }
    let bonds = rows.hamiltonian().bonds();
    for lead in 0..2 {
        for (x, current) in got.bond_currents_of(lead).iter().enumerate() {
            let ahead = bonds.iter().zip(want.bond_currents_of(lead));
            let both: f64 = ahead.filter(|([i, j], _)| [j / 2, i / 2] == [x, x + 1]).map(|(_, c)| c).sum();
            assert_close(*current, both, EXACT, "two orbitals");
        }
    }
    assert_close(got.bond_currents_of(0)[0], want.smatrix().transmission(1, 0), EXACT, "transmission");
}

fn two_rows() -> Matrix {
    strip(1, 2, Boundary::HardWall).slice_hamiltonian(0)
}

/// Probes absorb: what a lead injects into a probed site is `T / 2 pi Gamma` of the transmission from it into the probe, and the bonds of the site bring as much as
/// the probe takes. All that is injected, by leads and probes, is the spectral density.
#[test]
fn probes_take_what_bonds_bring() {
    let (energy, width) = (-0.9, 0.4);
    for flux in [0.0, 0.07] {
        let lattice = strip(6, 3, Boundary::HardWall).with_flux(flux).unwrap();
        let onsite = rough(18);
        let probes = [4, 10].map(|site| (site, Probe::WideBand { width })).to_vec();
        let lead = Some(Lead::Continuation);
        let conductor = Conductor::new(lattice, [lead.clone(), lead], probes).unwrap();
        let found = states(&conductor, &onsite, energy);
        let solved = audited(&conductor, &onsite, energy, Route::Recursive);
        for lead in 0..2 {
            let arriving = arriving(&conductor, found.bond_currents_of(lead));
            let density = found.density(lead);
            for (terminal, site) in [4, 10].into_iter().enumerate() {
                let t = solved.exchange.transmission(terminal, conductor.lead_terminal(lead));
                assert_close(arriving[site], t, EXACT, "into a probe");
                assert_close(density[site], t / (TAU * width), EXACT, "injectivity");
            }
        }
        let spectral = spectral_density(&conductor.at(energy).unwrap(), &onsite).unwrap();
        assert!(spectral.audit.passed(), "{:?}", spectral.audit);
        for (density, want) in spectral.density.iter().zip(&solved.density_of_states) {
            assert_close(*density, *want, EXACT, "spectral density");
        }
        let injected = found.density_of_states();
        assert!(injected.iter().zip(&spectral.density).all(|(leads, all)| leads < all));
    }
}

/// On the interfaces of leads all of whose modes are open, the states are `Phi_in + Phi_out r` and `Phi_out t` with the modes of the leads.
#[test]
fn waves_on_the_interfaces() {
    let energy = -0.3;
    let lattice = strip(5, 3, Boundary::HardWall).with_flux(0.05).unwrap();
    let cell = strip(1, 3, Boundary::HardWall).slice_hamiltonian(0);
    let joined = Matrix::from_diagonal(&[0.0, 0.3, 0.6].map(|phase| -C64::from_polar(1.0, phase)));
    let lead = Lead::Periodic(PeriodicLead::new(cell, joined).unwrap());
    let leads = vec![(lead.clone(), vec![1, 0, 2]), (lead, vec![12, 14, 13])];
    let conductor = Conductor::network(Hamiltonian::of(&lattice), leads, vec![]).unwrap();
    let found = states(&conductor, &rough(15), energy);
    let s = found.smatrix();
    for (to, from) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
        let modes = conductor.lead_modes(to, energy).unwrap();
        assert_eq!((modes.incoming_momenta.len(), modes.outgoing_velocities.len()), (3, 3));
        for (k, channel) in found.channels(from).enumerate() {
            for (i, &orbital) in conductor.interface(to).iter().enumerate() {
                let out: C64 = s
                    .channels(to)
                    .enumerate()
                    .map(|(m, row)| modes.outgoing[(i, m)] * s.data()[(row, channel)])
                    .sum();
                let incoming = if to == from { modes.incoming[(i, k)] } else { C64::ZERO };
                let psi = found.amplitudes()[(orbital, channel)];
                assert!((psi - (incoming + out)).norm() < EXACT, "{to} {from}: {psi}");
            }
        }
    }
}

/// The modes of a lead whose hopping reaches part of its cell only are given on the whole cell: there they solve Bloch's equation, with `sum |phi|^2 = 1 / v`.
#[test]
fn modes_fill_their_cell() {
    let (n, energy) = (4, -0.7);
    // two slices of two rows; a phase in the hopping, so that incoming modes are not conjugates of outgoing ones
    let h = Hamiltonian::of(&strip(2, 2, Boundary::HardWall));
    let mut cell = Matrix::zeros(n, n);
    for (i, j, value) in h.entries() {
        (cell[(i, j)], cell[(j, i)]) = (value, value.conj());
    }
    let phase = |k: usize| -C64::from_polar(1.0, 0.4 * k as f64);
    let v = Matrix::from_fn(n, n, |i, j| if j == i + 2 { phase(i) } else { C64::ZERO });
    let lead = Lead::Periodic(PeriodicLead::new(cell.clone(), v.clone()).unwrap());
    let leads = vec![(lead, vec![2, 3, 0, 1]), (Lead::WideBand { width: 1.0 }, vec![6, 7])];
    let conductor =
        Conductor::network(Hamiltonian::of(&strip(4, 2, Boundary::HardWall)), leads, vec![]).unwrap();
    let modes = conductor.lead_modes(0, energy).unwrap();
    assert_eq!(modes.incoming.rows(), n);
    for (waves, momenta, velocities) in [
        (&modes.incoming, &modes.incoming_momenta, &modes.incoming_velocities),
        (&modes.outgoing, &modes.outgoing_momenta, &modes.outgoing_velocities),
    ] {
        assert_eq!(momenta.len(), 2);
        for (k, (momentum, velocity)) in momenta.iter().zip(velocities).enumerate() {
            let turn = C64::from_polar(1.0, *momentum);
            let phi = waves.col(k);
            for i in 0..n {
                let h_phi: C64 = (0..n)
                    .map(|j| (cell[(i, j)] + v[(i, j)] * turn.conj() + v[(j, i)].conj() * turn) * phi[j])
                    .sum();
                assert!((h_phi - energy * phi[i]).norm() < EXACT, "mode {k}: {h_phi}");
            }
            let size: f64 = phi.iter().map(|z| z.norm_sqr()).sum();
            assert_close(size * velocity.abs(), 1.0, EXACT, "unit current");
        }
    }
    let channels = conductor.lead_modes(1, energy).unwrap();
    assert_eq!((channels.incoming.cols(), channels.incoming_momenta.len()), (2, 0));
}

/// One factorisation, a solution for each channel and one that tests the factors; of closed leads, or none, there are no states, and no currents.
#[test]
fn work_and_closed_leads() {
    let lead = Some(Lead::Continuation);
    let conductor = Conductor::new(strip(6, 3, Boundary::HardWall), [lead.clone(), lead], vec![]).unwrap();
    for (energy, channels) in [(-0.3, 6), (-3.0, 2), (-4.5, 0)] {
        let found = states(&conductor, &rough(18), energy);
        let work = found.work;
        assert_eq!((work.factorisations, work.solves, work.energies), (1, 1 + channels, 1));
        assert_eq!([found.amplitudes().rows(), found.amplitudes().cols()], [18, channels]);
        let idle = channels == 0;
        assert_eq!(found.density_of_states().iter().all(|x| *x == 0.0), idle);
        assert_eq!(found.bond_currents(&[1.0, 0.0]).iter().all(|x| *x == 0.0), idle);
        assert_eq!(found.bond_currents(&[1.0, 0.0]).len(), conductor.hamiltonian().bonds().len());
        let spectral = spectral_density(&conductor.at(energy).unwrap(), &rough(18)).unwrap();
        assert_eq!((spectral.work.factorisations, spectral.work.solves), (1, 1));
    }
    let probes = [3, 7].map(|site| (site, Probe::WideBand { width: 0.3 })).to_vec();
    let conductor = Conductor::new(strip(6, 3, Boundary::HardWall), [None, None], probes).unwrap();
    let found = states(&conductor, &rough(18), -0.3);
    assert_eq!((found.leads(), found.amplitudes().cols(), found.work.solves), (0, 0, 1));
    assert_eq!(found.density_of_states(), [0.0; 18]);
    assert_eq!(found.bond_currents(&[]), vec![0.0; conductor.hamiltonian().bonds().len()]);
}

/// Two equal sites beside one of a chain have an odd level that nothing couples to. At its energy there are no states; near it they are sound, and even. A level that is all but
/// uncoupled, and filled without bound, does not pass the audit.
#[test]
fn levels_without_width() {
    let mut builder = Hamiltonian::builder();
    for site in 0..5 {
        builder.add_site([f64::from(site), 0.0, 0.0], &scalar(0.0)).unwrap();
    }
    for (i, j) in [(1, 0), (2, 1), (3, 1), (4, 1)] {
        builder.add_bond(i, j, &scalar(-1.0)).unwrap();
    }
    let chain = Lead::Periodic(PeriodicLead::new(scalar(0.0), scalar(-1.0)).unwrap());
    let leads = vec![(chain.clone(), vec![0]), (chain, vec![2])];
    let conductor = Conductor::network(builder.build().unwrap(), leads, vec![]).unwrap();
    let [level, near] = [0.4, 0.4 + 1e-9].map(|energy| conductor.at(energy).unwrap());
    let split = |by: f64| [0.0, 0.0, 0.0, 0.4 + by, 0.4 - by];
    let singular = |error| matches!(error, SolveError::Singular { energy: 0.4, .. });
    assert!(scattering_states(&level, &split(0.0)).is_err_and(singular));
    assert!(spectral_density(&level, &split(0.0)).is_err_and(singular));
    let even = scattering_states(&near, &split(0.0)).unwrap();
    assert!(even.audit.passed(), "{:?}", even.audit);
    let psi = even.amplitudes();
    for k in 0..2 {
        assert!(psi[(3, k)].norm() > 0.1, "{}", psi[(3, k)]);
        // rounding of the odd combination, a few machine epsilons, which the distance 1e-9 amplifies
        let odd = psi[(3, k)] - psi[(4, k)];
        assert!(odd.norm() < 1e-6, "{odd}");
    }
    // currents are differences of |psi|^2, some 10^14 here
    let narrow = scattering_states(&level, &split(1e-7)).unwrap();
    assert!(!narrow.audit.passed(), "{:?}", narrow.audit);
}
