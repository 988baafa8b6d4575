//! Scattering matrices against the transmissions of other routes, against one another, and against closed forms.

use crate::network::{continuation, cross, rough, scalar};
use crate::systems::{assert_close, audited, strip};
use diffuson::conductor::Conductor;
use diffuson::hamiltonian::Hamiltonian;
use diffuson::lattice::{Boundary, Family, Lattice};
use diffuson::leads::{End, Lead, PeriodicLead, Probe};
use diffuson::scattering::{self, Parallelism, Route, SMatrix, smatrix_with};
use diffuson::{C64, Matrix};

/// Rounding, amplified by resonances some hundred times.
const EXACT: f64 = 1e-12;

fn scattered(conductor: &Conductor, onsite: &[f64], energy: f64, route: Route) -> SMatrix {
    let s = scattering::smatrix(&conductor.at(energy).unwrap(), onsite, route).unwrap();
    assert!(s.audit.passed(), "{route:?}: {:?}", s.audit);
    s
}

/// By sparse factors and from the whole inverse, which must agree.
fn shapeless(conductor: &Conductor, onsite: &[f64], energy: f64) -> SMatrix {
    let [sparse, dense] =
        [Route::NestedDissection, Route::Dense].map(|route| scattered(conductor, onsite, energy, route));
    assert!(largest_difference(sparse.data(), dense.data()) < EXACT);
    sparse
}

fn largest_difference(a: &Matrix, b: &Matrix) -> f64 {
    assert_eq!([a.rows(), a.cols()], [b.rows(), b.cols()]);
    a.as_slice().iter().zip(b.as_slice()).map(|(a, b)| (a - b).norm()).fold(0.0, f64::max)
}

/// `sum |S|^2 = Tr Gamma_a G Gamma_b G^+` (Fisher and Lee), for strips of all families, with and without field and probes; and the amplitudes
/// of the streaming recursion and of sparse factors are those of the whole inverse.
#[test]
fn amplitudes_and_transmissions() {
    let energy = -0.83;
    for family in [Family::Square, Family::HoneycombZigzag, Family::HoneycombArmchair, Family::Cubic] {
        for (length, flux, probed) in [(1, 0.0, false), (6, 0.0, false), (6, 0.06, false), (7, 0.04, true)] {
            let lattice = Lattice::new(family, [length, 4, 1], Boundary::HardWall).unwrap();
            let lattice = lattice.with_flux(flux).unwrap();
            let onsite = rough(lattice.sites());
            let probes = if probed { vec![(2, Probe::WideBand { width: 0.4 })] } else { vec![] };
            for right in [Lead::Continuation, Lead::WideBand { width: 1.7 }] {
                let leads = [Some(Lead::Continuation), Some(right)];
                let conductor = Conductor::new(lattice.clone(), leads, probes.clone()).unwrap();
                let dressed = conductor.at(energy).unwrap();
                let t = scattering::solve(&dressed, &onsite, Route::Recursive, false).unwrap().exchange;
                let what = format!("{family:?}, {length} slices, flux {flux}, probe {probed}");
                let dense = scattered(&conductor, &onsite, energy, Route::Dense);
                let sparse = scattered(&conductor, &onsite, energy, Route::NestedDissection);
                let wire = scattered(&conductor, &onsite, energy, Route::Recursive);
                assert_eq!(dense.channels(0).len(), dressed.open_modes(End::Left).unwrap(), "{what}");
                assert!(largest_difference(dense.data(), wire.data()) < EXACT, "{what}");
                assert!(largest_difference(dense.data(), sparse.data()) < EXACT, "{what}");
                assert_eq!((sparse.work.factorisations, sparse.work.inversions), (1, 1));
                assert_eq!((dense.work.inversions, wire.work.inversions), (1, length));
                for (a, b) in [(0, 1), (1, 0)] {
                    let [to, from] = [a, b].map(|lead| conductor.lead_terminal(lead));
                    assert_close(wire.transmission(a, b), t.transmission(to, from), EXACT, &what);
                    let sum: f64 = wire.block(a, b).as_slice().iter().map(|z| z.norm_sqr()).sum();
                    assert_close(wire.transmission(a, b), sum, EXACT, &what);
                    let eigenvalues = wire.transmission_eigenvalues(a, b).unwrap();
                    assert_close(eigenvalues.iter().sum(), sum, EXACT, &what);
                    assert!(eigenvalues.iter().all(|t| (-EXACT..1.0 + EXACT).contains(t)), "{what}");
                }
                // what is neither reflected nor transmitted the probe has absorbed
                for lead in 0..2 {
                    let out = wire.transmission(0, lead) + wire.transmission(1, lead);
                    let into_probe =
                        if probed { t.transmission(0, conductor.lead_terminal(lead)) } else { 0.0 };
                    assert_close(out + into_probe, wire.channels(lead).len() as f64, EXACT, &what);
                }
            }
        }
    }
}

/// A lead of three rows of the square lattice, without field.
fn three_rows() -> Lead {
    let (slice, n) = (strip(1, 3, Boundary::HardWall).slice_hamiltonian(0), 3);
    Lead::Periodic(PeriodicLead::new(slice, Matrix::from_diagonal(&vec![-C64::ONE; n])).unwrap())
}

/// Three and four leads in a field: S is unitary, its rows and columns sum up to the number of channels, `S(B) = S(-B)^T`, and the
/// transmissions are those of leads given by their self-energies only.
#[test]
fn crosses_are_unitary() {
    let energy = -1.2;
    for count in [3, 4] {
        let solve = |flux: f64, lead: Lead| {
            let (cross, interfaces) = cross(flux);
            let onsite = rough(cross.sites());
            let leads = interfaces.into_iter().take(count).map(|orbitals| (lead.clone(), orbitals)).collect();
            shapeless(&Conductor::network(cross, leads, vec![]).unwrap(), &onsite, energy)
        };
        let given = solve(0.08, continuation(&strip(1, 3, Boundary::HardWall), End::Left, energy));
        let [s, back, still] = [0.08, -0.08, 0.0].map(|flux| solve(flux, three_rows()));
        // transverse levels 0 and +- sqrt 2: two of three are open
        let size = s.data().rows();
        assert_eq!((s.leads(), size), (count, 2 * count));
        let unit = Matrix::identity(size);
        for s in [s.data().clone(), s.data().adjoint()] {
            let square = Matrix::from_fn(size, size, |i, j| {
                s.col(i).iter().zip(s.col(j)).map(|(a, b)| a.conj() * b).sum()
            });
            assert!(largest_difference(&square, &unit) < EXACT);
        }
        assert!(largest_difference(s.data(), &back.data().transpose()) < EXACT);
        assert!(largest_difference(still.data(), &still.data().transpose()) < EXACT);
        assert!(largest_difference(s.data(), &s.data().transpose()) > 1e-2);
        for a in 0..count {
            let row: f64 = (0..count).map(|b| s.transmission(a, b)).sum();
            let column: f64 = (0..count).map(|b| s.transmission(b, a)).sum();
            assert_close(row, 2.0, EXACT, "row");
            assert_close(column, 2.0, EXACT, "column");
            for b in 0..count {
                assert_close(s.transmission(a, b), given.transmission(a, b), EXACT, "given");
            }
        }
    }
}

/// A ring of three sites around, two of whose modes are degenerate, as a lead cell by cell and two cells at a time, with a hopping of
/// half the rank: the same transmissions, between the leads and into a probe, and no more channels.
#[test]
fn degenerate_modes_and_singular_hopping() {
    let (length, n, energy) = (6, 3, -0.83);
    let lattice = strip(length, n, Boundary::Periodic);
    let slice = lattice.slice_hamiltonian(0);
    let joined = Matrix::from_diagonal(&vec![-C64::ONE; n]);
    let single = Lead::Periodic(PeriodicLead::new(slice.clone(), joined).unwrap());
    let two = Matrix::from_fn(2 * n, 2 * n, |i, j| match (i / n, j / n) {
        (a, b) if a == b => slice[(i % n, j % n)],
        _ if i % n == j % n => -C64::ONE,
        _ => C64::ZERO,
    });
    let ahead = Matrix::from_fn(2 * n, 2 * n, |i, j| if i + n == j { -C64::ONE } else { C64::ZERO });
    let double = Lead::Periodic(PeriodicLead::new(two.clone(), ahead).unwrap());
    // the same cells, attached to the one slice that the hopping starts from
    let from_first = Matrix::from_fn(2 * n, n, |i, j| if i == n + j { -C64::ONE } else { C64::ZERO });
    let narrow = Lead::Periodic(PeriodicLead::new(two, from_first).unwrap());
    // cells of a lead lead away from the conductor
    let cells = |at: [usize; 2]| -> Vec<usize> { at.iter().flat_map(|x| x * n..(x + 1) * n).collect() };
    let onsite: Vec<f64> = rough(length * n)
        .iter()
        .enumerate()
        .map(|(i, e)| if (6..12).contains(&i) { *e } else { 0.0 })
        .collect();
    let build = |leads: [(&Lead, Vec<usize>); 2]| {
        let leads = leads.map(|(lead, orbitals)| (lead.clone(), orbitals)).to_vec();
        let probe = vec![(7, Probe::WideBand { width: 0.4 })];
        Conductor::network(Hamiltonian::of(&lattice), leads, probe).unwrap()
    };
    let last = length - 1;
    let want = build([(&single, (0..n).collect()), (&single, (last * n..length * n).collect())]);
    let [left, right]: [Vec<usize>; 2] = [(0..n).collect(), (last * n..length * n).collect()];
    let got = [
        build([(&double, cells([1, 0])), (&double, cells([last - 1, last]))]),
        build([(&narrow, left), (&narrow, right)]),
    ];
    let want_s = shapeless(&want, &onsite, energy);
    let want = audited(&want, &onsite, energy, Route::NestedDissection);
    for got in &got {
        let s = shapeless(got, &onsite, energy);
        assert_eq!(s.data().rows(), want_s.data().rows());
        let t = audited(got, &onsite, energy, Route::NestedDissection);
        for a in 0..3 {
            for b in (0..3).filter(|&b| b != a) {
                let want = want.exchange.transmission(a, b);
                assert_close(t.exchange.transmission(a, b), want, EXACT, "double cells");
                if a > 0 && b > 0 {
                    assert_close(s.transmission(a - 1, b - 1), want, EXACT, "amplitudes");
                }
            }
        }
    }
}

/// A clean wire of L slices transmits each mode into itself: all eigenvalues are 1, and nothing is reflected. Where a slice is a cell of the
/// lead, the phase between its ends is `e^{ik(L - 1)}`.
#[test]
fn clean_wires_transmit_every_mode() {
    let (length, energy) = (5, -0.43);
    for family in [Family::Square, Family::HoneycombZigzag, Family::HoneycombArmchair] {
        let lattice = Lattice::new(family, [length, 6, 1], Boundary::HardWall).unwrap();
        let lead = Lead::Continuation;
        let modes = lead.attach(&lattice, End::Right).unwrap().modes(energy).unwrap();
        let conductor = Conductor::new(lattice.clone(), [Some(lead.clone()), Some(lead)], vec![]).unwrap();
        let s = scattered(&conductor, &[0.0; 30], energy, Route::Recursive);
        assert!(!s.channels(0).is_empty());
        assert_close(s.transmission(0, 0), 0.0, EXACT, "reflection");
        for t in s.transmission_eigenvalues(1, 0).unwrap() {
            assert_close(t, 1.0, EXACT, &format!("{family:?}"));
        }
        if lattice.period() == 1 {
            let phase = |k: &f64| C64::from_polar(1.0, k * (length - 1) as f64);
            let phases: Vec<C64> = modes.outgoing_momenta.iter().map(phase).collect();
            assert!(largest_difference(&s.block(1, 0), &Matrix::from_diagonal(&phases)) < EXACT);
        }
    }
}

/// One level between two wide-band leads: Breit and Wigner, phases included. The channel of a wide-band lead is that of its orbital.
#[test]
fn a_single_level() {
    let [left, right, energy, level]: [f64; 4] = [0.7, 0.4, 0.9, 0.3];
    let mut builder = Hamiltonian::builder();
    builder.add_site([0.0; 3], &scalar(0.0)).unwrap();
    let leads = [left, right].map(|width| (Lead::WideBand { width }, vec![0])).to_vec();
    let conductor = Conductor::network(builder.build().unwrap(), leads, vec![]).unwrap();
    let s = shapeless(&conductor, &[level], energy);
    let g = C64::ONE / C64::new(energy - level, 0.5 * (left + right));
    assert!((s.data()[(1, 0)] - C64::I * (left * right).sqrt() * g).norm() < 1e-15);
    assert!((s.data()[(0, 0)] - (C64::I * left * g - 1.0)).norm() < 1e-15);
}

/// Strips that are closed at one or both ends, walked through from the other: the surface is one slice, or none.
#[test]
fn closed_ends() {
    let probes: Vec<_> = [3, 7].map(|site| (site, Probe::WideBand { width: 0.3 })).to_vec();
    let lead = Some(Lead::Continuation);
    for flux in [0.0, 0.05] {
        for leads in [[lead.clone(), None], [None, lead.clone()], [None, None]] {
            let lattice = strip(6, 3, Boundary::HardWall).with_flux(flux).unwrap();
            let conductor = Conductor::new(lattice, leads, probes.clone()).unwrap();
            let wire = scattered(&conductor, &rough(18), -0.7, Route::Sweep);
            let sparse = shapeless(&conductor, &rough(18), -0.7);
            assert_eq!(sparse.leads(), conductor.leads());
            assert!(largest_difference(sparse.data(), wire.data()) < EXACT);
        }
    }
}

/// A clean part cut off by the walk through a strip has a level exactly at the energy, E = 0 of chains of odd length, and costs no digits.
#[test]
fn levels_of_parts_cut_off() {
    let wide = Lead::WideBand { width: 0.8 };
    let conductor = Conductor::new(
        strip(9, 1, Boundary::HardWall),
        [Some(Lead::WideBand { width: 1e-9 }), Some(wide)],
        vec![],
    )
    .unwrap();
    let wire = scattered(&conductor, &[0.0; 9], 0.0, Route::Recursive);
    assert!(largest_difference(shapeless(&conductor, &[0.0; 9], 0.0).data(), wire.data()) < EXACT);
}

/// A wire of 10^5 slices: a clean one transmits its modes perfectly, a disordered one is unitary however little it transmits.
#[test]
fn long_wires() {
    let (length, width, energy) = (100_000, 3, -0.3);
    let lead = Some(Lead::Continuation);
    let conductor =
        Conductor::new(strip(length, width, Boundary::HardWall), [lead.clone(), lead], vec![]).unwrap();
    let sites = length * width;
    let clean = scattered(&conductor, &vec![0.0; sites], energy, Route::Recursive);
    assert_eq!((clean.channels(0).len(), clean.work.inversions), (3, length));
    // roundings of 10^5 steps add up at random
    assert_close(clean.transmission(1, 0), 3.0, 1e-10, "clean");
    // a localisation length of some 10^4 sites in weak disorder
    let weak: Vec<f64> = rough(sites).iter().map(|x| 0.1 * x).collect();
    let s = scattered(&conductor, &weak, energy, Route::Recursive);
    let (t, r) = (s.transmission(1, 0), s.transmission(0, 0));
    assert!(t < 2.9, "{t}");
    assert_close(t + r, 3.0, 1e-10, "weak disorder");
    let strong: Vec<f64> = rough(sites).iter().map(|x| 4.0 * x).collect();
    let s = scattered(&conductor, &strong, energy, Route::Recursive);
    // the amplitude through ends below the smallest number there is
    assert_eq!(s.transmission(1, 0), 0.0);
    assert_close(s.transmission(0, 0), 3.0, 1e-10, "total reflection");
}

/// Hermitian pivot blocks that are singular to rounding: their inverses are all rounding, which is anti-Hermitian as well, and must not pass for
/// small. Clean lattices in a field have such blocks at the energies of closed plaquettes.
#[test]
fn singular_hermitian_blocks_are_put_off() {
    let lattice = Lattice::new(Family::HoneycombArmchair, [4, 3, 1], Boundary::HardWall).unwrap();
    let lattice = lattice.with_flux(0.3157).unwrap();
    let lead = Some(Lead::WideBand { width: 1.0 });
    let conductor = Conductor::new(lattice, [lead.clone(), lead], vec![]).unwrap();
    let onsite = vec![0.0; conductor.sites()];
    for energy in [-2.0, -1.0, 1.0, 2.0] {
        let [tree, wire] = [Route::NestedDissection, Route::Recursive]
            .map(|route| scattered(&conductor, &onsite, energy, route));
        assert!(largest_difference(tree.data(), wire.data()) < EXACT, "E = {energy}");
    }
}

/// One factorisation shared among threads gives the same bits as one thread alone, with real, Hermitian and general matrices.
#[test]
fn threads_change_no_bit() {
    let probe = vec![(100, Probe::WideBand { width: 0.2 })];
    for (flux, probes) in [(0.0, vec![]), (0.02, vec![]), (0.02, probe)] {
        let lattice = strip(60, 40, Boundary::HardWall).with_flux(flux).unwrap();
        let onsite = rough(lattice.sites());
        let lead = Some(Lead::Continuation);
        let conductor = Conductor::new(lattice, [lead.clone(), lead], probes).unwrap();
        let dressed = conductor.at(-1.3).unwrap();
        let [alone, shared] = [Parallelism::Sequential, Parallelism::Pool]
            .map(|threads| smatrix_with(&dressed, &onsite, Route::NestedDissection, threads).unwrap());
        assert_eq!(alone.data(), shared.data());
    }
}

/// A level exactly at the energy, which no open mode couples to but by rounding: the Green function on the surface is as large as it can be, and no digit of S is
/// lost. Two chains, of which one is closed with a bound state, in another basis than that of the chains.
#[test]
fn bound_states_at_the_energy() {
    let (energy, closed) = (0.3f64, 5.0);
    // s + 1/s = closed - E for hopping -1: the self-energy of the closed chain, twice of which binds the state
    let x = 0.5 * (closed - energy);
    let bound = energy + 2.0 * (x - (x * x - 1.0).sqrt());
    for phase in [C64::ONE, C64::from_polar(1.0, 0.7)] {
        let (c, s) = (C64::from(0.6), 0.8 * phase);
        let turned = |levels: [f64; 2]| {
            let vectors = Matrix::from_fn(2, 2, |i, j| [[c, -s], [s.conj(), c]][i][j]);
            let times = |i: usize, j: usize, k: usize| vectors[(i, k)] * levels[k] * vectors[(j, k)].conj();
            Matrix::from_fn(2, 2, |i, j| times(i, j, 0) + times(i, j, 1))
        };
        let hopping = Matrix::from_diagonal(&[-C64::ONE; 2]);
        let lead = Lead::Periodic(PeriodicLead::new(turned([0.0, closed]), hopping).unwrap());
        let mut builder = Hamiltonian::builder();
        builder.add_site([0.0; 3], &turned([0.0, bound])).unwrap();
        let leads = vec![(lead.clone(), vec![0, 1]), (lead, vec![0, 1])];
        let conductor = Conductor::network(builder.build().unwrap(), leads, vec![]).unwrap();
        let s = shapeless(&conductor, &[0.0], energy);
        let transmits = Matrix::from_fn(2, 2, |i, j| C64::from(if i == j { 0.0 } else { 1.0 }));
        assert!(largest_difference(s.data(), &transmits) < EXACT, "{:?}", s.data());
    }
}

/// Half a flux quantum per plaquette: parts of a bar have levels exactly at E = t/2 to which no open mode couples. The walk along the bar loses all digits there,
/// which its audit finds, and another route takes over.
#[test]
fn bound_states_of_parts_of_a_wire() {
    for (length, energy) in [(3, 0.5), (5, -0.5), (7, 0.5)] {
        let lattice = Lattice::new(Family::Cubic, [length, 2, 2], Boundary::HardWall).unwrap();
        let lead = Some(Lead::Continuation);
        let conductor =
            Conductor::new(lattice.with_flux(0.5).unwrap(), [lead.clone(), lead], vec![]).unwrap();
        let onsite = vec![0.0; conductor.sites()];
        let wire = scattered(&conductor, &onsite, energy, Route::Recursive);
        assert!(wire.work.inversions > length && wire.work.factorisations > 0, "{:?}", wire.work);
        let exact = shapeless(&conductor, &onsite, energy);
        assert!(largest_difference(wire.data(), exact.data()) < EXACT, "{length}");
    }
}
