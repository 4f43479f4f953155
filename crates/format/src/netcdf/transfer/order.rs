//! Results that were made in any order, used in theirs.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, PoisonError};

use crate::error::Result;
use crate::hdf5::write::assemble::EncodedChunk;
use crate::netcdf::ids::VariableId;
use crate::sync::lock;

/// An encoded chunk on its way to the file.
#[derive(Debug)]
pub(super) struct Encoded {
    pub to: VariableId,
    pub chunk: EncodedChunk,
}

/// Appends results in the order of their tickets. Few results wait at a time: memory stays bounded.
#[derive(Debug)]
pub(super) struct InOrder {
    state: Mutex<State>,
    moved: Condvar,
    bound: usize,
}

#[derive(Debug, Default)]
struct State {
    next: u64,
    waiting: BTreeMap<u64, Encoded>,
    spare: Vec<Vec<u8>>,
    cancelled: bool,
}

impl InOrder {
    /// Lets at most `bound` results wait.
    pub fn new(bound: usize) -> Self {
        InOrder { state: Mutex::default(), moved: Condvar::new(), bound }
    }

    /// Hands in the result with this ticket; appends all results whose turn has come. Returns a buffer for reuse.
    ///
    /// # Errors
    /// What `append` returns.
    pub fn submit(&self, ticket: u64, result: Encoded, append: &dyn Fn(&Encoded) -> Result<()>) -> Result<Vec<u8>> {
        let mut state = lock(&self.state);
        // Whoever holds the next ticket never waits, so this always moves on.
        while state.waiting.len() >= self.bound && state.next != ticket && !state.cancelled {
            state = self.moved.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.waiting.insert(ticket, result);
        let State { next, waiting, spare, cancelled } = &mut *state;
        while let Some(ready) = waiting.remove(next).filter(|_| !*cancelled) {
            append(&ready)?;
            spare.push(ready.chunk.bytes);
            *next += 1;
        }
        let buffer = spare.pop().unwrap_or_default();
        self.moved.notify_all();
        Ok(buffer)
    }

    /// Lets everybody go: nothing more is appended.
    pub fn cancel(&self) {
        lock(&self.state).cancelled = true;
        self.moved.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU64, Ordering};

    #[test]
    fn results_are_appended_in_the_order_of_their_tickets() {
        let order = InOrder::new(2);
        let tickets = AtomicU64::new(0);
        let appended = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| loop {
                    let ticket = tickets.fetch_add(1, Ordering::Relaxed);
                    if ticket >= 200 {
                        break;
                    }
                    if ticket.is_multiple_of(3) {
                        std::thread::yield_now();
                    }
                    let chunk = EncodedChunk { scaled: vec![ticket], ..EncodedChunk::default() };
                    let result = Encoded { to: VariableId(0), chunk };
                    order
                        .submit(ticket, result, &|done| {
                            appended.lock().unwrap().push(done.chunk.scaled[0]);
                            Ok(())
                        })
                        .unwrap();
                });
            }
        });
        assert_eq!(*appended.lock().unwrap(), (0..200).collect::<Vec<_>>());
    }
}
