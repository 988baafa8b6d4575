//! The record as others see it: `xarray.open_zarr` without options.

use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, Output};

use diffuson_store::{ArraySpec, Kind, Layout, Outcome, Record, Writer};

use crate::run::{finish, provenance, record, save, write_coordinates};

/// Runs a script with warnings turned into errors; none if python3 with xarray and zarr is not here.
fn python(script: &str, path: &Path) -> Option<Output> {
    let run = |script: &str| Command::new("python3").args(["-W", "error", "-c", script]).arg(path).output();
    // What the import itself warns of is not about the record.
    match Command::new("python3").args(["-c", "import xarray, zarr"]).output() {
        Ok(output) if output.status.success() => Some(run(script).unwrap()),
        _ => {
            // Past the test harness, which would keep the line to itself.
            io::stderr().write_all(b"SKIPPED: python3 with xarray and zarr is not installed\n").unwrap();
            None
        }
    }
}

fn check(script: &str, path: &Path) {
    if let Some(output) = python(script, path) {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success() && said.is_empty(), "{said}");
    }
}

const FINISHED: &str = r#"
import sys, warnings
warnings.simplefilter("ignore")
import numpy as np, xarray as xr
warnings.simplefilter("error")
d = xr.open_zarr(sys.argv[1]).load()
assert dict(d.sizes) == {"point": 2, "sample": 10, "site": 3, "audit": 2, "pixel": 2**18, "quantity": 2}, d.sizes
assert set(d.coords) == {"point", "sample", "site", "audit", "quantity"}, d.coords
assert d.heat.dims == ("point", "sample", "site") and d.heat.dtype == "float64"
assert d.heat.attrs == {"units": "bias/t", "long_name": "local heat",
    "description": "positive where heat is delivered to the probe"}, d.heat.attrs
assert d.probes_coupling.attrs["key"] == "probes.coupling" and d.probes_coupling.attrs["swept"] is True
for name in list(d.variables):
    assert d[name].attrs["units"] and d[name].attrs["long_name"], name
assert d.sample.values.tolist() == list(range(10)) and d.point.values.tolist() == [0, 1]
assert d.site.values.tolist() == [10, 11, 12] and d.site.dtype == "int64"
assert d.audit.values.tolist() == ["charge", "énergie"]
status = np.ones((2, 10), dtype="uint8"); status[:, 5] = 2
assert (d.status.values == status).all() and d.status.dtype == "uint8"
assert np.isnan(d.heat.values[:, 5]).all() and np.isfinite(d.heat.values[status == 1]).all()
assert d.failure.sel(point=1, sample=5).item().startswith("residual = 3.1e-7")
assert d.remark.values[1, 3] == "Σ of sample 3" and d.remark.values[1, 5] == ""
assert d.steps.values[1].tolist() == [1000 * i - 1 if i != 5 else 0 for i in range(10)]
assert d.picture.values[1, :, 2**18 - 1].tolist() == [7 * i % 256 if i != 5 else 0 for i in range(10)]
assert d["flags"].values[0, :, 1].tolist() == [i if i != 5 else 0 for i in range(10)]
assert d.estimate.values.tolist() == [[10.0, 5.0], [10 / 3, 2.5]]
assert np.isnan(d.x.values[1, 2])
def uniform(a, b, c):
    m = 2**64 - 1
    z = ((a << 42 | b << 21 | c) * 0x9e3779b97f4a7c15) & m
    z = ((z ^ (z >> 30)) * 0xbf58476d1ce4e5b9) & m
    z = ((z ^ (z >> 27)) * 0x94d049bb133111eb) & m
    return (z >> 11) / 2.0**53
assert d.conductance.values[1, 9] == uniform(1, 9, 0)
assert d.heat.values[1, 9].tolist() == [uniform(1, 9, i + 1) - 0.5 for i in range(3)]
a = d.attrs
assert a["title"] == "Heat in a strip: Γ, μ" and a["kind"] == "local-heat" and a["created_by"] == "diffuson"
assert a["seed"] == str(2**64 - 1) and "seed_number" not in a and a["schema_version"] == 2
assert a["settings"]["probes"] == {"coupling": 0.1, "kind": "wide-band"} and a["overrides"] == ["probes.coupling=0.1"]
assert len(a["study_fingerprint"]) == 16 and a["study"].startswith("title") and a["version"] == "0.1.0"
"#;

#[test]
fn a_finished_record() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.zarr");
    // By a crooked road, with growth.
    finish(&path, 3).unwrap();
    finish(&path, 10).unwrap();
    check(FINISHED, &path);
}

const UNFINISHED: &str = r#"
import sys, warnings
warnings.simplefilter("ignore")
import numpy as np, xarray as xr
warnings.simplefilter("error")
d = xr.open_zarr(sys.argv[1]).load()
done = np.zeros((2, 10), dtype="uint8"); done[1, [2, 3, 9]] = 1
assert (d.status.values == done).all()
assert (np.isfinite(d.conductance.values) == (done == 1)).all()
assert (d.remark.values == "")[done == 0].all() and (d.steps.values == 0)[done == 0].all()
assert "estimate" not in d and d.sample.values.tolist() == list(range(10))
"#;

#[test]
fn an_unfinished_record() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.zarr");
    let mut writer = Writer::create_or_resume(&path, &record(10), false).unwrap();
    write_coordinates(&mut writer).unwrap();
    save(&mut writer, 1, &[2, 3]).unwrap();
    save(&mut writer, 1, &[9]).unwrap();
    check(UNFINISHED, &path);
}

const EMPTY: &str = r#"
import sys, warnings
warnings.simplefilter("ignore")
import xarray as xr
warnings.simplefilter("error")
d = xr.open_zarr(sys.argv[1]).load()
assert dict(d.sizes) == {"point": 1, "sample": 1, "fit": 0} and d.total.item() == 7.5 and d.total.dims == ()
assert d.fit_value.shape == (0,) and d.fit.shape == (0,)
"#;

#[test]
fn empty_dimensions_and_single_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.zarr");
    let layout = Layout {
        dims: vec![("fit".to_owned(), 0)],
        arrays: vec![
            ArraySpec::new("fit", Kind::Text, &["fit"], "1", "fit"),
            ArraySpec::new("fit_value", Kind::Float, &["fit"], "1", "value"),
            ArraySpec::new("total", Kind::Float, &[], "1", "total"),
        ],
    };
    let record = Record { provenance: provenance(1), points: 1, samples: 1, layout };
    let mut writer = Writer::create_or_resume(&path, &record, false).unwrap();
    writer.write("total", &[7.5]).unwrap();
    writer.save(0, &[(0, Outcome::Done)], &[]).unwrap();
    check(EMPTY, &path);
}

const CONSOLIDATED_AGAIN: &str = r#"
import sys, warnings
warnings.simplefilter("ignore")
import zarr
zarr.consolidate_metadata(sys.argv[1])
"#;

/// Python's own way of writing the same metadata is understood.
#[test]
fn metadata_rewritten_by_python() {
    let folder = tempfile::tempdir().unwrap();
    let (path, straight) = (folder.path().join("run.zarr"), folder.path().join("straight.zarr"));
    finish(&path, 10).unwrap();
    finish(&straight, 10).unwrap();
    check(CONSOLIDATED_AGAIN, &path);
    finish(&path, 10).unwrap();
    crate::run::assert_same(&straight, &path);
}
