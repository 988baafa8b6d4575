//! What scatterers on a few orbitals need of a conductor without probes: the Green function between these, and what the leads send there and receive from there. From one
//! factorisation; scatterers are then added without another.

use super::dissection::{Factorised, Field, rows};
use super::smatrix::{on_surface, times};
use super::{SMatrix, SolveError, Work};
use crate::audit::Audit;
use crate::conductor::Dressed;
use diffuson_linalg::sparse::Parallelism;
use diffuson_linalg::{Matrix, Op};

/// The Green function between some orbitals, at any energy on or above the real axis.
pub(crate) struct Between {
    /// G, in 1/t.
    pub(crate) green: Matrix,
    pub(crate) audit: Audit,
    pub(crate) work: Work,
}

/// The scattering states of a conductor on some orbitals, at a real energy.
pub(crate) struct States {
    /// G between the orbitals, in 1/t.
    pub(crate) green: Matrix,
    /// `G W_in` on the orbitals: amplitudes there of an incoming mode, a column for each.
    pub(crate) incoming: Matrix,
    /// `W_out^+ G` from the orbitals: amplitudes in an outgoing mode, a row for each.
    pub(crate) outgoing: Matrix,
    /// S without further scatterers, its audit, and the work of all.
    pub(crate) s: SMatrix,
}

/// G between orbitals: one factorisation, and a solution for each orbital.
pub(crate) fn green_between(
    dressed: &Dressed<'_>,
    onsite: &[f64],
    orbitals: &[usize],
    parallelism: Parallelism,
) -> Result<Between, SolveError> {
    let factorised = Factorised::in_field(dressed, onsite, Field::AsIs, parallelism)?;
    let green = rows(&factorised.columns(orbitals), orbitals);
    Ok(Between { green, audit: factorised.audit(), work: factorised.work() })
}

/// Scattering states on orbitals: one factorisation, and a solution for each orbital; in a magnetic field one for each incoming mode besides.
pub(crate) fn states_on(
    dressed: &Dressed<'_>,
    onsite: &[f64],
    orbitals: &[usize],
    parallelism: Parallelism,
) -> Result<States, SolveError> {
    let factorised = Factorised::in_field(dressed, onsite, Field::AsIs, parallelism)?;
    let surface = dressed.surface();
    let columns = factorised.columns(orbitals);
    let (green, to_surface) = (rows(&columns, orbitals), rows(&columns, surface));
    let modes_in = on_surface(dressed, |channels| &channels.incoming)?;
    let modes_out = on_surface(dressed, |channels| &channels.outgoing)?;
    let outgoing = times((&modes_out, Op::Adjoint), &to_surface);
    let (incoming, filled) = if dressed.conductor().is_time_reversal_symmetric() {
        // G is symmetric
        (times((&to_surface.transpose(), Op::Plain), &modes_in), factorised.filled_by(&modes_in))
    } else {
        let states = factorised.states(&modes_in);
        (rows(&states, orbitals), rows(&states, surface))
    };
    let s = SMatrix::new(dressed, &filled, factorised.work(), factorised.audit())?;
    Ok(States { green, incoming, outgoing, s })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conductor::Conductor;
    use crate::hamiltonian::Hamiltonian;
    use crate::lattice::{Boundary, Family, Lattice};
    use crate::leads::{Lead, WideLead};
    use crate::scattering::dense;
    use diffuson_linalg::C64;

    fn contact(flux: f64) -> Conductor {
        let lattice = Lattice::new(Family::Square, [4, 9, 1], Boundary::HardWall).unwrap();
        let (h, _) =
            Hamiltonian::carve(&lattice.with_flux(flux).unwrap(), |[_, y, _]| (2.0..6.5).contains(&y))
                .unwrap();
        let lead = |flux| Lead::Wide(WideLead::new([9, 1], flux, (2..7).collect()).unwrap());
        Conductor::network(h, vec![(lead(-flux), (0..5).collect()), (lead(flux), (15..20).collect())], vec![])
            .unwrap()
    }

    /// Against the inverse of the whole matrix, on the real axis and above it, without and with field: rounding of matrices of order 20.
    #[test]
    fn between_sites_the_inverse_is_the_dense_one() {
        let orbitals = [7, 3, 12];
        let onsite: Vec<f64> = (0..20).map(|i| (1.7 * f64::from(i)).sin()).collect();
        let distance = |a: &Matrix, b: &Matrix| {
            Matrix::from_fn(a.rows(), a.cols(), |i, j| a[(i, j)] - b[(i, j)]).max_norm()
        };
        for (flux, z) in [
            (0.0, C64::new(-1.3, 0.0)),
            (0.0, C64::new(-1.3, 0.4)),
            (0.04, C64::new(-2.2, 0.0)),
            (0.04, C64::new(-2.2, 0.01)),
        ] {
            let conductor = contact(flux);
            let dressed = conductor.continued(z).unwrap();
            let between = green_between(&dressed, &onsite, &orbitals, Parallelism::Sequential).unwrap();
            assert!(between.audit.passed() && between.work.factorisations == 1);
            let whole = dense::green(&dressed, &onsite).unwrap();
            let wanted = dense::block(&whole, &orbitals, &orbitals);
            assert!(distance(&between.green, &wanted) < 1e-12, "{flux} {z}");
            if z.im > 0.0 {
                continue;
            }
            let states = states_on(&dressed, &onsite, &orbitals, Parallelism::Sequential).unwrap();
            assert!(states.s.audit.passed() && states.s.work.factorisations == 1);
            let surface = dressed.surface();
            let incoming = on_surface(&dressed, |channels| &channels.incoming).unwrap();
            let outgoing = on_surface(&dressed, |channels| &channels.outgoing).unwrap();
            let from_leads = dense::multiply(&dense::block(&whole, &orbitals, surface), &incoming);
            let to_leads = dense::multiply(&outgoing.adjoint(), &dense::block(&whole, surface, &orbitals));
            assert!(distance(&states.incoming, &from_leads) < 1e-12, "{flux} {z}");
            assert!(distance(&states.outgoing, &to_leads) < 1e-12, "{flux} {z}");
            assert!(distance(&states.green, &between.green) < 1e-12, "{flux} {z}");
        }
    }
}
