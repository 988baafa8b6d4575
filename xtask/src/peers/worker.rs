//! Our side: the requests of `benchmarks/peers/kwant_worker.py`, answered by this library.

use super::case::Case;
use super::ours;
use diffuson::conductor::Dressed;
use serde_json::{Value, json};
use std::io::{BufRead, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;
use std::{fs, thread};

/// Answers requests on the standard input until it closes.
pub(crate) fn serve() -> Result<(), String> {
    let mut lines = std::io::stdin().lock().lines();
    let mut next = || -> Result<Option<Value>, String> {
        let line = lines.next().transpose().map_err(|e| e.to_string())?;
        line.map(|line| serde_json::from_str(&line).map_err(|e| format!("{e}: {line}"))).transpose()
    };
    let mut pending = next()?;
    while let Some(request) = pending {
        pending = if request["do"] == "prepare" {
            with_system(&request, &mut next)?
        } else {
            answer(of_process(&request))?;
            next()?
        };
    }
    Ok(())
}

fn answer(answer: Result<Value, String>) -> Result<(), String> {
    let answer = answer.unwrap_or_else(|error| json!({"error": error}));
    let mut out = std::io::stdout().lock();
    writeln!(out, "{answer}").and_then(|()| out.flush()).map_err(|e| e.to_string())
}

/// Prepares a system and answers for it. Returns the request that asks for another one.
fn with_system(
    request: &Value,
    next: &mut dyn FnMut() -> Result<Option<Value>, String>,
) -> Result<Option<Value>, String> {
    let started = Instant::now();
    let seconds = || started.elapsed().as_secs_f64();
    let prepared = case(request).and_then(|case| Ok((case, ours::conductor(&case)?)));
    let built = seconds();
    let dressed = prepared.as_ref().map_err(String::clone).and_then(|(case, conductor)| {
        Ok(System { case: *case, dressed: conductor.at(case.energy).map_err(|e| e.to_string())? })
    });
    let times = json!({"seconds": {"build": built, "leads": seconds() - built}});
    answer(dressed.as_ref().map(|_| times).map_err(String::clone))?;
    while let Some(request) = next()? {
        match &dressed {
            _ if request["do"] == "prepare" => return Ok(Some(request)),
            Ok(system) => answer(system.answer(&request))?,
            Err(_) => answer(of_process(&request))?,
        }
    }
    Ok(None)
}

fn case(request: &Value) -> Result<Case, String> {
    let sides = request["shape"].as_array().into_iter().flatten();
    let sides: Vec<usize> = sides.filter_map(|n| Some(n.as_u64()? as usize)).collect();
    let shape = sides.try_into().map_err(|_| format!("no shape in {request}"))?;
    let energy = request["energy"].as_f64().ok_or_else(|| format!("no energy in {request}"))?;
    Ok(Case { shape, energy })
}

/// Requests that need no system.
fn of_process(request: &Value) -> Result<Value, String> {
    match request["do"].as_str() {
        Some("hello") => Ok(json!({"name": "Diffuson", "baseline": resident()?.0})),
        Some("memory") => resident().map(|(now, peak)| json!({"now": now, "peak": peak})),
        _ => Err(format!("unknown request, or no system is prepared: {request}")),
    }
}

/// A system with all that does not depend on the sample.
struct System<'c> {
    case: Case,
    dressed: Dressed<'c>,
}

impl System<'_> {
    fn answer(&self, request: &Value) -> Result<Value, String> {
        match request["do"].as_str() {
            Some("smatrix") => self.smatrix(request),
            Some("ensemble") => self.ensemble(request),
            Some("factor") => self.factor(request),
            _ => of_process(request),
        }
    }

    fn smatrix(&self, request: &Value) -> Result<Value, String> {
        let onsite = samples(request, &self.case, integer(request, "sample")?, 1)?;
        let before = resident()?.0;
        forget_peak()?;
        let started = Instant::now();
        let (s, total);
        if request["leads"] == "fresh" {
            let conductor = ours::conductor(&self.case)?;
            s = ours::smatrix(&conductor.at(self.case.energy).map_err(|e| e.to_string())?, &onsite)?;
            total = started.elapsed().as_secs_f64();
        } else {
            s = ours::smatrix(&self.dressed, &onsite)?;
            total = started.elapsed().as_secs_f64();
        }
        let (after, peak) = resident()?;
        let eigenvalues = s.transmission_eigenvalues(1, 0).map_err(|e| e.to_string())?;
        Ok(json!({
            "seconds": {"total": total},
            "transmissions": [[s.transmission(0, 0), s.transmission(0, 1)], [s.transmission(1, 0), s.transmission(1, 1)]],
            "eigenvalues": eigenvalues,
            "memory": {"before": before, "after": after, "peak": peak},
        }))
    }

    /// Transmissions from lead 0 to lead 1 of `count` samples; each of `threads` threads takes the next sample as it comes free.
    fn ensemble(&self, request: &Value) -> Result<Value, String> {
        let [first, count, threads] = ["first", "count", "threads"].map(|name| integer(request, name));
        let (first, count, threads) = (first?, count?, threads?.max(1));
        let onsite = samples(request, &self.case, first, count)?;
        let sites = self.case.shape.iter().product();
        let started = Instant::now();
        let next = AtomicUsize::new(0);
        let work = || {
            let mut found = Vec::new();
            loop {
                let sample = next.fetch_add(1, Ordering::Relaxed);
                let Some(levels) = onsite.chunks_exact(sites).nth(sample) else {
                    return Ok::<_, String>(found);
                };
                found.push((sample, ours::smatrix(&self.dressed, levels)?.transmission(1, 0)));
            }
        };
        let shares: Vec<_> = thread::scope(|scope| {
            let handles: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            let died = |_| Err("a thread of the ensemble died".to_owned());
            handles.into_iter().map(|handle| handle.join().unwrap_or_else(died)).collect()
        });
        let total = started.elapsed().as_secs_f64();
        let mut found = shares.into_iter().collect::<Result<Vec<_>, _>>()?.concat();
        found.sort_unstable_by_key(|&(sample, _)| sample);
        let transmissions: Vec<f64> = found.into_iter().map(|(_, t)| t).collect();
        Ok(json!({"seconds": {"total": total}, "transmissions": transmissions}))
    }

    fn factor(&self, request: &Value) -> Result<Value, String> {
        let onsite = samples(request, &self.case, integer(request, "sample")?, 1)?;
        let before = resident()?.0;
        forget_peak()?;
        let mut factored = ours::factor_only(&self.case, &onsite)?;
        let (after, peak) = resident()?;
        let again = factored.again();
        let [general, general_again] = factored.general()?;
        Ok(json!({
            "seconds": {
                "analyse": factored.analyse,
                "factor": factored.factor,
                "again": again,
                "general": general,
                "general again": general_again,
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
