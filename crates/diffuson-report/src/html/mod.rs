//! One self-contained page per record: opens without network, in light and dark, on a phone and
//! on paper. Everything taken from the record is escaped; a content security policy forbids the
//! page to load anything.

mod rich;
mod tables;

use crate::error::ReportError;
use crate::figure::Figure;
use crate::kind::Kind;
use crate::plot::TWO_COLUMNS;
use crate::record::Record;
use crate::run::Run;
use crate::svg::escape;

use rich::rich;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// CSS pixels per millimetre of a figure: larger than life, for reading on a screen.
const PIXELS_PER_MM: f64 = 5.2;

/// The page of a record, as HTML.
///
/// # Errors
///
/// Those of [`figures`](crate::figures).
pub fn page(record: &Record) -> Result<String, ReportError> {
    let run = Run::new(record)?;
    let kind = Kind::of(record)?;
    let figures = (kind.figures)(&run);
    let title = record.text_attribute("title");
    let title = escape(if title.is_empty() { kind.name } else { title });

    let mut body = format!(
        "<header>\n<h1>{title}</h1>\n<p class=\"kind\">{}</p>\n</header>\n<main>\n",
        escape(record.text_attribute("kind"))
    );
    body.push_str(&section("question", "The question", &question(kind, &run)));
    body.push_str(&section("verdict", "Audit", &(tables::verdict(&run) + &tables::audits(&run))));
    body.push_str(&section("estimates", "Estimates", &(tables::estimates(&run) + &tables::fits(&run))));
    body.push_str(&section("figures", "Figures", &figures.iter().map(inline).collect::<String>()));
    body.push_str(&section("explorer", "Site by site", &(kind.explorer)(&run)));
    body.push_str(&section("failures", "Failed samples", &tables::failures(&run)));
    body.push_str(&section("parameters", "Parameters", &tables::parameters(&run)));
    body.push_str(&section("provenance", "Provenance", &tables::provenance(record)));
    body.push_str("</main>\n<div id=\"tip\" role=\"tooltip\" hidden></div>\n");
    Ok(format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; \
         style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n{body}\
         <script>\n{SCRIPT}</script>\n</body>\n</html>\n"
    ))
}

/// What was computed, and how much of it there is.
fn question(kind: &Kind, run: &Run) -> String {
    let mut text = (kind.question)(run);
    let done: usize = (0..run.points).map(|point| run.done_count(point)).sum();
    let plural = |n: usize, word: &str| format!("{n} {word}{}", if n == 1 { "" } else { "s" });
    text.push_str(&format!(" The record holds {}", plural(done, "finished sample")));
    if run.points > 1 {
        text.push_str(&format!(" at {} of a sweep", plural(run.points, "point")));
    }
    text.push('.');
    format!("<p>{}</p>\n", rich(&text))
}

fn section(id: &str, heading: &str, content: &str) -> String {
    if content.is_empty() {
        return String::new();
    }
    format!("<section id=\"{id}\">\n<h2>{heading}</h2>\n{content}</section>\n")
}

fn inline(figure: &Figure) -> String {
    // Inside HTML an SVG needs no namespace.
    let svg = figure.svg.replacen(" xmlns=\"http://www.w3.org/2000/svg\"", "", 1);
    let wide = svg.contains(&format!("width=\"{}mm\"", crate::svg::number(TWO_COLUMNS)));
    let width = if wide { TWO_COLUMNS } else { TWO_COLUMNS * 0.62 } * PIXELS_PER_MM;
    format!(
        "<figure id=\"figure-{name}\"{class} style=\"max-width:{width:.0}px\">\n{svg}<figcaption>{caption}</figcaption>\n</figure>\n",
        class = if wide { " class=\"wide\"" } else { "" },
        name = escape(&figure.name),
        caption = rich(&figure.caption),
    )
}
