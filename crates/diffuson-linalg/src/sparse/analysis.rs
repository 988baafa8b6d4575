//! What does not depend on the numbers: the order of elimination, the tree of fronts, and where every entry and contribution goes.

use super::ordering::{Graph, dissect};
use std::collections::HashMap;
use std::ops::Range;

/// A structurally symmetric matrix, analysed once for all numbers its entries may take.
///
/// Rows are eliminated front by front along a tree of separators (nested dissection); the rows that are kept come last, and what elimination
/// leaves on them is the Schur complement.
#[derive(Debug)]
pub struct Analysis {
    /// Rows of the matrix.
    pub(super) rows: usize,
    /// Number of entries of the lower triangle.
    pub(super) entries: usize,
    /// `order[p]` is the row eliminated as number p; the kept rows come last, as they were given.
    pub(super) order: Vec<u32>,
    /// `place[row]` is the number of a row in that order.
    pub(super) place: Vec<u32>,
    /// Fronts, children before parents.
    pub(super) fronts: Vec<Front>,
    /// Boundaries of all fronts, one after the other: places in the order of elimination, ascending.
    pub(super) boundaries: Vec<u32>,
    /// Where a front's boundary lies in its parent's front (own rows, then boundary), beside `boundaries`.
    pub(super) in_parent: Vec<u32>,
    /// Entries of all fronts, one after the other; those among kept rows last.
    pub(super) assembly: Vec<Assembly>,
    /// Number of rows that are kept.
    pub(super) kept: usize,
}

/// A set of rows eliminated together, and the later rows they are joined to.
#[derive(Clone, Debug)]
pub(super) struct Front {
    /// Places of its own rows in the order of elimination.
    pub(super) own: Range<usize>,
    /// Its part of `boundaries` and `in_parent`.
    pub(super) boundary: Range<usize>,
    /// Its part of `assembly`.
    pub(super) assembly: Range<usize>,
    /// The front that takes up its contribution; the kept rows if none.
    pub(super) parent: Option<usize>,
    /// Number of children, which are the latest fronts not taken up yet.
    pub(super) children: u32,
}

impl Front {
    /// Multiplications of its elimination: of pivot blocks of b rows, inverse b^3, then L = F P^-1 and half of the update of what is left.
    pub(super) fn multiplications(&self) -> f64 {
        let (mut rest, mut left) = ((self.own.len() + self.boundary.len()) as f64, self.own.len() as f64);
        let mut sum = 0.0;
        while left > 0.0 {
            let b = left.min(super::front::PIVOT_BLOCK as f64);
            rest -= b;
            left -= b;
            sum += b.powi(3) + rest * b * b + 0.5 * rest * rest * b;
        }
        sum
    }
}

/// Entry `value` of the lower triangle goes to (row, col) of a front, col being the one eliminated first.
#[derive(Clone, Copy, Debug)]
pub(super) struct Assembly {
    pub(super) row: u32,
    pub(super) col: u32,
    pub(super) value: u32,
    /// Whether the order of elimination reverses that of the rows, so that the entry stands for its mirror image.
    pub(super) mirrored: bool,
}

/// Size of a factorisation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Counts {
    /// Fronts.
    pub fronts: usize,
    /// Entries of the factor: pivot blocks in full and what stands below them.
    pub factor_entries: f64,
    /// Largest front.
    pub largest_front: usize,
    /// Multiplications (with one addition each) of a symmetric factorisation, a pivot block inverted at a time; twice that for a
    /// general one. A multiplication is 2 real operations if the entries are real, 8 if complex.
    pub multiplications: f64,
    /// Largest number of entries of the contributions alive at one time.
    pub contribution_entries: f64,
}

impl Analysis {
    /// Analyses a matrix of `rows` rows at the given positions, of which `lower` lists the entries (i, j) with i >= j that may differ from
    /// zero, once each. Entries (j, i) may then differ from zero as well. Rows at one position are eliminated together. The rows `kept`
    /// come last.
    ///
    /// # Panics
    /// If a row does not exist, or an entry is not in the lower triangle.
    pub fn new(rows: usize, lower: &[(u32, u32)], positions: &[[f64; 3]], kept: &[usize]) -> Self {
        assert_eq!(positions.len(), rows, "one position for each row");
        let sites = Sites::new(positions);
        let mut kept_sites = vec![false; sites.positions.len()];
        let mut is_kept = vec![false; rows];
        for &row in kept {
            is_kept[row] = true;
            kept_sites[sites.of_row[row] as usize] = true;
        }
        // sites of which some rows are kept are eliminated as ever, without those rows
        let partly = |site: usize| kept_sites[site] && !sites.rows(site).iter().all(|&r| is_kept[r as usize]);
        let wholly_kept: Vec<bool> = (0..kept_sites.len()).map(|s| kept_sites[s] && !partly(s)).collect();
        let graph = sites.graph(lower);
        let weights: Vec<u32> = (0..kept_sites.len()).map(|s| sites.rows(s).len() as u32).collect();
        let nodes = dissect(&graph, &sites.positions, &weights, &wholly_kept);
        let mut order = Vec::with_capacity(rows);
        let mut fronts: Vec<Front> = Vec::with_capacity(nodes.len());
        for node in &nodes {
            let start = order.len();
            let own = node.sites.iter().flat_map(|&s| sites.rows(s as usize)).copied();
            order.extend(own.filter(|&r| !is_kept[r as usize]));
            fronts.push(Front {
                own: start..order.len(),
                boundary: 0..0,
                assembly: 0..0,
                parent: node.parent,
                children: 0,
            });
        }
        order.extend(kept.iter().map(|&r| r as u32));
        assert_eq!(order.len(), rows, "kept rows are given once each");
        let mut analysis = Self {
            rows,
            entries: lower.len(),
            place: vec![0; rows],
            order,
            fronts,
            boundaries: Vec::new(),
            in_parent: Vec::new(),
            assembly: Vec::with_capacity(lower.len()),
            kept: kept.len(),
        };
        analysis.place(lower);
        analysis
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of rows that are kept.
    pub fn kept(&self) -> usize {
        self.kept
    }

    /// The number of a row in the order of elimination.
    pub(super) fn place_of(&self, row: usize) -> usize {
        self.place[row] as usize
    }

    /// The number, in the order of elimination, of row i of a front as analysed: its own rows, then its boundary.
    pub(super) fn place_in(&self, front: usize, i: u32) -> usize {
        let Front { own, boundary, .. } = &self.fronts[front];
        match (i as usize).checked_sub(own.len()) {
            None => own.start + i as usize,
            Some(beyond) => self.boundaries[boundary.start + beyond] as usize,
        }
    }

    /// Size of the factorisation.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts {
            fronts: self.fronts.len(),
            factor_entries: 0.0,
            largest_front: self.kept,
            multiplications: 0.0,
            contribution_entries: 0.0,
        };
        let (mut alive, mut stack) = (0.0, Vec::new());
        for front in &self.fronts {
            let (k, m) = (front.own.len(), front.boundary.len());
            counts.largest_front = counts.largest_front.max(k + m);
            counts.factor_entries += (k * (k + m)) as f64;
            counts.multiplications += front.multiplications();
            alive += (m * m) as f64;
            counts.contribution_entries = counts.contribution_entries.max(alive);
            for _ in 0..front.children {
                alive -= stack.pop().unwrap_or(0.0);
            }
            stack.push((m * m) as f64);
        }
        counts
    }

    /// Finds boundaries, the places of contributions in parents, and of entries in fronts.
    fn place(&mut self, lower: &[(u32, u32)]) {
        let rows = self.rows;
        self.order.iter().enumerate().for_each(|(place, &row)| self.place[row as usize] = place as u32);
        let place_of = &self.place;
        // entries by the place eliminated first
        let places = |&(i, j): &(u32, u32)| {
            assert!(i >= j && (i as usize) < rows, "entries of the lower triangle");
            let (p, q) = (place_of[i as usize], place_of[j as usize]);
            (p.min(q), p.max(q), p < q)
        };
        let mut first = vec![0usize; rows + 1];
        lower.iter().for_each(|e| first[places(e).0 as usize + 1] += 1);
        (0..rows).for_each(|p| first[p + 1] += first[p]);
        let mut next = first.clone();
        let mut sorted = vec![(0u32, 0u32, false); lower.len()];
        for (value, entry) in lower.iter().enumerate() {
            let (p, q, mirrored) = places(entry);
            sorted[next[p as usize]] = (q, value as u32, mirrored);
            next[p as usize] += 1;
        }
        let mut children: Vec<Vec<usize>> = vec![Vec::new(); self.fronts.len()];
        for index in 0..self.fronts.len() {
            if let Some(parent) = self.fronts[index].parent {
                children[parent].push(index);
                self.fronts[parent].children += 1;
            }
        }
        let mut seen = vec![u32::MAX; rows];
        let mut local = vec![0u32; rows];
        for index in 0..self.fronts.len() {
            let own = self.fronts[index].own.clone();
            let start = self.boundaries.len();
            let mut boundary = Vec::new();
            let mut visit = |q: u32| {
                if q as usize >= own.end && seen[q as usize] != index as u32 {
                    seen[q as usize] = index as u32;
                    boundary.push(q);
                }
            };
            sorted[first[own.start]..first[own.end]].iter().for_each(|&(q, ..)| visit(q));
            for &child in &children[index] {
                self.boundaries[self.fronts[child].boundary.clone()].iter().for_each(|&q| visit(q));
            }
            boundary.sort_unstable();
            own.clone().for_each(|p| local[p] = (p - own.start) as u32);
            boundary.iter().enumerate().for_each(|(i, &q)| local[q as usize] = (own.len() + i) as u32);
            self.boundaries.extend(&boundary);
            self.in_parent.resize(self.boundaries.len(), 0);
            for &child in &children[index] {
                for b in self.fronts[child].boundary.clone() {
                    self.in_parent[b] = local[self.boundaries[b] as usize];
                }
            }
            let from = self.assembly.len();
            for p in own.clone() {
                let col = (p - own.start) as u32;
                self.assembly.extend(
                    sorted[first[p]..first[p + 1]].iter().map(|&(q, value, mirrored)| Assembly {
                        row: local[q as usize],
                        col,
                        value,
                        mirrored,
                    }),
                );
            }
            self.fronts[index].boundary = start..self.boundaries.len();
            self.fronts[index].assembly = from..self.assembly.len();
        }
        // what is left stands among kept rows
        let eliminated = rows - self.kept;
        for front in self.fronts.iter().filter(|f| f.parent.is_none()) {
            for b in front.boundary.clone() {
                self.in_parent[b] = self.boundaries[b] - eliminated as u32;
            }
        }
        for p in eliminated..rows {
            self.assembly.extend(sorted[first[p]..first[p + 1]].iter().map(|&(q, value, mirrored)| {
                let (row, col) = (q - eliminated as u32, (p - eliminated) as u32);
                Assembly { row, col, value, mirrored }
            }));
        }
    }
}

/// Rows by their positions.
struct Sites {
    positions: Vec<[f64; 3]>,
    of_row: Vec<u32>,
    first: Vec<usize>,
    rows: Vec<u32>,
}

impl Sites {
    fn new(positions: &[[f64; 3]]) -> Self {
        let mut known: HashMap<[u64; 3], u32> = HashMap::with_capacity(positions.len());
        let mut places = Vec::new();
        let of_row: Vec<u32> = positions
            .iter()
            .map(|&position| {
                // + 0.0: both zeros are one place
                *known.entry(position.map(|x| (x + 0.0).to_bits())).or_insert_with(|| {
                    places.push(position);
                    places.len() as u32 - 1
                })
            })
            .collect();
        let (first, rows) = bucket(places.len(), of_row.iter().enumerate().map(|(r, &s)| (s, r as u32)));
        Self { positions: places, of_row, first, rows }
    }

    fn rows(&self, site: usize) -> &[u32] {
        &self.rows[self.first[site]..self.first[site + 1]]
    }

    fn graph(&self, lower: &[(u32, u32)]) -> Graph {
        let site = |row: u32| self.of_row[row as usize];
        let bonds = lower.iter().map(|&(i, j)| (site(i), site(j))).filter(|(s, t)| s != t);
        let (first, list) = bucket(self.positions.len(), bonds.flat_map(|(s, t)| [(s, t), (t, s)]));
        Graph { first, list }
    }
}

/// Sorts values by key: `values[first[k]..first[k + 1]]` are those of key k.
fn bucket(keys: usize, pairs: impl Iterator<Item = (u32, u32)> + Clone) -> (Vec<usize>, Vec<u32>) {
    let mut first = vec![0; keys + 1];
    pairs.clone().for_each(|(k, _)| first[k as usize + 1] += 1);
    (0..keys).for_each(|k| first[k + 1] += first[k]);
    let mut next = first.clone();
    let mut values = vec![0; first[keys]];
    for (k, v) in pairs {
        values[next[k as usize]] = v;
        next[k as usize] += 1;
    }
    (first, values)
}
