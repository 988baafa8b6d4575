//! State reduction on a sparse network, without subtractions.

use super::super::DefectError;
use std::collections::BTreeSet;

/// A position that was taken out: what enters it from positions that were left, per rate at which it is left for them.
struct Eliminated {
    position: usize,
    entering: Vec<(usize, f64)>,
}

/// The stationary distribution of the rates `w_ij`, sorted rows of a pattern that is symmetric.
///
/// A position s is taken out by giving its neighbours what goes through it, `w_ij += w_is w_sj / sum_k w_sk`: the process seen only while it is elsewhere. Backwards,
/// `p_s = sum_i p_i w_is / sum_k w_sk`.
pub(super) fn stationary(mut rows: Vec<Vec<(usize, f64)>>) -> Result<Vec<f64>, DefectError> {
    let mut queue: BTreeSet<(usize, usize)> = rows.iter().enumerate().map(|(i, r)| (r.len(), i)).collect();
    let (mut eliminated, mut last) = (Vec::with_capacity(rows.len()), Vec::with_capacity(1));
    while let Some((_, position)) = queue.pop_first() {
        let exit: f64 = rows[position].iter().map(|&(_, rate)| rate).sum();
        if exit == 0.0 {
            last.push(position); // and nothing that is taken out later gives it an exit
            continue;
        }
        let leaving = std::mem::take(&mut rows[position]);
        let mut entering = Vec::with_capacity(leaving.len());
        for &(i, _) in &leaving {
            let row = &mut rows[i];
            let alive = queue.remove(&(row.len(), i)); // otherwise nothing leaves i
            let at = row.binary_search_by_key(&position, |&(j, _)| j);
            let flow = at.map_or(0.0, |at| row.remove(at).1) / exit;
            entering.push((i, flow));
            if alive {
                let through = leaving.iter().filter(|&&(j, _)| j != i).map(|&(j, rate)| (j, flow * rate));
                if row.iter().map(|&(j, _)| j).eq(through.clone().map(|(j, _)| j)) {
                    row.iter_mut().zip(through).for_each(|((_, rate), (_, more))| *rate += more);
                } else {
                    *row = joined(row, through);
                }
                queue.insert((row.len(), i));
            }
        }
        eliminated.push(Eliminated { position, entering });
    }
    let &[ground] = last.as_slice() else {
        return Err(DefectError::SeveralStationary { states: last.len() });
    };
    let mut occupation = vec![0.0; rows.len()];
    occupation[ground] = 1.0;
    for Eliminated { position, entering } in eliminated.iter().rev() {
        let here: f64 = entering.iter().map(|&(i, flow)| occupation[i] * flow).sum();
        occupation[*position] = here;
        if here > LARGEST {
            occupation.iter_mut().for_each(|p| *p /= here);
        }
    }
    let sum: f64 = occupation.iter().sum();
    Ok(occupation.iter().map(|p| p / sum).collect())
}

/// Occupations are scaled down before they overflow.
const LARGEST: f64 = 1e100;

/// The sum of two sorted rows.
fn joined(row: &[(usize, f64)], other: impl Iterator<Item = (usize, f64)>) -> Vec<(usize, f64)> {
    let (mut sum, mut row) = (Vec::with_capacity(row.len() + 8), row.iter().copied().peekable());
    for (j, rate) in other {
        while let Some(first) = row.next_if(|&(i, _)| i < j) {
            sum.push(first);
        }
        let old = row.next_if(|&(i, _)| i == j).map_or(0.0, |(_, rate)| rate);
        sum.push((j, old + rate));
    }
    sum.extend(row);
    sum
}
