//! Files: written under a temporary name and renamed, so that no reader sees half a figure.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::error::ReportError;
use crate::record::Record;

/// Resolution of PNG figures, pixels per inch.
const PRINT_DPI: f64 = 300.0;

/// Writes every figure of `record` into `folder` (made if needed), as SVG and as PNG at 300 dpi.
///
/// Returns the SVG files; each PNG lies beside its SVG.
///
/// # Errors
///
/// Those of [`figures`](crate::figures), and [`ReportError::Write`] with the file that failed.
pub fn write_figures(record: &Record, folder: &Path) -> Result<Vec<PathBuf>, ReportError> {
    let mut written = Vec::new();
    for figure in crate::figures(record)? {
        let svg = folder.join(format!("{}.svg", figure.name));
        write(&svg.with_extension("png"), &figure.png(PRINT_DPI)?)?;
        write(&svg, figure.svg.as_bytes())?;
        written.push(svg);
    }
    Ok(written)
}

/// Writes the page of `record` to `path`.
///
/// # Errors
///
/// Those of [`page`](crate::page), and [`ReportError::Write`].
pub fn write_page(record: &Record, path: &Path) -> Result<(), ReportError> {
    write(path, crate::page(record)?.as_bytes())
}

/// Writes figures and `report.html` into `folder`; returns the figures and the page.
///
/// # Errors
///
/// Those of [`write_figures`] and [`write_page`].
pub fn write_all(record: &Record, folder: &Path) -> Result<(Vec<PathBuf>, PathBuf), ReportError> {
    let figures = write_figures(record, folder)?;
    let page = folder.join("report.html");
    write_page(record, &page)?;
    Ok((figures, page))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), ReportError> {
    let failed = |source| ReportError::Write { path: path.to_path_buf(), source };
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(failed)?;
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}.tmp", std::process::id()));
    let temporary = folder.join(name);
    // what a killed process left; a link under this name is not followed
    let _ = fs::remove_file(&temporary);
    let result = fs::File::create_new(&temporary)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&temporary, path));
    result.map_err(|error| {
        // What cannot be removed here is only a stray temporary file; the error to report is the first.
        let _ = fs::remove_file(&temporary);
        failed(error)
    })
}
