//! An allocator that counts what each thread asks for.
//!
//! It is the only unsafe code of the tests but for opening maps, and no library links it.
#![allow(unsafe_code)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// Requests above this are refused, as a machine without that much memory refuses them; they are counted all the same.
const REFUSED: usize = 1 << 30;

thread_local! {
    static HELD: Cell<isize> = const { Cell::new(0) };
    static PEAK: Cell<isize> = const { Cell::new(0) };
    static LARGEST: Cell<usize> = const { Cell::new(0) };
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

/// The system's allocator with counters.
pub struct Counting;

fn note(size: usize) {
    let _ = COUNT.try_with(|count| count.set(count.get() + 1));
    let _ = LARGEST.try_with(|largest| largest.set(largest.get().max(size)));
    let _ = HELD.try_with(|held| {
        held.set(held.get().saturating_add_unsigned(size));
        let _ = PEAK.try_with(|peak| peak.set(peak.get().max(held.get())));
    });
}

fn release(size: usize) {
    let _ = HELD.try_with(|held| held.set(held.get().saturating_sub_unsigned(size)));
}

// SAFETY: every call is passed on to the system's allocator unchanged, or answered with null, which means failure;
// the counters are thread-local cells without destructors and allocate nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        note(layout.size());
        if layout.size() > REFUSED {
            release(layout.size());
            return std::ptr::null_mut();
        }
        // SAFETY: the caller keeps the contract of `GlobalAlloc::alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        release(layout.size());
        // SAFETY: the caller keeps the contract of `GlobalAlloc::dealloc`, and `pointer` came from `System`.
        unsafe { System.dealloc(pointer, layout) }
    }
}

/// What a thread asked for while something ran.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    /// The most bytes held at one time, beyond what was held before.
    pub peak: usize,
    /// The largest single request.
    pub largest: usize,
    /// The number of requests.
    pub count: usize,
}

/// Runs something and counts what this thread asks for meanwhile.
pub fn measure<R>(run: impl FnOnce() -> R) -> (R, Usage) {
    let before = HELD.get();
    PEAK.set(before);
    LARGEST.set(0);
    COUNT.set(0);
    let result = run();
    let peak = usize::try_from(PEAK.get() - before).unwrap_or(0);
    (result, Usage { peak, largest: LARGEST.get(), count: COUNT.get() })
}
