//! Our side: the requests of `benchmarks/peers/kwant_worker.py`, answered by this library.

use super::case::Case;
use super::ours::{self, Prepared};
use serde_json::{Value, json};
use std::io::{BufRead, Write};
use std::time::Instant;
use std::{fs, thread};

/// Answers requests on the standard input until it closes.
pub(crate) fn serve() -> Result<(), String> {
    let mut worker = Worker { system: None };
    for line in std::io::stdin().lock().lines() {
        let line = line.map_err(|e| e.to_string())?;
        let request: Value = serde_json::from_str(&line).map_err(|e| format!("{e}: {line}"))?;
        let answer = worker.answer(&request).unwrap_or_else(|error| json!({"error": error}));
        let mut out = std::io::stdout().lock();
        writeln!(out, "{answer}").and_then(|()| out.flush()).map_err(|e| e.to_string())?;
    }
    Ok(())
}

struct Worker {
    system: Option<(Case, Prepared)>,
}

impl Worker {
    fn answer(&mut self, request: &Value) -> Result<Value, String> {
        match request["do"].as_str() {
            Some("hello") => Ok(json!({"name": "Diffuson", "baseline": resident()?.0})),
            Some("memory") => resident().map(|(now, peak)| json!({"now": now, "peak": peak})),
            Some("prepare") => self.prepare(request),
            Some("smatrix") => self.smatrix(request),
            Some("ensemble") => self.ensemble(request),
            Some("factor") => self.factor(request),
            _ => Err(format!("unknown request {request}")),
        }
    }

    fn prepare(&mut self, request: &Value) -> Result<Value, String> {
        self.system = None;
        let sides = request["shape"].as_array().into_iter().flatten();
        let sides: Vec<usize> = sides.filter_map(|n| Some(n.as_u64()? as usize)).collect();
        let shape = sides.try_into().map_err(|_| format!("no shape in {request}"))?;
        let energy = request["energy"].as_f64().ok_or_else(|| format!("no energy in {request}"))?;
        let case = Case { shape, energy };
        let started = Instant::now();
        let prepared = ours::prepare(&case)?;
        let seconds = started.elapsed().as_secs_f64();
        self.system = Some((case, prepared));
        Ok(json!({"seconds": {"build": seconds}}))
    }

    fn system(&mut self) -> Result<&mut (Case, Prepared), String> {
        self.system.as_mut().ok_or_else(|| "no system is prepared".to_owned())
    }

    fn smatrix(&mut self, request: &Value) -> Result<Value, String> {
        let (case, prepared) = self.system()?;
        let onsite = samples(request, case, integer(request, "sample")?, 1)?;
        let before = resident()?.0;
        forget_peak()?;
        let started = Instant::now();
        if request["leads"] == "fresh" {
            *prepared = ours::prepare(case)?;
        }
        let s = ours::smatrix(prepared, &onsite)?;
        let total = started.elapsed().as_secs_f64();
        let (after, peak) = resident()?;
        let mut eigenvalues = s.transmission_eigenvalues(1, 0).map_err(|e| e.to_string())?;
        eigenvalues.reverse();
        Ok(json!({
            "seconds": {"total": total},
            "transmissions": [[s.transmission(0, 0), s.transmission(0, 1)], [s.transmission(1, 0), s.transmission(1, 1)]],
            "eigenvalues": eigenvalues,
            "memory": {"before": before, "after": after, "peak": peak},
        }))
    }

    /// Transmissions from lead 0 to lead 1 of `count` samples, dealt out to `threads` threads.
    fn ensemble(&mut self, request: &Value) -> Result<Value, String> {
        let (case, prepared) = self.system()?;
        let [first, count, threads] = ["first", "count", "threads"].map(|name| integer(request, name));
        let (first, count, threads) = (first?, count?, threads?.max(1));
        let onsite = samples(request, case, first, count)?;
        let sites = onsite.len() / count.max(1);
        let started = Instant::now();
        let transmission = |prepared: &mut Prepared, onsite: &[f64]| {
            ours::smatrix(prepared, onsite).map(|s| s.transmission(1, 0))
        };
        let shares: Vec<Result<Vec<f64>, String>> = thread::scope(|scope| {
            let share =
                |i: usize| &onsite[sites * (count * i / threads)..sites * (count * (i + 1) / threads)];
            let handles: Vec<_> = (0..threads)
                .map(|i| {
                    let mut prepared = prepared.clone();
                    scope.spawn(move || {
                        share(i).chunks(sites).map(|o| transmission(&mut prepared, o)).collect()
                    })
                })
                .collect();
            let died = |_| Err("a thread of the ensemble died".to_owned());
            handles.into_iter().map(|handle| handle.join().unwrap_or_else(died)).collect()
        });
        let total = started.elapsed().as_secs_f64();
        let transmissions = shares.into_iter().collect::<Result<Vec<_>, _>>()?.concat();
        Ok(json!({"seconds": {"total": total}, "transmissions": transmissions}))
    }

    fn factor(&mut self, request: &Value) -> Result<Value, String> {
        let (case, prepared) = self.system()?;
        let onsite = samples(request, case, integer(request, "sample")?, 1)?;
        let before = resident()?.0;
        forget_peak()?;
        let factored = ours::factor_only(prepared, &onsite)?;
        let (after, peak) = resident()?;
        Ok(json!({
            "seconds": {
                "analyse": factored.analyse,
                "factor": factored.factor,
                "total": factored.analyse + factored.factor,
            },
            "entries": factored.entries,
            "element": [factored.element.re, factored.element.im],
            "memory": {"before": before, "after": after, "peak": peak},
        }))
    }
}

fn integer(request: &Value, name: &str) -> Result<usize, String> {
    request[name].as_u64().map(|n| n as usize).ok_or_else(|| format!("no {name} in {request}"))
}

/// On-site energies of `count` samples of the file.
fn samples(request: &Value, case: &Case, first: usize, count: usize) -> Result<Vec<f64>, String> {
    let file =
        request["onsite"].as_str().ok_or_else(|| format!("no file of on-site energies in {request}"))?;
    let bytes = fs::read(file).map_err(|e| format!("{file}: {e}"))?;
    let size = size_of::<f64>() * case.shape.iter().product::<usize>();
    let wanted = bytes.get(first * size..(first + count) * size);
    let wanted = wanted.ok_or_else(|| format!("{file}: fewer than {} samples", first + count))?;
    let (numbers, _) = wanted.as_chunks();
    Ok(numbers.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect())
}

/// Resident memory and its peak since [`forget_peak`], in bytes.
fn resident() -> Result<(u64, u64), String> {
    let file = "/proc/self/status";
    let text = fs::read_to_string(file).map_err(|e| format!("{file}: {e}"))?;
    let kilobytes = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        let number = line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
        number.map(|kilobytes| 1024 * kilobytes).ok_or_else(|| format!("{file} without {name}"))
    };
    Ok((kilobytes("VmRSS:")?, kilobytes("VmHWM:")?))
}

/// Lets the peak begin anew.
fn forget_peak() -> Result<(), String> {
    let file = "/proc/self/clear_refs";
    fs::write(file, "5").map_err(|e| format!("{file}: {e}"))
}
