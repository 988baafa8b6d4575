//! Colours that survive colour blindness, grey printing and dark screens.
//!
//! Maps are given by a few anchors in Oklab (B. Ottosson, "A perceptual color space for image
//! processing", 2020) with lightness linear along the map, so that equal steps in the data look
//! equal. The categorical palette is that of M. Okabe and K. Ito (2008).

/// An sRGB colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rgb(pub(crate) [u8; 3]);

impl Rgb {
    /// `#rrggbb`.
    pub(crate) fn hex(self) -> String {
        let [r, g, b] = self.0;
        format!("#{r:02x}{g:02x}{b:02x}")
    }
}

/// A map from [0, 1] to colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ColorMap {
    /// Dark violet to yellow, for quantities without a natural zero.
    Sequential,
    /// Blue, near-white at the middle, red; lightness symmetric about the middle.
    Diverging,
}

/// Oklab lightness, chroma, and hue in degrees.
type Lch = [f64; 3];

const SEQUENTIAL: [Lch; 5] = [
    [0.27, 0.09, 290.0],
    [0.435, 0.095, 250.0],
    [0.60, 0.095, 205.0],
    [0.765, 0.125, 150.0],
    [0.93, 0.15, 108.0],
];
const BLUE: [Lch; 3] = [[0.97, 0.0, 255.0], [0.675, 0.12, 250.0], [0.38, 0.115, 258.0]];
const RED: [Lch; 3] = [[0.97, 0.0, 35.0], [0.675, 0.15, 36.0], [0.38, 0.14, 25.0]];

impl ColorMap {
    /// The colour at `fraction`, clipped to [0, 1].
    pub(crate) fn at(self, fraction: f64) -> Rgb {
        let s = fraction.clamp(0.0, 1.0);
        let lab = match self {
            Self::Sequential => between(&SEQUENTIAL, s),
            Self::Diverging if s < 0.5 => between(&BLUE, 1.0 - 2.0 * s),
            Self::Diverging => between(&RED, 2.0 * s - 1.0),
        };
        Rgb(srgb(lab).map(|c| (c.clamp(0.0, 1.0) * 255.0).round() as u8))
    }
}

/// Blue, vermilion, green, purple, orange and sky blue of Okabe and Ito.
pub(crate) const PALETTE: [Rgb; 6] = [
    Rgb([0, 114, 178]),
    Rgb([213, 94, 0]),
    Rgb([0, 158, 115]),
    Rgb([204, 121, 167]),
    Rgb([230, 159, 0]),
    Rgb([86, 180, 233]),
];

fn between(anchors: &[Lch], s: f64) -> [f64; 3] {
    let last = anchors.len() - 1;
    let at = s * last as f64;
    let i = (at.floor() as usize).min(last - 1);
    let t = at - i as f64;
    let (a, b) = (lab(anchors[i]), lab(anchors[i + 1]));
    std::array::from_fn(|k| a[k] + t * (b[k] - a[k]))
}

fn lab([l, c, h]: Lch) -> [f64; 3] {
    let h = h.to_radians();
    [l, c * h.cos(), c * h.sin()]
}

/// Oklab to gamma-encoded sRGB (not clipped).
fn srgb([l, a, b]: [f64; 3]) -> [f64; 3] {
    let cube = |x: f64| x * x * x;
    let l_ = cube(l + 0.396_337_777_4 * a + 0.215_803_757_3 * b);
    let m_ = cube(l - 0.105_561_345_8 * a - 0.063_854_172_8 * b);
    let s_ = cube(l - 0.089_484_177_5 * a - 1.291_485_548_0 * b);
    let linear = [
        4.076_741_662_1 * l_ - 3.307_711_591_3 * m_ + 0.230_969_929_2 * s_,
        -1.268_438_004_6 * l_ + 2.609_757_401_1 * m_ - 0.341_319_396_5 * s_,
        -0.004_196_086_3 * l_ - 0.703_418_614_7 * m_ + 1.707_614_701_0 * s_,
    ];
    linear.map(|c| if c <= 0.003_130_8 { 12.92 * c } else { 1.055 * c.powf(1.0 / 2.4) - 0.055 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anchors_lie_inside_the_srgb_gamut() {
        for anchors in [&SEQUENTIAL[..], &BLUE, &RED] {
            for i in 0..=100 {
                let color = srgb(between(anchors, f64::from(i) / 100.0));
                assert!(color.iter().all(|c| (-0.002..=1.002).contains(c)), "{i}: {color:?}");
            }
        }
    }

    #[test]
    fn lightness_is_linear_and_the_diverging_map_is_symmetric() {
        for i in 0..=100 {
            let s = f64::from(i) / 100.0;
            let (blue, red) = (between(&BLUE, s)[0], between(&RED, s)[0]);
            assert!((blue - red).abs() < 1e-12);
            assert!((blue - (0.97 - 0.59 * s)).abs() < 1e-12);
            assert!((between(&SEQUENTIAL, s)[0] - (0.27 + 0.66 * s)).abs() < 0.006);
        }
        let Rgb([r, g, b]) = ColorMap::Diverging.at(0.5);
        assert!(r == g && g == b && r > 240, "the middle is neutral");
    }

    #[test]
    fn ends_are_distinct_and_clipped() {
        assert_eq!(ColorMap::Diverging.at(-3.0), ColorMap::Diverging.at(0.0));
        let Rgb([r, _, b]) = ColorMap::Diverging.at(1.0);
        assert!(r > b);
        assert_eq!(PALETTE[0].hex(), "#0072b2");
    }
}
