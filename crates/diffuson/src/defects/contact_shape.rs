//! Shapes of constrictions of a lattice between two wide leads.

use super::{DefectError, require};
use crate::conductor::Conductor;
use crate::disorder::Fields;
use crate::hamiltonian::Hamiltonian;
use crate::lattice::{Boundary, Family, Lattice};
use crate::leads::{Lead, WideLead};

/// A constriction of the square or cubic lattice: slices of any cross-section between two half-infinite leads of one, all with hard walls.
///
/// A site is (x, y, z): its slice, counted from 0, and its place in the cross-section of the leads, counted from (0, 0). In two dimensions the leads have height 1 and z
/// is 0. Slices belong to the constriction alone: the leads, whose ends are walls but for the sites of the first and of the last slice, need none.
#[derive(Clone, Debug, PartialEq)]
pub struct ContactShape {
    slices: usize,
    /// Width and height of the leads.
    lead: [usize; 2],
    /// Whether there is a site, slice after slice and in these row after row.
    kept: Vec<bool>,
}

impl ContactShape {
    /// A wire as wide as its leads: nothing reflects.
    ///
    /// # Errors
    /// A number of sites that is 0.
    pub fn wire(lead: [usize; 2], slices: usize) -> Result<Self, DefectError> {
        Self::of_widths(lead, slices, |_| lead)
    }

    /// A hole in the wall between the leads, as long as the wall is thick, in the middle.
    ///
    /// # Errors
    /// A number of sites that is 0, or a hole larger than the leads.
    pub fn hole(lead: [usize; 2], opening: [usize; 2], slices: usize) -> Result<Self, DefectError> {
        Self::of_widths(lead, slices, |_| opening)
    }

    /// A horn on either side of a neck: at the distance s from the middle, 1 at the ends, the width is that of the neck and `sin^2(pi s/2)` of what the leads have more, rounded
    /// to rows on either side.
    ///
    /// # Errors
    /// A number of sites that is 0, or a neck wider than the leads.
    pub fn horn(lead: [usize; 2], neck: [usize; 2], slices: usize) -> Result<Self, DefectError> {
        let wide = |x: usize| {
            let s = ((2 * x + 1) as f64 / slices as f64 - 1.0).abs();
            let share = (std::f64::consts::FRAC_PI_2 * s).sin().powi(2);
            [0, 1].map(|side| {
                let margin = lead[side].saturating_sub(neck[side]) as f64 / 2.0;
                neck[side] + 2 * (share * margin).round() as usize
            })
        };
        require_sites("height of the neck", neck[1], lead[1])?;
        require_sites("width of the neck", neck[0], lead[0])?;
        Self::of_widths(lead, slices, |x| [0, 1].map(|side| wide(x)[side].min(lead[side])))
    }

    /// Slices of centred rectangles.
    fn of_widths(
        lead: [usize; 2],
        slices: usize,
        widths: impl Fn(usize) -> [usize; 2],
    ) -> Result<Self, DefectError> {
        require_sites("number of slices", slices, usize::MAX)?;
        require_sites("width of the leads", lead[0], usize::MAX)?;
        require_sites("height of the leads", lead[1], usize::MAX)?;
        let mut kept = Vec::with_capacity(slices * lead[0] * lead[1]);
        for x in 0..slices {
            let widths = widths(x);
            require_sites("width of the opening", widths[0], lead[0])?;
            require_sites("height of the opening", widths[1], lead[1])?;
            let [y0, z0] = [0, 1].map(|side| (lead[side] - widths[side]) / 2);
            for y in 0..lead[0] {
                let across = (y0..y0 + widths[0]).contains(&y);
                kept.extend((0..lead[1]).map(|z| across && (z0..z0 + widths[1]).contains(&z)));
            }
        }
        Ok(Self { slices, lead, kept })
    }

    /// The same with rough walls: every site next to a wall is blocked with the probability `share`, which is decided by the uniform deviates of a random field, one for each place of the
    /// cross-section of the leads, slice after slice. What is thereby cut off from the leads is no part of the contact.
    ///
    /// # Errors
    /// A share outside [0, 1]; [`DefectError::Blocked`] if no way through is left.
    pub fn with_rough_walls(self, share: f64, fields: &dyn Fields, field: u32) -> Result<Self, DefectError> {
        require("share of blocked sites", share, (0.0..=1.0).contains(&share), "from 0 to 1")?;
        let mut deviates = vec![0.0; self.kept.len()];
        fields.uniform(field, 0, &mut deviates);
        let open = |place: usize| self.kept[place] && !(self.is_skin(place) && deviates[place] < share);
        let kept = (0..self.kept.len()).map(open).collect();
        Self { kept, ..self }.joined()
    }

    /// Whether a site has a wall beside it, across the current.
    fn is_skin(&self, place: usize) -> bool {
        let [width, height] = self.lead;
        let (y, z) = (place / height % width, place % height);
        let wall = |inside: bool, neighbour: usize| !inside || !self.kept[neighbour];
        let sides = wall(y > 0, place.wrapping_sub(height)) || wall(y + 1 < width, place + height);
        let layers = wall(z > 0, place.wrapping_sub(1)) || wall(z + 1 < height, place + 1);
        sides || height > 1 && layers
    }

    /// Without what neither lead reaches.
    fn joined(mut self) -> Result<Self, DefectError> {
        let last = self.kept.len() - self.lead[0] * self.lead[1];
        let [left, right] = [0, last].map(|slice| self.reached(slice));
        let through = left[last..].contains(&true);
        self.kept = left.into_iter().zip(right).map(|(left, right)| left || right).collect();
        if through { Ok(self) } else { Err(DefectError::Blocked) }
    }

    /// What the slice that begins at a place reaches.
    fn reached(&self, slice: usize) -> Vec<bool> {
        let [width, height] = self.lead;
        let n = width * height;
        let mut reached = vec![false; self.kept.len()];
        let mut next: Vec<usize> = (slice..slice + n).collect();
        while let Some(place) = next.pop() {
            if !self.kept[place] || std::mem::replace(&mut reached[place], true) {
                continue;
            }
            let (y, z) = (place / height % width, place % height);
            next.extend((place >= n).then(|| place - n));
            next.extend((place + n < self.kept.len()).then_some(place + n));
            next.extend((y > 0).then(|| place - height));
            next.extend((y + 1 < width).then_some(place + height));
            next.extend((z > 0).then(|| place - 1));
            next.extend((z + 1 < height).then_some(place + 1));
        }
        reached
    }

    /// Number of slices.
    pub fn slices(&self) -> usize {
        self.slices
    }

    /// Width and height of the leads.
    pub fn lead(&self) -> [usize; 2] {
        self.lead
    }

    /// All sites, slice after slice and in these row after row.
    pub fn sites(&self) -> impl Iterator<Item = [usize; 3]> {
        let [width, height] = self.lead;
        let site = move |place: usize| [place / (width * height), place / height % width, place % height];
        (0..self.kept.len()).filter(|&place| self.kept[place]).map(site)
    }

    /// Whether there is such a site.
    pub fn contains(&self, site: [usize; 3]) -> bool {
        let [width, height] = self.lead;
        let inside = site[0] < self.slices && site[1] < width && site[2] < height;
        inside && self.kept[(site[0] * width + site[1]) * height + site[2]]
    }

    /// The contact as a conductor with `flux` flux quanta per plaquette of the x-y plane; its orbitals are the [sites](Self::sites) in their order, lead 0 is before the first slice
    /// and lead 1 after the last.
    ///
    /// # Errors
    /// [`DefectError`] if a lead cannot be made.
    pub fn conductor(&self, flux: f64) -> Result<Conductor, DefectError> {
        let [width, height] = self.lead;
        let family = if height == 1 { Family::Square } else { Family::Cubic };
        let lattice =
            Lattice::new(family, [self.slices, width, height], Boundary::HardWall)?.with_flux(flux)?;
        let whole = |x: f64| x as usize;
        let (hamiltonian, _) = Hamiltonian::carve(&lattice, |at| self.contains(at.map(whole)))?;
        let lead = |slice: usize, flux: f64| {
            let numbered = self.sites().enumerate().filter(|(_, site)| site[0] == slice);
            let (orbitals, opening) = numbered.map(|(own, [_, y, z])| (own, y * height + z)).unzip();
            Ok::<_, DefectError>((Lead::Wide(WideLead::new(self.lead, flux, opening)?), orbitals))
        };
        Ok(Conductor::network(hamiltonian, vec![lead(0, -flux)?, lead(self.slices - 1, flux)?], Vec::new())?)
    }
}

fn require_sites(name: &'static str, given: usize, most: usize) -> Result<f64, DefectError> {
    require(name, given as f64, (1..=most).contains(&given), "at least 1, and no more than the leads have")
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Half;

    impl Fields for Half {
        fn uniform(&self, field: u32, first: u64, out: &mut [f64]) {
            for (place, u) in out.iter_mut().enumerate() {
                *u = ((first + place as u64) as f64 * 0.754_877_666 + f64::from(field) * 0.3).fract();
            }
        }

        fn normal(&self, _: u32, _: u64, out: &mut [f64]) {
            out.fill(0.0);
        }
    }

    #[test]
    fn shapes_have_the_sites_they_should() {
        let hole = ContactShape::hole([11, 11], [5, 5], 5).unwrap();
        assert_eq!(hole.sites().count(), 125);
        assert!(hole.contains([0, 3, 3]) && hole.contains([4, 7, 7]) && !hole.contains([0, 2, 5]));
        assert_eq!(
            hole.sites().filter(|&site| hole.is_skin((site[0] * 11 + site[1]) * 11 + site[2])).count(),
            80
        );
        assert_eq!(ContactShape::wire([4, 1], 3).unwrap().sites().count(), 12);
        let horn = ContactShape::horn([9, 9], [3, 3], 9).unwrap();
        let in_slice = |x: usize| horn.sites().filter(|site| site[0] == x).count();
        assert_eq!((in_slice(4), in_slice(0), in_slice(8)), (9, 81, 81));
        assert!((0..4).all(|x| in_slice(x) >= in_slice(x + 1) && in_slice(x) == in_slice(8 - x)));
        for wrong in [
            ContactShape::hole([3, 1], [4, 1], 2),
            ContactShape::wire([3, 0], 2),
            ContactShape::horn([3, 1], [0, 1], 2),
        ] {
            assert!(wrong.is_err());
        }
    }

    /// Only the skin is blocked, about as much of it as asked for (binomial spread of 200 sites: four standard deviations are 0.13), and all of it closes a hole one site wide.
    #[test]
    fn rough_walls_block_the_skin() {
        let hole = ContactShape::hole([9, 1], [5, 1], 100).unwrap();
        let rough = hole.clone().with_rough_walls(0.3, &Half, 2).unwrap();
        let lost: Vec<_> = hole.sites().filter(|&site| !rough.contains(site)).collect();
        assert!(lost.iter().all(|site| site[1] == 2 || site[1] == 6));
        assert!((lost.len() as f64 / 200.0 - 0.3).abs() < 0.13, "{}", lost.len());
        assert_eq!(
            ContactShape::hole([3, 1], [1, 1], 2).unwrap().with_rough_walls(1.0, &Half, 0),
            Err(DefectError::Blocked)
        );
    }
}
