//! exodus COUNT FILE...: changes a few bytes of the files, COUNT times, and lets all commands work on what still opens. The same
//! files make the same inputs. A panic, 2 seconds or 256 MiB are failures, and leave the input; many of them end it.
//! COUNT 0 takes the files as they are.

use std::alloc::{GlobalAlloc, Layout, System};
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use exodus_rs::ExodusFile;
use hyperslab_fuzz::commands;
use hyperslab_fuzz::mutate::{mutate, Random};

/// The longest that a file may take.
const TIME: Duration = Duration::from_secs(2);
/// The most memory that a file may take.
const MEMORY: usize = 256 << 20;

/// The allocator of the system, with a count of what is in use.
struct Counting;

static NOW: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call goes to the allocator of the system as it is; the counters change nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        grown(layout.size());
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        grown(layout.size());
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        NOW.fetch_sub(layout.size(), Ordering::Relaxed);
        unsafe { System.dealloc(pointer, layout) }
    }
}

fn grown(bytes: usize) {
    let now = NOW.fetch_add(bytes, Ordering::Relaxed) + bytes;
    PEAK.fetch_max(now, Ordering::Relaxed);
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// A file before it was changed.
struct Seed {
    name: String,
    bytes: Vec<u8>,
    file: ExodusFile,
}

fn seed(name: String) -> Option<Seed> {
    let bytes = std::fs::read(&name).ok()?;
    let file = commands::open(&bytes)?;
    Some(Seed { name, bytes, file })
}

/// All that the commands do with a file; whether it opened.
fn work(data: &[u8], original: &ExodusFile) -> bool {
    let Some(file) = commands::open(data) else { return false };
    commands::read(&file);
    commands::diff(&file, &file);
    commands::diff(original, &file);
    commands::diff(&file, original);
    commands::copy(&file);
    commands::process(&file);
    commands::decomposed(&file, &file);
    commands::decomposed(original, &file);
    true
}

fn timed(data: &[u8], original: &ExodusFile) -> Duration {
    let began = Instant::now();
    work(data, original);
    began.elapsed()
}

/// The input that is worked on.
const CURRENT: &str = "exodus-now.bin";
/// The most failures of one run.
const FAILURES: usize = 20;

/// Keeps an input with which something is wrong.
fn fail(number: usize, data: &[u8], what: &str) {
    let kept = format!("exodus-failure-{number}.bin");
    std::fs::write(&kept, data).expect("the input cannot be kept");
    println!("{what}; the input is in {kept}");
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let count: u64 = arguments.next().and_then(|word| word.parse().ok()).unwrap_or(1000);
    let seeds: Vec<Seed> = arguments.filter_map(seed).collect();
    assert!(!seeds.is_empty(), "usage: exodus COUNT FILE...");
    if count == 0 {
        seeds.iter().for_each(|seed| println!("{}: {}", seed.name, work(&seed.bytes, &seed.file)));
        return;
    }
    let mut random = Random::default();
    let (mut opened, mut slowest, mut largest) = (0u64, (Duration::ZERO, ""), (0, ""));
    let mut failures = 0;
    for tried in 0..count {
        let seed = &seeds[random.below(seeds.len())];
        let data = mutate(&seed.bytes, &mut random);
        // A stack that is too deep ends everything: the input must be there by then.
        std::fs::write(CURRENT, &data).expect("the input cannot be kept");
        let (began, before) = (Instant::now(), NOW.load(Ordering::Relaxed));
        PEAK.store(before, Ordering::Relaxed);
        let found = std::panic::catch_unwind(AssertUnwindSafe(|| work(&data, &seed.file)));
        let (took, peak) = (began.elapsed(), PEAK.load(Ordering::Relaxed) - before);
        opened += u64::from(*found.as_ref().unwrap_or(&true));
        let wrong = match found {
            Err(_) => Some("a panic".to_owned()),
            // Once more: another program may have been in the way.
            Ok(_) if took > TIME && timed(&data, &seed.file) > TIME => Some(format!("{took:?}")),
            Ok(_) if peak > MEMORY => Some(format!("{peak} bytes")),
            Ok(_) => None,
        };
        if let Some(wrong) = wrong {
            fail(failures, &data, &format!("{wrong} after {tried} files, from {}", seed.name));
            failures += 1;
            assert!(failures < FAILURES, "too many failures");
        }
        slowest = slowest.max((took, &seed.name));
        largest = largest.max((peak, &seed.name));
        if (tried + 1) % 10_000 == 0 {
            println!("{} files, {opened} opened, slowest {slowest:?}, largest {largest:?}", tried + 1);
        }
    }
    println!("{count} files from {}, {opened} opened, slowest {slowest:?}, largest {largest:?}", seeds.len());
    let _ = std::fs::remove_file(CURRENT);
    assert!(failures == 0, "{failures} failures");
}
