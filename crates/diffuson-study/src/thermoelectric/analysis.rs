//! From the samples of a point to means, fluctuations and errors at every temperature.

use crate::results::{Described, NO_ESTIMATE};
use diffuson::thermal::Coefficients;
use diffuson::units::{BOLTZMANN, CONDUCTANCE_UNIT, ELEMENTARY_CHARGE, PLANCK, SOMMERFELD};
use diffuson_ensemble::statistics::{Estimate, jackknife};

/// A coefficient of one sample at one temperature.
pub(super) struct Curve {
    /// Name in the record.
    pub(super) id: &'static str,
    pub(super) units: &'static str,
    /// Label: text with LaTeX.
    pub(super) label: &'static str,
    /// SI unit, and what one unit is in it; per kelvin of temperature where the unit says so.
    pub(super) si: Option<(&'static str, f64)>,
    of: fn(&Coefficients) -> f64,
}

const VOLT_PER_KELVIN: f64 = BOLTZMANN / ELEMENTARY_CHARGE;
const WATT_PER_KELVIN_SQUARED: f64 = BOLTZMANN * BOLTZMANN / PLANCK;

/// The coefficients, in the order of the record, for one spin.
pub(super) const CURVES: [Curve; 7] = [
    Curve {
        id: "conductance",
        units: "e^2/h",
        label: "conductance $G$",
        si: Some(("S", CONDUCTANCE_UNIT)),
        of: Coefficients::conductance,
    },
    Curve {
        id: "thermopower",
        units: "k_B/e",
        label: "thermopower $S$",
        si: Some(("V/K", VOLT_PER_KELVIN)),
        of: Coefficients::thermopower,
    },
    Curve {
        id: "peltier",
        units: "k_B T/e",
        label: r"Peltier coefficient $\Pi$",
        si: Some(("V per K of T", VOLT_PER_KELVIN)),
        of: Coefficients::peltier,
    },
    Curve {
        id: "thermal_conductance",
        units: "k_B^2 T/h",
        label: r"thermal conductance $K$",
        si: Some(("W/K per K of T", WATT_PER_KELVIN_SQUARED)),
        of: Coefficients::thermal_conductance,
    },
    Curve {
        id: "lorenz_ratio",
        units: "1",
        label: "Lorenz ratio $K/(L_0 G T)$",
        si: None,
        of: Coefficients::lorenz_ratio,
    },
    Curve {
        id: "figure_of_merit",
        units: "1",
        label: "electronic figure of merit $ZT$",
        si: None,
        of: Coefficients::figure_of_merit,
    },
    Curve {
        id: "power_factor",
        units: "k_B^2/h",
        label: "power factor $S^2G$",
        si: Some(("W/K^2", WATT_PER_KELVIN_SQUARED)),
        of: Coefficients::power_factor,
    },
];

/// What is derived of the samples at each temperature: name in the record, unit, words.
pub(super) const DERIVED: [(&str, &str, &str); 15] = [
    ("mean_conductance", "e^2/h", "conductance $G$, mean over samples"),
    ("mean_thermopower", "k_B/e", "thermopower $S$, mean over samples"),
    ("mean_peltier", "k_B T/e", r"Peltier coefficient $\Pi$, mean over samples"),
    ("mean_thermal_conductance", "k_B^2 T/h", "thermal conductance $K$, mean over samples"),
    ("mean_lorenz_ratio", "1", "Lorenz ratio $K/(L_0 G T)$, mean over samples"),
    ("mean_figure_of_merit", "1", "electronic figure of merit $ZT$, mean over samples"),
    ("mean_power_factor", "k_B^2/h", "power factor $S^2G$, mean over samples"),
    ("averaged_thermopower", "k_B/e", "thermopower of the averaged Onsager coefficients"),
    ("averaged_thermal_conductance", "k_B^2 T/h", "thermal conductance of the averaged Onsager coefficients"),
    ("averaged_lorenz_ratio", "1", "Lorenz ratio of the averaged Onsager coefficients"),
    ("averaged_figure_of_merit", "1", "figure of merit of the averaged Onsager coefficients"),
    ("rms_conductance", "e^2/h", "standard deviation of $G$ from sample to sample"),
    ("rms_thermopower", "k_B/e", "standard deviation of $S$ from sample to sample"),
    (
        "mott_thermopower",
        "k_B/e",
        r"$-(\pi^2/3) kT \langle T'/T\rangle$, the formula of Mott, mean over samples",
    ),
    ("averaged_mott_thermopower", "k_B/e", r"$-(\pi^2/3) kT \langle T'\rangle/\langle T\rangle$"),
];

/// A derived quantity at the lowest or the highest temperature: name in the record, its curve in [`DERIVED`], label.
const QUANTITIES: [(&str, &str, &str); 14] = [
    ("conductance_at_lowest", "mean_conductance", "$G$ at the lowest $T$"),
    ("conductance_rms_at_lowest", "rms_conductance", r"fluctuation of $G$ at the lowest $T$"),
    ("thermopower_at_lowest", "mean_thermopower", "$S$ at the lowest $T$"),
    ("mott_thermopower_at_lowest", "mott_thermopower", "$S$ by the formula of Mott at the lowest $T$"),
    ("thermopower_rms_at_lowest", "rms_thermopower", "fluctuation of $S$ at the lowest $T$"),
    ("lorenz_ratio_at_lowest", "mean_lorenz_ratio", "$K/(L_0GT)$ at the lowest $T$"),
    ("conductance_at_highest", "mean_conductance", "$G$ at the highest $T$"),
    ("thermopower_at_highest", "mean_thermopower", "$S$ at the highest $T$"),
    (
        "averaged_thermopower_at_highest",
        "averaged_thermopower",
        r"$-\langle L_1\rangle/(kT\langle L_0\rangle)$ at the highest $T$",
    ),
    ("peltier_at_highest", "mean_peltier", r"$\Pi$ at the highest $T$"),
    ("thermal_conductance_at_highest", "mean_thermal_conductance", "$K$ at the highest $T$"),
    ("lorenz_ratio_at_highest", "mean_lorenz_ratio", "$K/(L_0GT)$ at the highest $T$"),
    ("figure_of_merit_at_highest", "mean_figure_of_merit", "$ZT$ at the highest $T$"),
    ("power_factor_at_highest", "mean_power_factor", "$S^2G$ at the highest $T$"),
];

/// The quantities of the table.
pub(super) fn quantities() -> Vec<Described> {
    let described = |(id, curve, label): (&'static str, &str, &str)| {
        let units = DERIVED.iter().find(|d| d.0 == curve).map_or("1", |d| d.1);
        Described { id, units, label: label.to_owned() }
    };
    QUANTITIES.into_iter().map(described).collect()
}

/// All coefficients of one sample, curve after curve.
pub(super) fn curves(coefficients: &[Coefficients]) -> Vec<Vec<f64>> {
    CURVES.iter().map(|curve| coefficients.iter().map(curve.of).collect()).collect()
}

/// What is stored of one sample: the curves of [`CURVES`], and transmission and slope at the chemical potential.
pub(super) struct Stored<'r> {
    pub(super) curves: [&'r [f64]; CURVES.len()],
    pub(super) at_zero: [f64; 2],
}

/// Estimates of [`DERIVED`] at all temperatures, curve after curve.
pub(super) struct Derived {
    estimates: Vec<Estimate>,
    temperatures: usize,
    pub(super) samples: usize,
}

/// Averages of one temperature: the seven curves, l12, l21, l22, G^2, S^2.
const AVERAGES: usize = CURVES.len() + 5;

impl Derived {
    /// From the samples that are done, at thermal energies kT.
    pub(super) fn new(samples: &[Stored<'_>], temperatures: &[f64]) -> Self {
        let rows: Vec<Vec<f64>> = samples.iter().map(|s| s.averages(temperatures.len())).collect();
        // variances of a sample of n
        let unbiased = rows.len() as f64 / (rows.len() as f64 - 1.0);
        let derive = |mean: &[f64]| derive(mean, temperatures, unbiased);
        let estimates = jackknife(&rows, derive)
            .map_or_else(|_| vec![NO_ESTIMATE; DERIVED.len() * temperatures.len()], |j| j.estimates());
        Self { estimates, temperatures: temperatures.len(), samples: samples.len() }
    }

    /// A curve of [`DERIVED`], by its position.
    pub(super) fn curve(&self, position: usize) -> &[Estimate] {
        &self.estimates[position * self.temperatures..(position + 1) * self.temperatures]
    }

    /// The quantities of the table.
    pub(super) fn quantities(&self) -> Vec<Estimate> {
        let of = |(id, curve, _): &(&str, &str, &str)| {
            let curve = DERIVED.iter().position(|d| d.0 == *curve).map(|position| self.curve(position));
            let end = curve.and_then(|c| if id.ends_with("lowest") { c.first() } else { c.last() });
            end.copied().unwrap_or(NO_ESTIMATE)
        };
        QUANTITIES.iter().map(of).collect()
    }
}

impl Stored<'_> {
    /// [`AVERAGES`] of every temperature, then T'/T, T and T'.
    fn averages(&self, temperatures: usize) -> Vec<f64> {
        let mut row = Vec::with_capacity(AVERAGES * temperatures + 3);
        for k in 0..temperatures {
            let values = self.curves.map(|curve| curve[k]);
            let [g, s, pi, kappa, ..] = values;
            row.extend(values);
            // the response: l12 = -S G, l21 = -Pi G, l22 = K + l21 l12/G
            row.extend([-s * g, -pi * g, kappa + pi * s * g, g * g, s * s]);
        }
        let [t, slope] = self.at_zero;
        row.extend([slope / t, t, slope]);
        row
    }
}

fn derive(mean: &[f64], temperatures: &[f64], unbiased: f64) -> Vec<f64> {
    let (averages, at_zero) = mean.split_at(AVERAGES * temperatures.len());
    let by_temperature: Vec<[f64; DERIVED.len()]> = averages
        .chunks_exact(AVERAGES)
        .zip(temperatures)
        .map(|(m, &kt)| {
            let &[g, s, pi, kappa, lorenz, merit, power, l12, l21, l22, gg, ss] = m else {
                unreachable!("chunks of {AVERAGES}")
            };
            let of_averages = Coefficients { response: [[g, l12], [l21, l22]], kt };
            let deviation = |square: f64, mean: f64| (unbiased * (square - mean * mean).max(0.0)).sqrt();
            let mott = |slope: f64| -SOMMERFELD * kt * slope;
            [
                g,
                s,
                pi,
                kappa,
                lorenz,
                merit,
                power,
                of_averages.thermopower(),
                of_averages.thermal_conductance(),
                of_averages.lorenz_ratio(),
                of_averages.figure_of_merit(),
                deviation(gg, g),
                deviation(ss, s),
                mott(at_zero[0]),
                mott(at_zero[2] / at_zero[1]),
            ]
        })
        .collect();
    (0..DERIVED.len()).flat_map(|d| by_temperature.iter().map(move |t| t[d])).collect()
}
