//! Certified problems: the Statistical Reference Datasets of NIST for nonlinear regression, <https://www.itl.nist.gov/div898/strd/nls/>.
//! Residuals have unit weight there and errors are scaled by their scatter.
//!
//! With derivatives supplied, values must agree to the certified digits (11, so 5e-11 or 1e-10 with a last digit, and 1e-9 of a standard
//! error, below which chi^2 is flat to rounding) and standard errors to 1e-8, which rounding of `J^T J` at a condition of 1e3 leaves. With numerical derivatives, whose
//! relative error is some 1e-10, the minimum is known to 1e-6 standard errors and these to 1e-6.

use diffuson_fit::curve::{Curve, Function, Measurement};
use diffuson_fit::least_squares::fit;
use diffuson_fit::parameter::Parameter;

struct Certified<'a> {
    name: &'a str,
    points: &'a [(f64, f64)],
    starts: &'a [&'a [f64]],
    values: &'a [f64],
    errors: &'a [f64],
    residual_sum: f64,
    /// Fills the derivatives with respect to the parameters, and returns the value.
    function: fn(f64, &[f64], &mut [f64]) -> f64,
}

struct Supplied(fn(f64, &[f64], &mut [f64]) -> f64, bool);

impl Function for Supplied {
    fn ordinates(&self, _: usize, x: f64, p: &[f64], y: &mut [f64]) {
        y[0] = self.0(x, p, &mut [0.0; 7]);
    }

    fn derivatives(&self, _: usize, x: f64, p: &[f64], _: &mut [f64], gradient: &mut [f64]) -> bool {
        self.0(x, p, gradient);
        self.1
    }
}

fn check(problem: &Certified) {
    let Certified { name, points, starts, values, errors, residual_sum, function } = *problem;
    for (start, supplied) in starts.iter().flat_map(|s| [(s, true), (s, false)]) {
        let data = points.iter().map(|&(x, y)| Measurement::new(x, vec![(y, 1.0)])).collect();
        let curve = Curve::new(data, Supplied(function, supplied)).unwrap();
        let parameters: Vec<Parameter> =
            start.iter().enumerate().map(|(j, &b)| Parameter::new(format!("b{}", j + 1), "", b)).collect();
        let fit = fit(&curve, &parameters).unwrap();
        assert!(fit.converged, "{name} from {start:?}: {:?}", fit.warnings);
        assert_eq!(fit.degrees_of_freedom, points.len() - values.len());
        assert!((fit.chi_squared / residual_sum - 1.0).abs() < 1e-10, "{name}: {}", fit.chi_squared);
        for j in 0..values.len() {
            let (value, error) = (fit.values[j], fit.standard_errors[j] * fit.birge_ratio());
            let (off, error_off) = ((value - values[j]).abs(), (error / errors[j] - 1.0).abs());
            let allowed =
                if supplied { (1e-10 * values[j].abs() + 1e-9 * error, 1e-8) } else { (1e-6 * error, 1e-6) };
            assert!(
                off < allowed.0 && error_off < allowed.1,
                "{name} from {start:?}, b{}: {value:.11e} {error:.11e}",
                j + 1
            );
        }
    }
}

/// Lower difficulty: monomolecular adsorption (Misra 1978).
#[test]
fn misra_1a() {
    let points = [
        (77.6, 10.07),
        (114.9, 14.73),
        (141.1, 17.94),
        (190.8, 23.93),
        (239.9, 29.61),
        (289.0, 35.18),
        (332.8, 40.02),
        (378.4, 44.82),
        (434.8, 50.76),
        (477.3, 55.05),
        (536.8, 61.01),
        (593.1, 66.40),
        (689.1, 75.47),
        (760.0, 81.78),
    ];
    let problem = Certified {
        name: "Misra1a",
        points: &points,
        starts: &[&[500.0, 1e-4], &[250.0, 5e-4]],
        values: &[2.3894212918E+02, 5.5015643181E-04],
        errors: &[2.7070075241E+00, 7.2668688436E-06],
        residual_sum: 1.2455138894E-01,
        function: |x, b, d| {
            let e = (-b[1] * x).exp();
            (d[0], d[1]) = (1.0 - e, b[0] * x * e);
            b[0] * (1.0 - e)
        },
    };
    check(&problem);
}

/// Higher difficulty: electron mobility against the logarithm of density (Thurber 197?).
#[test]
fn thurber() {
    let points = [
        (-3.067, 80.574),
        (-2.981, 84.248),
        (-2.921, 87.264),
        (-2.912, 87.195),
        (-2.840, 89.076),
        (-2.797, 89.608),
        (-2.702, 89.868),
        (-2.699, 90.101),
        (-2.633, 92.405),
        (-2.481, 95.854),
        (-2.363, 100.696),
        (-2.322, 101.060),
        (-1.501, 401.672),
        (-1.460, 390.724),
        (-1.274, 567.534),
        (-1.212, 635.316),
        (-1.100, 733.054),
        (-1.046, 759.087),
        (-0.915, 894.206),
        (-0.714, 990.785),
        (-0.566, 1090.109),
        (-0.545, 1080.914),
        (-0.400, 1122.643),
        (-0.309, 1178.351),
        (-0.109, 1260.531),
        (-0.103, 1273.514),
        (0.010, 1288.339),
        (0.119, 1327.543),
        (0.377, 1353.863),
        (0.790, 1414.509),
        (0.963, 1425.208),
        (1.006, 1421.384),
        (1.115, 1442.962),
        (1.572, 1464.350),
        (1.841, 1468.705),
        (2.047, 1447.894),
        (2.200, 1457.628),
    ];
    let problem = Certified {
        name: "Thurber",
        points: &points,
        starts: &[
            &[1000.0, 1000.0, 400.0, 40.0, 0.7, 0.3, 0.03],
            &[1300.0, 1500.0, 500.0, 75.0, 1.0, 0.4, 0.05],
        ],
        values: &[
            1.2881396800E+03,
            1.4910792535E+03,
            5.8323836877E+02,
            7.5416644291E+01,
            9.6629502864E-01,
            3.9797285797E-01,
            4.9727297349E-02,
        ],
        errors: &[
            4.6647963344E+00,
            3.9571156086E+01,
            2.8698696102E+01,
            5.5675370270E+00,
            3.1333340687E-02,
            1.4984928198E-02,
            6.5842344623E-03,
        ],
        residual_sum: 5.6427082397E+03,
        function: |x, b, d| {
            let powers = [1.0, x, x * x, x * x * x];
            let sum = |b: &[f64], x: &[f64]| b.iter().zip(x).map(|(b, x)| b * x).sum::<f64>();
            let below = 1.0 + sum(&b[4..], &powers[1..]);
            let y = sum(&b[..4], &powers) / below;
            (0..4).for_each(|k| d[k] = powers[k] / below);
            (1..4).for_each(|k| d[3 + k] = -y * powers[k] / below);
            y
        },
    };
    check(&problem);
}

/// Higher difficulty: a line of transmittance (Eckerle 197?), from the second start; the first lies where the line has no weight.
#[test]
fn eckerle_4() {
    let points = [
        (400.0, 0.0001575),
        (405.0, 0.0001699),
        (410.0, 0.0002350),
        (415.0, 0.0003102),
        (420.0, 0.0004917),
        (425.0, 0.0008710),
        (430.0, 0.0017418),
        (435.0, 0.0046400),
        (436.5, 0.0065895),
        (438.0, 0.0097302),
        (439.5, 0.0149002),
        (441.0, 0.0237310),
        (442.5, 0.0401683),
        (444.0, 0.0712559),
        (445.5, 0.1264458),
        (447.0, 0.2073413),
        (448.5, 0.2902366),
        (450.0, 0.3445623),
        (451.5, 0.3698049),
        (453.0, 0.3668534),
        (454.5, 0.3106727),
        (456.0, 0.2078154),
        (457.5, 0.1164354),
        (459.0, 0.0616764),
        (460.5, 0.0337200),
        (462.0, 0.0194023),
        (463.5, 0.0117831),
        (465.0, 0.0074357),
        (470.0, 0.0022732),
        (475.0, 0.0008800),
        (480.0, 0.0004579),
        (485.0, 0.0002345),
        (490.0, 0.0001586),
        (495.0, 0.0001143),
        (500.0, 0.0000710),
    ];
    let problem = Certified {
        name: "Eckerle4",
        points: &points,
        starts: &[&[1.5, 5.0, 450.0]],
        values: &[1.5543827178E+00, 4.0888321754E+00, 4.5154121844E+02],
        errors: &[1.5408051163E-02, 4.6803020753E-02, 4.6800518816E-02],
        residual_sum: 1.4635887487E-03,
        function: |x, b, d| {
            let z = (x - b[2]) / b[1];
            let y = b[0] / b[1] * (-0.5 * z * z).exp();
            (d[0], d[1], d[2]) = (y / b[0], y * (z * z - 1.0) / b[1], y * z / b[1]);
            y
        },
    };
    check(&problem);
}

/// Higher difficulty: a rational function (Kowalik and Osborne 1978), from both starts.
#[test]
fn mgh_09() {
    let points = [
        (4.0, 0.1957),
        (2.0, 0.1947),
        (1.0, 0.1735),
        (0.5, 0.16),
        (0.25, 0.0844),
        (0.167, 0.0627),
        (0.125, 0.0456),
        (0.1, 0.0342),
        (0.0833, 0.0323),
        (0.0714, 0.0235),
        (0.0625, 0.0246),
    ];
    let problem = Certified {
        name: "MGH09",
        points: &points,
        starts: &[&[25.0, 39.0, 41.5, 39.0], &[0.25, 0.39, 0.415, 0.39]],
        values: &[1.9280693458E-01, 1.9128232873E-01, 1.2305650693E-01, 1.3606233068E-01],
        errors: &[1.1435312227E-02, 1.9633220911E-01, 8.0842031232E-02, 9.0025542308E-02],
        residual_sum: 3.0750560385E-04,
        function: |x, b, d| {
            let (above, below) = (x * x + x * b[1], x * x + x * b[2] + b[3]);
            let y = b[0] * above / below;
            (d[0], d[1], d[2], d[3]) = (above / below, b[0] * x / below, -y * x / below, -y / below);
            y
        },
    };
    check(&problem);
}
