//! Whatever texts a record holds, figures are well-formed SVG and the page is the HTML it is meant to be: nothing breaks out, nothing is executed.

mod synthetic;

use diffuson_report::{Data, Record, figures, page};
use serde_json::Value;
use std::collections::BTreeSet;
use synthetic::{Noise, Options, record};

/// What texts are made of.
const PIECES: [&str; 32] = [
    "<script>alert(1)</script>",
    "</script>",
    "<!--",
    "-->",
    "]]>",
    "<![CDATA[",
    "&",
    "&amp;",
    "&#x3c;",
    "<",
    ">",
    "\"",
    "'",
    "\" onload=\"x()",
    "' onerror='x()",
    "</title>",
    "</svg>",
    "</style>",
    "<img src=x onerror=alert(1)>",
    "javascript:alert(1)",
    "$",
    "$x^{",
    "\\frac{1}{",
    "\\href{x}{y}",
    "\u{202e}",
    "\u{feff}",
    "\u{0}",
    "\u{1b}[31m",
    "\u{fffe}",
    "\u{d7ff}\u{e000}",
    "\r\n",
    "\u{2028}",
];

/// A few of the pieces, one after the other.
fn hostile(noise: &mut Noise) -> String {
    let below = |noise: &mut Noise, n: usize| ((noise.uniform() * n as f64) as usize).min(n - 1);
    (0..1 + below(noise, 5)).map(|_| PIECES[below(noise, PIECES.len())]).collect()
}

/// A small record of which every text that is free is replaced; what the program itself looks up by name stays.
fn spoilt(text: &mut dyn FnMut() -> String) -> Record {
    let options = Options {
        couplings: vec![0.1, 0.2],
        disorders: vec![2.0],
        samples: 2,
        length: 8,
        width: 4,
        failed: vec![(1, 1)],
        ..Options::default()
    };
    let mut record = record(&options);
    if let Some(attributes) = record.attributes.as_object_mut() {
        for (key, value) in attributes.iter_mut() {
            if !["kind", "created_by", "schema_version"].contains(&key.as_str()) {
                spoil(value, text);
            }
        }
    }
    for (name, array) in &mut record.arrays {
        for key in ["long_name", "units", "description"] {
            if let Some(value) = array.attributes.get_mut(key) {
                spoil(value, text);
            }
        }
        if let Data::Text(texts) = &mut array.data
            && name != "quantity"
        {
            texts.iter_mut().filter(|it| !it.is_empty()).for_each(|it| *it = text());
        }
    }
    record
}

/// Replaces the texts in a JSON value.
fn spoil(value: &mut Value, text: &mut dyn FnMut() -> String) {
    match value {
        Value::String(it) => *it = text(),
        Value::Array(list) => list.iter_mut().for_each(|it| spoil(it, text)),
        Value::Object(table) => table.values_mut().for_each(|it| spoil(it, text)),
        _ => {}
    }
}

/// A tag of HTML: `/` before its name if it closes, and the names of its attributes.
type Tag = (String, Vec<String>);

/// All tags of a page. What scripts, styles and titles hold is text up to their end, as browsers read it.
fn tags(html: &str) -> Vec<Tag> {
    let mut tags = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        let end =
            rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '/' || c == '!')).expect("a whole tag");
        let name = rest[..end].to_ascii_lowercase();
        assert!(!name.is_empty(), "a stray < before {:?}", rest.chars().take(40).collect::<String>());
        rest = &rest[end..];
        let mut attributes = Vec::new();
        loop {
            rest = rest.trim_start();
            if let Some(after) = rest.strip_prefix("/>").or_else(|| rest.strip_prefix('>')) {
                rest = after;
                break;
            }
            let end = rest
                .find(|c: char| c == '=' || c == '>' || c == '/' || c.is_whitespace())
                .expect("a whole tag");
            attributes.push(rest[..end].to_owned());
            rest = &rest[end..];
            if let Some(value) = rest.strip_prefix("=\"") {
                rest = value.split_once('"').expect("a quoted value").1;
            } else {
                assert!(!rest.starts_with('='), "an attribute without quotes in <{name}>");
            }
            assert!(
                attributes.last().is_some_and(|it| !it.is_empty()),
                "<{name}> has an attribute without name"
            );
        }
        if ["script", "style", "title"].contains(&name.as_str()) {
            let closes = |at: &usize| {
                rest[at + 2..].get(..name.len()).is_some_and(|it| it.eq_ignore_ascii_case(&name))
            };
            let end = rest.match_indices("</").map(|(at, _)| at).find(closes);
            rest = &rest[end.expect("an end")..];
        }
        tags.push((name, attributes));
    }
    tags
}

/// Asserts that every element is closed where it should be, and counts the scripts.
fn scripts_of_balanced(tags: &[Tag], html: &str) -> usize {
    const VOID: [&str; 6] = ["meta", "br", "hr", "img", "input", "!doctype"];
    let mut open: Vec<&str> = Vec::new();
    for (name, _) in tags {
        match name.strip_prefix('/') {
            Some(name) => assert_eq!(open.pop(), Some(name), "closed out of order"),
            None if VOID.contains(&name.as_str())
                || ["rect", "path", "image", "circle", "line", "use"].contains(&name.as_str()) => {}
            None => open.push(name),
        }
    }
    assert!(open.is_empty(), "{open:?} left open in {} bytes", html.len());
    tags.iter().filter(|(name, _)| name == "script").count()
}

#[test]
fn pages_and_figures_keep_their_form() {
    let plain = page(&spoilt(&mut || "plain".to_owned())).expect("a page");
    let benign = tags(&plain);
    let scripts = scripts_of_balanced(&benign, &plain);
    // formulas may be drawn where there was none
    let mut allowed: BTreeSet<Tag> = benign.into_iter().collect();
    allowed.extend(tags(&page(&spoilt(&mut || "$x_1$, $y^2$".to_owned())).expect("a page")));
    assert!(allowed.iter().all(|(_, attributes)| attributes.iter().all(|name| !name.starts_with("on"))));

    let mut noise = Noise(1992);
    for case in 0..60 {
        let record = spoilt(&mut || hostile(&mut noise));
        let html = page(&record).expect("a page");
        let found = tags(&html);
        assert_eq!(scripts_of_balanced(&found, &html), scripts, "case {case}");
        for tag in found {
            assert!(allowed.contains(&tag), "case {case}: {tag:?}");
        }
        for figure in figures(&record).expect("figures") {
            well_formed(&figure.svg, &figure.name);
        }
    }
}

#[test]
fn texts_of_a_hundred_thousand_characters_are_no_danger() {
    let long = "<b>&\"'\u{202e}$".repeat(10_000);
    let record = spoilt(&mut || long.clone());
    let html = page(&record).expect("a page");
    scripts_of_balanced(&tags(&html), &html);
    for figure in figures(&record).expect("figures") {
        well_formed(&figure.svg, &figure.name);
    }
}

/// Asserts that a figure is XML, of elements that draw and attributes that load and execute nothing.
fn well_formed(svg: &str, name: &str) {
    let document = roxmltree::Document::parse(svg).unwrap_or_else(|e| panic!("{name}: {e}"));
    for element in document.descendants().filter(roxmltree::Node::is_element) {
        let tag = element.tag_name().name();
        assert!(["svg", "desc", "title", "g", "path", "rect", "image"].contains(&tag), "{name}: <{tag}>");
        for attribute in element.attributes() {
            assert!(!attribute.name().starts_with("on"), "{name}: {}", attribute.name());
            if attribute.name() == "href" {
                assert!(attribute.value().starts_with("data:image/png;base64,"), "{name}");
            }
        }
    }
}
