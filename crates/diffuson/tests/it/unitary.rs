//! Random unitary matrices.

use diffuson::scattering::SMatrix;
use diffuson::{C64, Matrix};
use diffuson_ensemble::random::Realisation;

/// A unitary matrix of Haar's measure (Dyson's circular ensemble, beta = 2): normal entries made orthonormal, column by column, twice.
pub(crate) fn haar(n: usize, seed: u64, sample: u64) -> Matrix {
    let random = Realisation::new(seed, sample);
    let mut normal = vec![0.0; 2 * n * n];
    random.fill_normal(0, &mut normal);
    let mut u = Matrix::from_fn(n, n, |i, j| C64::new(normal[2 * (i + j * n)], normal[2 * (i + j * n) + 1]));
    for j in 0..n {
        let mut column = u.col(j).to_vec();
        for _ in 0..2 {
            for earlier in (0..j).map(|k| u.col(k)) {
                let overlap: C64 = earlier.iter().zip(&column).map(|(a, b)| a.conj() * b).sum();
                column.iter_mut().zip(earlier).for_each(|(c, e)| *c -= overlap * e);
            }
            let norm = column.iter().map(|z| z.norm_sqr()).sum::<f64>().sqrt();
            column.iter_mut().for_each(|z| *z /= norm);
        }
        u.col_mut(j).copy_from_slice(&column);
    }
    u
}

/// `U U^T`: symmetric, of Dyson's circular ensemble with beta = 1.
pub(crate) fn symmetric(n: usize, seed: u64, sample: u64) -> Matrix {
    let u = haar(n, seed, sample);
    Matrix::from_fn(n, n, |i, j| (0..n).map(|k| u[(i, k)] * u[(j, k)]).sum())
}

/// A conductor with such a matrix between leads of so many channels.
pub(crate) fn conductor(data: Matrix, channels: &[usize]) -> SMatrix {
    SMatrix::given(data, channels, 0.0).unwrap()
}
