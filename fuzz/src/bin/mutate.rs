//! mutate SECONDS FILE...: changes a few bytes of the files, again and again, and reads the result. For machines without
//! cargo-fuzz: it follows no coverage, but the same seed makes the same inputs. A panic ends it and leaves the input, and so does a file
//! that takes too long.

use std::time::{Duration, Instant};

use hyperslab_fuzz::mutate::{mutate, Random};

/// The longest that a file may take, on a machine that has other things to do.
const TIME: Duration = Duration::from_secs(20);

fn main() {
    let mut arguments = std::env::args().skip(1);
    let seconds: u64 = arguments.next().and_then(|word| word.parse().ok()).unwrap_or(10);
    let seeds: Vec<Vec<u8>> =
        arguments.filter_map(|path| std::fs::read(path).ok()).filter(|data| !data.is_empty()).collect();
    assert!(!seeds.is_empty(), "usage: mutate SECONDS FILE...");
    let (start, mut random) = (Instant::now(), Random::default());
    let (mut tried, mut opened, mut slowest) = (0u64, 0u64, Duration::ZERO);
    let (mut read, mut models, mut copies, mut changed) = (0usize, 0usize, 0usize, 0usize);
    while start.elapsed() < Duration::from_secs(seconds) {
        let data = mutate(&seeds[random.below(seeds.len())], &mut random);
        let began = Instant::now();
        let found = std::panic::catch_unwind(|| {
            let again = hyperslab_fuzz::repack(&data);
            let changed = hyperslab_fuzz::changes::edit(&data) + usize::from(hyperslab_fuzz::changes::recover(&data));
            (
                hyperslab_fuzz::open_walk(&data),
                hyperslab_fuzz::read_all(&data),
                hyperslab_fuzz::model(&data),
                again,
                changed,
            )
        });
        slowest = slowest.max(began.elapsed());
        if slowest > TIME {
            std::fs::write("mutate-slow.bin", &data).expect("the input cannot be kept");
            eprintln!("{slowest:?} for one file, after {tried} files; the input is in mutate-slow.bin");
            std::process::exit(1);
        }
        let Ok((open, values, model, again, changes)) = found else {
            std::fs::write("mutate-panic.bin", &data).expect("the input cannot be kept");
            eprintln!("a panic after {tried} files; the input is in mutate-panic.bin");
            std::process::exit(1);
        };
        tried += 1;
        opened += u64::from(open);
        read += values;
        models += usize::from(model.is_some());
        copies += usize::from(again);
        changed += changes;
    }
    println!("{tried} files, {opened} opened, {read} variables read, {models} models checked");
    println!("{copies} written again, {changed} changes; slowest {slowest:?}");
}
