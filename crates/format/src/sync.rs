//! Threads, and locks whose holders may have panicked.
//!
//! Whatever lies behind a lock of this crate is whole between any two of its statements, so that a panic of one thread
//! is no reason for another one.

use std::panic::resume_unwind;
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

/// Does the same work on so many threads at once, of which this is one; fewer if the system has no more. A thread that panics
/// makes this one panic with what it said, when all of them have ended.
pub(crate) fn together(workers: usize, work: impl Fn() + Sync) {
    thread::scope(|scope| {
        let start = |_| thread::Builder::new().spawn_scoped(scope, &work).ok();
        let others: Vec<_> = (1..workers).filter_map(start).collect();
        work();
        for other in others {
            other.join().unwrap_or_else(|panic| resume_unwind(panic));
        }
    });
}

/// Does something when the thread that holds it panics: nobody waits for what that would have done.
pub(crate) struct OnPanic<F: Fn()>(pub F);

impl<F: Fn()> Drop for OnPanic<F> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::panic::catch_unwind;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn what_a_panicking_thread_said_is_said_again() {
        let calls = AtomicUsize::new(0);
        let here = thread::current().id();
        let panicked = catch_unwind(|| {
            together(4, || {
                calls.fetch_add(1, Ordering::Relaxed);
                assert!(thread::current().id() == here, "one of the others");
            });
        });
        assert_eq!(panicked.unwrap_err().downcast_ref::<&str>(), Some(&"one of the others"));
        assert_eq!(calls.into_inner(), 4);
    }
}
