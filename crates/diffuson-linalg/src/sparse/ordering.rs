//! Nested dissection: an order of elimination that leaves little fill.
//!
//! A region of sites is cut in two across the direction that promises the least work; the sites of one half that touch the other
//! are the separator, eliminated after both halves. Halves are cut again until they are small. The cuts follow the positions of the sites,
//! the separators the graph, so that any lattice, shape, dimension and range of hopping will do.

/// Neighbours of each site, without the site itself: `list[first[i]..first[i + 1]]` are those of site i.
pub(super) struct Graph {
    pub(super) first: Vec<usize>,
    pub(super) list: Vec<u32>,
}

impl Graph {
    pub(super) fn neighbours(&self, site: u32) -> &[u32] {
        &self.list[self.first[site as usize]..self.first[site as usize + 1]]
    }
}

/// A separator, or a region too small to be cut: sites eliminated together after the children.
pub(super) struct Node {
    pub(super) sites: Vec<u32>,
    pub(super) parent: Option<usize>,
}

/// A region that weighs no more is not cut.
const SMALLEST: usize = 8;

/// Directions across which regions are cut.
const DIRECTIONS: [[f64; 3]; 5] =
    [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 1.0, 0.0], [1.0, -1.0, 0.0]];

/// The tree of separators, children before parents, over all sites but those for which `kept` holds. A site weighs as many as it has orbitals.
pub(super) fn dissect(graph: &Graph, positions: &[[f64; 3]], weights: &[u32], kept: &[bool]) -> Vec<Node> {
    let sites: Vec<u32> = (0..positions.len() as u32).filter(|&s| !kept[s as usize]).collect();
    let mut dissection =
        Dissection { graph, positions, weights, part: vec![OUTSIDE; positions.len()], nodes: Vec::new() };
    dissection.cut(sites);
    dissection.nodes
}

/// Marks of sites while a region is cut.
const OUTSIDE: u8 = 0;
const NEAR: u8 = 1;
const FAR: u8 = 2;

struct Dissection<'a> {
    graph: &'a Graph,
    positions: &'a [[f64; 3]],
    weights: &'a [u32],
    part: Vec<u8>,
    nodes: Vec<Node>,
}

/// A way to cut a region: sites before the threshold along the direction are near, the others far.
struct Cut {
    direction: [f64; 3],
    threshold: f64,
    /// Whether the separator is taken from the near sites.
    from_near: bool,
    /// Estimated operations of the separator and of the halves.
    cost: f64,
}

impl Dissection<'_> {
    /// Cuts the region into nodes, the last of which is its root; returns it, if the region is not empty.
    fn cut(&mut self, region: Vec<u32>) -> Vec<usize> {
        if region.is_empty() {
            return Vec::new();
        }
        let weight: usize = region.iter().map(|&s| self.weights[s as usize] as usize).sum();
        let best = if weight <= SMALLEST { None } else { self.best(&region) };
        let Some(best) = best else { return vec![self.node(region, &[])] };
        self.mark(&region, best.direction, best.threshold);
        let side = if best.from_near { NEAR } else { FAR };
        let touches =
            |s: u32| self.graph.neighbours(s).iter().any(|&t| self.part[t as usize] == NEAR + FAR - side);
        let (mut near, mut far, mut separator) = (Vec::new(), Vec::new(), Vec::new());
        for &s in &region {
            match self.part[s as usize] {
                part if part == side && touches(s) => separator.push(s),
                NEAR => near.push(s),
                _ => far.push(s),
            }
        }
        region.iter().for_each(|&s| self.part[s as usize] = OUTSIDE);
        drop(region);
        let mut children = self.cut(near);
        children.extend(self.cut(far));
        if separator.is_empty() {
            return children;
        }
        vec![self.node(separator, &children)]
    }

    fn node(&mut self, sites: Vec<u32>, children: &[usize]) -> usize {
        let index = self.nodes.len();
        children.iter().for_each(|&child| self.nodes[child].parent = Some(index));
        self.nodes.push(Node { sites, parent: None });
        index
    }

    fn mark(&mut self, region: &[u32], direction: [f64; 3], threshold: f64) {
        for &s in region {
            let near = along(direction, self.positions[s as usize]) < threshold;
            self.part[s as usize] = if near { NEAR } else { FAR };
        }
    }

    /// The cheapest cut, or none if all sites are at one place or every cut leaves an empty half.
    fn best(&mut self, region: &[u32]) -> Option<Cut> {
        let mut best: Option<Cut> = None;
        for direction in DIRECTIONS {
            let Some(threshold) = self.middle(region, direction) else { continue };
            self.mark(region, direction, threshold);
            let cut = self.judge(region, direction, threshold);
            if best.as_ref().is_none_or(|b| cut.cost < b.cost) {
                best = Some(cut);
            }
        }
        region.iter().for_each(|&s| self.part[s as usize] = OUTSIDE);
        best.filter(|b| b.cost.is_finite())
    }

    /// A threshold at the median, so that neither side is empty; none if all sites are level.
    fn middle(&self, region: &[u32], direction: [f64; 3]) -> Option<f64> {
        let mut keys: Vec<f64> =
            region.iter().map(|&s| along(direction, self.positions[s as usize])).collect();
        let half = keys.len() / 2;
        let (below, &mut median, _) = keys.select_nth_unstable_by(half, f64::total_cmp);
        // all sites of a layer fall on the same side, although rounding may tell them apart
        let tolerance = 1e-6;
        let level = |key: &f64| (key - median).abs() <= tolerance;
        let largest_below = below.iter().copied().filter(|k| !level(k)).fold(f64::NEG_INFINITY, f64::max);
        let smallest_above =
            keys.iter().copied().filter(|k| *k > median + tolerance).fold(f64::INFINITY, f64::min);
        let layer = keys.iter().filter(|k| level(k)).count();
        let before = keys.iter().filter(|k| **k < median - tolerance).count();
        // the layer of the median goes to the lighter side
        let to_far = before + layer > keys.len() - before;
        if largest_below.is_finite() && (to_far || !smallest_above.is_finite()) {
            Some(0.5 * (largest_below + median))
        } else if smallest_above.is_finite() {
            Some(0.5 * (median + smallest_above))
        } else {
            None
        }
    }

    /// Estimates the operations behind a cut, once the region is marked: those of the separator's front, and of the halves with the
    /// boundaries they get.
    fn judge(&self, region: &[u32], direction: [f64; 3], threshold: f64) -> Cut {
        let (mut separator, mut surface, mut inside) = ([0.0; 2], [0.0; 2], [0.0; 2]);
        for &s in region {
            let part = self.part[s as usize];
            let (mut at_cut, mut at_surface) = (false, false);
            for &t in self.graph.neighbours(s) {
                let other = self.part[t as usize];
                at_surface |= other == OUTSIDE;
                at_cut |= other != OUTSIDE && other != part;
            }
            let weight = f64::from(self.weights[s as usize]);
            let side = (part - NEAR) as usize;
            inside[side] += weight;
            separator[side] += f64::from(u8::from(at_cut)) * weight;
            surface[side] += f64::from(u8::from(at_surface)) * weight;
        }
        let from_near = separator[0] < separator[1] || separator[0] == separator[1] && inside[0] > inside[1];
        let s = separator[usize::from(!from_near)];
        let half = |side: usize| (surface[side] + s).powi(3);
        let cost = s * (s + surface[0] + surface[1]).powi(2) + 0.3 * (half(0) + half(1));
        let left = inside[usize::from(!from_near)] - s;
        // a separator that swallows its half is no cut
        let cost = if left <= 0.0 && s > 0.5 * inside[usize::from(from_near)] { f64::INFINITY } else { cost };
        Cut { direction, threshold, from_near, cost }
    }
}

fn along(direction: [f64; 3], position: [f64; 3]) -> f64 {
    direction.iter().zip(position).map(|(d, x)| d * x).sum()
}
