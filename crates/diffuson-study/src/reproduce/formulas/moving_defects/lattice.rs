//! Constrictions of a lattice: the configurations of reference, and what a uniform wire says of one scatterer.

use super::{Arguments, Refused};
use diffuson::defects::{ContactShape, Dressed, LatticeContact};
use diffuson_ensemble::statistics::pearson;

pub(super) fn value(name: &str, at: &Arguments) -> Result<Option<f64>, Refused> {
    if let Some(quantity) = name.strip_prefix("hole in three dimensions: ") {
        return reference(quantity, at, &bar()?);
    }
    if let Some(quantity) = name.strip_prefix("hole in two dimensions: ") {
        return reference(quantity, at, &slit(at.get("flux")?)?);
    }
    Ok(Some(match name {
        "transmission of a wire" => wire(&[CENTRE])?.conductance() / 2.0,
        // over -2 sin^2 d_loc, the worst of several sites and potentials
        "conductance of a site of a wire" => {
            let sites = [CENTRE, [0, 1, 7], [0, 0, 0], [0, 10, 4]];
            let wire = wire(&sites)?;
            let mut worst = 0.0f64;
            for (site, potential) in sites.into_iter().flat_map(|s| [(s, 1.5), (s, -1.2), (s, 0.3)]) {
                let found = sound(wire.dress(&[], potential, &[site])?)?.conductance[0];
                let expected = -2.0 * wire.phase_shift(site, potential)?.sin().powi(2);
                worst = worst.max((found / expected - 1.0).abs());
            }
            worst
        }
        // energy and conductance of one scatterer over all sites of a cross-section of a wire
        "correlation over the sites of a wire" => {
            let sites: Vec<[usize; 3]> = (0..13).flat_map(|y| (0..13).map(move |z| [0, y, z])).collect();
            let dressed = sound(wire(&sites)?.dress(&[], at.get("potential")?, &sites)?)?;
            let pairs = dressed.energy.iter().zip(&dressed.conductance).map(|(&e, &g)| [e, g]);
            pearson(&pairs.collect::<Vec<_>>()).value
        }
        _ => return Ok(None),
    }))
}

/// A contact, its static scatterers, and the two positions of the mobile one.
struct Reference {
    contact: LatticeContact,
    potential: f64,
    background: Vec<([usize; 3], f64)>,
    positions: [[usize; 3]; 2],
}

fn reference(quantity: &str, at: &Arguments, of: &Reference) -> Result<Option<f64>, Refused> {
    let dressed = || sound(of.contact.dress(&of.background, of.potential, &of.positions)?);
    let position = || Ok::<_, Refused>(at.get("position")? as usize);
    Ok(Some(match quantity {
        "transmission" => of.contact.conductance() / 2.0,
        "conductance" => dressed()?.conductance[position()?],
        "energy" => dressed()?.energy[position()?],
        "density" => of.contact.electrons(of.positions[0])?,
        _ => return Ok(None),
    }))
}

/// Leads of 11 x 11 sites, five slices of 5 x 5, E_F = -4.
fn bar() -> Result<Reference, Refused> {
    let shape = ContactShape::hole([11, 11], [5, 5], 5)?;
    solved(shape, [-4.0, 0.0, -1.2], [[1, 3, 3], [3, 7, 4], [2, 6, 7]], [[2, 4, 5], [2, 5, 5]])
}

/// Leads of 15 sites, seven slices of 9, E_F = -3.
fn slit(flux: f64) -> Result<Reference, Refused> {
    let shape = ContactShape::hole([15, 1], [9, 1], 7)?;
    solved(shape, [-3.0, flux, -1.0], [[1, 4, 0], [5, 10, 0], [4, 8, 0]], [[3, 6, 0], [3, 7, 0]])
}

fn solved(
    shape: ContactShape,
    [energy, flux, potential]: [f64; 3],
    fixed: [[usize; 3]; 3],
    positions: [[usize; 3]; 2],
) -> Result<Reference, Refused> {
    let candidates = [&fixed[..], &positions[..]].concat();
    let contact = LatticeContact::new(shape, energy, flux, 0.0, &candidates)?;
    Ok(Reference { contact, potential, background: fixed.map(|site| (site, potential)).to_vec(), positions })
}

/// The middle of a wire of 13 x 13 sites; one slice is like another.
const CENTRE: [usize; 3] = [0, 6, 6];

/// At E_F = -4.6, waves are some five sites long.
fn wire(candidates: &[[usize; 3]]) -> Result<LatticeContact, Refused> {
    Ok(LatticeContact::new(ContactShape::wire([13, 13], 1)?, -4.6, 0.0, 0.0, candidates)?)
}

fn sound(dressed: Dressed) -> Result<Dressed, Refused> {
    super::passed(&dressed.audit)?;
    Ok(dressed)
}
