//! The page of synthetic records: self-contained, escaped, complete, and not too large.

mod synthetic;

use diffuson_report::{Data, page};
use synthetic::{Options, record};

/// Values of an attribute, in order.
fn attributes<'a>(html: &'a str, name: &str) -> Vec<&'a str> {
    let open = format!(" {name}=\"");
    html.split(open.as_str()).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn nothing_is_loaded_from_anywhere() {
    let html = page(&record(&Options::default())).expect("a page");
    for name in ["src", "href", "action", "srcset", "data", "poster", "background"] {
        for value in attributes(&html, name) {
            assert!(value.starts_with("data:image/png;base64,"), "{name}={value}");
        }
    }
    for bad in
        ["url(", "@import", "<link", "<iframe", "fetch(", "XMLHttpRequest", "import(", "xmlns", "//cdn"]
    {
        assert!(!html.contains(bad), "{bad}");
    }
    // The only addresses are those the study text itself contains, as text.
    assert_eq!(html.matches("https://").count(), 1);
    assert!(html.contains("see https://example.org/notes"));
    assert_eq!(html.matches("http://").count(), 0);
    assert!(html.contains("default-src 'none'"));
}

#[test]
fn text_from_the_record_is_escaped() {
    let mut record = record(&Options::default());
    record.attributes["title"] = "</title><script>title</script>".into();
    if let Some(Data::Text(reasons)) = record.arrays.get_mut("failure").map(|a| &mut a.data) {
        reasons.iter_mut().for_each(|reason| *reason = "<img src=x onerror=alert(1)>".to_owned());
    }
    if let Some(Data::Text(names)) = record.arrays.get_mut("quantity_name").map(|a| &mut a.data) {
        names[0] = "<b>G</b> $</svg><script>x</script>$".to_owned();
    }
    if let Some(Data::Text(names)) = record.arrays.get_mut("audit").map(|a| &mut a.data) {
        names[0] = "</table><script>law</script>".to_owned();
    }
    let html = page(&record).expect("a page");
    // Two scripts and the data block are ours; nothing else may open or close one.
    assert_eq!(html.matches("<script").count(), 2);
    assert_eq!(html.matches("</script").count(), 2);
    assert_eq!(html.matches("<title>\u{0}").count() + html.matches("</head>").count(), 1);
    assert!(!html.contains("<img") && !html.contains("<b>"));
    assert!(html.contains("&lt;script&gt;alert(&#39;study&#39;)&lt;/script&gt;"));
    assert!(
        html.contains("--set &#39;title=&lt;b&gt;&quot;it&#39;\\&#39;&#39;s&quot;&lt;/b&gt;&#39;"),
        "shell, then HTML"
    );
}

#[test]
fn the_page_answers_the_readers_questions() {
    let html = page(&record(&Options::default())).expect("a page");
    for part in [
        "60 × 20 sites",
        "12.29(18)",
        "−0.47(2)",
        "Eq. 12",
        "1 of 96 samples failed",
        "0.003 t from a lead threshold",
        "00ff00ff00ff00ff",
        "diffuson run study.toml --set ensemble.samples=8",
        "<code>conductor.energy</code>",
        "<span class=\"good\">passed</span>",
        "prefers-color-scheme: dark",
        "@media print",
        "type=\"range\"",
        "class=\"tip\"",
    ] {
        assert!(html.contains(part), "{part}");
    }
    for tag in
        ["section", "div", "table", "figure", "svg", "p", "tr", "g", "label", "select", "ul", "details"]
    {
        let opened = html.matches(&format!("<{tag}>")).count() + html.matches(&format!("<{tag} ")).count();
        assert_eq!(opened, html.matches(&format!("</{tag}>")).count(), "<{tag}>");
    }
    let ids = attributes(&html, "id");
    assert!(ids.iter().enumerate().all(|(i, id)| !ids[i + 1..].contains(id)), "{ids:?}");
}

#[test]
fn a_violated_law_is_said_in_words_and_marked() {
    let mut record = record(&Options::default());
    if let Some(Data::Real(residuals)) = record.arrays.get_mut("audit_residual").map(|a| &mut a.data) {
        residuals[4 * (5 * 8 + 6) + 2] = 3e-7;
        residuals[4 * (7 * 8) + 1] = f64::INFINITY;
    }
    let html = page(&record).expect("a page");
    assert!(html.contains("2 of 4 laws are violated."));
    assert!(html.contains("<span class=\"bad\">failed</span> in 1 sample<"));
    assert!(html.contains("3×10⁻⁷") && html.contains("sample 6 of point 5"));
    assert!(html.contains('∞'), "a residual that was not a number is the worst");
}

#[test]
fn limits_of_validity_are_shown() {
    let mut record = record(&Options::default());
    let mut warning = record.arrays["audit"].clone();
    warning.dims = vec!["warning".to_owned()];
    warning.shape = vec![1];
    warning.data = Data::Text(vec!["L_in exceeds half the width at points 0, 1".to_owned()]);
    record.arrays.insert("warning".to_owned(), warning);
    assert!(page(&record).expect("a page").contains("L_in exceeds half the width at points 0, 1"));
    assert!(diffuson_report::summary(&record).expect("a table").contains("warning  L_in exceeds half"));
}

#[test]
fn the_explorer_holds_the_numbers_of_the_record() {
    let record = record(&Options { samples: 3, failed: vec![(1, 0)], ..Options::default() });
    let html = page(&record).expect("a page");
    let data =
        html.split("id=\"map-data\">").nth(1).and_then(|rest| rest.split("</script>").next()).expect("data");
    let data: serde_json::Value = serde_json::from_str(data).expect("JSON");
    assert_eq!(data["places"].as_array().map(Vec::len), Some(1), "equal sites are written once");
    assert_eq!(data["places"][0]["grid"], true);
    assert_eq!(data["points"].as_array().map(Vec::len), Some(12));
    assert_eq!(data["points"][1]["samples"], serde_json::json!([1, 2]), "the failed sample is left out");
    let heat = decode(data["points"][1]["fields"][1].as_str().expect("text"));
    assert_eq!(heat.len(), 2 * 1200);
    let stored = record.array("heat").expect("heat").row(&[1, 1]).expect("a row");
    assert!(stored.iter().zip(&heat).all(|(a, b)| *a as f32 == *b));
    assert_eq!(decode_bytes(data["colors"]["diverging"].as_str().expect("text")).len(), 768);
}

#[test]
fn a_large_record_gives_a_small_page_that_says_so() {
    let many = page(&record(&Options { samples: 40, ..Options::default() })).expect("a page");
    assert!(many.len() < 4_200_000, "{} bytes", many.len());
    assert!(many.contains("To keep the page small it holds 108 of 479 samples, at 12 of 12 points"));
    let few = Options {
        samples: 1,
        length: 500,
        width: 400,
        couplings: vec![0.1],
        disorders: vec![2.0],
        failed: vec![],
        ..Options::default()
    };
    let large = page(&record(&few)).expect("a page");
    assert!(large.contains("A map of 200000 sites is too large for this page"));
    assert!(large.len() < 4_200_000, "{} bytes", large.len());
}

fn decode_bytes(text: &str) -> Vec<u8> {
    let digit = |c: u8| match c {
        b'A'..=b'Z' => c - b'A',
        b'a'..=b'z' => c - b'a' + 26,
        b'0'..=b'9' => c - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    let digits: Vec<u32> = text.bytes().filter(|c| *c != b'=').map(|c| u32::from(digit(c))).collect();
    let chunks = digits.chunks(4).flat_map(|chunk| {
        let word = chunk.iter().enumerate().fold(0, |w, (i, d)| w | d << (18 - 6 * i));
        word.to_be_bytes()[1..chunk.len()].to_vec()
    });
    chunks.collect()
}

fn decode(text: &str) -> Vec<f32> {
    decode_bytes(text).chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect()
}
