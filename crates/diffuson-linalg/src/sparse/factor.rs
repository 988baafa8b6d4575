//! Numeric factorisation: fronts are filled, eliminated, and their contributions handed to their parents.

use super::analysis::{Analysis, Assembly, Front};
use super::division::{Share, divide, whole};
use super::front::{Frontal, Kind, Workspace};
use super::scalar::Scalar;
use std::ops::Range;

/// The factors of one matrix, and all memory needed for the next of the same analysis.
#[derive(Debug)]
pub(super) struct Numeric<T> {
    pub(super) kind: Kind,
    /// Whether the threads of the pool share the work.
    pub(super) parallel: bool,
    /// Together they hold all fronts, in order.
    pub(super) parts: Vec<Part<T>>,
    /// What elimination leaves: on the kept rows, and on the rows `delayed` for which no front had a sound pivot.
    pub(super) schur: Vec<T>,
    pub(super) delayed: Vec<u32>,
    map: Vec<u32>,
    runs: Vec<Run>,
}

/// Successive fronts which one task computes in memory of its own.
#[derive(Debug)]
pub(super) struct Part<T> {
    pub(super) share: Share,
    /// What became of each front.
    pub(super) fronts: Vec<Eliminated>,
    /// Columns of the fronts: inverses of pivot blocks and L, as [`Frontal`] leaves them; of general matrices followed by the mirrored rows U.
    pub(super) store: Vec<T>,
    /// Rows of the pivot blocks of all fronts.
    pub(super) blocks: Vec<u32>,
    /// Rows to be eliminated of all fronts (places in the order of elimination), in the order of their pivots.
    pub(super) vars: Vec<u32>,
    columns: Vec<T>,
    work: Workspace<T>,
    /// Contributions no front has taken up yet.
    waiting: Vec<Contribution<T>>,
    free: Free<T>,
    map: Vec<u32>,
    runs: Vec<Run>,
}

/// An eliminated front.
#[derive(Clone, Debug)]
pub(super) struct Eliminated {
    /// Its columns within `store` (and the same number of mirrored rows behind them, for general matrices).
    pub(super) left: Range<usize>,
    /// Rows of the front.
    pub(super) f: usize,
    /// Rows that were to be eliminated; part of `vars`.
    pub(super) vars: Range<usize>,
    /// How many of them were.
    pub(super) done: usize,
    /// Part of `blocks`.
    pub(super) blocks: Range<usize>,
}

/// What a front leaves to its parent: a matrix on its delayed rows and its boundary.
#[derive(Debug)]
struct Contribution<T> {
    front: usize,
    delayed: Vec<u32>,
    size: usize,
    data: Vec<T>,
}

/// The numbers of a matrix in the order of the entries analysed: of its lower triangle, and of a general matrix also of the mirrored ones.
#[derive(Clone, Copy)]
pub(super) struct Numbers<'a, T> {
    pub(super) lower: &'a [T],
    pub(super) upper: &'a [T],
}

impl<T: Scalar> Numbers<'_, T> {
    /// The number of an entry at its place below the diagonal of a front, and the one mirrored there.
    pub(super) fn pair(&self, kind: Kind, entry: &Assembly) -> (T, T) {
        let below = self.lower[entry.value as usize];
        let above = match kind {
            Kind::General => self.upper[entry.value as usize],
            kind => kind.mirror(below),
        };
        if entry.mirrored { (above, below) } else { (below, above) }
    }
}

/// What the fronts of one matrix have in common.
#[derive(Clone, Copy)]
struct Task<'a, T> {
    analysis: &'a Analysis,
    numbers: Numbers<'a, T>,
    kind: Kind,
    parallel: bool,
}

/// A front, or the matrix on the kept rows, while it is filled.
struct Target<'a, T> {
    kind: Kind,
    left: &'a mut [T],
    up: &'a mut [T],
    right: &'a mut [T],
    k: usize,
    m: usize,
}

impl<T: Scalar> Target<'_, T> {
    /// Adds to entry (i, j), and to (j, i) the mirrored number.
    fn add(&mut self, i: usize, j: usize, number: T, mirrored: T) {
        let f = self.k + self.m;
        let (i, j, number, mirrored) =
            if i >= j { (i, j, number, mirrored) } else { (j, i, mirrored, number) };
        let plus = |x: &mut T, y: T| *x += y;
        if j < self.k {
            plus(&mut self.left[j * f + i], number);
            if self.kind == Kind::General && i > j {
                plus(&mut self.up[j * f + i], mirrored);
            }
        } else {
            let (i, j) = (i - self.k, j - self.k);
            plus(&mut self.right[j * self.m + i], number);
            if self.kind == Kind::General && i > j {
                plus(&mut self.right[i * self.m + j], mirrored);
            }
        }
    }

    fn assemble(&mut self, front: &[Assembly], numbers: Numbers<'_, T>, shift: impl Fn(u32) -> usize) {
        for entry in front {
            let (number, mirrored) = numbers.pair(self.kind, entry);
            self.add(shift(entry.row), shift(entry.col), number, mirrored);
        }
    }

    /// Adds a contribution whose rows have the places `map` in this front.
    fn extend(&mut self, data: &[T], map: &[u32], ordered: bool, places: &mut Vec<Run>) {
        let size = map.len();
        if !ordered {
            for j in 0..size {
                for i in j..size {
                    let mirrored = match self.kind {
                        Kind::General => data[i * size + j],
                        kind => kind.mirror(data[j * size + i]),
                    };
                    self.add(map[i] as usize, map[j] as usize, data[j * size + i], mirrored);
                }
            }
            return;
        }
        let inner = map.partition_point(|&i| (i as usize) < self.k);
        runs(map, self.k as u32, places);
        let (f, m, general) = (self.k + self.m, self.m, self.kind == Kind::General);
        for (j, &to) in map[..inner].iter().enumerate() {
            add_runs(&mut self.left[to as usize * f..][..f], &data[j * size..][..size], places, j, 0);
            if general {
                let column = &mut self.up[to as usize * f..][..f];
                for (i, &place) in map.iter().enumerate().skip(j + 1) {
                    column[place as usize] += data[i * size + j];
                }
            }
        }
        for (j, &to) in map.iter().enumerate().skip(inner) {
            let first = if general { inner } else { j };
            let column = &mut self.right[(to as usize - self.k) * m..][..m];
            add_runs(column, &data[j * size..][..size], places, first, self.k);
        }
    }
}

/// Rows of a contribution that stay neighbours in the front that takes them up.
#[derive(Clone, Copy, Debug)]
struct Run {
    from: u32,
    to: u32,
    len: u32,
}

/// The runs of an ascending map; none reaches across place `cut`.
fn runs(map: &[u32], cut: u32, runs: &mut Vec<Run>) {
    runs.clear();
    for (from, &to) in map.iter().enumerate() {
        match runs.last_mut() {
            Some(run) if run.to + run.len == to && to != cut => run.len += 1,
            _ => runs.push(Run { from: from as u32, to, len: 1 }),
        }
    }
}

/// Adds the rows `first..` of a column to their places in another that begins with place `shift`.
#[inline]
fn add_runs<T: Scalar>(column: &mut [T], values: &[T], runs: &[Run], first: usize, shift: usize) {
    let begin = runs.partition_point(|run| (run.from + run.len) as usize <= first);
    for run in &runs[begin..] {
        let skip = first.saturating_sub(run.from as usize);
        let len = run.len as usize - skip;
        let out = &mut column[run.to as usize + skip - shift..][..len];
        let add = &values[run.from as usize + skip..][..len];
        out.iter_mut().zip(add).for_each(|(x, y)| *x += *y);
    }
}

impl<T: Scalar> Numeric<T> {
    pub(super) fn new(kind: Kind, analysis: &Analysis, parallel: bool) -> Self {
        let shares = if parallel { divide(analysis) } else { whole(analysis) };
        Self {
            kind,
            parallel,
            parts: shares.into_iter().map(Part::new).collect(),
            schur: Vec::new(),
            delayed: Vec::new(),
            map: Vec::new(),
            runs: Vec::new(),
        }
    }

    /// All fronts in the order of elimination, each with its number and the part that holds it.
    pub(super) fn fronts(&self) -> impl DoubleEndedIterator<Item = (usize, &Part<T>, &Eliminated)> {
        self.parts.iter().flat_map(|part| {
            let numbered = part.share.fronts.clone().zip(&part.fronts);
            numbered.map(move |(index, front)| (index, part, front))
        })
    }

    /// Factorises. The memory of the last factorisation is used again.
    pub(super) fn factorise(&mut self, analysis: &Analysis, numbers: Numbers<'_, T>) {
        let task = Task { analysis, numbers, kind: self.kind, parallel: self.parallel };
        if self.parallel {
            rayon::scope(|_| subtrees(&mut self.parts, task));
        } else {
            subtrees(&mut self.parts, task);
        }
        self.kept(analysis, numbers);
    }

    /// Collects the Schur complement on the kept rows, followed by rows that could not be eliminated.
    fn kept(&mut self, analysis: &Analysis, numbers: Numbers<'_, T>) {
        self.delayed.clear();
        for child in self.parts.iter().flat_map(|part| &part.waiting) {
            self.delayed.extend(&child.delayed);
        }
        let kept = analysis.kept;
        let size = kept + self.delayed.len();
        self.schur.clear();
        self.schur.resize(size * size, T::default());
        let mut target =
            Target { kind: self.kind, left: &mut [], up: &mut [], right: &mut self.schur, k: 0, m: size };
        let last = analysis.fronts.last().map_or(0, |f: &Front| f.assembly.end);
        target.assemble(&analysis.assembly[last..], numbers, |p| p as usize);
        let mut next_delayed = kept;
        for part in &mut self.parts {
            for child in part.waiting.drain(..) {
                let in_parent = &analysis.in_parent[analysis.fronts[child.front].boundary.clone()];
                self.map.clear();
                self.map.extend((next_delayed..next_delayed + child.delayed.len()).map(|p| p as u32));
                self.map.extend(in_parent);
                next_delayed += child.delayed.len();
                target.extend(&child.data, &self.map, child.delayed.is_empty(), &mut self.runs);
                debug_assert_eq!(child.size, self.map.len());
                part.free.give(child.data);
            }
        }
        if self.kind != Kind::General {
            for j in 0..size {
                for i in j + 1..size {
                    self.schur[i * size + j] = self.kind.mirror(self.schur[j * size + i]);
                }
            }
        }
    }
}

/// Computes parts that are all that is below some parent, one tree beside the other.
fn subtrees<T: Scalar>(parts: &mut [Part<T>], task: Task<'_, T>) {
    let Some(root) = parts.last() else { return };
    let (before, tree) = parts.split_at_mut(parts.len() - root.share.subtree);
    let mut last = || {
        if let Some((root, below)) = tree.split_last_mut() {
            subtrees(below, task);
            root.factorise(below, task);
        }
    };
    if before.is_empty() {
        last();
    } else {
        rayon::join(|| subtrees(before, task), last);
    }
}

impl<T: Scalar> Part<T> {
    fn new(share: Share) -> Self {
        Self {
            share,
            fronts: Vec::new(),
            store: Vec::new(),
            blocks: Vec::new(),
            vars: Vec::new(),
            columns: Vec::new(),
            work: Workspace::default(),
            waiting: Vec::new(),
            free: Free(Vec::new()),
            map: Vec::new(),
            runs: Vec::new(),
        }
    }

    /// Computes the fronts; the first takes up what the parts `below` have left.
    fn factorise(&mut self, below: &mut [Self], task: Task<'_, T>) {
        self.fronts.clear();
        self.store.clear();
        self.blocks.clear();
        self.vars.clear();
        let mut below = below;
        for index in self.share.fronts.clone() {
            self.front(index, std::mem::take(&mut below), task);
        }
    }

    fn front(&mut self, index: usize, below: &mut [Self], task: Task<'_, T>) {
        let Task { analysis, numbers, kind, parallel } = task;
        let front = &analysis.fronts[index];
        let from_below: usize = below.iter().map(|part| part.waiting.len()).sum();
        let first_child = self.waiting.len() + from_below - front.children as usize;
        let vars = self.vars.len();
        self.vars.extend(front.own.clone().map(|p| p as u32));
        for child in below.iter().flat_map(|part| &part.waiting).chain(&self.waiting[first_child..]) {
            self.vars.extend(&child.delayed);
        }
        let (own, k, m) = (front.own.len(), self.vars.len() - vars, front.boundary.len());
        let f = k + m;
        let left = self.store.len()..self.store.len() + f * k;
        // filled and eliminated where the cache is warm
        let mut columns = std::mem::take(&mut self.columns);
        columns.clear();
        columns.resize(if kind == Kind::General { 2 * f * k } else { f * k }, T::default());
        let (left_part, up) = columns.split_at_mut(f * k);
        let mut right = self.free.take(m, kind);
        let mut target = Target { kind, left: left_part, up, right: &mut right, k, m };
        let shift = |place: u32| {
            let place = place as usize;
            if place < own { place } else { place + k - own }
        };
        target.assemble(&analysis.assembly[front.assembly.clone()], numbers, shift);
        let mut next_delayed = own;
        let mut take_up = |child: &Contribution<T>| {
            let in_parent = &analysis.in_parent[analysis.fronts[child.front].boundary.clone()];
            if k == own {
                target.extend(&child.data, in_parent, true, &mut self.runs);
            } else {
                self.map.clear();
                self.map.extend((next_delayed..next_delayed + child.delayed.len()).map(|p| p as u32));
                self.map.extend(in_parent.iter().map(|&p| shift(p) as u32));
                next_delayed += child.delayed.len();
                target.extend(&child.data, &self.map, child.delayed.is_empty(), &mut self.runs);
            }
        };
        for part in below {
            for child in part.waiting.drain(..) {
                take_up(&child);
                part.free.give(child.data);
            }
        }
        for child in self.waiting.drain(first_child..) {
            take_up(&child);
            self.free.give(child.data);
        }
        let blocks = self.blocks.len();
        let Target { left: left_part, up, right: right_part, .. } = target;
        let mut frontal = Frontal {
            kind,
            left: left_part,
            up,
            right: right_part,
            k,
            m,
            vars: &mut self.vars[vars..],
            parallel,
        };
        let done = frontal.eliminate(&mut self.work, &mut self.blocks);
        let rejected = k - done;
        let mut contribution =
            Contribution { front: index, delayed: Vec::new(), size: rejected + m, data: right };
        if rejected > 0 {
            contribution.delayed.extend(&self.vars[vars + done..]);
            let mut data = self.free.take(contribution.size, kind);
            let (left_part, up) = columns.split_at(f * k);
            leftover(kind, left_part, up, &contribution.data, [k, m, done], &mut data);
            self.free.give(std::mem::replace(&mut contribution.data, data));
        }
        self.waiting.push(contribution);
        self.store.extend_from_slice(&columns);
        self.columns = columns;
        self.fronts.push(Eliminated {
            left,
            f,
            vars: vars..vars + k,
            done,
            blocks: blocks..self.blocks.len(),
        });
    }
}

/// The matrix on the rejected rows and the boundary.
fn leftover<T: Scalar>(
    kind: Kind,
    left: &[T],
    up: &[T],
    right: &[T],
    [k, m, done]: [usize; 3],
    data: &mut [T],
) {
    let (f, size) = (k + m, k - done + m);
    for j in 0..size {
        for i in j..size {
            let (row, col) = (done + i, done + j);
            data[j * size + i] = if col < k { left[col * f + row] } else { right[(col - k) * m + row - k] };
            if kind == Kind::General && i > j {
                data[i * size + j] = if col < k { up[col * f + row] } else { right[(row - k) * m + col - k] };
            }
        }
    }
}

/// Arrays no longer in use, by the logarithm of the room they have.
#[derive(Debug)]
struct Free<T>(Vec<Vec<Vec<T>>>);

impl<T: Scalar> Free<T> {
    /// A zero matrix of the given order; of kinds that mirror themselves only on and below the diagonal, in coarse steps.
    fn take(&mut self, order: usize, kind: Kind) -> Vec<T> {
        const STEP: usize = 32;
        let len = order * order;
        let found = self.0.get_mut(class(len)).and_then(Vec::pop);
        let mut buffer = found.unwrap_or_else(|| Vec::with_capacity(1 << class(len)));
        if kind == Kind::General || order < 2 * STEP || buffer.len() < len {
            buffer.clear();
            buffer.resize(len, T::default());
        } else {
            buffer.truncate(len);
            for (j, column) in buffer.chunks_exact_mut(order).enumerate() {
                column[j - j % STEP..].fill(T::default());
            }
        }
        buffer
    }

    fn give(&mut self, buffer: Vec<T>) {
        // of the class whose every length it has room for
        let class = class(buffer.capacity() + 1) - 1;
        if self.0.len() <= class {
            self.0.resize_with(class + 1, Vec::new);
        }
        self.0[class].push(buffer);
    }
}

/// The least power of two not below the length.
fn class(len: usize) -> usize {
    len.max(1).next_power_of_two().trailing_zeros() as usize
}
