//! How a process learns from its environment that it is one of several ranks.

/// What a launcher says about this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Launch {
    /// Which rank it is.
    pub rank: usize,
    /// How many there are; none if only the MPI library can tell.
    pub size: Option<usize>,
}

/// Variables that hold the rank, and where the number of ranks stands beside them.
///
/// Slurm sets SLURM_PROCID for any job step, MPI or not, so that it says nothing here.
const LAUNCHERS: [(&str, &str); 5] = [
    // mpirun of Open MPI
    ("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"),
    // mpiexec (Hydra) of MPICH, Intel MPI, MVAPICH; PALS of HPE; srun --mpi=pmi2
    ("PMI_RANK", "PMI_SIZE"),
    ("MV2_COMM_WORLD_RANK", "MV2_COMM_WORLD_SIZE"),
    // srun --mpi=pmix, and prterun, which tells no size
    ("PMIX_RANK", "SLURM_STEP_NUM_TASKS"),
    // srun --mpi=cray_shasta
    ("PALS_RANKID", "SLURM_STEP_NUM_TASKS"),
];

impl Launch {
    /// What the environment says of this process; none if no MPI launcher has started it.
    pub fn find() -> Option<Self> {
        Self::among(|name| std::env::var(name).ok())
    }

    /// Whether this process may be one of several.
    pub fn several(&self) -> bool {
        self.size.is_none_or(|size| size > 1)
    }

    fn among(variable: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let number = |name: &str| variable(name)?.trim().parse::<usize>().ok();
        LAUNCHERS.iter().find_map(|(rank, size)| {
            Some(Self { rank: number(rank)?, size: number(size).filter(|n| *n > 0) })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn launch(variables: &[(&str, &str)]) -> Option<Launch> {
        Launch::among(|name| variables.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned()))
    }

    #[test]
    fn launchers_are_told_from_batch_systems_and_from_nothing() {
        let found = |rank, size| Some(Launch { rank, size });
        assert_eq!(launch(&[]), None);
        assert_eq!(launch(&[("SLURM_PROCID", "1"), ("SLURM_NTASKS", "4")]), None);
        assert_eq!(
            launch(&[("OMPI_COMM_WORLD_RANK", "2"), ("OMPI_COMM_WORLD_SIZE", "4")]),
            found(2, Some(4))
        );
        assert_eq!(launch(&[("PMI_RANK", "0"), ("PMI_SIZE", "3")]), found(0, Some(3)));
        assert_eq!(launch(&[("PMIX_RANK", "1"), ("SLURM_STEP_NUM_TASKS", "2")]), found(1, Some(2)));
        assert_eq!(launch(&[("PMIX_RANK", "1")]), found(1, None));
        assert_eq!(launch(&[("PMI_RANK", "first"), ("PMI_SIZE", "3")]), None);
        // mpirun inside a job step of one task, which has its own variables
        let inside = [("PMIX_RANK", "0"), ("SLURM_STEP_NUM_TASKS", "1")];
        assert_eq!(launch(&inside), found(0, Some(1)));
        let both = [&inside[..], &[("OMPI_COMM_WORLD_RANK", "3"), ("OMPI_COMM_WORLD_SIZE", "8")]].concat();
        assert_eq!(launch(&both), found(3, Some(8)));
    }

    #[test]
    fn one_rank_needs_no_messages() {
        let several = |size| Launch { rank: 0, size }.several();
        assert!(!several(Some(1)) && several(Some(2)) && several(None));
    }
}
