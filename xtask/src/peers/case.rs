//! What is computed: systems, and kinds of question.

use diffuson_ensemble::random::Realisation;
use serde_json::{Value, json};
use std::path::Path;
use tempfile::NamedTempFile;

/// Energy, in t.
const ENERGY: f64 = -1.3;
/// Full width W of the box that on-site energies are drawn from, in t.
const DISORDER: f64 = 1.0;
/// Samples of an ensemble.
pub(super) const ENSEMBLE: usize = 200;

/// A disordered square or cubic conductor with hard walls between two clean continuations of itself.
#[derive(Clone, Debug)]
pub(super) struct System {
    name: String,
    /// Length, width, height in sites; height 1 is the square lattice.
    shape: [usize; 3],
    ensemble: bool,
}

/// A system as a worker is told of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Case {
    /// Length, width, height in sites; height 1 is the square lattice.
    pub(super) shape: [usize; 3],
    /// Energy, in t.
    pub(super) energy: f64,
}

/// What is asked of a system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// S matrix, leads computed before.
    Smatrix,
    /// S matrix and leads.
    OneOff,
    /// S matrices of [`ENSEMBLE`] samples on one core.
    Ensemble,
    /// The same on all cores.
    EnsembleAll,
    /// The factorisation of `E - H - Sigma` alone.
    Factor,
    /// S matrix and leads of a finalized Kwant system, taken as it is by the Python package.
    Interop,
}

/// The list, or one system of the given shape.
pub(super) fn systems(quick: bool, shape: Option<[usize; 3]>) -> Vec<System> {
    let square = |n: usize| System { name: format!("square-{n}"), shape: [n, n, 1], ensemble: n == 100 };
    let cubic = |n: usize| System { name: format!("cubic-{n}"), shape: [n, n, n], ensemble: false };
    match shape {
        Some([l, w, h]) => {
            vec![System { name: format!("{l}x{w}x{h}"), shape: [l, w, h], ensemble: l * w * h <= 10_000 }]
        }
        None if quick => vec![square(100), cubic(12)],
        None => vec![square(100), square(200), square(400), cubic(24)],
    }
}

/// Name of a case.
pub(super) fn name(system: &System, kind: Kind) -> String {
    let kind = match kind {
        Kind::Smatrix => "smatrix",
        Kind::OneOff => "one-off",
        Kind::Ensemble => "ensemble",
        Kind::EnsembleAll => "ensemble-all",
        Kind::Factor => "factor",
        Kind::Interop => "interop",
    };
    format!("{}/{kind}", system.name)
}

impl System {
    pub(super) fn kinds(&self) -> Vec<Kind> {
        let mut kinds = vec![Kind::Smatrix, Kind::OneOff, Kind::Factor, Kind::Interop];
        if self.ensemble {
            kinds.extend([Kind::Ensemble, Kind::EnsembleAll]);
        }
        kinds
    }

    /// The request that builds the system.
    pub(super) fn prepare(&self) -> Value {
        json!({"do": "prepare", "shape": self.shape, "energy": ENERGY})
    }

    /// On-site energies of `samples` samples in a file: raw little-endian f64, sample after sample, site (x, y, z) at
    /// `(x * width + y) * height + z`.
    pub(super) fn write_samples(&self, samples: usize) -> Result<NamedTempFile, String> {
        let mut file = NamedTempFile::new().map_err(|e| format!("a file of on-site energies: {e}"))?;
        let mut sites = vec![0.0; self.shape.iter().product()];
        for sample in 0..samples {
            Realisation::new(1, sample as u64).fill_uniform(0, &mut sites);
            let bytes: Vec<u8> = sites.iter().flat_map(|u| (DISORDER * (u - 0.5)).to_le_bytes()).collect();
            std::io::Write::write_all(&mut file, &bytes)
                .map_err(|e| format!("{}: {e}", file.path().display()))?;
        }
        Ok(file)
    }
}

impl Kind {
    /// Turn number `turn` of a case; single samples change from turn to turn.
    pub(super) fn request(self, onsite: &Path, turn: usize, samples: usize, cores: usize) -> Value {
        match self {
            Self::Smatrix => json!({"do": "smatrix", "onsite": onsite, "sample": turn, "leads": "ready"}),
            Self::OneOff => json!({"do": "smatrix", "onsite": onsite, "sample": turn, "leads": "fresh"}),
            Self::Factor => json!({"do": "factor", "onsite": onsite, "sample": turn}),
            Self::Interop => json!({"do": "interop", "onsite": onsite, "sample": turn, "by": "kwant"}),
            Self::Ensemble => {
                json!({"do": "ensemble", "onsite": onsite, "first": 0, "count": samples, "threads": 1})
            }
            Self::EnsembleAll => {
                json!({"do": "ensemble", "onsite": onsite, "first": 0, "count": samples, "threads": cores})
            }
        }
    }
}
