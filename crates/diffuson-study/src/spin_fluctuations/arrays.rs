//! What the lattice experiment stores beside its table: over subspaces, radii and depths.

use super::derived::{DEPTHS, Derived, ProfileVariance, Subspace};
use super::experiment::{DEPTH, Experiment, QUANTILE, RADIUS, SUBSPACE};
use super::question::{estimated, exact};
use super::tail::{QUANTILES, times};
use crate::results::{NO_ESTIMATE, Results, float};
use crate::task::Column;
use diffuson_ensemble::statistics::Estimate;
use diffuson_store::POINT;

impl Experiment<'_> {
    /// The arrays over subspaces, radii and depths.
    pub(super) fn extend(&self, results: &mut Results, derived: &[Option<Derived>]) {
        results.dimension(QUANTILE, QUANTILES.len());
        results.dimension(DEPTH, DEPTHS);
        results.dimension("one", 1);
        results.extend([
            (
                float(QUANTILE, &[QUANTILE], "1", "share of samples beyond a depth"),
                Column::Float(QUANTILES.to_vec()),
            ),
            (
                float("chosen_subspace", &["one"], "1", "which of the subspaces table and verdict use"),
                Column::Float(vec![self.chosen() as f64]),
            ),
        ]);
        let subspaces = self.projections.modes.len();
        let over = |width: usize, of: &dyn Fn(&Subspace) -> Vec<Estimate>| -> Vec<Estimate> {
            let missing = || vec![NO_ESTIMATE; width * subspaces];
            let found = |d: &Derived| d.subspaces.iter().flat_map(of).collect::<Vec<_>>();
            derived.iter().flat_map(|d| d.as_ref().map_or_else(missing, found)).collect()
        };
        let one = [POINT, SUBSPACE];
        type Of<'f> = &'f dyn Fn(&Subspace) -> Vec<Estimate>;
        let of_one: [(&str, &str, Of<'_>); 5] = [
            ("variance_ratio", "sum of the variances of F_1 over that of theory", &|s| vec![s.ratio]),
            ("optimum", "largest variance I of a profile within the subspace, in theory", &|s| {
                vec![exact(s.optimum)]
            }),
            ("tail_slope", "slope of the tail of samples times 2 I", &|s| vec![s.slope]),
            ("surrogate_slope", "the same of surrogates, in the same range", &|s| vec![s.surrogate_slope]),
            ("far_slope", "the same of surrogates at E^2/2I from 10 to 20", &|s| vec![s.far_slope]),
        ];
        for (name, words, of) in of_one {
            results.extend(estimated((name, &one, "1"), words, &over(1, of)));
        }
        let quantiles = [POINT, SUBSPACE, QUANTILE];
        let depths: [(&str, &str, Of<'_>); 2] = [
            ("lowest_depth", "depth of the lowest eigenvalue that a share of samples exceeds", &|s| {
                s.depths.to_vec()
            }),
            ("surrogate_depth", "the same of surrogates", &|s| s.surrogate_depths.to_vec()),
        ];
        for (name, words, of) in depths {
            results.extend(estimated((name, &quantiles, "1"), words, &over(QUANTILES.len(), of)));
        }
        let grid = [POINT, SUBSPACE, DEPTH];
        let along = |of: &dyn Fn(&(f64, Estimate, f64)) -> Estimate| {
            over(DEPTHS, &|s: &Subspace| s.survival.iter().map(of).collect())
        };
        let values = |of: &[Estimate]| Column::Float(of.iter().map(|e| e.value).collect());
        results.extend(estimated(
            ("survival", &grid, "1"),
            "share of samples whose lowest eigenvalue lies deeper",
            &along(&|s| s.1),
        ));
        results.extend([
            (float("survival_energy", &grid, "1", "depth E"), values(&along(&|s| exact(s.0)))),
            (float("surrogate_survival", &grid, "1", "share of surrogates"), values(&along(&|s| exact(s.2)))),
        ]);
        let radii = [POINT, RADIUS];
        let width = self.projections.radii.len();
        let of_radii = |of: &dyn Fn(&ProfileVariance) -> Estimate| -> Vec<Estimate> {
            let missing = || vec![NO_ESTIMATE; width];
            let found = |d: &Derived| d.profiles.iter().map(of).collect::<Vec<_>>();
            derived.iter().flat_map(|d| d.as_ref().map_or_else(missing, found)).collect()
        };
        results.extend(estimated(
            ("profile_variance", &radii, "1"),
            "variance of F_1 on a Gaussian profile, over samples and places",
            &of_radii(&|v| v.measured),
        ));
        results.extend(estimated(
            ("profile_ratio", &radii, "1"),
            "the same over that of theory",
            &of_radii(&|v| times(v.measured, 1.0 / v.predicted)),
        ));
        results.extend([
            (
                float(
                    "profile_predicted",
                    &radii,
                    "1",
                    "variance of theory: of the model's own ladders, if it knows them",
                ),
                values(&of_radii(&|v| exact(v.predicted))),
            ),
            (
                float("profile_diffusive", &radii, "1", "variance of rings of pure diffusion"),
                values(&of_radii(&|v| exact(v.diffusive))),
            ),
        ]);
    }
}
