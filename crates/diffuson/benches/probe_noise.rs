//! Time of noise with a probe on every site, on one thread: all kinds of probes at several biases from one energy, and what takes it.
//!
//! ```text
//! cargo bench -p diffuson --bench probe_noise
//! ```

use diffuson::conductor::Conductor;
use diffuson::lattice::{Boundary, Family, Lattice};
use diffuson::leads::{Lead, Probe};
use diffuson::noise::amplitudes::Amplitudes;
use diffuson::noise::probes::{ProbeKind, Setting, dephased, flat};
use diffuson::scattering::{Route, solve};
use diffuson::thermal::Reservoir;
use std::hint::black_box;
use std::time::Instant;

/// Shortest of some runs, in milliseconds.
fn fastest<T>(runs: usize, mut f: impl FnMut() -> T) -> f64 {
    let mut once = || {
        let start = Instant::now();
        black_box(f());
        1e3 * start.elapsed().as_secs_f64()
    };
    (0..runs).map(|_| once()).fold(f64::INFINITY, f64::min)
}

fn main() {
    println!(
        "sites        field   T_ab      amplitudes  dephasing, T = 0   inelastic   hot, T = 0   hot, kT = eV/10   6 settings   F dephasing, hot"
    );
    for (length, width, flux) in [(30, 10, 0.0), (50, 20, 0.0), (50, 20, 0.01), (80, 25, 0.0), (125, 40, 0.0)]
    {
        let lattice = Lattice::new(Family::Square, [length, width, 1], Boundary::HardWall)
            .and_then(|l| l.with_flux(flux))
            .expect("a lattice");
        let sites = lattice.sites();
        let probes = (0..sites).map(|site| (site, Probe::WideBand { width: 0.1 })).collect();
        let leads = [Some(Lead::Continuation), Some(Lead::Continuation)];
        let conductor = Conductor::new(lattice, leads, probes).expect("a conductor");
        let onsite: Vec<f64> = (0..sites).map(|i| 2.0 * ((i as f64 * 0.754_877_666).fract() - 0.5)).collect();
        let dressed = conductor.at(-0.9).expect("no threshold");
        let driven = [conductor.lead_terminal(0), conductor.lead_terminal(1)];
        let setting = |kind, bias: f64, kt: f64| Setting {
            kind,
            reservoirs: vec![Reservoir { mu: bias, kt }, Reservoir { mu: 0.0, kt }],
        };
        let runs = if sites > 1000 { 1 } else { 3 };
        let route = if flux == 0.0 { Route::NestedDissection } else { Route::Recursive };
        let t = fastest(runs, || solve(&dressed, &onsite, route, false).map(|s| s.audit));
        let amplitudes = || Amplitudes::new(&dressed, &onsite).expect("amplitudes");
        let factors = fastest(runs, || amplitudes().terminals());
        let noise = |settings: &[Setting]| flat(&amplitudes(), &driven, settings).expect("a state");
        let dephasing = fastest(runs, || dephased(&amplitudes(), &driven, &[1.0, 0.0]).expect("a state"));
        let cold = setting(ProbeKind::Dephasing, 0.02, 0.0);
        let hot = setting(ProbeKind::Hot, 0.02, 0.0);
        let bath = setting(ProbeKind::Inelastic { kt: 0.002 }, 0.02, 0.002);
        let warm = setting(ProbeKind::Hot, 0.02, 0.002);
        let of = |s: &Setting| fastest(runs, || noise(std::slice::from_ref(s)));
        let times = [of(&bath), of(&hot), of(&warm)];
        let several: Vec<Setting> = [0.005, 0.01, 0.02]
            .iter()
            .flat_map(|v| {
                [ProbeKind::Dephasing, ProbeKind::Inelastic { kt: 0.002 }].map(|k| setting(k, *v, 0.002))
            })
            .collect();
        let several = fastest(runs, || noise(&several));
        let found = noise(&[cold, hot]);
        found.iter().for_each(|f| assert!(f.audit.passed(), "{:?}", f.audit));
        println!(
            "{:>4} ({length} x {width}) {flux:>5} {t:>8.0} {factors:>8.1} {dephasing:>12.0} {:>12.0} {:>12.0} {:>12.0} {several:>14.0}        {:.5} {:.5}",
            sites,
            times[0],
            times[1],
            times[2],
            found[0].fano_factor(0),
            found[1].fano_factor(0)
        );
    }
}
