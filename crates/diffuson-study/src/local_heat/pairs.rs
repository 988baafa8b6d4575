//! Products of a field at pairs of sites, by the distance of the two.

use super::geometry::Grid;
use diffuson_linalg::product_real;
use std::ops::Range;

/// All pairs of different sites of the interior that have a value, binned by distance: bin b holds distances (in a) in `[b, b + 1) * width`.
///
/// The fields of all samples of a point have values at the same sites, so counts and angles are found once. The sums of products at all displacements with the same distance along
/// the current are entries of one product of matrices, of 2 m^2 n operations for m sites in each of n slices.
pub(super) struct Pairs<'g> {
    grid: &'g Grid,
    slices: Range<usize>,
    width: f64,
    /// For the sites of these slices.
    known: Vec<bool>,
    /// Pairs of places in a slice, for each displacement across the current.
    across: Vec<Across>,
    /// For each displacement along the current, in slices, what falls into which bin.
    terms: Vec<Vec<Term>>,
    bins: Vec<Bin>,
}

/// Places in a slice that are so many rows and layers apart.
struct Across {
    step: [isize; 2],
    pairs: Vec<(usize, usize)>,
}

/// Pairs of sites with the same displacement.
struct Term {
    across: usize,
    /// Kinds of the two sites.
    kinds: [usize; 2],
    bin: usize,
    cosine: f64,
}

/// What a bin knows of its pairs: the normal equations of a line in `cos 2 theta`.
#[derive(Clone, Default)]
struct Bin {
    count: f64,
    cosine: f64,
    square: f64,
}

impl<'g> Pairs<'g> {
    /// The pairs for fields that have values where this one has, in these slices.
    pub(super) fn new(grid: &'g Grid, slices: &Range<usize>, width: f64, bins: usize, field: &[f64]) -> Self {
        let known: Vec<bool> = field[grid.sites(slices)].iter().map(|v| !v.is_nan()).collect();
        let mut pairs = Self {
            grid,
            slices: slices.clone(),
            width,
            known,
            across: Vec::new(),
            terms: Vec::new(),
            bins: vec![Bin::default(); bins],
        };
        let reach = width * bins as f64;
        let [_, rows, layers] = grid.shape;
        for dy in grid.steps(1, reach) {
            for dz in grid.steps(2, reach) {
                let shifted = |from: usize| {
                    let y = grid.shifted(from / layers, dy, rows)?;
                    Some((from, y * layers + grid.shifted(from % layers, dz, layers)?))
                };
                let of_slice = (0..rows * layers).filter_map(shifted).collect();
                pairs.across.push(Across { step: [dy, dz], pairs: of_slice });
            }
        }
        let most = ((reach / grid.spacing[0]).ceil() as usize).min(slices.len().saturating_sub(1));
        let ones = vec![1.0; pairs.known.len()];
        let ones = pairs.by_kind(&ones);
        for ahead in 0..=most {
            let terms = pairs.terms_at(ahead, &ones);
            pairs.terms.push(terms);
        }
        pairs
    }

    /// Means of the products of a field in each bin. Then, of one layer, the dipoles p of the least-squares fit `c - p cos 2 theta` in each bin, theta the angle to the current; pairs
    /// need not lie evenly in all directions for that. An empty bin is NaN.
    pub(super) fn products(&self, field: &[f64]) -> [Vec<f64>; 2] {
        let inside = &field[self.grid.sites(&self.slices)];
        if inside.iter().zip(&self.known).any(|(v, known)| v.is_nan() == *known) {
            let others = Self::new(self.grid, &self.slices, self.width, self.bins.len(), field);
            return others.products(field);
        }
        let values = self.by_kind(inside);
        let mut sums = vec![[0.0; 2]; self.bins.len()];
        for (ahead, terms) in self.terms.iter().enumerate() {
            let products = self.products_at(ahead, &values);
            for term in terms {
                let sum = self.sum(&products, term.across, term.kinds);
                let [plain, weighted] = &mut sums[term.bin];
                *plain += sum;
                *weighted += sum * term.cosine;
            }
        }
        let mean = |(bin, [plain, _]): (&Bin, &[f64; 2])| plain / bin.count;
        let dipole = |(bin, [plain, weighted]): (&Bin, &[f64; 2])| {
            let covariance = weighted - plain / bin.count * bin.cosine;
            -covariance / (bin.square - bin.cosine * bin.cosine / bin.count)
        };
        let flat = self.grid.shape[2] == 1;
        let bins = || self.bins.iter().zip(&sums);
        [bins().map(mean).collect(), bins().map(|b| if flat { dipole(b) } else { f64::NAN }).collect()]
    }

    /// The displacements so many slices ahead that pairs have and that fall into a bin; counts their pairs.
    fn terms_at(&mut self, ahead: usize, ones: &[f64]) -> Vec<Term> {
        let counts = self.products_at(ahead, ones);
        let kinds = self.grid.kinds();
        let mut terms = Vec::new();
        for (across, Across { step: [dy, dz], .. }) in self.across.iter().enumerate() {
            // within a slice each pair is met once
            if ahead == 0 && (*dy, *dz) <= (0, 0) {
                continue;
            }
            for pair in 0..kinds * kinds {
                let kinds = [pair / kinds, pair % kinds];
                let count = self.sum(&counts, across, kinds);
                let step = self.grid.displacement([ahead as isize, *dy, *dz], kinds);
                let distance = step.iter().map(|x| x * x).sum::<f64>().sqrt();
                let bin = (distance / self.width) as usize;
                if count == 0.0 || bin >= self.bins.len() {
                    continue;
                }
                let cosine = 2.0 * (step[0] / distance).powi(2) - 1.0;
                let known = &mut self.bins[bin];
                known.count += count;
                known.cosine += count * cosine;
                known.square += count * cosine * cosine;
                terms.push(Term { across, kinds, bin, cosine });
            }
        }
        terms
    }

    /// Rows of a slice in [`Self::by_kind`].
    fn rows(&self) -> usize {
        self.grid.slice_sites() * self.grid.kinds()
    }

    /// A matrix with a column for each slice, in which each kind of sites has its own rows; zero where there is no value.
    fn by_kind(&self, values: &[f64]) -> Vec<f64> {
        let n = self.grid.slice_sites();
        let mut matrix = vec![0.0; self.rows() * self.slices.len()];
        let kinds = &self.grid.kind_of_site()[self.grid.sites(&self.slices)];
        for (site, ((value, known), kind)) in values.iter().zip(&self.known).zip(kinds).enumerate() {
            if *known {
                matrix[site / n * self.rows() + kind * n + site % n] = *value;
            }
        }
        matrix
    }

    /// For all pairs of rows, the sum over slices of the product of the first with the second so many slices ahead.
    fn products_at(&self, ahead: usize, values: &[f64]) -> Vec<f64> {
        let (rows, slices) = (self.rows(), self.slices.len() - ahead);
        let mut later = vec![0.0; rows * slices];
        for (slice, column) in values[ahead * rows..].chunks_exact(rows).enumerate() {
            column.iter().enumerate().for_each(|(row, value)| later[row * slices + slice] = *value);
        }
        let mut products = vec![0.0; rows * rows];
        product_real(&mut products, &values[..rows * slices], &later, rows, slices);
        products
    }

    /// The sum of the entries of one displacement across.
    fn sum(&self, products: &[f64], across: usize, [from, to]: [usize; 2]) -> f64 {
        let (n, rows) = (self.grid.slice_sites(), self.rows());
        let of_kinds = &products[to * n * rows + from * n..];
        self.across[across].pairs.iter().map(|(a, b)| of_kinds[b * rows + a]).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use diffuson::lattice::{Boundary, Family, Lattice};
    use diffuson_ensemble::random::Realisation;

    fn grid(family: Family, shape: [usize; 3], boundary: Boundary) -> (Grid, Lattice) {
        let lattice = Lattice::new(family, shape, boundary).unwrap();
        (Grid::new(&lattice), lattice)
    }

    #[test]
    fn pair_products_find_each_pair_once() {
        // a field with period 3 around periodic rows: the product at distance 1 and 3 is known
        let (g, _) = grid(Family::Square, [6, 6, 1], Boundary::Periodic);
        let field: Vec<f64> = (0..36).map(|i| if (i % 6) % 3 == 0 { 1.0 } else { 0.0 }).collect();
        let products = |width: f64| Pairs::new(&g, &(0..6), width, 1, &field).products(&field);
        let [means, dipoles] = products(1.2);
        // neighbours across: never both 1; along the current: 30 of 66 pairs, a third of them both 1
        assert!((means[0] - 10.0 / 66.0).abs() < 1e-12, "{means:?}");
        // so 1/6 + 1/6 cos 2 theta
        assert!((dipoles[0] + 1.0 / 6.0).abs() < 1e-12, "{dipoles:?}");
        assert!(products(0.5)[0][0].is_nan());
        // a reach beyond the conductor finds all pairs, and ends
        assert_eq!(products(1e150), products(100.0));
    }

    #[test]
    fn pair_products_are_those_of_a_search_through_all_pairs() {
        let random = Realisation::new(7, 0);
        // directions of one kind only leave the dipole of a bin open, but for rounding
        let mut determined = 0;
        for (family, shape, boundary) in [
            (Family::Square, [9, 7, 1], Boundary::HardWall),
            (Family::Square, [9, 7, 1], Boundary::Periodic),
            (Family::HoneycombZigzag, [9, 6, 1], Boundary::HardWall),
            (Family::HoneycombArmchair, [8, 6, 1], Boundary::HardWall),
            (Family::Cubic, [6, 3, 5], Boundary::Periodic),
        ] {
            let (grid, lattice) = grid(family, shape, boundary);
            let (n, slices, width, bins) = (grid.slice_sites(), 1..shape[0] - 1, 0.8, 4);
            let complete: Vec<f64> = (0..lattice.sites() as u64).map(|i| random.normal(0, i)).collect();
            let mut holes = complete.clone();
            holes.iter_mut().skip(2).step_by(5).for_each(|v| *v = f64::NAN);
            let across = |axis: usize| f64::from(u32::try_from(shape[axis]).unwrap()) * grid.spacing[axis];
            let shortest =
                |x: f64, around: f64| if grid.periodic { x - around * (x / around).round() } else { x };
            for (field, like) in [(&complete, &complete), (&holes, &holes), (&holes, &complete)] {
                // normal equations of c - p cos 2 theta in each bin
                let mut sums = vec![[0.0; 5]; bins];
                for a in grid.sites(&slices) {
                    for b in a + 1..grid.sites(&slices).end {
                        let [p, q] = [a, b].map(|i| lattice.position(i / n, i % n));
                        let step =
                            [q[0] - p[0], shortest(q[1] - p[1], across(1)), shortest(q[2] - p[2], across(2))];
                        let square: f64 = step.iter().map(|x| x * x).sum();
                        let (cosine, product) = (2.0 * step[0] * step[0] / square - 1.0, field[a] * field[b]);
                        if let Some(sums) = sums.get_mut((square.sqrt() / width) as usize)
                            && !product.is_nan()
                        {
                            let terms = [1.0, cosine, cosine * cosine, product, product * cosine];
                            sums.iter_mut().zip(terms).for_each(|(sum, term)| *sum += term);
                        }
                    }
                }
                let [means, dipoles] = Pairs::new(&grid, &slices, width, bins, like).products(field);
                for (bin, [count, cosine, square, product, weighted]) in sums.into_iter().enumerate() {
                    let mean = product / count;
                    let dipole = -(weighted - mean * cosine) / (square - cosine * cosine / count);
                    // sums of some hundred products of order 1, in another order: 1e-14, and fits lose a digit
                    let same = |a: f64, b: f64| a.is_nan() && b.is_nan() || (a - b).abs() < 1e-12;
                    let what = format!("{family:?} {boundary:?} {bin}");
                    assert!(same(means[bin], mean), "{what}: {means:?} {mean}");
                    if shape[2] > 1 {
                        assert!(dipoles[bin].is_nan(), "{what}: {dipoles:?}");
                    } else if square - cosine * cosine / count > 1e-9 {
                        assert!(same(dipoles[bin], dipole), "{what}: {dipoles:?} {dipole}");
                        determined += 1;
                    }
                }
            }
        }
        assert!(determined > 20, "{determined}");
    }
}
