//! Randomness as a pure function of (seed, what it is for, how many times that was asked).
//!
//! There is no generator with a hidden position: the delay of the fifth message from A to B depends on
//! the seed, on "delay of link A→B" and on "fifth", and on nothing else. So two runs that differ in one
//! act draw the same numbers wherever they still do the same thing, and can be compared.
//!
//! The mixing step is the finaliser of SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom
//! number generators", OOPSLA 2014), applied once for each word of the key.

/// What a number is drawn for. The discriminant is part of every recorded run: never renumber.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub enum Purpose {
    /// Time of flight of a message on a link; key: from, to.
    Delay = 1,
    /// Whether a message is lost; key: from, to.
    Loss = 2,
    /// Whether a message arrives twice; key: from, to.
    Duplicate = 3,
    /// Time of flight of a second copy; key: from, to.
    CopyDelay = 4,
    /// Length of a timer; key: process, timer.
    Timer = 5,
    /// What a workload asks for next; key: workload, argument.
    Workload = 6,
    /// The random scenarios of tests and of `lightcone explore`.
    Explore = 7,
    /// Where a loss happens on the way; key: from, to.
    LossPoint = 8,
}

const fn mix(mut z: u64) -> u64 {
    z = z.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// 64 uniform bits for the `count`-th question of this purpose and key.
#[must_use]
#[inline]
pub const fn draw(seed: u64, purpose: Purpose, key_a: u32, key_b: u32, count: u64) -> u64 {
    let key = ((key_a as u64) << 32) | key_b as u64;
    mix(mix(mix(seed ^ (purpose as u64).rotate_left(56)) ^ key) ^ count)
}

/// Maps 64 uniform bits onto `min..=max` (Lemire's multiply-shift; the bias is below 2⁻⁶⁴ of the range).
///
/// # Panics
/// When `min > max`.
#[must_use]
#[inline]
pub fn in_range(bits: u64, min: u64, max: u64) -> u64 {
    assert!(min <= max, "an empty range {min}..={max} has no number to draw");
    let width = u128::from(max - min) + 1;
    min + ((u128::from(bits) * width) >> 64) as u64
}

/// True for `parts_per_million` of all `bits`.
#[must_use]
pub fn chance(bits: u64, parts_per_million: u32) -> bool {
    parts_per_million > 0 && in_range(bits, 0, 999_999) < u64::from(parts_per_million)
}

/// An exponentially distributed whole number with the given mean, from 64 uniform bits.
///
/// −ln(u) is worked out with whole numbers only (the binary logarithm digit by digit, by repeated
/// squaring), so that the answer is the same on every machine. At most 44 times the mean.
#[must_use]
pub fn exponential(bits: u64, mean: u64) -> u64 {
    // u = (bits | 1) / 2^64 in (0, 1]; log2(u) = e − 64 + log2(m), with m in [1, 2).
    let u = bits | 1;
    let e = 63 - u.leading_zeros();
    let mut m = u128::from(u) << (63 - e); // m · 2^63
    let mut fraction: u64 = 0; // log2(m) · 2^32
    for bit in (0..32).rev() {
        m = (m * m) >> 63;
        if m >> 64 != 0 {
            m >>= 1;
            fraction |= 1 << bit;
        }
    }
    let minus_log2 = (u64::from(64 - e) << 32) - fraction; // −log2(u) · 2^32
    const LN2: u128 = 2_977_044_472; // ln 2 · 2^32
    let minus_ln = (u128::from(minus_log2) * LN2) >> 32; // −ln(u) · 2^32
    ((minus_ln * u128::from(mean)) >> 32) as u64
}

/// Numbers that follow from a seed alone.
#[derive(Clone, Debug)]
pub struct Dice {
    seed: u64,
    thrown: u64,
}

impl Dice {
    /// Dice of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Dice {
        Dice { seed, thrown: 0 }
    }

    /// A number from min to max.
    pub fn range(&mut self, min: u64, max: u64) -> u64 {
        self.thrown += 1;
        in_range(draw(self.seed, Purpose::Explore, 1, 0, self.thrown), min, max)
    }

    /// True in so many of a hundred cases.
    pub fn percent(&mut self, percent: u64) -> bool {
        self.range(1, 100) <= percent
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_question_has_the_same_answer_and_neighbours_differ() {
        let a = draw(42, Purpose::Delay, 0, 1, 5);
        assert_eq!(a, draw(42, Purpose::Delay, 0, 1, 5));
        for other in [
            draw(43, Purpose::Delay, 0, 1, 5),
            draw(42, Purpose::Loss, 0, 1, 5),
            draw(42, Purpose::Delay, 1, 0, 5),
            draw(42, Purpose::Delay, 0, 1, 6),
        ] {
            assert_ne!(a, other);
        }
    }

    #[test]
    fn a_range_is_filled_evenly_and_never_left() {
        let mut seen = [0u32; 10];
        for i in 0..10_000 {
            seen[in_range(draw(1, Purpose::Delay, 0, 0, i), 0, 9) as usize] += 1;
        }
        assert!(seen.iter().all(|&n| (850..1150).contains(&n)), "{seen:?}");
        assert_eq!(in_range(u64::MAX, 7, 7), 7);
        assert_eq!(in_range(u64::MAX, 0, u64::MAX), u64::MAX);
    }

    #[test]
    fn chance_counts_parts_per_million() {
        let hits = (0..100_000).filter(|&i| chance(draw(9, Purpose::Loss, 2, 3, i), 300_000)).count();
        assert!((29_000..31_000).contains(&hits), "{hits}");
        assert!(!chance(0, 0));
        assert!(chance(u64::MAX, 1_000_000));
    }

    #[test]
    fn the_exponential_has_its_mean_and_its_median() {
        let mut all: Vec<u64> = (0..50_000).map(|i| exponential(draw(3, Purpose::Delay, 0, 1, i), 10_000)).collect();
        let mean = all.iter().sum::<u64>() / 50_000;
        assert!((9_800..10_200).contains(&mean), "mean {mean}");
        all.sort_unstable();
        assert!((6_750..7_100).contains(&all[25_000]), "median {} is not ln 2 of the mean", all[25_000]);
        assert_eq!(exponential(u64::MAX, 10_000), 0);
        assert!(exponential(0, 10_000) <= 440_000 + 10_000);
    }
}
