//! How the cores of a node are divided among its ranks.

use std::num::NonZero;
use std::thread::available_parallelism;

/// Cores that a process may use, one bit each: as many as Linux knows.
pub(crate) type CoreSet = [u8; 1024];

/// The cores that this process may use; none are set where the system does not tell which.
pub(crate) fn of_this_process() -> CoreSet {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let list = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:"));
    parse(list.unwrap_or_default())
}

/// `0-3,8,10-11`
fn parse(list: &str) -> CoreSet {
    let mut set = [0; size_of::<CoreSet>()];
    for range in list.trim().split(',') {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        if let (Ok(first), Ok(last)) = (first.parse::<usize>(), last.parse::<usize>()) {
            for core in first..=last.min(8 * set.len() - 1) {
                set[core / 8] |= 1 << (core % 8);
            }
        }
    }
    set
}

/// The number of worker threads that a rank should start beside the others of its node, at least 1.
pub(crate) fn threads(ranks: &[CoreSet], rank: usize) -> usize {
    share(ranks, rank, available_parallelism().map_or(1, NonZero::get))
}

/// Cores that one rank alone may use are its own, others go to that of their ranks that has the fewest. `limit` is what the rank may use at
/// once; where a quota of the node keeps that below its cores, the quota is divided like the cores.
fn share(ranks: &[CoreSet], rank: usize, limit: usize) -> usize {
    let allowed = |rank: usize, core: usize| ranks[rank][core / 8] >> (core % 8) & 1 == 1;
    let mut owned = vec![0_usize; ranks.len()];
    let (mut mine, mut all) = (0, 0);
    for contested in [false, true] {
        for core in 0..8 * size_of::<CoreSet>() {
            let users = || (0..ranks.len()).filter(|rank| allowed(*rank, core));
            if (users().count() > 1) != contested {
                continue;
            }
            if let Some(poorest) = users().min_by_key(|rank| owned[*rank]) {
                owned[poorest] += 1;
                all += 1;
                mine += usize::from(allowed(rank, core));
            }
        }
    }
    if all == 0 {
        // the system does not tell: all ranks share what it gives
        return (limit / ranks.len().max(1)).max(1);
    }
    let own = owned[rank];
    let within_quota = if limit < mine { limit * own / all } else { own };
    within_quota.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shares(lists: &[&str], limits: &[usize]) -> Vec<usize> {
        let sets: Vec<CoreSet> = lists.iter().map(|list| parse(list)).collect();
        (0..sets.len()).map(|rank| share(&sets, rank, limits[rank])).collect()
    }

    #[test]
    fn lists_of_the_kernel_are_read() {
        let cores = |list: &str| {
            let set = parse(list);
            (0..8 * set.len()).filter(|core| set[core / 8] >> (core % 8) & 1 == 1).collect::<Vec<_>>()
        };
        assert_eq!(cores("\t0-3,8,10-11\n"), [0, 1, 2, 3, 8, 10, 11]);
        assert_eq!(cores("8190-9000"), [8190, 8191]);
        assert_eq!(cores(""), Vec::<usize>::new());
        assert_eq!(cores("no,cores-here"), Vec::<usize>::new());
    }

    #[test]
    fn ranks_bound_to_cores_keep_them_and_others_divide_them() {
        assert_eq!(shares(&["0-1", "2-3"], &[2, 2]), [2, 2]);
        assert_eq!(shares(&["0-3", "0-3"], &[4, 4]), [2, 2]);
        assert_eq!(shares(&["0-3", "0-3", "0-3"], &[4, 4, 4]), [2, 1, 1]);
        assert_eq!(shares(&["0", "0-3"], &[1, 4]), [1, 3]);
        assert_eq!(shares(&["0-7", "0-7", "8-15", "8-15"], &[8; 4]), [4; 4]);
        // more ranks than cores: one thread each all the same
        assert_eq!(shares(&["0-1"; 5], &[2; 5]), [1; 5]);
        assert_eq!(shares(&["0-63"], &[64]), [64]);
    }

    #[test]
    fn a_quota_is_divided_like_the_cores() {
        assert_eq!(shares(&["0-15"; 4], &[4; 4]), [1; 4]);
        assert_eq!(shares(&["0-15"; 2], &[9; 2]), [4; 2]);
        assert_eq!(shares(&["0-15"], &[4]), [4]);
        // ranks whose cores fit into what they may use at once do not feel a quota
        assert_eq!(shares(&["0", "1"], &[1, 1]), [1, 1]);
    }

    #[test]
    fn where_the_system_does_not_tell_cores_all_ranks_share_what_there_is() {
        assert_eq!(shares(&["", ""], &[8, 8]), [4, 4]);
        assert_eq!(shares(&["", ""], &[1, 1]), [1, 1]);
    }

    #[test]
    fn this_process_may_use_at_least_one_core() {
        assert!(threads(&[of_this_process()], 0) >= 1);
    }
}
