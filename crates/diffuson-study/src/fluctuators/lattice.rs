//! The contact on a lattice: factorised once for all samples of all points that share it, or once per sample where its walls are rough.

use crate::settings::fluctuators::LatticeSettings;
use diffuson::defects::{ContactShape, DefectError, Dressed, LatticeContact, SitePlacement};
use diffuson::disorder::Fields;
use std::sync::OnceLock;

/// The random field of blocked sites: that of places is 0.
const BLOCKED: u32 = 1;

/// A constriction, and how a defect of so many positions is placed in it.
pub(super) struct Constriction {
    lattice: LatticeSettings,
    positions: usize,
    /// Flux quanta per plaquette.
    flux: f64,
    /// kT in t.
    temperature: f64,
    shape: ContactShape,
    /// Without blocked sites.
    smooth: OnceLock<Result<Solved, DefectError>>,
}

/// A contact that has been factorised, with everything that samples choose from.
struct Solved {
    contact: LatticeContact,
    placement: SitePlacement,
}

impl Constriction {
    /// The constriction of the settings, for electrons at kT (in e_F), with flux quanta through length times opening.
    pub(super) fn new(
        lattice: &LatticeSettings,
        positions: usize,
        temperature: f64,
        flux: f64,
    ) -> Result<Self, DefectError> {
        let across = |sites: usize| if lattice.dimension == 3 { [sites; 2] } else { [sites, 1] };
        let [leads, opening] = [lattice.width, lattice.opening].map(across);
        let shape = if lattice.horn {
            ContactShape::horn(leads, opening, lattice.length)?
        } else {
            ContactShape::hole(leads, opening, lattice.length)?
        };
        Ok(Self {
            positions,
            flux: flux / (lattice.length * lattice.opening) as f64,
            temperature: temperature * lattice.fermi_energy(),
            shape,
            smooth: OnceLock::new(),
            lattice: lattice.clone(),
        })
    }

    /// Sites of the constriction.
    pub(super) fn sites(&self) -> usize {
        self.shape.sites().count()
    }

    /// Places of the positions, in sites from the first.
    pub(super) fn cells(&self) -> Vec<[i64; 3]> {
        SitePlacement::cells(self.positions, self.lattice.dimension)
    }

    /// Whether every sample is a contact of its own.
    pub(super) fn is_rough(&self) -> bool {
        self.lattice.blocked > 0.0
    }

    /// One sample: so many fixed scatterers and a mobile one, of phase shifts in radians. Energies in e_F.
    pub(super) fn sample(
        &self,
        fields: &dyn Fields,
        fixed: usize,
        [fixed_shift, mobile_shift]: [f64; 2],
    ) -> Result<Dressed, DefectError> {
        let rough;
        let solved = if self.is_rough() {
            rough =
                self.solve(self.shape.clone().with_rough_walls(self.lattice.blocked, fields, BLOCKED)?)?;
            &rough
        } else {
            self.smooth.get_or_init(|| self.solve(self.shape.clone())).as_ref().map_err(Clone::clone)?
        };
        let potential = |shift: f64| solved.contact.mean_potential(solved.placement.inner(), shift);
        let [fixed_potential, mobile_potential] = [potential(fixed_shift)?, potential(mobile_shift)?];
        let arrangement = solved.placement.arrange(fields, fixed)?;
        let background: Vec<_> = arrangement.background.iter().map(|&site| (site, fixed_potential)).collect();
        let dress =
            if self.lattice.interaction { LatticeContact::interaction } else { LatticeContact::dress };
        let mut found = dress(&solved.contact, &background, mobile_potential, &arrangement.positions)?;
        found.energy.iter_mut().for_each(|e| *e /= self.lattice.fermi_energy());
        Ok(found)
    }

    fn solve(&self, shape: ContactShape) -> Result<Solved, DefectError> {
        let placement = SitePlacement::new(&shape, self.lattice.closest, self.positions)?;
        let sites: Vec<[usize; 3]> = shape.sites().collect();
        let contact = LatticeContact::new(shape, self.lattice.energy, self.flux, self.temperature, &sites)?;
        Ok(Solved { contact, placement })
    }
}
