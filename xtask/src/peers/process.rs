//! A worker process: requests in, answers out, a line of JSON each.

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

/// Variables that hold numerical libraries to one thread; SCOTCH, the ordering that Kwant prefers, would take all cores.
const SINGLE_THREADED: [&str; 6] = [
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "RAYON_NUM_THREADS",
    "SCOTCH_PTHREAD_NUMBER",
];

/// A running worker. It ends when its standard input closes.
pub(crate) struct Worker {
    name: &'static str,
    child: Child,
    requests: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

/// Memory of a fresh process that did one thing, in bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Memory {
    /// Largest resident memory of its life.
    pub(super) peak: u64,
    /// Resident memory before it built anything.
    pub(super) baseline: u64,
    /// Largest resident memory during the call above that before it.
    pub(super) call: u64,
}

impl Worker {
    /// This library, in a process of this program.
    pub(super) fn ours() -> Result<Self, String> {
        let program = std::env::current_exe().map_err(|e| format!("the path of this program: {e}"))?;
        Self::start("the worker of this library", Command::new(program).arg("bench-peers-worker"))
    }

    /// Starts `command`, single-threaded.
    pub(crate) fn start(name: &'static str, command: &mut Command) -> Result<Self, String> {
        let failed = |e| format!("{name}: {e}");
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.envs(SINGLE_THREADED.map(|key| (key, "1"))).spawn().map_err(failed)?;
        let requests = child.stdin.take();
        let answers = BufReader::new(child.stdout.take().ok_or_else(|| format!("{name}: no output"))?);
        Ok(Self { name, child, requests, answers })
    }

    /// One request, one answer.
    pub(crate) fn ask(&mut self, request: &Value) -> Result<Value, String> {
        self.send(request)?;
        self.receive()
    }

    fn send(&mut self, request: &Value) -> Result<(), String> {
        let pipe = self.requests.as_mut().expect("open while the worker lives");
        writeln!(pipe, "{request}").and_then(|()| pipe.flush()).map_err(|e| format!("{}: {e}", self.name))
    }

    fn receive(&mut self) -> Result<Value, String> {
        let mut line = String::new();
        match self.answers.read_line(&mut line) {
            Ok(0) => {
                let status = self.child.wait().map_or_else(|e| e.to_string(), |s| s.to_string());
                return Err(format!("{} ended without an answer: {status}", self.name));
            }
            Ok(_) => {}
            Err(e) => return Err(format!("{}: {e}", self.name)),
        }
        let answer: Value = serde_json::from_str(&line).map_err(|e| format!("{}: {e}: {line}", self.name))?;
        match answer["error"].as_str() {
            Some(error) => Err(format!("{}: {error}", self.name)),
            None => Ok(answer),
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.requests = None;
        // it has nothing left to do; how it ends changes no result
        let _ = self.child.wait();
    }
}

/// Samples that a worker of an ensemble is asked for at a time.
const SHARE: u64 = 5;

/// Asks all workers at once. The samples of an ensemble are dealt out between them, some to each worker as it comes free; the answer is then
/// the joint one, with the time from the first question to the last answer.
pub(super) fn ask_all(workers: &mut [Worker], request: &Value) -> Result<Value, String> {
    if let [worker] = workers {
        return worker.ask(request);
    }
    let field = |name: &str| request[name].as_u64().ok_or_else(|| format!("a request without {name}"));
    let (first, end) = (field("first")?, field("first")? + field("count")?);
    let next = AtomicU64::new(first);
    let work = |worker: &mut Worker| {
        let mut found = Vec::new();
        loop {
            let from = next.fetch_add(SHARE, Ordering::Relaxed);
            if from >= end {
                return Ok::<_, String>(found);
            }
            let mut share = request.clone();
            share["first"] = json!(from);
            share["count"] = json!(SHARE.min(end - from));
            found.push((from, worker.ask(&share)?["transmissions"].take()));
        }
    };
    let started = Instant::now();
    let shares: Vec<_> = thread::scope(|scope| {
        let handles: Vec<_> = workers.iter_mut().map(|worker| scope.spawn(|| work(worker))).collect();
        let died = |_| Err("a thread that asks a worker died".to_owned());
        handles.into_iter().map(|handle| handle.join().unwrap_or_else(died)).collect()
    });
    let total = started.elapsed().as_secs_f64();
    let mut found = shares.into_iter().collect::<Result<Vec<_>, _>>()?.concat();
    found.sort_unstable_by_key(|&(from, _)| from);
    let transmissions: Vec<Value> = found.into_iter().map(|(_, share)| share).collect();
    Ok(json!({"seconds": {"total": total}, "transmissions": transmissions}))
}

/// Memory of a fresh `worker` for one `request` on a system.
pub(super) fn peak_memory(mut worker: Worker, prepare: &Value, request: &Value) -> Result<Memory, String> {
    let field = |answer: &Value, name: &str| {
        answer[name].as_u64().ok_or_else(|| format!("an answer without {name}: {answer}"))
    };
    let baseline = field(&worker.ask(&json!({"do": "hello"}))?, "baseline")?;
    worker.ask(prepare)?;
    let built = field(&worker.ask(&json!({"do": "memory"}))?, "peak")?;
    let during = &worker.ask(request)?["memory"];
    let (before, peak) = (field(during, "before")?, field(during, "peak")?);
    Ok(Memory { peak: built.max(peak), baseline, call: peak.saturating_sub(before) })
}
