//! Whatever the bytes, the answer is a study or one error with a place inside its source.

use std::panic::catch_unwind;

use diffuson_study::schema::KINDS;

use super::{STUDY, parse};

/// SplitMix64 with a fixed seed: the same cases every time.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % n as u64) as usize
    }
}

/// Pieces that change the meaning rather than only the spelling.
const PIECES: &[&str] = &[
    "0",
    "-",
    "1e308",
    "nan",
    "-inf",
    "\"",
    "'",
    "[",
    "]",
    "{",
    "}",
    "=",
    ".",
    "#",
    "\n",
    "\r\n",
    "\0",
    "é",
    "\u{feff}",
    "\"meV\"",
    "\"5 meV\"",
    "\"1e999 K\"",
    "9223372036854775807",
    "99999999999999999999",
    "-1",
    "[]",
    "[[]]",
    "true",
    "1979-05-27",
    "\"wide-band\"",
    "\"chain\"",
    "\"cubic\"",
    "\"honeycomb-zigzag\"",
    "\"values\"",
    "[sweep]\n",
    "\n\"conductor.length\" = [2, 3]\n",
    "\n\"disorder.kind\" = [\"box\", \"none\"]\n",
    "kind = ",
    "\nheight = 2\n",
    "\nsamples = 1\nrelative_error = 0.5\n",
    "\nhopping = \"1 eV\"\n",
    "\nsites = [0]\n",
    "\nvoltage = 1\n",
    "\nkT = 1\n",
];

fn mutate(text: &str, random: &mut Random) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len() + 1);
        let until = (at + random.below(12)).min(bytes.len());
        match random.below(5) {
            0 => _ = bytes.drain(at..until),
            1 => _ = bytes.splice(at..at, PIECES[random.below(PIECES.len())].bytes()),
            2 => _ = bytes.splice(at..until, PIECES[random.below(PIECES.len())].bytes()),
            3 => bytes.iter_mut().skip(at).take(1).for_each(|b| *b = random.below(256) as u8),
            _ => {
                // a stretch from elsewhere
                let from = random.below(bytes.len() + 1);
                let copy = bytes[from..(from + random.below(60)).min(bytes.len())].to_vec();
                bytes.splice(at..at, copy);
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[test]
fn no_mutation_of_a_study_file_panics() {
    let template = KINDS[0].template();
    let uncommented = template.replace("\n# ", "\n");
    let mut random = Random(1992);
    let (mut good, mut bad) = (0, 0);
    for case in 0..20_000 {
        let text = mutate([STUDY, template.as_str(), uncommented.as_str()][case % 3], &mut random);
        let answer =
            catch_unwind(|| parse(&text, &[])).unwrap_or_else(|_| panic!("case {case} panics:\n{text}"));
        match answer {
            Ok(study) => {
                good += 1;
                assert!(!study.points().is_empty());
                assert!(study.settings().is_object());
            }
            Err(error) => {
                bad += 1;
                let end = error.place.source.text.len();
                assert!(
                    error.place.span.start <= error.place.span.end && error.place.span.end <= end,
                    "{error:?}"
                );
                assert!(!error.message.is_empty() && !error.label.is_empty(), "{error:?}");
                assert!(error.to_string().contains(&error.message));
            }
        }
    }
    // both sides of the border are visited
    assert!(good > 500 && bad > 5_000, "{good} good, {bad} bad");
}

#[test]
fn no_mutation_of_an_override_panics() {
    let mut random = Random(7);
    let overrides =
        ["probes.coupling=0.2", "sweep.disorder.width=[1, 2]", "temperature.kT=300 mK", "kind=local-heat"];
    let (mut good, mut bad) = (0, 0);
    for case in 0..4_000 {
        let text = mutate(overrides[case % overrides.len()], &mut random);
        let answer =
            catch_unwind(|| parse(STUDY, &[&text])).unwrap_or_else(|_| panic!("case {case} panics: {text}"));
        match answer {
            Ok(_) => good += 1,
            Err(error) => {
                bad += 1;
                assert!(error.place.span.end <= error.place.source.text.len(), "{error:?}");
            }
        }
    }
    assert!(good > 50 && bad > 1_000, "{good} good, {bad} bad");
}
