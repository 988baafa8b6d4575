//! The interactive map: data for the script, and the controls it drives.

use serde_json::{Value, json};

use super::map::layer;
use crate::base64;
use crate::color::{ColorMap, Rgb};
use crate::label::plain;
use crate::number::typeset;
use crate::plot::Geometry;
use crate::run::Run;
use crate::svg::escape;

/// Most bytes of base64 text that the site fields of a page may take.
const BUDGET: usize = 3_000_000;

/// Name, label and colour map of the fields that can be shown.
const FIELDS: [(&str, &str, ColorMap); 4] = [
    ("potential", "potential", ColorMap::Sequential),
    ("heat", "heat", ColorMap::Diverging),
    ("temperature", "temperature", ColorMap::Diverging),
    ("joule", "Joule heat (second order)", ColorMap::Sequential),
];

/// Sites, fields and samples of one point that go into the page.
struct Chosen {
    point: usize,
    sites: Vec<usize>,
    samples: Vec<usize>,
}

/// The explorer, or a sentence that says why there is none.
pub(crate) fn explorer(run: &Run) -> String {
    let fields: Vec<_> = FIELDS
        .into_iter()
        .filter(|(name, ..)| {
            (0..run.points).any(|p| run.done(p).next().is_some_and(|s| run.field(name, p, s).is_some()))
        })
        .collect();
    let points: Vec<(usize, Vec<usize>, Vec<usize>)> = (0..run.points)
        .filter_map(|point| {
            let (sites, _) = layer(run, point)?;
            let samples: Vec<usize> = run
                .done(point)
                .filter(|s| fields.iter().any(|f| run.field(f.0, point, *s).is_some()))
                .collect();
            (!sites.is_empty() && !samples.is_empty()).then_some((point, sites, samples))
        })
        .collect();
    if points.is_empty() {
        return "<p>No finished sample holds fields over sites.</p>\n".to_owned();
    }
    let cost = |sites: usize| (sites * 4 * fields.len()).div_ceil(3) * 4;
    let one_each: usize = points.iter().map(|(_, sites, _)| cost(sites.len())).sum();
    let per_point = (BUDGET / one_each.max(1)).max(1);
    let mut left = BUDGET;
    let mut chosen = Vec::new();
    for (point, sites, mut samples) in points.iter().cloned() {
        let room = left / cost(sites.len()).max(1);
        samples.truncate(per_point.min(room));
        if !samples.is_empty() {
            left -= samples.len() * cost(sites.len());
            chosen.push(Chosen { point, sites, samples });
        }
    }
    if chosen.is_empty() {
        return format!(
            "<p>A map of {} sites is too large for this page; see the figure, or open the record.</p>\n",
            points[0].1.len()
        );
    }
    let held: usize = points.iter().map(|(point, ..)| run.done_count(*point)).sum();
    let shown: usize = chosen.iter().map(|c| c.samples.len()).sum();
    let limit = if shown < held {
        format!(
            " To keep the page small it holds {shown} of {held} samples, at {} of {} points; the record holds all.",
            chosen.len(),
            points.len()
        )
    } else {
        String::new()
    };
    let data = data(run, &fields, &chosen).to_string().replace('<', "\\u003c");
    let options = |items: &mut dyn Iterator<Item = String>| -> String {
        items.enumerate().map(|(i, text)| format!("<option value=\"{i}\">{text}</option>")).collect()
    };
    let point_options = options(&mut chosen.iter().map(|c| escape(&plain(&run.point_label(c.point)))));
    let field_options = options(&mut fields.iter().map(|f| f.1.to_owned()));
    format!(
        "<p class=\"script-only\">Choose a point and a field, move the slider through the samples, and point at a site \
         (or focus the map and use the arrow keys).{limit}</p>\n\
         <noscript><p>The interactive map needs JavaScript; the figures above do not.</p></noscript>\n\
         <div class=\"explorer script-only\">\n<div class=\"controls\">\n\
         <label>Point <select id=\"map-point\">{point_options}</select></label>\n\
         <label>Field <select id=\"map-field\">{field_options}</select></label>\n\
         <label class=\"slider\">Sample <input id=\"map-sample\" type=\"range\" min=\"0\" max=\"0\" step=\"1\" value=\"0\">\
         <output id=\"map-sample-name\" for=\"map-sample\"></output></label>\n</div>\n\
         <canvas id=\"map\" tabindex=\"0\" role=\"img\" aria-label=\"Map of the chosen field\"></canvas>\n\
         <div class=\"scale\"><span id=\"map-lo\"></span><canvas id=\"map-bar\" height=\"12\" aria-hidden=\"true\"></canvas>\
         <span id=\"map-hi\"></span><span id=\"map-unit\"></span></div>\n\
         <p class=\"quiet\">Colours span the shown samples of the point: potential and Joule heat from lowest to highest, \
         heat and temperature out to the 99th percentile of their size.</p>\n\
         <p id=\"map-readout\" aria-live=\"polite\"></p>\n</div>\n\
         <script type=\"application/json\" id=\"map-data\">{data}</script>\n",
    )
}

fn data(run: &Run, fields: &[(&str, &str, ColorMap)], chosen: &[Chosen]) -> Value {
    // Points of a sweep usually share their sites; each set is written once.
    let mut places: Vec<(String, Value)> = Vec::new();
    let points: Vec<Value> = chosen
        .iter()
        .map(|Chosen { point, sites, samples }| {
            let pick = |row: Option<&[f64]>| -> Vec<f64> {
                sites.iter().map(|s| row.and_then(|r| r.get(*s)).copied().unwrap_or(f64::NAN)).collect()
            };
            let (x, y) = (pick(run.sites("x", *point)), pick(run.sites("y", *point)));
            let geometry = Geometry::new(&x, &y);
            let key = base64::encode_f32(x.iter().chain(&y).copied());
            let place = places.iter().position(|(k, _)| *k == key).unwrap_or_else(|| {
                let value = json!({
                    "sites": sites,
                    "xy": key,
                    "grid": geometry.is_grid(),
                    "spacing": geometry.spacing(),
                });
                places.push((key, value));
                places.len() - 1
            });
            let encode = |name: &str| {
                let values = samples.iter().flat_map(|s| pick(run.field(name, *point, *s)));
                base64::encode_f32(values)
            };
            json!({
                "place": place,
                "samples": samples,
                "conductance": samples.iter().map(|s| conductance(run, *point, *s)).collect::<Vec<_>>(),
                "fields": fields.iter().map(|f| encode(f.0)).collect::<Vec<_>>(),
            })
        })
        .collect();
    let fields: Vec<Value> = fields
        .iter()
        .map(|(name, label, map)| {
            let units = run.array(name).map_or("", |array| array.text_attribute("units"));
            json!({ "label": label, "units": units, "diverging": *map == ColorMap::Diverging })
        })
        .collect();
    json!({
        "fields": fields,
        "points": points,
        "places": places.into_iter().map(|(_, value)| value).collect::<Vec<_>>(),
        "colors": { "sequential": colors(ColorMap::Sequential), "diverging": colors(ColorMap::Diverging) },
    })
}

/// Conductance of one sample as text; empty if not recorded.
fn conductance(run: &Run, point: usize, sample: usize) -> String {
    let value =
        run.array("conductance").and_then(|a| a.row(&[point])?.get(sample).copied()).unwrap_or(f64::NAN);
    if value.is_finite() {
        format!("conductance {} e²/h", typeset(&crate::number::short(value, 4)))
    } else {
        String::new()
    }
}

/// 256 colours as base64 of their bytes.
fn colors(map: ColorMap) -> String {
    let bytes: Vec<u8> = (0..256)
        .flat_map(|i| {
            let Rgb(color) = map.at(f64::from(i) / 255.0);
            color
        })
        .collect();
    base64::encode(&bytes)
}
