//! Work that is watched, and ends where whoever watches breaks it off.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::{Error, Result};

/// Is told how far work has come, by any thread; where it breaks, so does the work.
pub(crate) type Watch<'w, P> = dyn Fn(P) -> ControlFlow<()> + Sync + 'w;

/// Whoever watches, and whether they broke the work off: it ends as it ends at errors then.
pub(crate) struct Watched<'w, P> {
    watch: &'w Watch<'w, P>,
    is_over: AtomicBool,
}

impl<'w, P> Watched<'w, P> {
    pub fn new(watch: &'w Watch<'w, P>) -> Self {
        Watched { watch, is_over: AtomicBool::new(false) }
    }

    /// Nobody watches, or breaks anything off.
    pub const fn by_nobody() -> Self {
        Watched { watch: &|_| ControlFlow::Continue(()), is_over: AtomicBool::new(false) }
    }

    /// Tells how far the work has come.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) once it was broken off; [`Watched::end`] takes that back.
    pub fn tell(&self, progress: P) -> Result<()> {
        if (self.watch)(progress).is_break() {
            self.is_over.store(true, Ordering::Relaxed);
        }
        match self.is_over.load(Ordering::Relaxed) {
            true => Err(Error::usage("broken off")),
            false => Ok(()),
        }
    }

    /// What became of the work: done, broken off, or failed.
    ///
    /// # Errors
    /// Those of the work.
    pub fn end<T>(&self, done: Result<T>) -> Result<ControlFlow<(), T>> {
        match done {
            Err(_) if self.is_over.load(Ordering::Relaxed) => Ok(ControlFlow::Break(())),
            done => done.map(ControlFlow::Continue),
        }
    }
}
