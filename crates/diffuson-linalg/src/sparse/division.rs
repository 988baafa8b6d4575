//! Which fronts are computed by one task.
//!
//! Fronts of different subtrees do not depend on each other. The tree is cut into subtrees of little work, each a task, and the fronts above
//! them, each a task that waits for those below. The cut depends on the pattern alone, and no number on the cut.

use super::analysis::Analysis;
use std::ops::Range;

/// Successive fronts computed by one task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Share {
    pub(super) fronts: Range<usize>,
    /// Number of shares, itself and the last ones before, that make up its subtree.
    pub(super) subtree: usize,
}

/// A subtree with less than this part of all work is not cut.
const PIECES: f64 = 64.0;

/// Work not worth a task, in multiplications.
const SMALLEST: f64 = 1e5;

/// What reading and writing an entry of a front takes, in multiplications.
const PER_ENTRY: f64 = 30.0;

/// All fronts as one share.
pub(super) fn whole(analysis: &Analysis) -> Vec<Share> {
    vec![Share { fronts: 0..analysis.fronts.len(), subtree: 1 }]
}

/// The shares of all fronts, in the order of these.
pub(super) fn divide(analysis: &Analysis) -> Vec<Share> {
    let work = analysis.fronts.iter().map(|front| {
        let entries = (front.own.len() + front.boundary.len()).pow(2) as f64;
        front.multiplications() + PER_ENTRY * entries
    });
    let mut trees: Vec<Subtree> = work.map(|work| Subtree { work, fronts: 1 }).collect();
    let mut total = 0.0;
    for index in 0..trees.len() {
        let Subtree { work, fronts } = trees[index];
        match analysis.fronts[index].parent {
            Some(parent) => {
                trees[parent].work += work;
                trees[parent].fronts += fronts;
            }
            None => total += work,
        }
    }
    let mut division = Division { limit: (total / PIECES).max(SMALLEST), trees, shares: Vec::new() };
    division.cut(0..analysis.fronts.len());
    division.shares
}

#[derive(Clone, Copy)]
struct Subtree {
    work: f64,
    fronts: usize,
}

struct Division {
    limit: f64,
    /// All that is below a front, and itself.
    trees: Vec<Subtree>,
    shares: Vec<Share>,
}

impl Division {
    /// Cuts all that is below some parent.
    fn cut(&mut self, fronts: Range<usize>) {
        let mut roots = Vec::new();
        let mut end = fronts.end;
        while end > fronts.start {
            roots.push(end - 1);
            end -= self.trees[end - 1].fronts;
        }
        // neighbouring small trees are taken together
        let (mut start, mut gathered) = (fronts.start, 0.0);
        for root in roots.into_iter().rev() {
            let Subtree { work, fronts } = self.trees[root];
            let first = root + 1 - fronts;
            if gathered + work > self.limit && start < first {
                self.shares.push(Share { fronts: start..first, subtree: 1 });
                (start, gathered) = (first, 0.0);
            }
            gathered += work;
            if work > self.limit {
                let before = self.shares.len();
                self.cut(first..root);
                self.shares.push(Share { fronts: root..root + 1, subtree: self.shares.len() - before + 1 });
                (start, gathered) = (root + 1, 0.0);
            }
        }
        if start < fronts.end {
            self.shares.push(Share { fronts: start..fronts.end, subtree: 1 });
        }
    }
}
