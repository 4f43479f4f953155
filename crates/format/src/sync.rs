//! Threads, and locks whose holders may have panicked.
//!
//! Whatever lies behind a lock of this crate is whole between any two of its statements, so that a panic of one thread
//! is no reason for another one.

use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;

/// Locks.
pub(crate) fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a lock held.
pub(crate) fn into_inner<T>(mutex: Mutex<T>) -> T {
    mutex.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// How many threads this machine runs at a time. Asking takes longer than many a reading, so it is asked once.
pub(crate) fn available_threads() -> usize {
    static COUNT: OnceLock<usize> = OnceLock::new();
    *COUNT.get_or_init(|| thread::available_parallelism().map_or(1, usize::from))
}
