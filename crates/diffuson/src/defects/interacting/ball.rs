//! Defects at random places of a ball.

use super::super::{DefectError, require};
use super::Sequence;
use crate::disorder::Fields;

/// A ball in the contact with defects in it. Lengths in 1/k_F.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ball {
    /// Its radius.
    pub radius: f64,
    /// Mobile defects.
    pub mobile: usize,
    /// Sites of each of them.
    pub sites: usize,
    /// The sites of a defect are uniform in a ball of this radius around one of them.
    pub spread: f64,
    /// Defects that stay.
    pub fixed: usize,
    /// No two sites of different defects are closer.
    pub closest: f64,
}

/// Where defects may be.
#[derive(Clone, Debug, PartialEq)]
pub struct Places {
    /// Sites of every mobile defect.
    pub mobile: Vec<Vec<[f64; 3]>>,
    /// Those that stay.
    pub fixed: Vec<[f64; 3]>,
}

/// Random fields of one contact, as they are used here and by the dynamics.
const PLACES: u32 = 0;
/// Tries per site: balls so full that they need more are refused.
const TRIES: usize = 10_000;

impl Ball {
    /// Places, one after the other: uniform where earlier ones leave room.
    ///
    /// # Errors
    ///
    /// A radius that is not positive, no mobile defect, a negative distance; too many defects for the ball.
    pub fn place(&self, fields: &dyn Fields) -> Result<Places, DefectError> {
        let positive = |x: f64| x > 0.0 && x.is_finite();
        require("radius of the ball", self.radius, positive(self.radius), "positive")?;
        require("spread of the sites", self.spread, positive(self.spread), "positive")?;
        require("closest distance", self.closest, positive(self.closest), "positive")?;
        require("number of mobile defects", self.mobile as f64, self.mobile >= 1, "at least 1")?;
        require("sites of a defect", self.sites as f64, self.sites >= 1, "at least 1")?;
        let mut random = Sequence::new(fields, PLACES);
        let mut taken: Vec<[f64; 3]> = Vec::new();
        let mut mobile = Vec::with_capacity(self.mobile);
        for _ in 0..self.mobile {
            let sites = self.defect(self.sites, &taken, &mut random)?;
            taken.extend(&sites);
            mobile.push(sites);
        }
        let mut fixed = Vec::with_capacity(self.fixed);
        for _ in 0..self.fixed {
            let site = self.defect(1, &taken, &mut random)?;
            taken.extend(&site);
            fixed.extend(site);
        }
        Ok(Places { mobile, fixed })
    }

    /// Sites of one defect, away from those of others. Where one finds no room, all start anew.
    fn defect(
        &self,
        sites: usize,
        taken: &[[f64; 3]],
        random: &mut Sequence<impl Fields>,
    ) -> Result<Vec<[f64; 3]>, DefectError> {
        let clear = |p: &[f64; 3]| taken.iter().all(|q| distance(p, q) >= self.closest);
        for _ in 0..TRIES {
            let first = in_ball([0.0; 3], self.radius, random);
            if !clear(&first) {
                continue;
            }
            let mut found = vec![first];
            for _ in 0..=100 * sites {
                if found.len() == sites {
                    return Ok(found);
                }
                let next = in_ball(first, self.spread, random);
                if clear(&next) && distance(&next, &[0.0; 3]) <= self.radius {
                    found.push(next);
                }
            }
        }
        let most = "so few that all find room in the ball at their closest distance";
        Err(DefectError::OutOfRange {
            name: "number of sites",
            value: (taken.len() + sites) as f64,
            allowed: most,
        })
    }
}

fn in_ball(centre: [f64; 3], radius: f64, random: &mut Sequence<impl Fields>) -> [f64; 3] {
    loop {
        let p: [f64; 3] = std::array::from_fn(|_| 2.0 * random.uniform() - 1.0);
        if p.iter().map(|x| x * x).sum::<f64>() <= 1.0 {
            return std::array::from_fn(|k| centre[k] + radius * p[k]);
        }
    }
}

fn distance(p: &[f64; 3], q: &[f64; 3]) -> f64 {
    (0..3).map(|k| (p[k] - q[k]).powi(2)).sum::<f64>().sqrt()
}
