//! Disorder as a pure function of (seed, sample, site, stream).
//!
//! A random number is *addressed*, not drawn: it does not depend on what was asked before, on which thread, or on
//! the size of the lattice. Two sweep points that share a seed therefore share their disorder, sample by sample and
//! site by site. The generator is Philox4x32-10, the counter-based generator of Salmon, Moraes, Dror and Shaw
//! ("Parallel random numbers: as easy as 1, 2, 3", SC 2011), from the crate `rand_philox`, named nowhere else.
//!
//! The address (part of the contract: changing it changes every stored result):
//!
//! * key (64 bits) = `splitmix64(seed) + stream * 0x9e3779b97f4a7c15` (mod 2^64), low word first;
//! * counter (128 bits) = `sample * 2^64 + site / 2`, low word first;
//! * the block of four 32-bit words serves two sites: words 0, 1 the even one, words 2, 3 the odd one, low word
//!   first; a uniform number is the upper 53 of these 64 bits times 2^-53.
//!
//! Normal numbers come from the two uniform numbers `u`, `v` of a block by the method of Box and Muller:
//! `sqrt(-2 ln(1 - u)) cos(2 pi v)` for the even site, the sine for the odd one. Logarithm, sine and cosine are our
//! own (`elementary`), made of IEEE additions, multiplications, divisions and square roots only, so that uniform and
//! normal numbers have the same bits on every platform; those of the system's library differ in the last digit from
//! one to the next.

mod elementary;

use rand_philox::{Philox, philox4x32_10, splitmix64};

/// The random numbers of one sample: all its random fields, at all its sites.
///
/// A `stream` names one random field (site energies, hoppings, ...). Uniform and normal numbers of one stream are
/// made of the same bits: read a stream as one or as the other, and use another stream for another field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Realisation {
    key: u64,
    sample: u64,
}

impl Realisation {
    /// The disorder realisation number `sample` of the ensemble `seed`; every pair is a valid one.
    pub fn new(seed: u64, sample: u64) -> Self {
        Self { key: splitmix64(seed), sample }
    }

    /// A number uniform in [0, 1), a multiple of 2^-53: mean 1/2, variance 1/12.
    pub fn uniform(&self, stream: u32, site: u64) -> f64 {
        uniform_pair(self.block(stream, site))[(site & 1) as usize]
    }

    /// A normal number, mean 0 and variance 1; its modulus never exceeds `sqrt(106 ln 2)` = 8.57.
    pub fn normal(&self, stream: u32, site: u64) -> f64 {
        normal_pair(uniform_pair(self.block(stream, site)))[(site & 1) as usize]
    }

    /// The uniform numbers of sites 0, 1, 2, ...: the bits of [`uniform`](Self::uniform), about three times faster.
    pub fn fill_uniform(&self, stream: u32, sites: &mut [f64]) {
        self.fill_uniform_from(stream, 0, sites);
    }

    /// The normal numbers of sites 0, 1, 2, ...: the bits of [`normal`](Self::normal), about three times faster.
    pub fn fill_normal(&self, stream: u32, sites: &mut [f64]) {
        self.fill_normal_from(stream, 0, sites);
    }

    /// The uniform numbers of sites first, first + 1, ... (counted modulo 2^64).
    pub fn fill_uniform_from(&self, stream: u32, first: u64, sites: &mut [f64]) {
        self.fill(stream, first, sites, uniform_pair);
    }

    /// The normal numbers of sites first, first + 1, ... (counted modulo 2^64).
    pub fn fill_normal_from(&self, stream: u32, first: u64, sites: &mut [f64]) {
        self.fill(stream, first, sites, |words| normal_pair(uniform_pair(words)));
    }

    fn fill(&self, stream: u32, first: u64, sites: &mut [f64], pair: impl Fn([u32; 4]) -> [f64; 2]) {
        let (odd, sites) = sites.split_at_mut(sites.len().min((first & 1) as usize));
        odd.iter_mut().for_each(|odd| *odd = pair(self.block(stream, first))[1]);
        let first = first.wrapping_add(odd.len() as u64);
        let counter = u128::from(self.sample) << 64 | u128::from(first >> 1);
        let mut generator = Philox::new(self.philox_key(stream), counter);
        let mut words = [0; 512];
        for sites in sites.chunks_mut(words.len() / 2) {
            let words = &mut words[..4 * sites.len().div_ceil(2)];
            generator.fill_u32(words);
            for (sites, block) in sites.chunks_mut(2).zip(words.as_chunks().0) {
                sites.copy_from_slice(&pair(*block)[..sites.len()]);
            }
        }
    }

    /// The block that holds the words of `site` and of its partner.
    fn block(&self, stream: u32, site: u64) -> [u32; 4] {
        let counter =
            [(site >> 1) as u32, (site >> 33) as u32, self.sample as u32, (self.sample >> 32) as u32];
        philox4x32_10(counter, self.philox_key(stream))
    }

    fn philox_key(&self, stream: u32) -> [u32; 2] {
        let key = self.key.wrapping_add(u64::from(stream).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        [key as u32, (key >> 32) as u32]
    }
}

/// The two uniform numbers in [0, 1) of a block.
fn uniform_pair(words: [u32; 4]) -> [f64; 2] {
    let unit = |low: u32, high: u32| {
        ((u64::from(low) | u64::from(high) << 32) >> 11) as f64 * (0.5 / (1u64 << 52) as f64)
    };
    [unit(words[0], words[1]), unit(words[2], words[3])]
}

/// Box and Muller: two independent normal numbers from two uniform ones in [0, 1).
fn normal_pair([u, v]: [f64; 2]) -> [f64; 2] {
    let radius = (-2.0 * elementary::ln(1.0 - u)).sqrt(); // 1 - u is exact and never zero
    let (sine, cosine) = elementary::sin_cos_turns(v);
    [radius * cosine, radius * sine]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Known answers of the reference implementation, Random123 (zero, all ones, digits of pi).
    #[test]
    fn philox_gives_the_known_answers() {
        let known = [
            ([0; 4], [0; 2], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
            ([u32::MAX; 4], [u32::MAX; 2], [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]),
            (
                [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344],
                [0xa409_3822, 0x299f_31d0],
                [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1],
            ),
        ];
        for (counter, key, answer) in known {
            assert_eq!(philox4x32_10(counter, key), answer);
            let counter = counter.iter().rev().fold(0u128, |all, &word| all << 32 | u128::from(word));
            let mut bulk = [0; 4];
            Philox::new(key, counter).fill_u32(&mut bulk);
            assert_eq!(bulk, answer);
        }
    }

    /// Seed 0 and stream 0 have key 0 (`splitmix64(0) = 0`), so the address can be checked against the known answer.
    #[test]
    fn the_address_is_the_documented_one() {
        let first = Realisation::new(0, 0);
        assert_eq!(first.uniform(0, 0), (0xe169_c58d_6627_e8d5_u64 >> 11) as f64 / 2f64.powi(53));
        assert_eq!(first.uniform(0, 1), (0x9b00_dbd8_bc57_ac4c_u64 >> 11) as f64 / 2f64.powi(53));

        let (seed, sample, stream, site) = (1992u64, 0x0123_4567_89ab_cdef, 3u64, 0xfedc_ba98_7654_3211);
        let key = splitmix64(seed).wrapping_add(stream.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let words = philox4x32_10(
            [(site / 2) as u32, ((site / 2) >> 32) as u32, sample as u32, (sample >> 32) as u32],
            [key as u32, (key >> 32) as u32],
        );
        let bits = u64::from(words[2]) | u64::from(words[3]) << 32;
        let expected = (bits >> 11) as f64 / 2f64.powi(53);
        assert_eq!(Realisation::new(seed, sample).uniform(stream as u32, site), expected);
    }

    #[test]
    fn the_extreme_words_stay_in_range() {
        assert_eq!(uniform_pair([0; 4]), [0.0; 2]);
        assert_eq!(uniform_pair([u32::MAX; 4]), [1.0 - 0.5f64.powi(53); 2]);
        assert_eq!(normal_pair([0.0, 0.3])[0].abs(), 0.0);
        let largest = normal_pair([1.0 - 0.5f64.powi(53), 0.0])[0];
        assert!((largest - (106.0 * 2f64.ln()).sqrt()).abs() < 1e-14);
    }

    proptest! {
        #[test]
        fn filling_gives_the_bits_of_asking(
            seed: u64, sample: u64, stream: u32, first in 0u64..1 << 50, length in 0usize..1200, probe in 0usize..1200,
        ) {
            let realisation = Realisation::new(seed, sample);
            let mut uniform = vec![f64::NAN; length];
            let mut normal = vec![f64::NAN; length];
            realisation.fill_uniform(stream, &mut uniform);
            realisation.fill_normal(stream, &mut normal);
            for site in (0..length).step_by(97).chain((probe < length).then_some(probe)).chain(length.checked_sub(1)) {
                prop_assert_eq!(uniform[site].to_bits(), realisation.uniform(stream, site as u64).to_bits());
                prop_assert_eq!(normal[site].to_bits(), realisation.normal(stream, site as u64).to_bits());
            }
            realisation.fill_uniform_from(stream, first, &mut uniform);
            realisation.fill_normal_from(stream, first, &mut normal);
            for site in (0..length).step_by(97).chain(length.checked_sub(1)) {
                let place = first + site as u64;
                prop_assert_eq!(uniform[site].to_bits(), realisation.uniform(stream, place).to_bits());
                prop_assert_eq!(normal[site].to_bits(), realisation.normal(stream, place).to_bits());
            }
        }

        #[test]
        fn numbers_stay_in_range(seed: u64, sample: u64, stream: u32, site: u64) {
            let realisation = Realisation::new(seed, sample);
            prop_assert!((0.0..1.0).contains(&realisation.uniform(stream, site)));
            prop_assert!(realisation.normal(stream, site).abs() < 8.6);
        }
    }
}
