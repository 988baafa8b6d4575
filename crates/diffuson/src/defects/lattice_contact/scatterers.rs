//! Scatterers added one after the other to a conductor of which G between their sites is known: `G -> G + G |k> kappa <k| G`, `kappa = V / (1 - V G_kk)`.

use diffuson_linalg::{C64, Matrix};

/// The Green function between the sites of a background and of each of some positions, of which one at a time is taken.
pub(super) struct Sites {
    /// Between sites of the background.
    among: Matrix,
    /// From a position (row) to the background (column), and back.
    to: Matrix,
    from: Matrix,
    /// At each position.
    pub(super) own: Vec<C64>,
}

impl Sites {
    /// Without scatterers.
    pub(super) fn new(green: &Matrix, background: &[(usize, f64)], positions: &[usize]) -> Self {
        let (s, p) = (background.len(), positions.len());
        let site = |k: usize| background[k].0;
        Self {
            among: Matrix::from_fn(s, s, |i, j| green[(site(i), site(j))]),
            to: Matrix::from_fn(p, s, |i, j| green[(positions[i], site(j))]),
            from: Matrix::from_fn(p, s, |i, j| green[(site(j), positions[i])]),
            own: positions.iter().map(|&at| green[(at, at)]).collect(),
        }
    }

    /// Adds scatterer k of the background, in order. Returns `1 - V G_kk` and kappa; G between k and what comes after it stays as it was before.
    pub(super) fn add(&mut self, k: usize, potential: f64) -> [C64; 2] {
        let one = 1.0 - potential * self.among[(k, k)];
        let kappa = potential / one;
        let s = self.among.cols();
        for j in k + 1..s {
            let factor = kappa * self.among[(k, j)];
            (k + 1..s).for_each(|i| {
                let change = self.among[(i, k)] * factor;
                self.among[(i, j)] += change;
            });
        }
        for i in 0..self.own.len() {
            let (to, from) = (kappa * self.to[(i, k)], kappa * self.from[(i, k)]);
            self.own[i] += to * self.from[(i, k)];
            for j in k + 1..s {
                self.to[(i, j)] += to * self.among[(k, j)];
                self.from[(i, j)] += from * self.among[(j, k)];
            }
        }
        [one, kappa]
    }

    /// `<l|G|k>` and `<k|G|l>` for site l of those after k: first of the background, then of the positions.
    pub(super) fn between(&self, l: usize, k: usize) -> [C64; 2] {
        let s = self.among.cols();
        if l < s {
            [self.among[(l, k)], self.among[(k, l)]]
        } else {
            [self.to[(l - s, k)], self.from[(l - s, k)]]
        }
    }

    /// Adds the whole background: `ln|det(1 - G V)|`.
    pub(super) fn add_all(&mut self, background: &[(usize, f64)]) -> f64 {
        let one = |(k, &(_, v)): (usize, &(usize, f64))| self.add(k, v)[0].norm().ln();
        background.iter().enumerate().map(one).sum()
    }
}
