//! Broken studies: each gives one error that names key, value and line, and says what to do.

use std::io::Write;

use diffuson_study::{Diagnostic, Study};

use super::{STUDY, parse};

/// A change of the good study and the error it must give.
struct Broken {
    /// Text of the good study, and what it is replaced by.
    edit: (&'static str, &'static str),
    key: &'static str,
    /// The marked text.
    value: &'static str,
    line: usize,
    /// Part of the message.
    message: &'static str,
    /// Part of the help.
    help: &'static str,
}

const fn broken(
    edit: (&'static str, &'static str),
    (key, value, line): (&'static str, &'static str, usize),
    message: &'static str,
    help: &'static str,
) -> Broken {
    Broken { edit, key, value, line, message, help }
}

#[rustfmt::skip] // a table: one line per study
const BROKEN: &[Broken] = &[
    // names
    broken(("lattice  =", "latice  ="), ("conductor.latice", "latice", 5), "unknown key `conductor.latice`", "did you mean `lattice`?"),
    broken(("length   =", "Length ="), ("conductor.Length", "Length", 6), "unknown key", "did you mean `length`?"),
    broken(("coupling = 0.1", "strength = 0.1"), ("probes.strength", "strength", 17), "unknown key `probes.strength`", "lists all keys"),
    broken(("measure  =", "energy ="), ("probes.energy", "energy", 18), "unknown key `probes.energy`", "did you mean `energy` in [conductor]?"),
    broken(("[probes] ", "[probe] "), ("probe", "[probe]", 15), "unknown section [probe]", "did you mean [probes]?"),
    broken(("[ensemble] ", "[statistics] "), ("statistics", "[statistics]", 23), "unknown section", "move its keys"),
    broken(("[conductor] ", "[conductor.shape] "), ("conductor.shape", "shape", 4), "unknown key `conductor.shape`", "lists all keys"),
    broken(("kind  = \"local-heat\"", "kind = \"local-heat\"\nlength = 3"), ("length", "length", 3), "unknown key `length`", "did you mean `length` in [conductor]?"),
    broken(("[conductor] ", "[[conductor]] "), ("conductor", "conductor", 4), "`conductor` is a section", "write [conductor]"),
    broken(("kind  = \"local-heat\"", "kind = \"local-heat\"\nbias = 3"), ("bias", "bias", 3), "`bias` is a section", "write [bias]"),
    broken(("measure  =", "title ="), ("probes.title", "title", 18), "unknown key `probes.title`", "belongs at the top of the file"),
    broken(("kind  = \"local-heat\"", "kind = \"local-heat\"\n\"conductor.length\" = 3"), ("conductor.length", "\"conductor.length\"", 3), "unknown key", "did you mean `length` in [conductor]?"),
    // kind of study
    broken(("kind  = \"local-heat\"", ""), ("kind", "", 1), "`kind` is missing", "kind = \"local-heat\""),
    broken(("kind  = \"local-heat\"", "knid = \"local-heat\""), ("kind", "knid", 2), "`kind` is missing", "kind = \"local-heat\""),
    broken(("\"local-heat\"", "\"local-heta\""), ("kind", "\"local-heta\"", 2), "is not a kind of study", "did you mean \"local-heat\"?"),
    broken(("\"local-heat\"", "\"superconductor\""), ("kind", "\"superconductor\"", 2), "is not a kind of study", "local-heat: Local Peltier heat"),
    broken(("\"local-heat\"", "3"), ("kind", "3", 2), "is an integer", "in quotes"),
    // missing keys
    broken(("length   = 6", ""), ("conductor.length", "[conductor]", 4), "`conductor.length` is missing", "add length = 60 (your value) to [conductor]"),
    broken(("energy   = -1.3", ""), ("conductor.energy", "[conductor]", 4), "`conductor.energy` is missing", "add energy = -1.3"),
    broken(("coupling = 0.1", ""), ("probes.coupling", "\"wide-band\"", 16), "`probes.coupling` is missing", "add coupling = 0.1"),
    broken(("kind     = \"wide-band\"\ncoupling = 0.1", "kind = \"chain\""), ("probes.amplitude", "\"chain\"", 16), "`probes.amplitude` is missing", "Hopping v"),
    broken(("kind  = \"box\"\nwidth = 2.5", ""), ("disorder.kind", "[disorder]", 11), "`disorder.kind` is missing", "add kind = \"box\""),
    broken((DISORDER, "kind = \"values\"\n[leads]"), ("disorder.values", "\"values\"", 12), "`disorder.values` is missing", "On-site energies"),
    broken(("\"square\"", "\"cubic\""), ("conductor.height", "\"cubic\"", 5), "`conductor.height` is missing", "Number of layers"),
    broken(("[probes] # line 15\nkind     = \"wide-band\"", "[leads]\nkind = \"wide-band\"\n[probes]"), ("leads.coupling", "\"wide-band\"", 16), "`leads.coupling` is missing", "wide-band lead"),
    broken(("\"disorder.width\" = [2.0, 3.0]", "\"disorder.kind\" = [\"box\", \"gaussian\"]"), ("disorder.deviation", "\"gaussian\"", 21), "`disorder.deviation` is missing", "Gaussian"),
    // types
    broken(("= 6", "= \"six\""), ("conductor.length", "\"six\"", 6), "is a text", "Number of slices"),
    broken(("= 6", "= 6.5"), ("conductor.length", "6.5", 6), "is not an integer", "Number of slices"),
    broken(("= 6", "= 6.0"), ("conductor.length", "6.0", 6), "is not an integer", "write 6, without point"),
    broken(("= 6", "= 1e3"), ("conductor.length", "1e3", 6), "is not an integer", "write 1000, without"),
    broken(("= 6", "= true"), ("conductor.length", "true", 6), "is a truth value", "Number of slices"),
    broken(("= 6", "= [6, 7]"), ("conductor.length", "[6, 7]", 6), "is a list", "Number of slices"),
    broken(("= 6", "= 1979-05-27"), ("conductor.length", "1979-05-27", 6), "is a date", "Number of slices"),
    broken(("= -1.3", "= { value = 1 }"), ("conductor.energy", "{ value = 1 }", 9), "is a table", "Fermi energy"),
    broken(("= -1.3", "= \"-1.3\""), ("conductor.energy", "\"-1.3\"", 9), "is a text", "without quotes: -1.3"),
    broken(("\"Local Peltier heat in a dirty strip\"", "7"), ("title", "7", 1), "is an integer", "What the study is about"),
    broken(("\"Local Peltier heat in a dirty strip\"", "\"\""), ("title", "\"\"", 1), "is empty", "one line"),
    broken(("\"Local Peltier heat in a dirty strip\"", "\"a\\nb\""), ("title", "\"a\\nb\"", 1), "not one line", "one line"),
    broken(("[\"voltage\"]", "\"voltage\""), ("probes.measure", "\"voltage\"", 18), "is a text", "What a probe adjusts"),
    // ranges
    broken(("= 6", "= 1"), ("conductor.length", "1", 6), "is out of range", "Number of slices"),
    broken(("= 4\n", "= 0\n"), ("conductor.width", "0", 7), "is out of range", "Number of sites across"),
    broken(("= 4\n", "= -4\n"), ("conductor.width", "-4", 7), "is out of range", "Number of sites across"),
    broken(("width = 2.5", "width = -2.5"), ("disorder.width", "-2.5", 13), "is out of range", "Full width W"),
    broken(("= 0.1", "= -0.1"), ("probes.coupling", "-0.1", 17), "is out of range", "[t]: Level width"),
    broken(("= 0.1", "= nan"), ("probes.coupling", "nan", 17), "is not a finite number", "Level width"),
    broken(("= -1.3", "= -inf"), ("conductor.energy", "-inf", 9), "is not a finite number", "Fermi energy"),
    broken(("= -1.3", "= 1e400"), ("conductor.energy", "1e400", 9), "is not a finite number", "Fermi energy"),
    broken(("= 1992", "= 9223372036854775808"), ("ensemble.seed", "9223372036854775808", 25), "does not fit into 64 bits", "9223372036854775807"),
    broken(("= 1992", "= -1"), ("ensemble.seed", "-1", 25), "is out of range", "Seed"),
    broken(("= -1.3", "= 99999999999999999999"), ("conductor.energy", "99999999999999999999", 9), "does not fit into 64 bits", "with an exponent"),
    broken(("samples = 40", "samples = 0"), ("ensemble.samples", "0", 24), "is out of range", "Number of samples"),
    broken(("samples = 40", "relative_error = 0"), ("ensemble.relative_error", "0", 24), "is out of range", "Relative standard error"),
    broken(("samples = 40", "relative_error = 1.0"), ("ensemble.relative_error", "1.0", 24), "is out of range", "Relative standard error"),
    broken(("[ensemble] # line 23", "[temperature]\nkT = 0\n[ensemble]"), ("temperature.kT", "0", 24), "is out of range", "Thermal energy"),
    broken(("[ensemble] # line 23", "[solver]\ntolerance = 1e-5\n[ensemble]"), ("solver.tolerance", "1e-5", 24), "is out of range", "Relative residual"),
    broken(("[ensemble] # line 23", "[observables]\nbox = 0.0\n[ensemble]"), ("observables.box", "0.0", 24), "is out of range", "Side of the boxes"),
    // choices
    broken(("\"square\"", "\"sqare\""), ("conductor.lattice", "\"sqare\"", 5), "is not a choice", "did you mean \"square\"?"),
    broken(("\"square\"", "\"kagome\""), ("conductor.lattice", "\"kagome\"", 5), "is not a choice", "The lattice"),
    broken(("\"periodic\"", "\"hardwall\""), ("conductor.boundary", "\"hardwall\"", 8), "is not a choice", "did you mean \"hard-wall\"?"),
    broken(("[\"voltage\"]", "[\"votlage\"]"), ("probes.measure", "\"votlage\"", 18), "is not a choice", "did you mean \"voltage\"?"),
    broken(("[\"voltage\"]", "[]"), ("probes.measure", "[]", 18), "is empty", "What a probe adjusts"),
    broken(("[\"voltage\"]", "[\"voltage\", \"voltage\"]"), ("probes.measure", "\"voltage\"", 18), "is listed twice", "once"),
    broken(("[\"voltage\"]", "[\"temperature\"]"), ("probes.measure", "[\"temperature\"]", 18), "lacks \"voltage\"", "[\"voltage\", \"temperature\"]"),
    broken(("kind     = \"wide-band\"\ncoupling = 0.1", "kind = \"chain\"\namplitude = 0.3\ncentre = \"enrgy\""), ("probes.centre", "\"enrgy\"", 18), "is not allowed", "did you mean \"energy\"?"),
    // units
    broken(("= -1.3", "= \"5 kg\""), ("conductor.energy", "\"5 kg\"", 9), "has the wrong unit `kg`", "Fermi energy"),
    broken(("= -1.3", "= \"-60 meV\""), ("conductor.energy", "\"-60 meV\"", 9), "the hopping t has no value", "give conductor.hopping = \"50 meV\""),
    broken(("= -1.3", "= -1.3\nhopping = \"5 nm\""), ("conductor.hopping", "\"5 nm\"", 10), "has the wrong unit `nm`", "The hopping t"),
    broken(("= -1.3", "= -1.3\nhopping = 0.05"), ("conductor.hopping", "0.05", 10), "has no unit", "\"0.05 eV\""),
    broken(("= -1.3", "= -1.3\nhopping = \"0.05\""), ("conductor.hopping", "\"0.05\"", 10), "has no unit", "\"0.05 eV\""),
    broken(("= -1.3", "= -1.3\nhopping = \"-50 meV\""), ("conductor.hopping", "\"-50 meV\"", 10), "is out of range", "The hopping t"),
    broken(("= -1.3", "= \"-60 meV\"\nhopping = \"50 mev\""), ("conductor.hopping", "\"50 mev\"", 10), "has the wrong unit `mev`", "did you mean meV?"),
    broken(("= -1.3", "= -1.3\nlattice_constant = \"5 meV\""), ("conductor.lattice_constant", "\"5 meV\"", 10), "has the wrong unit `meV`", "lattice constant"),
    broken(("= -1.3", "= -1.3\nflux = \"0.25 T\""), ("conductor.flux", "\"0.25 T\"", 10), "has a unit where none is allowed", "write the number alone: 0.25"),
    broken(("= -1.3", "= \"-300 K\"\nhopping = \"50 meV\""), ("conductor.energy", "\"-300 K\"", 9), "has the wrong unit `K`", "Fermi energy"),
    broken(("[ensemble] # line 23", "[temperature]\nkT = \"300 mK\"\n[ensemble]"), ("temperature.kT", "\"300 mK\"", 24), "the hopping t has no value", "conductor.hopping"),
    // keys without meaning
    broken(("width    = 4", "width    = 4\nheight   = 3"), ("conductor.height", "3", 8), "has no meaning with conductor.lattice = \"square\"", "remove it, or set conductor.lattice = \"cubic\""),
    broken(("width = 2.5", "width = 2.5\ndeviation = 1"), ("disorder.deviation", "1", 14), "has no meaning with disorder.kind = \"box\"", "\"gaussian\""),
    broken(("kind  = \"box\"", "kind  = \"none\""), ("disorder.width", "2.0", 21), "has no meaning with disorder.kind = \"none\"", "remove it"),
    broken(("[probes] ", "[leads]\ncoupling = 2\n[probes] "), ("leads.coupling", "2", 16), "has no meaning with leads.kind = \"strip\"", "leads.kind = \"wide-band\""),
    broken(("coupling = 0.1", "coupling = 0.1\namplitude = 0.1"), ("probes.amplitude", "0.1", 18), "has no meaning with probes.kind = \"wide-band\"", "\"chain\""),
    broken(("samples = 40", "samples = 40\nrelative_error = 0.02"), ("ensemble.samples", "40", 24), "`ensemble.samples = 40` and ensemble.relative_error exclude each other", "keep one of the two"),
    broken(("samples = 40", "samples = 40\nmax_samples = 50"), ("ensemble.max_samples", "50", 25), "needs ensemble.relative_error", "remove it, or give ensemble.relative_error"),
    broken(("[ensemble] ", "[bias]\nvoltage = 0.1\n[ensemble] "), ("bias.voltage", "0.1", 24), "needs temperature.kT", "give temperature.kT"),
    broken(("[sweep] # line 20", "[sweep]\n\"disorder.kind\" = [\"box\", \"none\"]"), ("disorder.width", "2.0", 22), "has no meaning with disorder.kind = \"none\"", "remove it"),
    // rules
    broken(("= 4\n", "= 2\n"), ("conductor.width", "2", 7), "is too small: 2 < 3", "joined twice"),
    broken((CONDUCTOR, "lattice = \"honeycomb-zigzag\"\nlength = 6\nwidth = 1"), ("conductor.width", "1", 7), "is too small: 1 < 2", "at least two rows"),
    broken((CONDUCTOR, "lattice = \"honeycomb-armchair\"\nlength = 6\nwidth = 2\nboundary = \"periodic\""), ("conductor.width", "2", 7), "is too small: 2 < 4", "at least four rows"),
    broken((CONDUCTOR, "lattice = \"honeycomb-armchair\"\nlength = 6\nwidth = 7\nboundary = \"periodic\""), ("conductor.width", "7", 7), "is odd", "try 6 or 8"),
    broken((CONDUCTOR, "lattice = \"cubic\"\nlength = 6\nwidth = 3\nheight = 2\nboundary = \"periodic\""), ("conductor.height", "2", 8), "is too small: 2 < 3", "joined twice"),
    broken(("= 6", "= 10000000"), ("conductor.length", "10000000", 6), "makes a conductor of more than 10000000 sites", "make the conductor smaller"),
    broken(("= 6", "= 9223372036854775807"), ("conductor.length", "9223372036854775807", 6), "makes a conductor of", "make the conductor smaller"),
    broken(("= -1.3", "= -4.0"), ("conductor.energy", "-4.0", 9), "outside the band", "centre of the band"),
    broken(("= -1.3", "= 4.2"), ("conductor.energy", "4.2", 9), "outside the band", "centre of the band"),
    broken((CONDUCTOR_AND_ENERGY, "lattice = \"honeycomb-zigzag\"\nlength = 6\nwidth = 4\nenergy = 3.5"), ("conductor.energy", "3.5", 8), "outside the band", "centre of the band"),
    broken(("= -1.3", "= \"-300 meV\"\nhopping = \"50 meV\""), ("conductor.energy", "\"-300 meV\"", 9), "outside the band", "in units of t"),
    broken(("= -1.3", "= -1.3\nflux = 0.3"), ("conductor.flux", "0.3", 10), "flux quanta", "the nearest allowed value is 0.25"),
    broken((CONDUCTOR, "lattice = \"honeycomb-zigzag\"\nlength = 6\nwidth = 4\nboundary = \"periodic\"\nflux = 0.25"), ("conductor.flux", "0.25", 9), "0.5 flux quanta", "hard-wall"),
    broken((DISORDER, "kind = \"values\"\nvalues = [0.1, 0.2]\n[leads]"), ("disorder.values", "[0.1, 0.2]", 13), "has 2 numbers for 24 sites", "(x * width + y) * height + z"),
    broken((DISORDER, "kind = \"values\"\nvalues = [0.1, true]\n[leads]"), ("disorder.values", "true", 13), "is a truth value", "On-site energies"),
    broken((DISORDER, "kind = \"values\"\nvalues = [0.1, \"x\"]\n[leads]"), ("disorder.values", "\"x\"", 13), "is a text", "On-site energies"),
    broken(("= 0.1", "= [0.1, 0.2, 0.3]"), ("probes.coupling", "[0.1, 0.2, 0.3]", 17), "has 3 numbers for 24 sites", "x follows the current"),
    broken(("= 0.1", "= [0.1, -0.2]"), ("probes.coupling", "-0.2", 17), "is out of range", "Level width"),
    broken(("= 0.1", "= 0"), ("probes.coupling", "0", 17), "is zero on every probe", "0.01"),
    broken(("= 0.1", "= [0, 0.0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]"), ("probes.coupling", "[0, 0.0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]", 17), "is zero on every probe", "0.01"),
    broken(("= 0.1", "= [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]\nsites = [1, 2]"), ("probes.coupling", "[1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]", 17), "is zero on every probe", "0.01"),
    broken(("= 0.1", "= 0.1\nsites = [0, 24]"), ("probes.sites", "24", 18), "is beyond the last of the 24 sites", "x follows the current"),
    broken(("= 0.1", "= 0.1\nsites = [0, -1]"), ("probes.sites", "-1", 18), "is out of range", "Sites that carry a probe"),
    broken(("= 0.1", "= 0.1\nsites = [3, 0, 3]"), ("probes.sites", "3", 18), "is listed twice", "once"),
    broken(("= 0.1", "= 0.1\nsites = []"), ("probes.sites", "[]", 18), "is empty", "at least one"),
    broken(("= 0.1", "= 0.1\nsites = \"al\""), ("probes.sites", "\"al\"", 18), "is not allowed", "did you mean \"all\"?"),
    broken(("kind     = \"wide-band\"\ncoupling = 0.1", "kind = \"chain\"\namplitude = 0.3\nhopping = 0.5"), ("probes.centre", "[probes]", 15), "outside the band of the chains", "centre = \"energy\""),
    broken(("[ensemble] ", "[observables]\ncells = [2, 5]\n[ensemble] "), ("observables.cells", "5", 24), "is larger than the conductor", "slices and rows"),
    broken(("samples = 40", "relative_error = 0.1\nof = \"temperature_rms\""), ("ensemble.of", "\"temperature_rms\"", 25), "is not measured", "probes.measure"),
    // sweeps
    broken(("\"disorder.width\" =", "\"probes.strength\" ="), ("sweep.\"probes.strength\"", "\"probes.strength\"", 21), "unknown key `probes.strength` in [sweep]", "in quotes"),
    broken(("\"disorder.width\" =", "\"probes.couplin\" ="), ("sweep.\"probes.couplin\"", "\"probes.couplin\"", 21), "unknown key", "did you mean \"probes.coupling\"?"),
    broken(("\"disorder.width\" =", "coupling ="), ("sweep.\"coupling\"", "coupling", 21), "unknown key `coupling` in [sweep]", "did you mean \"leads.coupling\" or \"probes.coupling\"?"),
    broken(("\"disorder.width\" =", "disorder.width ="), ("sweep.\"disorder\"", "disorder", 21), "unknown key `disorder` in [sweep]", "the whole path in quotes, as in \"disorder.name\""),
    broken(("\"disorder.width\" =", "\"ensemble.seed\" ="), ("sweep.\"ensemble.seed\"", "\"ensemble.seed\"", 21), "`ensemble.seed` cannot be swept", "one study per value"),
    broken(("[2.0, 3.0]", "[]"), ("sweep.\"disorder.width\"", "[]", 21), "is an empty list", "at least one value"),
    broken(("[2.0, 3.0]", "2.0"), ("sweep.\"disorder.width\"", "2.0", 21), "is not a list", "write \"disorder.width\" = [2.0]"),
    broken(("[2.0, 3.0]", "[2.0, \"wide\"]"), ("disorder.width", "\"wide\"", 21), "is a text", "Full width W"),
    broken(("[2.0, 3.0]", "[2.0, -3.0]"), ("disorder.width", "-3.0", 21), "is out of range", "Full width W"),
    broken(("[2.0, 3.0]", "[2.0, 3.0, 2]"), ("sweep.\"disorder.width\"", "2", 21), "is listed twice", "once"),
    broken(("\"disorder.width\" = [2.0, 3.0]", "\"conductor.energy\" = [-1.3, -4.5]"), ("conductor.energy", "-4.5", 21), "outside the band", "centre of the band"),
    broken(("\"disorder.width\" = [2.0, 3.0]", "\"probes.coupling\" = [0.1, 0.0]"), ("probes.coupling", "0.0", 21), "is zero on every probe", "0.01"),
    broken(("\"disorder.width\" = [2.0, 3.0]", "\"probes.coupling\" = [[0.1, 0.2]]"), ("probes.coupling", "[0.1, 0.2]", 21), "is a list", "Level width"),
    broken(("\"disorder.width\" = [2.0, 3.0]", "\"conductor.lattice\" = [\"square\", \"honey\"]"), ("conductor.lattice", "\"honey\"", 21), "is not a choice", "The lattice"),
    // syntax
    broken(("= 6", "="), ("", "", 6), "not valid TOML", "write a value after the `=`"),
    broken(("= 6", "= six"), ("", "six", 6), "string values must be quoted", "double quotes"),
    broken(("length   = 6", "length   6"), ("", "", 6), "key with no value", "`key = value`"),
    broken(("= 4\n", "= 4\nwidth = 5\n"), ("", "width", 8), "duplicate key", "may appear once"),
    broken(("[sweep] # line 20", "[probes]"), ("", "probes", 20), "duplicate key", "may appear once"),
    broken(("\"box\"", "\"box"), ("", "", 12), "invalid basic string", "TOML"),
    broken(("[2.0, 3.0]", "[2.0, 3.0"), ("", "", 23), "not valid TOML", "TOML"),
    broken(("= 6", "= 06"), ("", "0", 6), "leading zero", "TOML"),
    broken(("= 6", "= 6 7"), ("", "6 7", 6), "not valid TOML", "double quotes"),
    // two errors: the first of the file
    broken((CONDUCTOR, "lattice = \"squar\"\nlength = -6\nwidht = 2"), ("conductor.lattice", "\"squar\"", 5), "is not a choice", "\"square\""),
    // a misspelt key is the error, not the missing one
    broken(("length   =", "lenght ="), ("conductor.lenght", "lenght", 6), "unknown key", "did you mean `length`?"),
];

/// The first four lines of the conductor, to be replaced as one; the energy stays.
const CONDUCTOR: &str = "lattice  = \"square\"\nlength   = 6\nwidth    = 4\nboundary = \"periodic\"";
const CONDUCTOR_AND_ENERGY: &str =
    "lattice  = \"square\"\nlength   = 6\nwidth    = 4\nboundary = \"periodic\"\nenergy   = -1.3";
/// The disorder, to be replaced as one.
const DISORDER: &str = "kind  = \"box\"\nwidth = 2.5";

/// The good study with an edit. The sweep over the width of the box goes where the disorder does.
fn apply((from, to): (&str, &str)) -> String {
    assert_eq!(STUDY.matches(from).count(), 1, "`{from}` is not unique");
    let text = STUDY.replace(from, to);
    if from == DISORDER { text.replace("\"disorder.width\" = [2.0, 3.0]", "") } else { text }
}

#[test]
fn broken_studies_give_one_error_that_explains() {
    for b in BROKEN {
        let text = apply(b.edit);
        let error = parse(&text, &[]).err().unwrap_or_else(|| panic!("accepted: {:?}", b.edit));
        let context = format!("{:?}\n{error}", b.edit);
        assert_eq!((error.key.as_str(), error.value(), error.line()), (b.key, b.value, b.line), "{context}");
        assert!(error.message.contains(b.message) && !b.message.is_empty(), "{context}");
        assert!(error.help.contains(b.help) && !b.help.is_empty(), "{context}");
        assert!(!error.label.is_empty() && !error.message.contains('\n'), "{context}");
        // what is printed names the place, the key and the value
        let printed = error.to_string();
        assert!(printed.contains(&format!("study.toml:{}:", b.line)), "{context}");
        assert!(printed.contains(b.key.trim_start_matches("sweep.").trim_matches('"')), "{context}");
    }
}

#[test]
fn labels_name_what_is_allowed() {
    let label = |edit| parse(&apply(edit), &[]).unwrap_err().label;
    assert_eq!(label(("= 6", "= 1")), "allowed: an integer >= 2");
    assert_eq!(label(("\"periodic\"", "\"x\"")), "allowed: \"hard-wall\" or \"periodic\"");
    assert_eq!(label(("= -1.3", "= \"1 kg\"")), "allowed: units: eV, meV, ueV, J, t");
    assert_eq!(label(("= 0.1", "= true")), "allowed: a number >= 0, or a list with one per site");
    assert_eq!(
        label(("latt", "tal")),
        "allowed in [conductor]: lattice, length, width, height, boundary, energy, flux, hopping, lattice_constant"
    );
    assert_eq!(label(("= -1.3", "= -5")), "allowed: an energy > -4 t and < 4 t");
}

#[test]
fn a_sweep_has_at_most_ten_thousand_points() {
    let list = |n: usize| format!("{:?}", (1..=n).map(|i| i as f64 / 1e3).collect::<Vec<_>>());
    let text = |n: usize| {
        let sweep = format!("\"disorder.width\" = {}\n\"conductor.flux\" = {}", list(n), list(100));
        STUDY.replace("\"disorder.width\" = [2.0, 3.0]", &sweep).replace("periodic", "hard-wall")
    };
    assert_eq!(parse(&text(100), &[]).unwrap().points().len(), 10_000);
    let error = parse(&text(101), &[]).unwrap_err();
    assert_eq!((error.key.as_str(), error.line()), ("sweep.\"conductor.flux\"", 22));
    assert!(
        error.message.ends_with("brings the sweep to 10100 points") && error.message.len() < 150,
        "{error}"
    );
}

#[test]
fn an_empty_file_says_how_to_begin() {
    for text in ["", "\n\n", "# nothing\n", "\u{feff}"] {
        let error = parse(text, &[]).unwrap_err();
        assert_eq!(error.message, "study.toml is empty");
        assert!(error.help.contains("diffuson new local-heat"), "{error}");
    }
}

/// Edge energies are no error where no lead has a band.
#[test]
fn wide_band_leads_take_any_energy() {
    let text = STUDY.replace("-1.3", "-4.2") + "[leads]\nkind = \"wide-band\"\ncoupling = 1\n";
    assert!(parse(&text, &[]).is_ok());
}

#[rustfmt::skip] // a table: one line per override
const OVERRIDES: &[(&[&str], &str, &str, &str, &str)] = &[
    // overrides, key, value, message, help
    (&["probes.coupling=0"], "probes.coupling", "0", "`probes.coupling = 0` is zero on every probe", "0.01"),
    (&["probes.couplin=1"], "probes.couplin", "probes.couplin", "unknown key `probes.couplin`", "did you mean `coupling`?"),
    (&["probe.coupling=1"], "probe", "probe.coupling", "unknown section [probe]", "did you mean [probes]?"),
    (&["length=3"], "length", "length", "unknown key `length`", "did you mean `length` in [conductor]?"),
    (&["probes.coupling"], "", "probes.coupling", "has no `=`", "--set probes.coupling=0.2"),
    (&["probes.coupling="], "", "", "not valid TOML", "write a value"),
    (&["probes.coupling=[1, 2"], "", "", "unclosed array", "TOML"),
    (&["conductor.energy= -9"], "conductor.energy", "-9", "outside the band", "centre"),
    (&["conductor.energy=60 meV"], "conductor.energy", "60 meV", "hopping t has no value", "conductor.hopping"),
    (&["conductor.lattice=sqare"], "conductor.lattice", "sqare", "is not a choice", "did you mean \"square\"?"),
    (&["disorder.deviation=1"], "disorder.deviation", "1", "has no meaning with disorder.kind = \"box\"", "\"gaussian\""),
    (&["disorder.kind=gaussian"], "disorder.deviation", "gaussian", "`disorder.deviation` is missing", "add deviation"),
    (&["data.file=m.csv", "kind=scaling"], "kind", "scaling", "`kind = scaling` does not fit measurements", "`diffuson run`"),
    (&["sweep.ensemble.seed=[1]"], "sweep.\"ensemble.seed\"", "sweep.ensemble.seed", "cannot be swept", "one study per value"),
    (&["sweep.disorder.width=[1, 1]"], "sweep.\"disorder.width\"", "1", "is listed twice", "once"),
    (&["kind=current"], "kind", "current", "is not a kind of study", "local-heat"),
    (&["conductor.length=3", "conductor.length=-3"], "conductor.length", "-3", "out of range", "slices"),
    (&["=3"], "", "", "unknown key ``", "lists all keys"),
];

#[test]
fn broken_overrides_point_into_the_override() {
    for (overrides, key, value, message, help) in OVERRIDES {
        let error = parse(STUDY, overrides).err().unwrap_or_else(|| panic!("accepted: {overrides:?}"));
        assert_eq!((error.key.as_str(), error.value()), (*key, *value), "{error}");
        assert_eq!(error.place.source.name, "--set", "{error}");
        assert_eq!(error.place.source.text, *overrides.last().unwrap(), "{error}");
        assert!(error.message.contains(message) && error.help.contains(help), "{error}");
    }
}

fn read(path: &std::path::Path) -> Diagnostic {
    Study::read(path, &[]).err().unwrap_or_else(|| panic!("accepted: {}", path.display()))
}

#[test]
fn unreadable_studies_say_why() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("study.toml");
    let missing = read(&path);
    assert!(
        missing.message.contains("study.toml does not exist") && missing.help.contains("diffuson new"),
        "{missing}"
    );
    assert!(missing.to_string().contains("study.toml:1:1: no such file"), "{missing}");
    assert!(read(folder.path()).message.ends_with("is a folder"));
    let written = |bytes: &[u8]| {
        std::fs::File::create(&path).unwrap().write_all(bytes).unwrap();
        read(&path)
    };
    assert!(written(b"").message.ends_with("is empty"));
    assert!(written(b"\x7fELF\x02\x01\x00\x00").message.ends_with("is a binary file"));
    assert!(written(b"\xff\xfek\x00i\x00").message.ends_with("is UTF-16 text"));
    let latin = written(b"kind = \"local-heat\"\n# f\xfcr\n");
    assert!(latin.message.contains("is not UTF-8 text: byte 0xfc at position 23"), "{latin}");
    assert_eq!(latin.line(), 2);
    let large = written(&vec![b'\n'; (1 << 20) + 1]);
    assert!(
        large.message.contains("has more than 1 MiB") && large.label == "allowed: at most 1 MiB",
        "{large}"
    );
}

#[test]
fn a_wrong_file_of_energies_points_at_its_name_or_into_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("study.toml");
    let text = apply((DISORDER, "kind = \"values\"\nfile = \"eps.txt\"\n[leads]"));
    std::fs::write(&path, text).unwrap();
    let missing = read(&path);
    assert_eq!((missing.key.as_str(), missing.value(), missing.line()), ("disorder.file", "\"eps.txt\"", 13));
    assert!(missing.message.contains("names eps.txt, which cannot be opened"), "{missing}");
    let data = folder.path().join("eps.txt");
    std::fs::create_dir(&data).unwrap();
    assert!(read(&path).message.contains("which is not a file"));
    std::fs::remove_dir(&data).unwrap();
    std::fs::write(&data, "0.1 0.2\n# comment\n0.3, o.4\n").unwrap();
    let wrong = read(&path);
    assert_eq!((wrong.value(), wrong.line()), ("o.4", 3));
    assert!(wrong.place.source.name.ends_with("eps.txt"), "{wrong}");
    std::fs::write(&data, [0xff, 0xfe]).unwrap();
    assert!(read(&path).message.contains("which is not a text file"));
    std::fs::write(&data, "0.1 0.2 0.3").unwrap();
    let short = read(&path);
    assert_eq!((short.key.as_str(), short.value(), short.line()), ("disorder.file", "\"eps.txt\"", 13));
    assert!(short.message.contains("has 3 numbers for 24 sites"), "{short}");
}
