//! Messages between real ranks. The launcher is that of the variable DIFFUSON_MPIRUN, or `mpirun`.

use diffuson_ensemble::schedule::Transport;
use diffuson_mpi::{Launch, Mpi, Order};
use std::process::{Command, ExitCode, Output};
use std::thread::sleep;
use std::time::{Duration, Instant};

fn main() -> ExitCode {
    // what this process is to do stands in the only argument of a rank
    match (Launch::find(), std::env::args().nth(1).as_deref()) {
        (Some(_), Some("talk")) => talk(),
        (Some(_), Some("panic")) => panic_on_the_last_rank(),
        _ => {
            assert!(Mpi::start().expect("no launcher").is_none(), "this process was started alone");
            for ranks in 2..=4 {
                let ran = launch(ranks, "talk");
                assert_eq!(ran.status.code(), Some(7), "{ranks} ranks: {ran:?}");
            }
            let start = Instant::now();
            let ran = launch(3, "panic");
            let stderr = String::from_utf8_lossy(&ran.stderr);
            assert!(!ran.status.success() && stderr.contains("a mistake"), "{ran:?}");
            // a launcher takes seconds to clear up; ranks that waited for the lost one would wait for ever
            assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
            ExitCode::SUCCESS
        }
    }
}

fn launch(ranks: usize, what: &str) -> Output {
    let launcher = std::env::var("DIFFUSON_MPIRUN").unwrap_or_else(|_| "mpirun".to_owned());
    let program = std::env::current_exe().expect("a path");
    Command::new(launcher)
        .args(["-n", &ranks.to_string()])
        .arg(program)
        .arg(what)
        // Open MPI runs neither as root nor more ranks than cores unless it is told to
        .envs(["OMPI_ALLOW_RUN_AS_ROOT", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"].map(|name| (name, "1")))
        .env("OMPI_MCA_rmaps_base_oversubscribe", "1")
        .env("PRTE_MCA_rmaps_default_mapping_policy", ":oversubscribe")
        .output()
        .expect("a launcher")
}

/// As many and as long messages as rank 0 may have on their way to one rank.
const ORDERS: usize = 12;
const ORDER_BYTES: usize = 4096;

/// Longer than one piece of a message.
const LONG: usize = (1 << 27) + 5;

fn filled(bytes: usize, seed: usize) -> Vec<u8> {
    (0..bytes).map(|i| (i * 31 + i / 251 + seed) as u8).collect()
}

fn next(mpi: &mut Mpi) -> (usize, Vec<u8>) {
    loop {
        if let Some(message) = mpi.receive() {
            return message;
        }
        sleep(Duration::from_millis(1));
    }
}

fn talk() -> ExitCode {
    let mut mpi = Mpi::start().expect("a start").expect("several ranks");
    assert!(mpi.threads() >= 1 && mpi.threads_of_all().contains(&mpi.threads()));
    let (rank, size) = (mpi.rank(), mpi.size());
    if rank == 0 {
        // they come only when these have been sent
        for n in 0..ORDERS {
            for to in 1..size {
                mpi.send(to, &filled(ORDER_BYTES, n + to));
            }
        }
        mpi.serve();
        let mut heard = vec![0; size];
        while heard[1..].iter().any(|count| *count < 3) {
            let (from, message) = next(&mut mpi);
            let expected = match heard[from] {
                0 => Vec::new(),
                1 => filled(if from == 1 { LONG } else { 3_000_000 }, from),
                2 => vec![from as u8],
                _ => filled(3_000_000, from),
            };
            assert!(message == expected, "message {} of rank {from}, {} bytes", heard[from], message.len());
            heard[from] += 1;
        }
        mpi.end(7);
        return 7.into();
    }
    for n in 0..ORDERS {
        assert!(next(&mut mpi) == (0, filled(ORDER_BYTES, n + rank)), "order {n} of rank {rank}");
    }
    assert_eq!(mpi.order(), Order::Serve);
    mpi.send(0, &[]);
    mpi.send(0, &filled(if rank == 1 { LONG } else { 3_000_000 }, rank));
    mpi.send(0, &[rank as u8]);
    // nobody waits for this one: that must not keep anybody from ending
    mpi.send(0, &filled(3_000_000, rank));
    match mpi.order() {
        Order::End(code) => code.into(),
        Order::Serve => unreachable!("there was one such order"),
    }
}

fn panic_on_the_last_rank() -> ExitCode {
    let mut mpi = Mpi::start().expect("a start").expect("several ranks");
    assert!(mpi.rank() + 1 < mpi.size(), "a mistake");
    if mpi.rank() == 0 {
        loop {
            next(&mut mpi);
        }
    }
    match mpi.order() {
        Order::End(code) => code.into(),
        Order::Serve => ExitCode::FAILURE,
    }
}
