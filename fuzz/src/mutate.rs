//! Random changes of files.

/// xorshift64*: enough randomness, no dependency.
pub struct Random(pub u64);

impl Default for Random {
    fn default() -> Self {
        Random(0x9E37_79B9_7F4A_7C15)
    }
}

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() >> 1).unwrap_or(0) % bound.max(1)
    }
}

/// Values that sizes, counts and addresses like to break on.
const NASTY: [u64; 8] = [0, 1, 0x7F, 0xFF, 0x7FFF_FFFF, 0xFFFF_FFFF, u64::MAX >> 1, u64::MAX];

/// Changes a few bytes.
pub fn mutate(seed: &[u8], random: &mut Random) -> Vec<u8> {
    let mut data = seed.to_vec();
    for _ in 0..=random.below(4) {
        let at = random.below(data.len());
        match random.below(5) {
            0 => data.truncate(at),
            1 => {
                let nasty = NASTY[random.below(NASTY.len())].to_le_bytes();
                let width = 1 << random.below(4);
                data.iter_mut().skip(at).zip(nasty.iter().take(width)).for_each(|(byte, &new)| *byte = new);
            }
            2 => {
                let from = random.below(data.len());
                let piece: Vec<u8> = data.iter().skip(from).take(1 + random.below(64)).copied().collect();
                data.iter_mut().skip(at).zip(piece).for_each(|(byte, new)| *byte = new);
            }
            3 => data.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << random.below(8)),
            _ => data.iter_mut().skip(at).take(1).for_each(|byte| *byte = random.next().to_le_bytes()[0]),
        }
    }
    data
}
