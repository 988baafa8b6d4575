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
    let part = vec![OUTSIDE; positions.len()];
    let (keys, sorted, nodes) = (Vec::new(), Vec::new(), Vec::new());
    let mut dissection = Dissection { graph, positions, weights, part, keys, sorted, nodes };
    dissection.cut(sites);
    dissection.nodes
}

/// Marks of sites while a region is cut, a bit each.
const OUTSIDE: u8 = 1;
const NEAR: u8 = 2;
const FAR: u8 = 4;

struct Dissection<'a> {
    graph: &'a Graph,
    positions: &'a [[f64; 3]],
    weights: &'a [u32],
    part: Vec<u8>,
    /// Distances of the sites of a region along a direction; some order of them.
    keys: Vec<f64>,
    sorted: Vec<f64>,
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
        self.measure(&region, best.direction);
        self.mark(&region, best.threshold);
        let side = if best.from_near { NEAR } else { FAR };
        let touches = |s: u32| self.seen_from(s) & (NEAR + FAR - side) != 0;
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

    /// How far the sites lie along a direction.
    fn measure(&mut self, region: &[u32], direction: [f64; 3]) {
        self.keys.clear();
        self.keys.extend(region.iter().map(|&s| along(direction, self.positions[s as usize])));
    }

    fn mark(&mut self, region: &[u32], threshold: f64) {
        for (&s, &key) in region.iter().zip(&self.keys) {
            self.part[s as usize] = if key < threshold { NEAR } else { FAR };
        }
    }

    /// The marks of the neighbours of a site.
    fn seen_from(&self, site: u32) -> u8 {
        self.graph.neighbours(site).iter().fold(0, |seen, &t| seen | self.part[t as usize])
    }

    /// The cheapest cut, or none if all sites are at one place or every cut leaves an empty half.
    fn best(&mut self, region: &[u32]) -> Option<Cut> {
        let mut best: Option<Cut> = None;
        for direction in DIRECTIONS {
            self.measure(region, direction);
            let Some(threshold) = self.middle() else { continue };
            self.mark(region, threshold);
            let cut = self.judge(region, direction, threshold);
            if best.as_ref().is_none_or(|b| cut.cost < b.cost) {
                best = Some(cut);
            }
        }
        region.iter().for_each(|&s| self.part[s as usize] = OUTSIDE);
        best.filter(|b| b.cost.is_finite())
    }

    /// A threshold at the median of what was measured, so that neither side is empty; none if all sites are level.
    fn middle(&mut self) -> Option<f64> {
        // all sites of a layer fall on the same side, although rounding may tell them apart
        let tolerance = 1e-6;
        if self.keys.iter().all(|key| (key - self.keys[0]).abs() <= 0.5 * tolerance) {
            return None;
        }
        self.sorted.clone_from(&self.keys);
        let half = self.sorted.len() / 2;
        let (below, &mut median, above) = self.sorted.select_nth_unstable_by(half, f64::total_cmp);
        let (mut before, mut largest_below) = (0, f64::NEG_INFINITY);
        for &key in &*below {
            let apart = key < median - tolerance;
            before += usize::from(apart);
            largest_below = largest_below.max(if apart { key } else { f64::NEG_INFINITY });
        }
        let (mut behind, mut smallest_above) = (0, f64::INFINITY);
        for &key in &*above {
            let apart = key > median + tolerance;
            behind += usize::from(apart);
            smallest_above = smallest_above.min(if apart { key } else { f64::INFINITY });
        }
        // the layer of the median goes to the heavier side, which has to give the separator: a square costs a fifth less than with the lighter
        let to_far = before < behind;
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
        let (mut separator, mut surface, mut inside) = ([0; 2], [0; 2], [0; 2]);
        for &s in region {
            let (part, seen) = (self.part[s as usize], self.seen_from(s));
            let (at_cut, at_surface) = (seen & (NEAR + FAR - part) != 0, seen & OUTSIDE != 0);
            let (weight, side) = (self.weights[s as usize], usize::from(part == FAR));
            inside[side] += weight;
            separator[side] += u32::from(at_cut) * weight;
            surface[side] += u32::from(at_surface) * weight;
        }
        let [separator, surface, inside] = [separator, surface, inside].map(|pair| pair.map(f64::from));
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
