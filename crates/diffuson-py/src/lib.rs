//! The extension module `diffuson._native`: what the Python package is made of.
//!
//! A thin layer: one file for each module of the crate `diffuson`, NumPy arrays in and out, no physics. What it adds is the same everywhere and lives in seven files:
//! `arguments` checks what was given, `whole` refuses numbers of leads and sites below zero, `arrays` moves matrices into NumPy without copying, `elementwise` applies formulas to arrays of any
//! shape, `compute` releases the interpreter and listens to Ctrl-C, `errors` says which exception an error is and refuses what does not fit into memory, `audit` is what every result carries.
//!
//! # How to add a function
//!
//! Write it in the file that has the name of its module in `diffuson`; call the library inside `compute::compute`; turn its error into an exception by
//! `errors::Raise`; add its name to the `module` function of the file, its type to `python/diffuson/_native/NAME.pyi` (a test compares the two), and re-export it
//! from `python/diffuson/NAME.py`.

mod arguments;
mod arrays;
mod audit;
mod compute;
mod conductor;
mod defects;
mod diffusons;
mod droplets;
mod elementwise;
mod ensemble;
mod errors;
mod fits;
mod kinetics;
mod localization;
mod noise;
mod probes;
mod random;
mod scattering;
mod study;
mod thermal;
mod units;
mod whole;
mod window;

use pyo3::prelude::*;

#[pymodule]
fn _native(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add("__version__", env!("CARGO_PKG_VERSION"))?;
    m.add("NumericalError", m.py().get_type::<errors::NumericalError>())?;
    audit::module(m)?;
    conductor::module(m)?;
    scattering::module(m)?;
    probes::module(m)?;
    ensemble::module(m)?;
    study::module(m)?;
    submodule(m, "fits", fits::module)?;
    submodule(m, "thermal", thermal::module)?;
    submodule(m, "noise", noise::module)?;
    submodule(m, "kinetics", kinetics::module)?;
    submodule(m, "localization", localization::module)?;
    submodule(m, "defects", defects::module)?;
    submodule(m, "diffusons", diffusons::module)?;
    submodule(m, "droplets", droplets::module)?;
    submodule(m, "units", units::module)?;
    // the package says what is public
    m.delattr("__all__")
}

/// A module in the module, which `import` finds; `path` is its name after that of the extension module.
pub(crate) fn submodule(
    parent: &Bound<'_, PyModule>,
    path: &str,
    fill: impl FnOnce(&Bound<'_, PyModule>) -> PyResult<()>,
) -> PyResult<()> {
    let full = format!("diffuson._native.{path}");
    let module = PyModule::new(parent.py(), &full)?;
    fill(&module)?;
    if module.hasattr("__all__")? {
        module.delattr("__all__")?;
    }
    parent.add(path.rsplit('.').next().unwrap_or(path), &module)?;
    parent.py().import("sys")?.getattr("modules")?.set_item(full, module)
}
