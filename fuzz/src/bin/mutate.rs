//! mutate SECONDS FILE...: changes a few bytes of the files, again and again, and reads the result. For machines without
//! cargo-fuzz: it follows no coverage, but the same seed makes the same inputs. A panic ends it and leaves the input.

use std::time::{Duration, Instant};

/// xorshift64*: enough randomness, no dependency.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() >> 1).unwrap_or(0) % bound.max(1)
    }
}

/// Values that sizes, counts and addresses like to break on.
const NASTY: [u64; 8] = [0, 1, 0x7F, 0xFF, 0x7FFF_FFFF, 0xFFFF_FFFF, u64::MAX >> 1, u64::MAX];

fn mutate(seed: &[u8], random: &mut Random) -> Vec<u8> {
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

fn main() {
    let mut arguments = std::env::args().skip(1);
    let seconds: u64 = arguments.next().and_then(|word| word.parse().ok()).unwrap_or(10);
    let seeds: Vec<Vec<u8>> =
        arguments.filter_map(|path| std::fs::read(path).ok()).filter(|data| !data.is_empty()).collect();
    assert!(!seeds.is_empty(), "usage: mutate SECONDS FILE...");
    let (start, mut random) = (Instant::now(), Random(0x9E37_79B9_7F4A_7C15));
    let (mut tried, mut opened, mut read, mut models, mut slowest) = (0u64, 0u64, 0usize, 0usize, Duration::ZERO);
    while start.elapsed() < Duration::from_secs(seconds) {
        let data = mutate(&seeds[random.below(seeds.len())], &mut random);
        let began = Instant::now();
        let found = std::panic::catch_unwind(|| {
            (hyperslab_fuzz::open_walk(&data), hyperslab_fuzz::read_all(&data), hyperslab_fuzz::model(&data))
        });
        slowest = slowest.max(began.elapsed());
        let Ok((open, values, model)) = found else {
            std::fs::write("mutate-panic.bin", &data).expect("the input cannot be kept");
            eprintln!("a panic after {tried} files; the input is in mutate-panic.bin");
            std::process::exit(1);
        };
        tried += 1;
        opened += u64::from(open);
        read += values;
        models += usize::from(model.is_some());
    }
    println!("{tried} files, {opened} opened, {read} variables read, {models} models checked, slowest {slowest:?}");
}
