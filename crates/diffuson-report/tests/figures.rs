//! Figures of synthetic records: every one parses, rasterises, shows ink, and stays small.

mod synthetic;

use std::fs;

use diffuson_report::{Data, Figure, Record, ReportError, figures, map, page, summary, write_all};
use resvg::tiny_skia::Pixmap;
use resvg::usvg::{Options as Parser, Tree};
use synthetic::{Options, array, record};

fn names(figures: &[Figure]) -> Vec<&str> {
    figures.iter().map(|figure| figure.name.as_str()).collect()
}

fn single() -> Options {
    Options { couplings: vec![0.1], disorders: vec![2.0], failed: vec![], ..Options::default() }
}

/// `text` without the base64 of its images, in which any word may occur by chance.
fn without_images(text: &str) -> String {
    let mut parts = text.split("base64,");
    let first = parts.next().unwrap_or("").to_owned();
    parts.fold(first, |out, part| out + part.split_once('"').map_or(part, |(_, rest)| rest))
}

/// Every figure must pass this, whatever the record.
fn check(figure: &Figure) {
    let name = &figure.name;
    let tree = Tree::from_str(&figure.svg, &Parser::default()).expect(name);
    let width_mm = f64::from(tree.size().width()) / 96.0 * 25.4;
    assert!((width_mm - 86.0).abs() < 0.1 || (width_mm - 178.0).abs() < 0.1, "{name} is {width_mm} mm wide");
    for bad in ["NaN", "inf", " id=", "<text", "http://www.w3.org/1999"] {
        let body = figure.svg.replace("<desc>", "\u{0}").replace("</desc>", "\u{0}");
        let drawn: String = body.split('\u{0}').step_by(2).collect();
        let drawn: String =
            drawn.split("<title>").map(|s| s.split_once("</title>").map_or(s, |p| p.1)).collect();
        assert!(!without_images(&drawn).contains(bad), "{name} contains {bad}");
    }
    let image = Pixmap::decode_png(&figure.png(72.0).expect(name)).expect("a PNG");
    let ink = image.pixels().iter().filter(|p| p.red() < 200 || p.green() < 200 || p.blue() < 200).count();
    assert!(ink * 200 > image.pixels().len(), "{name} is blank");
    assert!(image.pixels()[0].red() == 255, "{name} has no margin");
}

#[test]
fn a_full_record_has_four_figures_of_printable_quality() {
    let record = record(&Options::default());
    let figures = figures(&record).expect("figures");
    assert_eq!(names(&figures), ["map", "exponents", "correlation", "profile"]);
    for figure in &figures {
        check(figure);
        assert!(figure.svg.len() < 400_000, "{} has {} bytes", figure.name, figure.svg.len());
    }
    let map = Pixmap::decode_png(&figures[0].png(300.0).expect("PNG")).expect("a PNG");
    assert_eq!(map.width(), 1016, "86 mm at 300 dpi");
    // Both ends of the diverging map and of the sequential map are there: dark red, dark blue, yellow.
    let has =
        |test: &dyn Fn(u8, u8, u8) -> bool| map.pixels().iter().any(|p| test(p.red(), p.green(), p.blue()));
    assert!(has(&|r, g, b| r > 90 && g < 40 && b < 50));
    assert!(has(&|r, g, b| r < 50 && g < 80 && b > 100));
    assert!(has(&|r, g, b| r > 220 && g > 220 && b < 130));
}

#[test]
fn the_same_record_gives_the_same_bytes() {
    let options = Options::default();
    let (one, two) = (figures(&record(&options)).expect("one"), figures(&record(&options)).expect("two"));
    assert!(one.iter().zip(&two).all(|(a, b)| a.svg == b.svg));
    assert_eq!(one[0].png(100.0).expect("png"), two[0].png(100.0).expect("png"));
    assert_eq!(page(&record(&options)).expect("page"), page(&record(&options)).expect("page"));
}

#[test]
fn difficult_records_are_drawn_without_nonsense() {
    let mut cases: Vec<(&str, Record)> = [
        ("single point", single()),
        ("unfinished", Options { finished: false, ..Options::default() }),
        ("no temperature", Options { temperature: false, ..Options::default() }),
        ("no samples", Options { samples: 0, failed: vec![], ..Options::default() }),
        ("one sample", Options { samples: 1, failed: vec![], ..Options::default() }),
        (
            "all failed",
            Options {
                samples: 2,
                failed: (0..12).flat_map(|p| [(p, 0), (p, 1)]).collect(),
                ..Options::default()
            },
        ),
        ("honeycomb", Options { honeycomb: true, length: 20, width: 8, ..single() }),
        (
            "large honeycomb",
            Options { honeycomb: true, length: 120, width: 60, samples: 1, temperature: false, ..single() },
        ),
        ("long strip", Options { length: 300, width: 4, ..single() }),
        ("tall strip", Options { length: 8, width: 60, ..single() }),
        ("chain", Options { length: 30, width: 1, ..single() }),
        ("coupling only", Options { disorders: vec![3.0], ..Options::default() }),
        ("disorder only", Options { couplings: vec![0.1], ..Options::default() }),
        (
            "nine disorders",
            Options {
                couplings: vec![0.1, 0.2],
                disorders: (1..10).map(f64::from).collect(),
                samples: 2,
                ..Options::default()
            },
        ),
    ]
    .map(|(name, options)| (name, record(&options)))
    .into();

    let spoil = |name: &'static str, change: &dyn Fn(&mut Record)| {
        let mut spoiled = record(&Options { samples: 2, ..Options::default() });
        change(&mut spoiled);
        (name, spoiled)
    };
    let fill = |value: f64| {
        move |record: &mut Record, name: &str| {
            if let Some(Data::Real(values)) = record.arrays.get_mut(name).map(|a| &mut a.data) {
                values.fill(value);
            }
        }
    };
    cases.push(spoil("NaN estimates", &|r| fill(f64::NAN)(r, "estimate")));
    cases.push(spoil("NaN errors", &|r| fill(f64::NAN)(r, "estimate_error")));
    cases.push(spoil("infinite errors", &|r| fill(f64::INFINITY)(r, "estimate_error")));
    cases.push(spoil("huge errors", &|r| fill(1e9)(r, "estimate_error")));
    cases.push(spoil("zero estimates", &|r| fill(0.0)(r, "estimate")));
    cases.push(spoil("negative estimates", &|r| fill(-1.0)(r, "estimate")));
    cases.push(spoil("zero heat", &|r| fill(0.0)(r, "heat")));
    cases.push(spoil("infinite heat", &|r| fill(f64::INFINITY)(r, "heat")));
    cases.push(spoil("NaN correlation", &|r| fill(f64::NAN)(r, "correlation")));
    cases.push(spoil("huge correlation", &|r| fill(1e300)(r, "correlation")));
    cases.push(spoil("NaN theory", &|r| fill(f64::NAN)(r, "theory_correlation")));
    cases.push(spoil("NaN dipole", &|r| fill(f64::NAN)(r, "correlation_dipole")));
    cases.push(spoil("huge dipole", &|r| fill(1e300)(r, "correlation_dipole")));
    cases.push(spoil("no fields", &|r| {
        for name in ["potential", "heat", "temperature", "joule"] {
            r.arrays.remove(name);
        }
    }));
    cases.push(spoil("no positions", &|r| {
        for name in ["x", "y", "z", "slice"] {
            r.arrays.remove(name);
        }
    }));
    cases.push(spoil("fields of one sample", &|r| {
        for name in ["potential", "heat", "temperature", "joule"] {
            let array = r.arrays.get_mut(name).expect(name);
            let row = array.shape[2];
            if let Data::Real(values) = &mut array.data {
                *values = values.chunks(2 * row).flat_map(|two| two[..row].to_vec()).collect();
            }
            array.shape[1] = 1;
        }
    }));
    cases.push(spoil("a bar of two layers", &|r| {
        if let Some(Data::Real(z)) = r.arrays.get_mut("z").map(|a| &mut a.data) {
            z.iter_mut().enumerate().for_each(|(i, z)| *z = (i % 2) as f64);
        }
    }));
    cases.push(spoil("a swept word", &|r| {
        let points = r.arrays["status"].shape[0];
        let swept = r.arrays.get_mut("disorder_width").expect("swept");
        swept.data = Data::Text((0..points).map(|p| ["box", "gau<ss>"][p % 2].to_owned()).collect());
    }));
    cases.push(spoil("no attributes", &|r| r.attributes = serde_json::json!({ "kind": "local-heat" })));
    cases.push(spoil("only the status", &|r| r.arrays.retain(|name, _| name == "status")));

    for (case, record) in cases {
        println!("{case}");
        for figure in figures(&record).expect(case) {
            check(&figure);
        }
        let page = page(&record).expect(case);
        let start = page.find("id=\"map-data\"").unwrap_or(page.len());
        let shown = without_images(&page[..start]);
        assert!(page.ends_with("</html>\n") && !shown.contains("NaN"), "{case}");
        let table = summary(&record).expect(case);
        assert!(!table.is_empty() && !table.contains("NaN"), "{case}: {table}");
    }
}

#[test]
fn figures_without_data_say_why() {
    let unfinished = record(&Options { finished: false, ..Options::default() });
    let drawn = figures(&unfinished).expect("figures");
    assert!(drawn[2].caption.contains("no data") && drawn[2].caption.contains("when a run ends"));
    let failed =
        record(&Options { samples: 1, failed: (0..12).map(|p| (p, 0)).collect(), ..Options::default() });
    assert!(figures(&failed).expect("figures")[0].caption.contains("12 failed"));
}

#[test]
fn exponents_need_a_sweep() {
    assert_eq!(names(&figures(&record(&single())).expect("figures")), ["map", "correlation", "profile"]);
    let coupling = Options { disorders: vec![3.0], ..Options::default() };
    let drawn = figures(&record(&coupling)).expect("figures");
    let exponents = drawn.iter().find(|f| f.name == "exponents").expect("the figure");
    assert!(exponents.svg.contains("width=\"86mm\""), "one column of panels");
}

#[test]
fn bars_have_no_references_of_two_dimensions() {
    let strip = record(&Options::default());
    let mut bar = strip.clone();
    if let Some(Data::Real(z)) = bar.arrays.get_mut("z").map(|a| &mut a.data) {
        z.iter_mut().enumerate().for_each(|(i, z)| *z = (i % 2) as f64);
    }
    for (record, there) in [(&strip, true), (&bar, false)] {
        let drawn = figures(record).expect("figures");
        assert_eq!(drawn[1].caption.contains("Eq. 12"), there);
        assert_eq!(drawn[2].caption.contains("0.245"), there);
        assert_eq!(drawn[0].caption.contains("Layer at $z$ = 1"), !there);
    }
}

#[test]
fn the_correlation_has_its_theory_and_its_dipole_where_the_record_has_them() {
    let new = record(&Options::default());
    let mut old = new.clone();
    old.arrays.retain(|name, _| !name.starts_with("theory") && !name.starts_with("correlation_dipole"));
    let captions = [&new, &old].map(|r| figures(r).expect("figures")[2].caption.clone());
    assert_eq!([0, 1].map(|k| captions[k].contains("Hikami")), [true, false]);
    assert_eq!([0, 1].map(|k| captions[k].contains("dipole")), [true, false]);
    let sizes = [&new, &old].map(|r| figures(r).expect("figures")[2].svg.len());
    assert!(sizes[0] > sizes[1]);
}

#[test]
fn contradictions_are_errors_not_panics() {
    let spoil = |change: &dyn Fn(&mut Record)| {
        let mut record = record(&single());
        change(&mut record);
        figures(&record).expect_err("an error")
    };
    assert!(
        matches!(spoil(&|r| r.attributes["kind"] = "current".into()), ReportError::Kind { kind, known } if kind == "current" && known.contains("local-heat"))
    );
    assert!(matches!(spoil(&|r| r.attributes = serde_json::Value::Null), ReportError::Kind { .. }));
    let missing = spoil(&|r| drop(r.arrays.remove("status")));
    assert!(matches!(missing, ReportError::Missing { array } if array == "status"));
    let shape = |array: &'static str, shape: Vec<usize>| {
        spoil(&move |r| r.arrays.get_mut(array).expect(array).shape = shape.clone())
    };
    assert!(matches!(shape("heat", vec![1, 8, 7]), ReportError::Shape { array, .. } if array == "heat"));
    assert!(matches!(shape("x", vec![1200, 1]), ReportError::Shape { array, .. } if array == "x"));
    assert!(matches!(shape("status", vec![8]), ReportError::Shape { .. }));
    assert!(matches!(shape("heat", vec![usize::MAX, 2, 2]), ReportError::Shape { .. }));
    assert!(matches!(
        spoil(&|r| drop(
            r.arrays.insert("heat".into(), array(&["point", "sample", "site"], &[3, 1, 1], vec![0.0; 3], ""))
        )),
        ReportError::Shape { .. }
    ));
}

#[test]
fn a_chosen_sample_can_be_mapped() {
    let record = record(&Options::default());
    let figure = map(&record, 3, 1).expect("a map");
    assert!(figure.caption.contains("sample 1 of point 3"), "{}", figure.caption);
    check(&figure);
    for (point, sample) in [(3, 2), (99, 0), (0, 99)] {
        assert!(matches!(map(&record, point, sample), Err(ReportError::NoSample { .. })), "{point} {sample}");
    }
}

#[test]
fn files_are_complete_or_absent() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("a/b");
    let (svgs, page) = write_all(&record(&single()), &out).expect("files");
    assert!(svgs.iter().chain([&page]).all(|file| file.exists()));
    let mut found: Vec<String> = fs::read_dir(&out)
        .expect("listing")
        .map(|e| e.expect("entry").file_name().into_string().expect("name"))
        .collect();
    found.sort();
    assert_eq!(
        found,
        [
            "correlation.png",
            "correlation.svg",
            "map.png",
            "map.svg",
            "profile.png",
            "profile.svg",
            "report.html"
        ]
    );
    // Writing again replaces; a folder that cannot be made is an error that names the file.
    write_all(&record(&single()), &out).expect("files again");
    let error = write_all(&record(&single()), &page.join("below a file")).expect_err("an error");
    assert!(error.to_string().contains("below a file"), "{error}");
}
