//! Results that were made in any order, used in theirs.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, PoisonError};

use crate::error::Result;
use crate::sync::lock;

/// Appends results in the order of their tickets. Few results wait at a time: memory stays bounded.
#[derive(Debug)]
pub(crate) struct InOrder<T> {
    state: Mutex<State<T>>,
    moved: Condvar,
    bound: usize,
}

#[derive(Debug)]
struct State<T> {
    next: u64,
    waiting: BTreeMap<u64, T>,
    spare: Vec<Vec<u8>>,
    cancelled: bool,
}

impl<T> InOrder<T> {
    /// Lets at most `bound` results wait.
    pub fn new(bound: usize) -> Self {
        let state = State { next: 0, waiting: BTreeMap::new(), spare: Vec::new(), cancelled: false };
        InOrder { state: Mutex::new(state), moved: Condvar::new(), bound }
    }

    /// Hands in the result with this ticket; appends all results whose turn has come. `append` gives back the buffer of a
    /// result, and one of those is returned for reuse.
    ///
    /// # Errors
    /// What `append` returns.
    pub fn submit(&self, ticket: u64, result: T, append: &dyn Fn(T) -> Result<Vec<u8>>) -> Result<Vec<u8>> {
        let mut state = lock(&self.state);
        // Whoever holds the next ticket never waits, so this always moves on.
        while state.waiting.len() >= self.bound && state.next != ticket && !state.cancelled {
            state = self.moved.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.waiting.insert(ticket, result);
        let State { next, waiting, spare, cancelled } = &mut *state;
        while let Some(ready) = waiting.remove(next).filter(|_| !*cancelled) {
            spare.push(append(ready)?);
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
                    order
                        .submit(ticket, ticket, &|done| {
                            appended.lock().unwrap().push(done);
                            Ok(Vec::new())
                        })
                        .unwrap();
                });
            }
        });
        assert_eq!(*appended.lock().unwrap(), (0..200).collect::<Vec<_>>());
    }
}
