//! SYNTHETIC records: numbers made up to look like a local-heat run, for tests only.
//!
//! Estimates of couplings and disorders are those of a published ensemble where they exist; site
//! fields are seeded noise around a straight potential drop. Nothing here was computed from physics.

use std::collections::BTreeMap;

use diffuson_report::{Array, Data, Record};
use serde_json::{Value, json};

/// What the synthetic run looks like.
#[derive(Clone)]
pub(crate) struct Options {
    pub(crate) couplings: Vec<f64>,
    pub(crate) disorders: Vec<f64>,
    pub(crate) samples: usize,
    pub(crate) length: usize,
    pub(crate) width: usize,
    pub(crate) honeycomb: bool,
    pub(crate) temperature: bool,
    /// Samples (point, sample) that failed.
    pub(crate) failed: Vec<(usize, usize)>,
    /// Whether estimates, correlations and fits are there.
    pub(crate) finished: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            couplings: vec![0.05, 0.1, 0.2, 0.4],
            disorders: vec![2.0, 3.0, 4.0],
            samples: 8,
            length: 60,
            width: 20,
            honeycomb: false,
            temperature: true,
            failed: vec![(3, 2)],
            finished: true,
        }
    }
}

/// Seeded noise.
pub(crate) struct Noise(pub(crate) u64);

impl Noise {
    pub(crate) fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    pub(crate) fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.uniform()).sum::<f64>() - 6.0
    }
}

/// An array with units and a name.
pub(crate) fn array(dims: &[&str], shape: &[usize], data: Vec<f64>, units: &str) -> Array {
    Array {
        dims: dims.iter().map(|d| (*d).to_owned()).collect(),
        shape: shape.to_vec(),
        data: Data::Real(data),
        attributes: json!({ "units": units, "long_name": "synthetic" }),
    }
}

fn texts(dim: &str, data: &[&str]) -> Array {
    Array {
        dims: vec![dim.to_owned()],
        shape: vec![data.len()],
        data: Data::Text(data.iter().map(|t| (*t).to_owned()).collect()),
        attributes: json!({ "units": "1", "long_name": "synthetic" }),
    }
}

const QUANTITIES: [(&str, &str, &str); 11] = [
    ("conductance", r"conductance $G$", "e^2/h"),
    ("conductivity", r"conductivity $\sigma$", "e^2/h"),
    ("density_of_states", r"density of states $\nu$", "1/t"),
    ("diffusion_constant", r"diffusion constant $D$", "t a^2"),
    ("inelastic_length", r"inelastic length $L_\mathrm{in}$", "a"),
    ("gradient", r"interior slope $|\nabla\mu|$", "bias/a"),
    ("heat_rms_site", r"rms heat, per site", "bias/t"),
    ("heat_rms_box", r"rms heat, boxes of side $L_\mathrm{in}$", "bias/t"),
    ("heat_prefactor", r"prefactor of Eq. 11", "1"),
    ("temperature_rms", r"rms temperature", "bias/t"),
    ("straight_line_correlation", r"correlation with straight-line heat", "1"),
];

const AUDITS: [&str; 4] = ["probe currents", "charge", "heat", "row sums"];

/// A synthetic record.
pub(crate) fn record(options: &Options) -> Record {
    let (couplings, disorders) = (&options.couplings, &options.disorders);
    let sweep: Vec<(f64, f64)> =
        couplings.iter().flat_map(|c| disorders.iter().map(move |w| (*c, *w))).collect();
    let points = sweep.len();
    let samples = options.samples;
    let (length, width) = (options.length, options.width);
    let sites = length * width;
    let mut noise = Noise(1992);
    let mut arrays: BTreeMap<String, Array> = BTreeMap::new();
    let mut put = |name: &str, array: Array| arrays.insert(name.to_owned(), array);

    put("point", array(&["point"], &[points], (0..points).map(|p| p as f64).collect(), "1"));
    put("sample", array(&["sample"], &[samples], (0..samples).map(|s| s as f64).collect(), "1"));
    let swept = |values: Vec<f64>, key: &str| {
        let mut array = array(&["point"], &[points], values, "t");
        array.attributes = json!({ "units": "t", "long_name": key, "key": key, "swept": true });
        array
    };
    if couplings.len() > 1 {
        put("probes_coupling", swept(sweep.iter().map(|p| p.0).collect(), "probes.coupling"));
    }
    if disorders.len() > 1 {
        put("disorder_width", swept(sweep.iter().map(|p| p.1).collect(), "disorder.width"));
    }

    let place = |site: usize| {
        let (i, j) = ((site / width) as f64, (site % width) as f64);
        if options.honeycomb {
            // Armchair along x: pairs of sites a unit apart, rows sqrt(3)/2 apart.
            let shift = if site % width % 2 == 1 { 1.5 } else { 0.0 };
            let x = 3.0 * (i / 2.0).floor() + (i % 2.0) + shift;
            (x, j * 3f64.sqrt() / 2.0)
        } else {
            (i, j)
        }
    };
    let over_points =
        |f: &dyn Fn(usize) -> f64| (0..points).flat_map(|_| (0..sites).map(f)).collect::<Vec<f64>>();
    put("x", array(&["point", "site"], &[points, sites], over_points(&|s| place(s).0), "a"));
    put("y", array(&["point", "site"], &[points, sites], over_points(&|s| place(s).1), "a"));
    put("z", array(&["point", "site"], &[points, sites], over_points(&|_| 0.0), "a"));
    put("slice", array(&["point", "site"], &[points, sites], over_points(&|s| (s / width) as f64), "1"));

    let status: Vec<f64> = (0..points * samples)
        .map(|i| if options.failed.contains(&(i / samples.max(1), i % samples.max(1))) { 2.0 } else { 1.0 })
        .collect();
    let failure = status.iter().map(|s| {
        let reason = "energy -1.3 t is 0.003 t from a lead threshold; residual 3.1e-7, allowed 1e-10";
        if *s == 2.0 { reason.to_owned() } else { String::new() }
    });
    let mut failures = array(&["point", "sample"], &[points, samples], Vec::new(), "1");
    failures.data = Data::Text(failure.collect());
    put("failure", failures);

    let mut fields: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for (p, (coupling, disorder)) in sweep.iter().enumerate() {
        let slope = 0.8 / length as f64;
        for s in 0..samples {
            let failed = options.failed.contains(&(p, s));
            let mut row: Vec<[f64; 4]> = Vec::new();
            for site in 0..sites {
                let along = (site / width) as f64;
                let mu = 0.9 - slope * (along + 0.5) + 0.012 * disorder * noise.normal();
                let contact = 4.0 * (-along / 3.0).exp() - 4.0 * (-(length as f64 - 1.0 - along) / 3.0).exp();
                let heat = slope * (0.35 / coupling.sqrt()) * (noise.normal() + contact);
                row.push([mu.clamp(0.0, 1.0), heat, heat * 9.0 / coupling, 2e-4 * (1.0 + noise.uniform())]);
            }
            for (k, name) in ["potential", "heat", "temperature", "joule"].into_iter().enumerate() {
                fields
                    .entry(name)
                    .or_default()
                    .extend(row.iter().map(|v| if failed { f64::NAN } else { v[k] }));
            }
        }
    }
    for (name, units) in
        [("potential", "bias"), ("heat", "bias/t"), ("temperature", "bias/t"), ("joule", "bias^2")]
    {
        if name != "temperature" || options.temperature {
            let data = fields.remove(name).unwrap_or_default();
            put(name, array(&["point", "sample", "site"], &[points, samples, sites], data, units));
        }
    }

    put("audit", texts("audit", &AUDITS));
    let residuals = status.iter().flat_map(|s| {
        let failed = *s == 2.0;
        (0..4).map(|k| if failed { f64::NAN } else { 1e-15 * (1.0 + f64::from(k)) }).collect::<Vec<_>>()
    });
    put(
        "audit_residual",
        array(&["point", "sample", "audit"], &[points, samples, 4], residuals.collect(), "1"),
    );
    let allowed = vec![1e-10; points * samples * 4];
    put("audit_allowed", array(&["point", "sample", "audit"], &[points, samples, 4], allowed, "1"));
    put("status", array(&["point", "sample"], &[points, samples], status, "1"));

    if options.finished {
        let ids: Vec<&str> = QUANTITIES.iter().map(|q| q.0).collect();
        put("quantity", texts("quantity", &ids));
        put("quantity_name", texts("quantity", &QUANTITIES.map(|q| q.1)));
        put("quantity_units", texts("quantity", &QUANTITIES.map(|q| q.2)));
        let (mut values, mut errors) = (Vec::new(), Vec::new());
        let (mut correlation, mut correlation_error, mut dipole) = (Vec::new(), Vec::new(), Vec::new());
        let radii: Vec<f64> = (0..14).map(|i| 0.125 + 0.25 * f64::from(i)).collect();
        for (coupling, disorder) in &sweep {
            let sigma = 24.0 / disorder.powf(2.0) / (1.0 + coupling / 0.6) + 0.3;
            let l_in = (1.2 * sigma / coupling).sqrt();
            let row = [
                sigma / 3.0,
                sigma,
                0.13,
                1.2 * sigma,
                l_in,
                0.013,
                0.013 * 0.35 * coupling.powf(-0.64),
                0.013 * 0.17 * coupling.powf(-0.47) * sigma.powf(-0.31),
                1.2 + 0.05 * noise.normal(),
                if options.temperature { 0.013 * 0.5 * coupling.powf(-1.5) } else { f64::NAN },
                0.93,
            ];
            values.extend(row.map(|v| v * (1.0 + 0.015 * noise.normal())));
            errors.extend(row.map(|v| 0.015 * v.abs()));
            for r in &radii {
                let c = 3.2 * (-r * r / 0.25).exp() + 0.9 * (-r / 0.95).exp() - 0.04 * r;
                correlation.push(c + 0.02 * noise.normal());
                correlation_error.push(0.02 + 0.02 * c.abs());
                dipole.push(0.6 * r * (-r).exp() + 0.02 * noise.normal());
            }
        }
        put("estimate", array(&["point", "quantity"], &[points, 11], values, "1"));
        put("estimate_error", array(&["point", "quantity"], &[points, 11], errors, "1"));
        put("estimate_samples", array(&["point"], &[points], vec![samples as f64; points], "1"));
        put("correlation", array(&["point", "radius"], &[points, radii.len()], correlation, "1"));
        put("correlation_dipole", array(&["point", "radius"], &[points, radii.len()], dipole, "1"));
        let errors = correlation_error.clone();
        put("correlation_dipole_error", array(&["point", "radius"], &[points, radii.len()], errors, "1"));
        put("correlation_error", array(&["point", "radius"], &[points, radii.len()], correlation_error, "1"));
        put("radius", array(&["radius"], &[radii.len()], radii, "L_in"));
        let line: Vec<f64> = (1..=40).map(|i| 0.1 * f64::from(i)).collect();
        let of_line = |f: &dyn Fn(f64) -> f64| {
            array(&["theory_radius"], &[40], line.iter().map(|r| f(*r)).collect(), "1")
        };
        put("theory_radius", of_line(&|r| r));
        put("theory_correlation", of_line(&|r| (-r).exp()));
        put("theory_correlation_dipole", of_line(&|r| 0.6 * r * (-r).exp()));
        put(
            "fit",
            texts(
                "fit",
                &[
                    "heat_rms_box: exponent in probes.coupling",
                    "heat_rms_box: exponent in conductivity",
                    "heat_rms_site: exponent in probes.coupling",
                    "heat_rms_site: exponent in conductivity",
                ],
            ),
        );
        put("fit_value", array(&["fit"], &[4], vec![-0.47, -0.31, -0.64, 0.02], "1"));
        put("fit_error", array(&["fit"], &[4], vec![0.02, 0.03, 0.02, 0.04], "1"));
        put("fit_expected", array(&["fit"], &[4], vec![-0.5, -0.5, f64::NAN, f64::NAN], "1"));
        put("fit_reference", texts("fit", &["Eq. 12", "Eq. 12", "", ""]));
    }
    Record { attributes: attributes(options), samples, arrays }
}

fn attributes(options: &Options) -> Value {
    json!({
        "title": "SYNTHETIC local heat of a dirty strip",
        "kind": "local-heat",
        "study": "# SYNTHETIC <script>alert('study')</script>\ntitle = \"SYNTHETIC\"\nkind = \"local-heat\"\n\n[probes]\ncoupling = 0.1   # see https://example.org/notes\n",
        "study_fingerprint": "00ff00ff00ff00ff",
        "settings": {
            "title": "SYNTHETIC", "kind": "local-heat",
            "conductor": {
                "lattice": if options.honeycomb { "honeycomb" } else { "square" },
                "length": options.length, "width": options.width, "boundary": "periodic", "energy": -1.3
            },
            "disorder": { "kind": "box", "width": 2.5 },
            "probes": { "kind": "wide-band", "coupling": 0.1, "measure": ["voltage", "temperature"] },
            "ensemble": { "samples": options.samples, "seed": 1992 }
        },
        "version": "0.1.0", "schema_version": 1, "seed": "1992", "seed_number": 1992,
        "overrides": ["ensemble.samples=8", "title=<b>\"it's\"</b>"], "created_by": "diffuson"
    })
}
