//! Conductors of any shape: what is known of strips holds for the same conductor given as a network, and what no strip can be obeys the laws.
//!
//! Everything is exact to rounding, amplified by the sharpness of resonances, some hundred here: 1e-12 of numbers of order 1 unless another
//! tolerance is named with its reason.

use crate::systems::{assert_close, audited, strip};
use diffuson::conductor::{Conductor, ConductorError};
use diffuson::hamiltonian::{Hamiltonian, peierls};
use diffuson::lattice::{Boundary, Family, Lattice};
use diffuson::leads::{End, Lead, LeadError, PeriodicLead, Probe};
use diffuson::scattering::{self, Route, Scattered, SolveError, smatrix};
use diffuson::{C64, Matrix};

const EXACT: f64 = 1e-12;

/// The routes that take conductors of any shape.
const SHAPELESS: [Route; 2] = [Route::NestedDissection, Route::Dense];

/// On-site energies between -1 and 1 without visible order.
pub(crate) fn rough(sites: usize) -> Vec<f64> {
    (0..sites).map(|i| ((7.31 * (i * i) as f64 + 0.37 * i as f64).sin() * 1e4).fract()).collect()
}

/// The self-energy with which a lattice continues at one end, as a lead of any network.
pub(crate) fn continuation(lattice: &Lattice, end: End, energy: f64) -> Lead {
    let found = Lead::Continuation.attach(lattice, end).unwrap().self_energy(energy).unwrap();
    Lead::Given { sigma: found.sigma, derivative: found.derivative }
}

pub(crate) fn scalar(value: f64) -> Matrix {
    Matrix::from_diagonal(&[value.into()])
}

/// A cross of four arms, three sites wide and two long, in a field of `flux` quanta per plaquette, cut out of a square lattice; the last
/// three sites of each arm, west, south, north, east.
pub(crate) fn cross(flux: f64) -> (Hamiltonian, Vec<Vec<usize>>) {
    let lattice = strip(7, 7, Boundary::HardWall).with_flux(flux).unwrap();
    let middle = |c: f64| (2.0..=4.0).contains(&c);
    let (cross, _) = Hamiltonian::carve(&lattice, |[x, y, _]| middle(x) || middle(y)).unwrap();
    let ends = [(0, 0.0), (1, 0.0), (1, 6.0), (0, 6.0)];
    let end = |(axis, at)| (0..cross.sites()).filter(|&i| cross.position(i)[axis] == at).collect();
    let interfaces = ends.map(end).to_vec();
    (cross, interfaces)
}

fn assert_same(got: &Scattered, want: &Scattered, tolerance: f64, what: &str) {
    let pairs = [
        (&got.exchange, &want.exchange),
        (got.derivative.as_ref().unwrap(), want.derivative.as_ref().unwrap()),
    ];
    for (got, want) in pairs {
        assert_eq!(got.terminals(), want.terminals());
        for a in 0..got.terminals() {
            for b in 0..got.terminals() {
                let tolerance = tolerance * want.outgoing()[a].abs().max(1.0);
                assert_close(got.transmission(a, b), want.transmission(a, b), tolerance, what);
            }
        }
    }
    for (got, want) in got.density_of_states.iter().zip(&want.density_of_states) {
        assert_close(*got, *want, tolerance, what);
    }
}

/// Solves a conductor of any shape with derivatives by both routes that take it, which must agree, and asserts the audits.
fn shapeless(conductor: &Conductor, onsite: &[f64], energy: f64) -> Scattered {
    let [sparse, dense] = SHAPELESS.map(|route| audited(conductor, onsite, energy, route));
    assert_same(&sparse, &dense, EXACT, "nested dissection");
    sparse
}

/// The strip and the network of the same Hamiltonian, leads and probes; terminals have the same numbers.
#[test]
fn strips_are_networks() {
    let energy = -0.7;
    for (family, flux) in [
        (Family::Square, 0.0),
        (Family::Square, 0.07),
        (Family::Cubic, 0.03),
        (Family::HoneycombZigzag, 0.05),
        (Family::HoneycombArmchair, 0.0),
    ] {
        let height = if family == Family::Cubic { 2 } else { 1 };
        let lattice = Lattice::new(family, [5, 4, height], Boundary::HardWall).unwrap();
        let lattice = lattice.with_flux(flux).unwrap();
        let (sites, n) = (lattice.sites(), lattice.slice_sites());
        let probes: Vec<_> = [1, 6, 7, 18].map(|site| (site, Probe::WideBand { width: 0.3 })).to_vec();
        let [left, right] = [End::Left, End::Right].map(|end| continuation(&lattice, end, energy));
        let whole =
            Conductor::new(lattice.clone(), [Some(left.clone()), Some(right.clone())], probes.clone())
                .unwrap();
        let leads = vec![(left, (0..n).collect()), (right, (sites - n..sites).collect())];
        let network = Conductor::network(Hamiltonian::of(&lattice), leads, probes).unwrap();
        assert_eq!((network.strip(), network.lead(End::Left)), (None, None));
        assert_eq!(network.lead_terminal(1), whole.lead(End::Right).unwrap());
        assert_eq!(network.is_time_reversal_symmetric(), whole.is_time_reversal_symmetric());
        let onsite = rough(sites);
        let got = shapeless(&network, &onsite, energy);
        for route in Route::ALL {
            let want = audited(&whole, &onsite, energy, route);
            assert_same(&got, &want, EXACT, &format!("{family:?}, flux {flux}, {route:?}"));
        }
    }
}

/// Sites and the orbitals of an interface may come in any order.
#[test]
fn numbers_of_sites_do_not_matter() {
    let (length, width, energy) = (5, 3, -1.1);
    let lattice = strip(length, width, Boundary::HardWall).with_flux(0.04).unwrap();
    let (sites, ordered) = (lattice.sites(), Hamiltonian::of(&lattice));
    let place = |site: usize| (7 * site + 4) % sites;
    let mut builder = Hamiltonian::builder();
    let mut back = vec![0; sites];
    (0..sites).for_each(|site| back[place(site)] = site);
    for &site in &back {
        builder.add_site(ordered.position(site), &scalar(0.0)).unwrap();
    }
    for (i, j, hopping) in ordered.entries().filter(|(i, j, _)| i != j) {
        builder.add_bond(place(i), place(j), &Matrix::from_diagonal(&[hopping])).unwrap();
    }
    let leads = |place: &dyn Fn(usize) -> usize| {
        let [left, right] = [End::Left, End::Right].map(|end| continuation(&lattice, end, energy));
        vec![(left, (0..width).map(place).collect()), (right, (sites - width..sites).map(place).collect())]
    };
    let probe = Probe::WideBand { width: 0.4 };
    let onsite = rough(sites);
    let shuffled: Vec<f64> = back.iter().map(|&site| onsite[site]).collect();
    let want = Conductor::network(ordered.clone(), leads(&|i| i), vec![(8, probe)]).unwrap();
    let got = Conductor::network(builder.build().unwrap(), leads(&place), vec![(place(8), probe)]).unwrap();
    let want = shapeless(&want, &onsite, energy);
    let mut got = shapeless(&got, &shuffled, energy);
    got.density_of_states = (0..sites).map(|site| got.density_of_states[place(site)]).collect();
    assert_same(&got, &want, EXACT, "shuffled");
}

/// Two copies of a conductor mixed by a rotation of two orbitals on every site: an orbital is one of a site with two, and nothing else has
/// changed. Transmissions and densities of states of the copies add.
#[test]
fn copies_as_orbitals() {
    let (length, width, energy) = (4, 3, -0.9);
    let lattice = strip(length, width, Boundary::HardWall).with_flux(0.05).unwrap();
    let single = Hamiltonian::of(&lattice);
    // the copies differ by their hopping and their level
    let (scales, levels) = ([1.0, 0.8], [0.2, -0.3]);
    let (c, s) = (0.6, C64::new(0.48, 0.64));
    let rotation = Matrix::from_fn(2, 2, |i, j| match (i, j) {
        (0, 0) | (1, 1) => c.into(),
        (0, 1) => -s.conj(),
        _ => s,
    });
    let rotated = |diagonal: [C64; 2]| {
        Matrix::from_fn(2, 2, |i, j| {
            (0..2).map(|k| rotation[(i, k)] * diagonal[k] * rotation[(j, k)].conj()).sum()
        })
    };
    let mut builder = Hamiltonian::builder();
    for site in 0..lattice.sites() {
        builder.add_site(single.position(site), &rotated(levels.map(C64::from))).unwrap();
    }
    for (i, j, hopping) in single.entries().filter(|(i, j, _)| i != j) {
        builder.add_bond(i, j, &rotated(scales.map(|scale| scale * hopping))).unwrap();
    }
    let double = builder.build().unwrap();
    let lead = Lead::WideBand { width: 1.6 };
    let ends = |orbitals: usize| {
        let n = width * orbitals;
        let last = lattice.sites() * orbitals - n;
        vec![(lead.clone(), (0..n).collect::<Vec<_>>()), (lead.clone(), (last..last + n).collect())]
    };
    let probes = vec![(4, Probe::WideBand { width: 0.5 }), (7, Probe::WideBand { width: 0.2 })];
    let onsite = rough(lattice.sites());
    let copies = [0, 1].map(|k| {
        let mut builder = Hamiltonian::builder();
        for site in 0..lattice.sites() {
            builder.add_site(single.position(site), &scalar(levels[k])).unwrap();
        }
        for (i, j, hopping) in single.entries().filter(|(i, j, _)| i != j) {
            builder.add_bond(i, j, &Matrix::from_diagonal(&[scales[k] * hopping])).unwrap();
        }
        let copy = Conductor::network(builder.build().unwrap(), ends(1), probes.clone()).unwrap();
        shapeless(&copy, &onsite, energy)
    });
    let both = Conductor::network(double, ends(2), probes).unwrap();
    let both = shapeless(&both, &onsite, energy);
    for a in 0..4 {
        for b in 0..4 {
            let t = |s: &Scattered| {
                [s.exchange.transmission(a, b), s.derivative.as_ref().unwrap().transmission(a, b)]
            };
            let (got, [x, y]) = (t(&both), [t(&copies[0]), t(&copies[1])]);
            for k in 0..2 {
                assert_close(got[k], x[k] + y[k], EXACT, &format!("{a} {b}, derivative {k}"));
            }
        }
    }
    for site in 0..lattice.sites() {
        let want = copies[0].density_of_states[site] + copies[1].density_of_states[site];
        assert_close(both.density_of_states[site], want, EXACT, "density of states");
    }
}

/// Four leads in a magnetic field: rows and columns of T have the same sums, `T_ab(B) = T_ba(-B)`, and T_ab is not T_ba.
#[test]
fn crosses_obey_the_laws() {
    let energy = -1.2;
    let solve = |flux: f64, leads: usize| {
        let (cross, interfaces) = cross(flux);
        let onsite = rough(cross.sites());
        let lead = Lead::WideBand { width: 1.3 };
        let leads = interfaces.into_iter().take(leads).map(|orbitals| (lead.clone(), orbitals)).collect();
        let conductor = Conductor::network(cross, leads, vec![(9, Probe::WideBand { width: 0.3 })]).unwrap();
        shapeless(&conductor, &onsite, energy)
    };
    for leads in [3, 4] {
        let [there, back] = [0.08, -0.08].map(|flux| solve(flux, leads));
        let mut asymmetry: f64 = 0.0;
        for (t, back) in [
            (&there.exchange, &back.exchange),
            (there.derivative.as_ref().unwrap(), back.derivative.as_ref().unwrap()),
        ] {
            for a in 0..=leads {
                let sum = |f: &dyn Fn(usize) -> f64| (0..=leads).map(f).sum::<f64>();
                let row = sum(&|b| t.transmission(a, b));
                assert_close(sum(&|b| t.transmission(b, a)), row, EXACT, "column and row");
                assert_close(t.outgoing()[a], row, EXACT, "claimed");
                for b in 0..=leads {
                    assert_close(back.transmission(b, a), t.transmission(a, b), EXACT, "reciprocity");
                    asymmetry = asymmetry.max((t.transmission(a, b) - t.transmission(b, a)).abs());
                }
            }
        }
        assert!(asymmetry > 1e-2, "{asymmetry}");
        assert!(solve(0.0, leads).exchange.is_symmetric());
    }
}

/// A ring of N sites between two chains, against the Green function of the closed ring from its modes, of wave numbers (2 pi m + phi) / N, and
/// two self-energies; the transmission repeats after one flux quantum, and half a quantum closes a symmetric ring.
#[test]
fn rings_between_chains() {
    let (sites, energy) = (10, 0.35);
    let ring = |flux: f64, second: usize| {
        let mut builder = Hamiltonian::builder();
        for i in 0..sites {
            let angle = std::f64::consts::TAU * i as f64 / sites as f64;
            builder.add_site([angle.cos(), angle.sin(), 0.0], &scalar(0.0)).unwrap();
        }
        let hopping = -C64::from_polar(1.0, std::f64::consts::TAU * flux / sites as f64);
        for i in 0..sites {
            builder.add_bond(i, (i + 1) % sites, &Matrix::from_diagonal(&[hopping])).unwrap();
        }
        let lead = continuation(&strip(1, 1, Boundary::HardWall), End::Left, energy);
        let leads = vec![(lead.clone(), vec![0]), (lead, vec![second])];
        let conductor = Conductor::network(builder.build().unwrap(), leads, vec![]).unwrap();
        shapeless(&conductor, &vec![0.0; sites], energy).exchange.transmission(1, 0)
    };
    let exact = |flux: f64, second: usize| {
        let g = |d: f64| -> C64 {
            let term = |m: usize| {
                let q = std::f64::consts::TAU * (m as f64 + flux) / sites as f64;
                C64::from_polar(1.0, (q - std::f64::consts::TAU * flux / sites as f64) * d)
                    / (energy + 2.0 * q.cos())
            };
            (0..sites).map(term).sum::<C64>() / sites as f64
        };
        let sigma = C64::new(0.5 * energy, -(1.0 - 0.25 * energy * energy).sqrt());
        let (here, there, back) = (g(0.0), g(second as f64), g(-(second as f64)));
        // two sites with self-energies: G = (g^-1 - Sigma)^-1
        let determinant = (1.0 - here * sigma) * (1.0 - here * sigma) - there * back * sigma * sigma;
        (2.0 * sigma.im).powi(2) * (there / determinant).norm_sqr()
    };
    for (flux, second) in [(0.0, 5), (0.13, 5), (0.13, 3), (-0.4, 1), (1.13, 3)] {
        assert_close(ring(flux, second), exact(flux, second), EXACT, &format!("{flux} {second}"));
    }
    assert_close(ring(1.13, 3), ring(0.13, 3), EXACT, "one quantum");
    // rounding of amplitudes, squared
    assert_close(ring(0.5, 5), 0.0, 1e-28, "half a quantum");
}

/// A disc out of a honeycomb lattice in a field, with two wide-band contacts.
#[test]
fn discs_out_of_a_lattice() {
    let lattice = Lattice::new(Family::HoneycombZigzag, [12, 9, 1], Boundary::HardWall).unwrap();
    let transmission = |flux: f64| {
        let lattice = lattice.clone().with_flux(flux).unwrap();
        let disc = |[x, y, _]: [f64; 3]| (x - 4.8).hypot(y - 6.0) < 4.2;
        let (disc, _) = Hamiltonian::carve(&lattice, disc).unwrap();
        let side = |beyond: &dyn Fn(f64) -> bool| -> Vec<usize> {
            (0..disc.sites()).filter(|&i| beyond(disc.position(i)[0])).collect()
        };
        let lead = Lead::WideBand { width: 1.0 };
        let leads = vec![(lead.clone(), side(&|x| x < 2.0)), (lead, side(&|x| x > 7.5))];
        assert!(leads.iter().all(|(_, orbitals)| orbitals.len() > 3));
        let onsite = rough(disc.sites());
        let conductor = Conductor::network(disc, leads, vec![]).unwrap();
        let solved = shapeless(&conductor, &onsite, 0.4);
        let t = |a, b| solved.exchange.transmission(a, b);
        // two terminals: unitarity alone makes T symmetric
        assert_close(t(1, 0), t(0, 1), EXACT, "two terminals");
        t(1, 0)
    };
    assert_close(transmission(0.06), transmission(-0.06), EXACT, "even in the field");
    assert!((transmission(0.06) - transmission(0.0)).abs() > 1e-3);
}

/// Two chains in one network that nothing joins transmit as each alone, and not into each other.
#[test]
fn parts_without_connection() {
    let energy = 0.6;
    let lead = continuation(&strip(1, 1, Boundary::HardWall), End::Left, energy);
    let mut builder = Hamiltonian::builder();
    for i in 0..6 {
        builder.add_site([i as f64, 0.0, 0.0], &scalar(0.0)).unwrap();
    }
    for (i, j) in [(0, 1), (1, 2), (3, 4), (4, 5)] {
        builder.add_bond(i, j, &scalar(-1.0)).unwrap();
    }
    let leads = [0, 2, 3, 5].map(|orbital| (lead.clone(), vec![orbital])).to_vec();
    let conductor = Conductor::network(builder.build().unwrap(), leads, vec![]).unwrap();
    let onsite = [0.0, 0.0, 0.0, 0.0, 0.7, 0.0];
    let t = shapeless(&conductor, &onsite, energy).exchange;
    assert_close(t.transmission(1, 0), 1.0, EXACT, "clean chain");
    // T = 1 / (1 + (eps / 2 sin k)^2), E = -2 cos k
    let velocity = (4.0 - energy * energy).sqrt();
    assert_close(t.transmission(3, 2), 1.0 / (1.0 + (0.7 / velocity).powi(2)), EXACT, "impurity");
    assert_eq!([t.transmission(2, 0), t.transmission(1, 3)], [0.0; 2]);
}

/// One site between two wide-band leads and a probe, all on the same orbital: `T_ab = Gamma_a Gamma_b / ((E - eps)^2 + Gamma^2 / 4)`.
#[test]
fn leads_share_the_only_site() {
    let widths = [0.3, 0.5, 1.1];
    let mut builder = Hamiltonian::builder();
    builder.add_site([0.0; 3], &scalar(0.25)).unwrap();
    let leads = widths[1..].iter().map(|&width| (Lead::WideBand { width }, vec![0])).collect();
    let probe = Probe::WideBand { width: widths[0] };
    let conductor = Conductor::network(builder.build().unwrap(), leads, vec![(0, probe)]).unwrap();
    let solved = shapeless(&conductor, &[0.1], 0.6);
    let total: f64 = widths.iter().sum();
    let line = 0.25f64.powi(2) + 0.25 * total * total;
    for a in 0..3 {
        for b in (0..3).filter(|&b| b != a) {
            let want = widths[a] * widths[b] / line;
            assert_close(solved.exchange.transmission(a, b), want, 1e-14, &format!("{a} {b}"));
            let slope = -2.0 * 0.25 * want / line;
            assert_close(solved.derivative.as_ref().unwrap().transmission(a, b), slope, 1e-14, "slope");
        }
    }
    assert_close(solved.density_of_states[0], total / line / std::f64::consts::TAU, 1e-14, "density");
}

/// Routes that go slice by slice say that they cannot.
#[test]
fn routes_of_strips_refuse_networks() {
    let (cross, interfaces) = cross(0.0);
    let onsite = rough(cross.sites());
    let leads = interfaces.into_iter().map(|orbitals| (Lead::WideBand { width: 1.0 }, orbitals)).collect();
    let conductor = Conductor::network(cross, leads, vec![]).unwrap();
    let dressed = conductor.at(0.3).unwrap();
    for route in [Route::Recursive, Route::Sweep] {
        let solved = scattering::solve(&dressed, &onsite, route, true);
        assert!(matches!(solved, Err(SolveError::NotAStrip)), "{route:?}");
        let s = scattering::smatrix(&dressed, &onsite, route);
        assert!(matches!(s, Err(SolveError::NotAStrip)), "{route:?}");
    }
}

#[test]
fn impossible_networks_are_refused() {
    let (cross, interfaces) = cross(0.0);
    let (sites, lead) = (cross.sites(), Lead::WideBand { width: 1.0 });
    let build = |second: (Lead, Vec<usize>), probes| {
        let leads = vec![(lead.clone(), interfaces[0].clone()), second];
        Conductor::network(cross.clone(), leads, probes).map(drop)
    };
    let last = sites - 1;
    for orbitals in [vec![], vec![3, 4, 3], vec![0, sites]] {
        let want = ConductorError::BadInterface { lead: 1, orbitals: orbitals.clone(), last };
        assert_eq!(build((lead.clone(), orbitals), vec![]), Err(want));
    }
    assert_eq!(
        build((Lead::Continuation, interfaces[1].clone()), vec![]),
        Err(ConductorError::NoContinuation(1))
    );
    let given = Lead::Given { sigma: Matrix::zeros(2, 2), derivative: Matrix::zeros(2, 2) };
    assert_eq!(
        build((given, interfaces[1].clone()), vec![]),
        Err(ConductorError::Lead(LeadError::WrongOrder { given: 2, wanted: 3 }))
    );
    let probe = Probe::WideBand { width: 1.0 };
    assert_eq!(
        build((lead.clone(), interfaces[1].clone()), vec![(sites, probe)]),
        Err(ConductorError::NoSuchSite { site: sites, last })
    );
    assert_eq!(Conductor::network(cross.clone(), vec![], vec![]).map(drop), Err(ConductorError::NoTerminals));
}

/// A chain that ends: one lead, and nothing but its reflection, of modulus 1. At the end of a chain of n + 1 sites the wave vanishes at site n + 1: r = -e^{2ik(n+1)} with the mode real and
/// positive on site 0. Rounding of a few sites.
#[test]
fn one_lead_reflects() {
    let n = 4;
    let mut builder = Hamiltonian::builder();
    let one = |x: f64| Matrix::from_diagonal(&[C64::from(x)]);
    for x in 0..=n {
        builder.add_site([x as f64, 0.0, 0.0], &one(0.0)).unwrap();
    }
    (0..n).for_each(|x| builder.add_bond(x, x + 1, &one(-1.0)).unwrap());
    let lead = Lead::Periodic(PeriodicLead::new(one(0.0), one(-1.0)).unwrap());
    let conductor = Conductor::network(builder.build().unwrap(), vec![(lead, vec![0])], vec![]).unwrap();
    let k = 1.1f64;
    for route in [Route::NestedDissection, Route::Dense] {
        let s = smatrix(&conductor.at(-2.0 * k.cos()).unwrap(), &[0.0; 5], route).unwrap();
        assert!(s.audit.passed() && s.leads() == 1, "{:?}", s.audit);
        let want = -C64::from_polar(1.0, 2.0 * k * (n + 1) as f64);
        assert!((s.data()[(0, 0)] - want).norm() < 1e-13, "{route:?}: {}", s.data()[(0, 0)]);
    }
}

/// Diagonal bonds in a field by Peierls factors: the square lattice with them has flux per triangle, and the transmission does not depend on
/// where the origin of the gauge lies.
#[test]
fn gauges_do_not_matter() {
    let transmission = |shift: f64| {
        let mut builder = Hamiltonian::builder();
        let place = |i: usize| [(i / 4) as f64, (i % 4) as f64 + shift, 0.0];
        for i in 0..16 {
            builder.add_site(place(i), &scalar(0.0)).unwrap();
        }
        for i in 0..16 {
            for j in 0..i {
                let (p, q) = (place(i), place(j));
                let distance = (p[0] - q[0]).hypot(p[1] - q[1]);
                if distance < 1.5 {
                    let hopping = -peierls(p, q, 0.11) / distance;
                    builder.add_bond(i, j, &Matrix::from_diagonal(&[hopping])).unwrap();
                }
            }
        }
        let lead = Lead::WideBand { width: 1.0 };
        // three leads, so that T_ab is not symmetric
        let leads = [vec![0, 1], vec![3, 7], vec![12, 13]].map(|orbitals| (lead.clone(), orbitals)).to_vec();
        let conductor = Conductor::network(builder.build().unwrap(), leads, vec![]).unwrap();
        let t = shapeless(&conductor, &rough(16), -0.8).exchange;
        [t.transmission(1, 0), t.transmission(0, 1)]
    };
    // wide-band leads on two sites that the gauge gives different phases: Gamma is diagonal
    let (here, there) = (transmission(0.0), transmission(2.7));
    assert_close(here[0], there[0], EXACT, "forward");
    assert_close(here[1], there[1], EXACT, "backward");
    assert!((here[0] - here[1]).abs() > 1e-3, "{here:?}");
}
