//! The record of a run as xarray sees it.

use super::workshop::{Ran, Workshop, skipped};

const SCRIPT: &str = r#"
import warnings
warnings.simplefilter("error")
import numpy, xarray
run = xarray.open_zarr("results/study.zarr").load()
assert run.attrs["title"] == "A small strip" and run.attrs["kind"] == "local-heat"
assert run.sizes["point"] == 2 and run.sizes["sample"] == 2 and run.sizes["site"] == 60
assert run.heat.dims == ("point", "sample", "site") and run.heat.attrs["units"] == "bias/t"
assert list(run.probes_coupling.values) == [0.2, 0.4] and run.probes_coupling.attrs["key"] == "probes.coupling"
assert (run.status == 1).all() and (run.audit_residual <= run.audit_allowed).where(run.audit_residual.notnull(), True).all()
# heat is conserved: what the sites give, the leads take
total = run.heat.sum("site") + run.heat_left + run.heat_right
assert abs(total).max() < 1e-12, total
sigma = run.estimate.sel(quantity="conductance").isel(point=0)
assert numpy.isclose(sigma, run.conductance.isel(point=0).mean(), rtol=1e-12), sigma
print(repr(float(sigma)))
"#;

#[test]
fn xarray_opens_a_record_without_options() {
    let workshop = Workshop::with_study();
    let object = workshop.run(&["run", "study.toml", "--json", "--no-report"]).well().json();
    let python = |script: &str| workshop.command("python3", &["-c", script]).output();
    if !python("import xarray, zarr").is_ok_and(|output| output.status.success()) {
        return skipped("python3 with xarray and zarr is not installed");
    }
    let ran = Ran::from(python(SCRIPT).expect("it has just started")).well();
    let printed: f64 = ran.stdout.trim().parse().expect("a number");
    assert_eq!(Some(printed), object["estimates"][0]["conductance"]["value"].as_f64());
}
