//! Figures of synthetic records: every one parses, rasterises, shows ink, and stays small.

mod synthetic;

use std::path::Path;

use diffuson_report::{Figure, figures, write_figures};
use synthetic::{Options, record};

fn view(options: &Options, name: &str) -> Vec<Figure> {
    let record = record(options);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    write_figures(&record, &folder).expect("files");
    figures(&record).expect("figures")
}

#[test]
fn full() {
    view(&Options::default(), "full");
    view(&Options { honeycomb: true, length: 40, width: 12, couplings: vec![0.1], disorders: vec![2.0, 3.0], ..Options::default() }, "honeycomb");
    view(&Options { finished: false, couplings: vec![0.1], disorders: vec![2.0], temperature: false, ..Options::default() }, "single");
}
