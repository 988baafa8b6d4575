//! Where scatterers sit: random backgrounds, and the positions of a mobile defect among them.

use std::f64::consts::{PI, TAU};

use super::{DefectError, require};
use crate::disorder::Fields;

/// Where the background is placed, uniformly; around the origin, lengths in 1/k_F.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Region {
    /// The volume of a ball.
    Ball {
        /// Its radius.
        radius: f64,
    },
    /// The volume between two spheres.
    Shell {
        /// Radius of the inner one.
        inner: f64,
        /// Radius of the outer one.
        outer: f64,
    },
    /// The wall of a cylinder along the axis z of the contact: the rough boundary of a short channel (Eq. 10).
    Cylinder {
        /// Its diameter.
        diameter: f64,
        /// Its length, half of it on either side of the origin.
        length: f64,
    },
}

/// How scatterers are placed: the background uniformly in a region, one after the other, each no closer than `closest` to those before and to the positions of the
/// mobile one (random sequential addition); the mobile one on `positions` sites of a simple cubic lattice of spacing `step` and random orientation, those nearest to
/// the site at the origin. Lengths in 1/k_F.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placement {
    region: Region,
    closest: f64,
    background: usize,
    positions: usize,
    step: f64,
}

/// One contact: the static scatterers, and the positions of the mobile one. In 1/k_F; the first position is the origin.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrangement {
    /// Static scatterers.
    pub background: Vec<[f64; 3]>,
    /// Positions of the mobile one.
    pub positions: Vec<[f64; 3]>,
}

/// The random fields that a placement reads.
const PLACES: u32 = 0;
const ORIENTATION: u32 = 1;

/// Places tried in vain before a background scatterer is given up.
const ATTEMPTS: u64 = 10_000;

/// Share of the volume that spheres of diameter `closest` may take: random sequential addition jams at 0.38 in space and at 0.55 on a surface.
const CROWDED: f64 = 0.3;

impl Placement {
    /// A placement of so many background scatterers, and so many positions of the mobile one, one step apart.
    ///
    /// # Errors
    ///
    /// Lengths that are not positive or finite (the closest distance may be zero, and so may the inner radius of a shell); no position at all; scatterers so
    /// many or so far apart that they can hardly be placed.
    pub fn new(
        region: Region,
        closest: f64,
        background: usize,
        positions: usize,
        step: f64,
    ) -> Result<Self, DefectError> {
        region.validate()?;
        require("closest distance", closest, closest >= 0.0 && closest.is_finite(), "at least 0")?;
        require("number of positions", positions as f64, positions > 0, "at least 1")?;
        require("step between positions", step, step > 0.0 && step.is_finite(), "positive")?;
        let crowd = background as f64 * region.share(closest);
        require(
            "share of the region taken by spheres of diameter `closest`",
            crowd,
            crowd <= CROWDED,
            "up to 0.3",
        )?;
        Ok(Self { region, closest, background, positions, step })
    }

    /// Where the background is placed.
    pub fn region(&self) -> Region {
        self.region
    }

    /// Number of background scatterers.
    pub fn background(&self) -> usize {
        self.background
    }

    /// Number of positions of the mobile scatterer.
    pub fn positions(&self) -> usize {
        self.positions
    }

    /// One arrangement, a pure function of the random fields 0 (uniform deviates) and 1 (normal ones).
    ///
    /// # Errors
    ///
    /// [`DefectError::Crowded`] if no room is found for all of the background.
    pub fn arrange(&self, fields: &dyn Fields) -> Result<Arrangement, DefectError> {
        let positions = self.sites(fields);
        let mut background: Vec<[f64; 3]> = Vec::with_capacity(self.background);
        let (mut place, mut deviates) = (0, [0.0; 3]);
        while background.len() < self.background {
            let free = (0..ATTEMPTS).find_map(|_| {
                fields.uniform(PLACES, 3 * place, &mut deviates);
                place += 1;
                let point = self.region.point(deviates);
                let alone = |other: &[f64; 3]| distance(point, *other) >= self.closest.max(f64::MIN_POSITIVE);
                (positions.iter().all(alone) && background.iter().all(alone)).then_some(point)
            });
            background.push(free.ok_or(DefectError::Crowded {
                placed: background.len(),
                wanted: self.background,
                closest: self.closest,
            })?);
        }
        Ok(Arrangement { background, positions })
    }

    /// Sites of the rotated cubic lattice, by distance from the origin.
    fn sites(&self, fields: &dyn Fields) -> Vec<[f64; 3]> {
        let mut normals = [0.0; 4];
        fields.normal(ORIENTATION, 0, &mut normals);
        let rotation = rotation(normals);
        let reach = (1..).find(|reach| 4 * reach * reach * reach >= self.positions).unwrap_or(0) as i32; // a ball of radius `reach` holds more
        let span = -reach..=reach;
        let mut cells: Vec<[i32; 3]> = span
            .clone()
            .flat_map(|x| {
                let span = span.clone();
                span.clone().flat_map(move |y| span.clone().map(move |z| [x, y, z]))
            })
            .collect();
        // Positive directions first among equals.
        cells.sort_by_key(|&[x, y, z]| (x * x + y * y + z * z, -x, -y, -z));
        cells
            .iter()
            .take(self.positions)
            .map(|cell| {
                rotation
                    .map(|row| self.step * row.iter().zip(cell).map(|(r, &c)| r * f64::from(c)).sum::<f64>())
            })
            .collect()
    }
}

impl Region {
    fn validate(&self) -> Result<(), DefectError> {
        let positive = |name, value: f64| require(name, value, value > 0.0 && value.is_finite(), "positive");
        match *self {
            Self::Ball { radius } => positive("radius of the ball", radius)?,
            Self::Shell { inner, outer } => {
                positive("outer radius of the shell", outer)?;
                require(
                    "inner radius of the shell",
                    inner,
                    (0.0..outer).contains(&inner),
                    "at least 0, below the outer one",
                )?
            }
            Self::Cylinder { diameter, length } => {
                positive("diameter of the cylinder", diameter)?;
                positive("length of the cylinder", length)?
            }
        };
        Ok(())
    }

    /// Volume in 1/k_F^3; of the wall of a cylinder the area, in 1/k_F^2.
    pub fn extent(&self) -> f64 {
        match *self {
            Self::Ball { radius } => 4.0 / 3.0 * PI * radius.powi(3),
            Self::Shell { inner, outer } => 4.0 / 3.0 * PI * (outer.powi(3) - inner.powi(3)),
            Self::Cylinder { diameter, length } => PI * diameter * length,
        }
    }

    /// What a sphere (on a wall, a disc) of this diameter takes of it.
    fn share(&self, diameter: f64) -> f64 {
        let taken = match self {
            Self::Cylinder { .. } => PI / 4.0 * diameter.powi(2),
            _ => PI / 6.0 * diameter.powi(3),
        };
        taken / self.extent()
    }

    /// The point of three uniform deviates.
    fn point(&self, [u, v, w]: [f64; 3]) -> [f64; 3] {
        let (sine, cosine) = (TAU * v).sin_cos();
        let on_sphere = |radius: f64| {
            let mu = 2.0 * w - 1.0;
            let rho = radius * (1.0 - mu * mu).sqrt();
            [rho * cosine, rho * sine, radius * mu]
        };
        match *self {
            Self::Ball { radius } => on_sphere(radius * u.cbrt()),
            Self::Shell { inner, outer } => {
                let cube = inner.powi(3);
                on_sphere((cube + u * (outer.powi(3) - cube)).cbrt())
            }
            Self::Cylinder { diameter, length } => {
                [0.5 * diameter * cosine, 0.5 * diameter * sine, length * (u - 0.5)]
            }
        }
    }
}

/// Distance of two points.
pub(super) fn distance(a: [f64; 3], b: [f64; 3]) -> f64 {
    let [x, y, z] = separation(a, b);
    (x * x + y * y + z * z).sqrt()
}

/// `a - b`.
pub(super) fn separation(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

/// The rotation of a quaternion of any norm; normal components make it uniform over all orientations.
fn rotation(quaternion: [f64; 4]) -> [[f64; 3]; 3] {
    let norm = quaternion.iter().map(|q| q * q).sum::<f64>().sqrt();
    let [a, b, c, d] = if norm > 0.0 { quaternion.map(|q| q / norm) } else { [1.0, 0.0, 0.0, 0.0] };
    [
        [1.0 - 2.0 * (c * c + d * d), 2.0 * (b * c - a * d), 2.0 * (b * d + a * c)],
        [2.0 * (b * c + a * d), 1.0 - 2.0 * (b * b + d * d), 2.0 * (c * d - a * b)],
        [2.0 * (b * d - a * c), 2.0 * (c * d + a * b), 1.0 - 2.0 * (b * b + c * c)],
    ]
}
