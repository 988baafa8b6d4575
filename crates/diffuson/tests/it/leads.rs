//! Leads: the self-energy of a clean continuation is the fixed point of Dyson's equation, opens modes where the bands say so, and
//! takes electrons away, never in.

use crate::systems::{assert_close, audited};
use diffuson::conductor::{Conductor, ConductorError};
use diffuson::lattice::{Boundary, Family, Lattice};
use diffuson::leads::{AttachedLead, End, Lead, LeadError, Probe};
use diffuson::scattering::Route;
use diffuson::{C64, Matrix};
use diffuson_linalg::{Inverter, eigen};
use std::f64::consts::{PI, TAU};

/// Ribbons of both orientations, bars and strips: hard walls and periodic sides, even and odd widths.
fn lattices(length: usize) -> Vec<Lattice> {
    use Boundary::{HardWall, Periodic};
    let flat = [(HardWall, [2, 3, 4, 5, 8, 11].as_slice()), (Periodic, [4, 6, 8, 10].as_slice())];
    let mut all = Vec::new();
    for family in [Family::HoneycombZigzag, Family::HoneycombArmchair, Family::Square] {
        for (boundary, widths) in flat {
            all.extend(widths.iter().map(|&w| Lattice::new(family, [length, w, 1], boundary).unwrap()));
        }
    }
    all.push(Lattice::new(Family::Square, [length, 1, 1], HardWall).unwrap());
    all.push(Lattice::new(Family::Cubic, [length, 3, 2], HardWall).unwrap());
    all.push(Lattice::new(Family::Cubic, [length, 3, 4], Periodic).unwrap());
    all
}

fn name(lattice: &Lattice) -> String {
    format!("{:?} {:?} {} x {}", lattice.family(), lattice.boundary(), lattice.width(), lattice.height())
}

/// Energies of the band that keep a distance of 0.02 t from every threshold.
fn energies(lead: &AttachedLead, lattice: &Lattice) -> Vec<f64> {
    let edge = lattice.band_edge();
    let candidates = (0..14).map(|i| edge * (-0.97 + 0.1437 * f64::from(i)));
    let thresholds = lead.thresholds(-edge, edge).unwrap();
    candidates.filter(|e| thresholds.iter().all(|t| (e - t).abs() > 0.02)).collect()
}

fn distance(a: &Matrix, b: &Matrix) -> f64 {
    a.as_slice().iter().zip(b.as_slice()).map(|(x, y)| (x - y).norm()).fold(0.0, f64::max)
}

/// The bands of the clean lattice repeated after two slices, from its bonds alone.
struct Bands {
    cell: Matrix,
    between: Vec<C64>,
}

impl Bands {
    fn new(lattice: &Lattice) -> Self {
        let n = lattice.slice_sites();
        let slices = [lattice.slice_hamiltonian(0), lattice.slice_hamiltonian(1)];
        let inside = lattice.forward_hopping(0);
        let cell = Matrix::from_fn(2 * n, 2 * n, |i, j| match (i / n, j / n) {
            (a, b) if a == b => slices[a][(i % n, j % n)],
            _ if i % n == j % n => inside[i % n],
            _ => C64::ZERO,
        });
        Self { cell, between: lattice.forward_hopping(1) }
    }

    fn at(&self, k: f64) -> Vec<f64> {
        let n = self.between.len();
        let mut h = self.cell.clone();
        for (i, t) in self.between.iter().enumerate() {
            h[(n + i, i)] += t * C64::from_polar(1.0, k);
            h[(i, n + i)] += (t * C64::from_polar(1.0, k)).conj();
        }
        eigen::hermitian_values(&h).unwrap()
    }

    /// Bands that pass `energy` between k = 0 and pi, for each energy: as many modes run in either direction.
    fn open_modes(&self, energies: &[f64]) -> Vec<usize> {
        const GRID: usize = 800;
        let rows: Vec<_> = (0..=GRID).map(|i| self.at(PI * i as f64 / GRID as f64)).collect();
        let crosses = |a: &f64, b: &f64, e: f64| (*a < e) != (*b < e);
        let count = |e: f64| {
            rows.windows(2).map(|w| w[0].iter().zip(&w[1]).filter(|(a, b)| crosses(a, b, e)).count()).sum()
        };
        energies.iter().map(|&e| count(e)).collect()
    }
}

#[test]
fn the_number_of_open_modes_is_that_of_the_bands() {
    for lattice in lattices(2) {
        let lead = Lead::Continuation.attach(&lattice, End::Left).unwrap();
        let energies = energies(&lead, &lattice);
        let want = Bands::new(&lattice).open_modes(&energies);
        for (&e, want) in energies.iter().zip(want) {
            assert_eq!(lead.self_energy(e).unwrap().open_modes, Some(want), "{} at {e}", name(&lattice));
        }
    }
}

/// Without disorder and probes every open mode is transmitted. The modes come from an eigenproblem that is not Hermitian; 1e-9 leaves
/// room for its condition, 1e-12 is reached where the modes are orthogonal.
#[test]
fn a_clean_conductor_transmits_every_open_mode() {
    for length in [1, 2, 3] {
        for lattice in lattices(length) {
            let tolerance = if lattice.period() == 1 { 1e-12 } else { 1e-9 };
            let lead = Some(Lead::Continuation);
            let conductor = Conductor::new(lattice.clone(), [lead.clone(), lead.clone()], vec![]).unwrap();
            let attached = Lead::Continuation.attach(&lattice, End::Left).unwrap();
            let onsite = vec![0.0; lattice.sites()];
            for e in energies(&attached, &lattice) {
                let dressed = conductor.at(e).unwrap();
                let open = dressed.open_modes(End::Left).unwrap();
                assert_eq!(dressed.open_modes(End::Right), Some(open));
                let solved = audited(&conductor, &onsite, e, Route::Recursive);
                let what = format!("{}, length {length}, E = {e}", name(&lattice));
                assert_close(solved.exchange.transmission(0, 1), open as f64, tolerance, &what);
                // a step in energy that opens no mode changes nothing
                let slope = solved.derivative.unwrap().transmission(0, 1);
                assert_close(slope, 0.0, 1e3 * tolerance, &format!("{what}: derivative"));
            }
        }
    }
}

/// Two more clean slices leave the self-energy and its derivative unchanged, on either side.
#[test]
fn self_energies_are_fixed_points_of_dyson() {
    for lattice in lattices(3) {
        let n = lattice.slice_sites();
        let mut inverter = Inverter::new(n);
        for end in [End::Left, End::Right] {
            let lead = Lead::Continuation.attach(&lattice, end).unwrap();
            for e in energies(&lead, &lattice) {
                let want = lead.self_energy(e).unwrap();
                let (mut sigma, mut slope) = (want.sigma.clone(), want.derivative.clone());
                for step in 0..2 {
                    // from the end slice towards the other end
                    let (slice, bond) = match end {
                        End::Left => (step, step),
                        End::Right => (2 - step, 1 - step),
                    };
                    let v = lattice.forward_hopping(bond);
                    let h = lattice.slice_hamiltonian(slice as isize);
                    let unit = |i, j| if i == j { C64::ONE } else { C64::ZERO };
                    let a = Matrix::from_fn(n, n, |i, j| e * unit(i, j) - h[(i, j)] - sigma[(i, j)]);
                    let x = Matrix::from_fn(n, n, |i, j| unit(i, j) - slope[(i, j)]);
                    let mut g = Matrix::zeros(n, n);
                    inverter.invert(&a, &mut g).unwrap();
                    let gxg = multiply(&multiply(&g, &x), &g);
                    sigma = Matrix::from_fn(n, n, |i, j| v[i] * g[(i, j)] * v[j]);
                    slope = Matrix::from_fn(n, n, |i, j| -(v[i] * gxg[(i, j)] * v[j]));
                }
                let what = format!("{} {end:?} at {e}", name(&lattice));
                // two inversions of blocks whose inverse can be large: 1e-9 of the self-energy
                assert_close(distance(&sigma, &want.sigma), 0.0, 1e-9, &what);
                let scale = 1.0 + want.derivative.max_norm();
                assert_close(distance(&slope, &want.derivative), 0.0, 1e-8 * scale, &format!("{what}: d/dE"));
            }
        }
    }
}

/// Analytic derivatives against fourth-order differences. The step is a twentieth of the distance kept from the square roots at the
/// thresholds, which leaves an error of some 1e-4 of the fifth derivative there: 1e-5.
#[test]
fn derivatives_are_those_of_differences() {
    let step = 1e-3;
    for lattice in lattices(2) {
        let lead = Lead::Continuation.attach(&lattice, End::Right).unwrap();
        for e in energies(&lead, &lattice) {
            let at = |k: f64| lead.self_energy(e + k * step).unwrap().sigma;
            let [a, b, c, d] = [-2.0, -1.0, 1.0, 2.0].map(at);
            let difference = Matrix::from_fn(a.rows(), a.cols(), |i, j| {
                (8.0 * (c[(i, j)] - b[(i, j)]) - (d[(i, j)] - a[(i, j)])) / (12.0 * step)
            });
            let exact = lead.self_energy(e).unwrap().derivative;
            let error = distance(&difference, &exact) / (1.0 + exact.max_norm());
            assert_close(error, 0.0, 1e-5, &format!("{} at {e}", name(&lattice)));
        }
    }
}

/// A lead absorbs: Gamma has no negative eigenvalue, and one positive eigenvalue for each open mode.
#[test]
fn the_width_is_positive_with_the_rank_of_the_open_modes() {
    for lattice in lattices(2) {
        for end in [End::Left, End::Right] {
            let lead = Lead::Continuation.attach(&lattice, end).unwrap();
            for e in energies(&lead, &lattice) {
                let sigma = lead.self_energy(e).unwrap();
                let widths = eigen::hermitian_values(&sigma.width()).unwrap();
                let what = format!("{} {end:?} at {e}: {widths:?}", name(&lattice));
                // rounding of Sigma, of order 1
                assert!(widths.iter().all(|w| *w > -1e-11), "{what}");
                let open = widths.iter().filter(|w| **w > 1e-11).count();
                assert_eq!(Some(open), sigma.open_modes, "{what}");
            }
        }
    }
}

/// The mirror image of a lead is a lead: where the end slices are alike, left and right self-energies agree.
#[test]
fn left_and_right_leads_are_mirror_images() {
    for lattice in lattices(1) {
        // the slice whose bonds the mirror x -> -x leaves in place: any of a zigzag ribbon, one between two slices of an armchair one
        let length = if lattice.family() == Family::HoneycombArmchair { 4 } else { 3 };
        let size = [length, lattice.width(), lattice.height()];
        let lattice = Lattice::new(lattice.family(), size, lattice.boundary()).unwrap();
        let [left, right] =
            [End::Left, End::Right].map(|end| Lead::Continuation.attach(&lattice, end).unwrap());
        for e in energies(&left, &lattice) {
            let (left, right) = (left.self_energy(e).unwrap(), right.self_energy(e).unwrap());
            let what = format!("{} at {e}", name(&lattice));
            assert_close(distance(&left.sigma, &right.sigma), 0.0, 1e-11, &what);
            assert_eq!(left.open_modes, right.open_modes, "{what}");
        }
    }
}

/// Sorts, and joins what agrees to 1e-9.
fn sorted(mut energies: Vec<f64>) -> Vec<f64> {
    energies.sort_by(f64::total_cmp);
    energies.dedup_by(|a, b| (*a - *b).abs() < 1e-9);
    energies
}

/// The ribbons whose bands are known in closed form. Crossings of bands, where nothing opens, must not be listed: neither those at the
/// edge of the zone that come from counting two slices as one cell, nor the Dirac point of a metallic ribbon.
#[test]
fn thresholds_have_their_exact_values() {
    use Boundary::{HardWall, Periodic};
    use Family::{HoneycombArmchair, HoneycombZigzag, Square};
    let exact = |family: Family, boundary: Boundary, width: usize| -> Vec<f64> {
        // transverse phases
        let phases: Vec<f64> = match boundary {
            HardWall => (1..=width).map(|p| PI * p as f64 / (width + 1) as f64).collect(),
            Periodic => (0..width).map(|p| TAU * p as f64 / width as f64).collect(),
        };
        let energies = phases.iter().flat_map(|q| match family {
            // E = -2 cos q - 2 cos k
            Square => vec![2.0 - 2.0 * q.cos(), -2.0 - 2.0 * q.cos()],
            // E^2 = 1 + 4 cos q cos k + 4 cos^2 q; flat for cos q = 0
            HoneycombArmchair if q.cos().abs() < 1e-9 => vec![],
            HoneycombArmchair => vec![1.0 + 2.0 * q.cos(), -1.0 - 2.0 * q.cos()],
            // E^2 = 1 + 4 cos q cos k + 4 cos^2 k, with an extremum also at cos k = -cos q / 2
            _ => {
                let edge = (5.0 + 4.0 * q.cos()).sqrt();
                vec![edge, -edge, q.sin(), -q.sin()]
            }
        });
        // the bands that reach E = 0 cross it
        let energies = energies.filter(|e| family == Square || e.abs() > 1e-9);
        sorted(energies.collect())
    };
    for (family, boundary, widths) in [
        (Square, HardWall, [1, 2, 5, 8]),
        (Square, Periodic, [3, 4, 5, 8]),
        (HoneycombArmchair, HardWall, [2, 5, 8, 9]),
        (HoneycombArmchair, Periodic, [4, 6, 8, 10]),
        (HoneycombZigzag, Periodic, [4, 6, 8, 10]),
    ] {
        for width in widths {
            let lattice = Lattice::new(family, [2, width, 1], boundary).unwrap();
            let found =
                Lead::Continuation.attach(&lattice, End::Left).unwrap().thresholds(-5.0, 5.0).unwrap();
            let want = exact(family, boundary, width);
            assert_eq!(found.len(), want.len(), "{}: {found:?}, want {want:?}", name(&lattice));
            for (found, want) in found.iter().zip(&want) {
                assert_close(*found, *want, 1e-12, &name(&lattice));
            }
        }
    }
}

/// Zigzag ribbons have no closed form: every threshold changes the number of open modes, and nothing else does.
#[test]
fn the_number_of_open_modes_changes_at_thresholds_only() {
    for width in [2, 3, 4, 5, 8, 11] {
        let lattice = Lattice::new(Family::HoneycombZigzag, [2, width, 1], Boundary::HardWall).unwrap();
        let lead = Lead::Continuation.attach(&lattice, End::Left).unwrap();
        let thresholds = lead.thresholds(-3.1, 3.1).unwrap();
        let open = |e: f64| lead.self_energy(e).unwrap().open_modes.unwrap();
        let mut before = open(-3.1);
        assert_eq!(before, 0);
        for (k, t) in thresholds.iter().enumerate() {
            let end = thresholds.get(k + 1).copied().unwrap_or(3.1);
            let here: Vec<usize> =
                [1e-6, 0.3, 0.5, 0.7, 1.0 - 1e-6].iter().map(|s| open(t + s * (end - t))).collect();
            let what = format!("{} from {t} to {end}: {here:?} after {before}", name(&lattice));
            assert!(here.iter().all(|n| *n == here[0]), "{what}");
            // the edge states of both halves of the band meet at E = 0
            assert!(here[0] != before || t.abs() < 1e-9, "{what}");
            before = here[0];
        }
        assert_eq!(before, 0, "{}", name(&lattice));
    }
}

/// At a threshold there is no derivative: an error, or what rounding of the energy leaves of the infinite value, but never a number that
/// is none. A millionth of t away all is well.
#[test]
fn thresholds_are_refused() {
    for lattice in lattices(2) {
        let lead = Lead::Continuation.attach(&lattice, End::Left).unwrap();
        let thresholds = lead.thresholds(-7.0, 7.0).unwrap();
        assert!(!thresholds.is_empty());
        for &t in &thresholds {
            let what = format!("{} at {t}", name(&lattice));
            match lead.self_energy(t) {
                Err(LeadError::Threshold { threshold }) => assert_close(threshold, t, 1e-9, &what),
                Err(error) => assert!(matches!(error, LeadError::Modes { .. }), "{what}: {error}"),
                Ok(found) => assert!(found.derivative.max_norm() > 1e4, "{what}: {found:?}"),
            }
            for away in [-1e-6, 1e-6] {
                let found = lead.self_energy(t + away).unwrap();
                let finite = |m: &Matrix| m.as_slice().iter().all(|z| z.is_finite());
                assert!(finite(&found.sigma) && finite(&found.derivative), "{what}");
            }
        }
    }
}

/// Where bands cross, one mode runs each way and nothing is singular, although their Bloch factors agree: the Dirac point of tubes with
/// zigzag chains along the current, and crossings at the edge of the zone of the two-slice cell.
#[test]
fn crossings_of_bands_are_no_thresholds() {
    use Boundary::{HardWall, Periodic};
    for (family, boundary, width, energy) in [
        (Family::HoneycombZigzag, Periodic, 6, 0.0),
        (Family::HoneycombZigzag, Periodic, 8, 0.0),
        (Family::HoneycombArmchair, HardWall, 5, 2f64.sqrt()),
        (Family::HoneycombArmchair, HardWall, 3, 3f64.sqrt()),
        (Family::HoneycombZigzag, HardWall, 5, 1.0),
    ] {
        let lattice = Lattice::new(family, [3, width, 1], boundary).unwrap();
        let lead = Some(Lead::Continuation);
        let conductor = Conductor::new(lattice.clone(), [lead.clone(), lead], vec![]).unwrap();
        let what = format!("{} at {energy}", name(&lattice));
        let open = |e: f64| conductor.at(e).unwrap().open_modes(End::Left).unwrap();
        assert_eq!([open(energy - 1e-3), open(energy + 1e-3)], [open(energy); 2], "{what}");
        let solved = audited(&conductor, &vec![0.0; lattice.sites()], energy, Route::Recursive);
        // interpolated in energy through the crossing, from 1e-4 t away
        assert_close(solved.exchange.transmission(0, 1), open(energy) as f64, 1e-9, &what);
        assert_close(solved.derivative.unwrap().transmission(0, 1), 0.0, 1e-6, &what);
    }
}

/// The end of an armchair lead is a zigzag edge, whose states at E = 0 are poles of the self-energy: refused there, sound beside.
#[test]
fn edge_states_of_the_lead_are_refused() {
    for width in [5, 6] {
        let lattice = Lattice::new(Family::HoneycombArmchair, [3, width, 1], Boundary::HardWall).unwrap();
        let lead = Some(Lead::Continuation);
        let conductor = Conductor::new(lattice.clone(), [lead.clone(), lead], vec![]).unwrap();
        assert!(matches!(conductor.at(0.0), Err(LeadError::Modes { .. } | LeadError::Threshold { .. })));
        // (t/E)^2 roundings are lost: 1e-12
        for e in [1e-2, -2e-2] {
            let open = conductor.at(e).unwrap().open_modes(End::Left).unwrap();
            // three rows less than a multiple of three: metallic
            assert_eq!(open, usize::from(width % 3 == 2));
            let solved = audited(&conductor, &vec![0.0; lattice.sites()], e, Route::Recursive);
            assert_close(solved.exchange.transmission(0, 1), open as f64, 1e-9, &name(&lattice));
        }
    }
}

/// Parameters that make no lead or probe are errors, whatever they are.
#[test]
fn impossible_leads_and_probes_are_refused() {
    let lattice = Lattice::new(Family::Square, [3, 2, 1], Boundary::HardWall).unwrap();
    let good = Some(Lead::Continuation);
    for width in [-0.1, f64::NAN, f64::INFINITY] {
        let bad = Some(Lead::WideBand { width });
        let refused = Conductor::new(lattice.clone(), [good.clone(), bad], vec![]);
        assert!(matches!(refused, Err(ConductorError::Lead(LeadError::BadWidth { .. }))), "{width}");
    }
    let chain = |amplitude, hopping, centre| Probe::Chain { amplitude, hopping, centre };
    for probe in [
        Probe::WideBand { width: -0.1 },
        Probe::WideBand { width: f64::NAN },
        chain(0.3, 0.0, 0.0),
        chain(0.3, -1.0, 0.0),
        chain(f64::NAN, 1.0, 0.0),
        chain(0.3, 1.0, f64::INFINITY),
    ] {
        let refused = Conductor::new(lattice.clone(), [good.clone(), good.clone()], vec![(1, probe)]);
        assert!(matches!(refused, Err(ConductorError::BadWidth { site: 1, .. })), "{probe:?}");
    }
    let [small, right] = [1, 2].map(|n| Matrix::zeros(n, n));
    for (sigma, derivative) in [(small.clone(), right.clone()), (right, small)] {
        let bad = Some(Lead::Given { sigma, derivative });
        let refused = Conductor::new(lattice.clone(), [bad, good.clone()], vec![]);
        assert!(matches!(refused, Err(ConductorError::Lead(LeadError::WrongOrder { given: 1, wanted: 2 }))));
    }
}

fn multiply(a: &Matrix, b: &Matrix) -> Matrix {
    Matrix::from_fn(a.rows(), b.cols(), |i, j| (0..a.cols()).map(|k| a[(i, k)] * b[(k, j)]).sum())
}
