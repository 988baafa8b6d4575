//! Pixels: figures as PNG, and heat maps as small PNG images inside figures.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

use resvg::tiny_skia::{Color, Pixmap, Transform};
use resvg::usvg::{ImageHrefResolver, ImageKind, Options, Tree};

use crate::color::Rgb;

/// An SVG figure as PNG on white, at `dpi` pixels per inch.
pub(crate) fn png(svg: &str, dpi: f64) -> Result<Vec<u8>, String> {
    let tree = tree(svg)?;
    // The parser counts in CSS pixels, 96 per inch.
    let scale = (dpi / 96.0) as f32;
    let [width, height] = [tree.size().width(), tree.size().height()].map(|side| (side * scale).ceil());
    if !(1.0..=30_000.0).contains(&width) || !(1.0..=30_000.0).contains(&height) {
        return Err(format!("{dpi} dpi gives an image of {width} x {height} pixels"));
    }
    let mut pixels = Pixmap::new(width as u32, height as u32).ok_or("not enough memory for the image")?;
    pixels.fill(Color::WHITE);
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixels.as_mut());
    pixels.encode_png().map_err(|e| e.to_string())
}

/// Parses a figure. Embedded images become small vector drawings, one square per pixel: that
/// keeps their pixels sharp, and the rasteriser is built without image decoders.
pub(crate) fn tree(svg: &str) -> Result<Tree, String> {
    let resolver = ImageHrefResolver {
        resolve_data: Box::new(|_, bytes: Arc<Vec<u8>>, _| {
            let image = Pixmap::decode_png(&bytes).ok()?;
            Tree::from_str(&squares(&image), &Options::default()).ok().map(ImageKind::SVG)
        }),
        // Figures never refer to files.
        resolve_string: Box::new(|_, _| None),
    };
    let options = Options { image_href_resolver: resolver, ..Options::default() };
    Tree::from_str(svg, &options).map_err(|e| e.to_string())
}

/// A PNG of `width` pixels per row, rows from the top; `None` is transparent.
pub(crate) fn image(width: usize, pixels: &[Option<Rgb>]) -> Option<Vec<u8>> {
    let height = pixels.len().checked_div(width)?;
    let mut image = Pixmap::new(u32::try_from(width).ok()?, u32::try_from(height).ok()?)?;
    for (to, from) in image.pixels_mut().iter_mut().zip(pixels) {
        if let Some(Rgb([r, g, b])) = *from {
            *to = resvg::tiny_skia::ColorU8::from_rgba(r, g, b, 255).premultiply();
        }
    }
    image.encode_png().ok()
}

/// An image as an SVG drawing: one path per colour.
fn squares(image: &Pixmap) -> String {
    let (width, height) = (image.width(), image.height());
    let mut paths: BTreeMap<String, String> = BTreeMap::new();
    for (row, y) in image.pixels().chunks(width as usize).zip(0..) {
        let mut x = 0;
        for run in row.chunk_by(|a, b| a == b) {
            let color = run[0].demultiply();
            if color.alpha() > 0 {
                let hex = Rgb([color.red(), color.green(), color.blue()]).hex();
                let _ = write!(paths.entry(hex).or_default(), "M{x} {y}h{n}v1h-{n}z", n = run.len());
            }
            x += run.len();
        }
    }
    let paths =
        paths.iter().map(|(hex, data)| format!(r#"<path fill="{hex}" d="{data}"/>"#)).collect::<String>();
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" shape-rendering="crispEdges">{paths}</svg>"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::svg::{Align, Canvas, Frame};

    #[test]
    fn an_embedded_image_keeps_sharp_pixels() {
        let pixels = [Some(Rgb([255, 0, 0])), Some(Rgb([0, 0, 255])), None, Some(Rgb([0, 255, 0]))];
        let mut canvas = Canvas::default();
        let frame = Frame { x: 0.0, y: 0.0, width: 72.0, height: 72.0 };
        canvas.image(frame, &image(2, &pixels).expect("an image"));
        let png = png(&canvas.finish(72.0, 72.0, "four squares"), 100.0).expect("a figure");
        let image = Pixmap::decode_png(&png).expect("a PNG");
        assert_eq!((image.width(), image.height()), (100, 100));
        let at = |x, y| image.pixel(x, y).map(|p| [p.red(), p.green(), p.blue()]);
        assert_eq!(at(48, 48), Some([255, 0, 0]));
        assert_eq!(at(51, 48), Some([0, 0, 255]));
        assert_eq!(at(48, 51), Some([255, 255, 255]), "transparent shows the paper");
        assert_eq!(at(51, 51), Some([0, 255, 0]));
    }

    #[test]
    fn absurd_resolutions_are_refused() {
        let mut canvas = Canvas::default();
        canvas.write("x", 8.0, 10.0, 10.0, Align::Start);
        let svg = canvas.finish(100.0, 100.0, "");
        for dpi in [0.0, -3.0, f64::NAN, f64::INFINITY, 1e9] {
            assert!(png(&svg, dpi).is_err(), "{dpi}");
        }
        assert!(png("<svg", 300.0).is_err());
    }
}
