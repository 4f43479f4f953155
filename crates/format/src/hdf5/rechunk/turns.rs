//! Who does what next, so that output chunks are put in an order that does not depend on who is faster.
//!
//! Steps are taken in order, and done in any. An output chunk is ready when the step that touches it last is done, and all
//! before that one; chunks become ready in the order of these steps.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Condvar, Mutex, PoisonError};

use super::walk::Step;
use crate::error::Result;
use crate::sync::lock;

/// What a worker does next.
pub(super) enum Task {
    /// A step, and its number.
    Step(u64, Step),
    Chunk(Ready),
}

/// An output chunk that has all its parts.
pub(super) struct Ready {
    pub scaled: Vec<u64>,
    /// Its turn; none where it has a place already.
    pub turn: Option<u64>,
}

/// What becomes of an output chunk to which nothing comes any more.
pub(super) enum Place {
    /// Nothing came.
    Nowhere,
    /// It has its place, and may be put at any time.
    Known,
    /// It is put behind those that were ready before.
    Next,
}

/// The steps that do not wait for each other, and the chunks that they made ready.
pub(super) struct Turns<'t> {
    state: Mutex<State<'t>>,
    moved: Condvar,
}

struct State<'t> {
    steps: &'t mut (dyn Iterator<Item = Step> + Send),
    taken: u64,
    /// All steps before this one are done.
    done: u64,
    /// What steps end that are done before others that were taken earlier.
    early: BTreeMap<u64, Vec<Vec<u64>>>,
    ready: VecDeque<Ready>,
    turns: u64,
    /// Workers that have a chunk.
    encoding: usize,
    is_broken: bool,
}

impl<'t> Turns<'t> {
    pub fn new(steps: &'t mut (dyn Iterator<Item = Step> + Send)) -> Self {
        let (early, ready) = (BTreeMap::new(), VecDeque::new());
        let state = State { steps, taken: 0, done: 0, early, ready, turns: 0, encoding: 0, is_broken: false };
        Turns { state: Mutex::new(state), moved: Condvar::new() }
    }

    /// The next task. Nobody takes a step while `is_full`, unless nothing else goes on.
    pub fn next(&self, is_full: &dyn Fn() -> bool) -> Option<Task> {
        let mut state = lock(&self.state);
        while !state.is_broken {
            if let Some(ready) = state.ready.pop_front() {
                state.encoding += 1;
                return Some(Task::Chunk(ready));
            }
            let are_all_done = state.done == state.taken;
            if !is_full() || (are_all_done && state.encoding == 0) {
                match state.steps.next() {
                    Some(step) => {
                        state.taken += 1;
                        return Some(Task::Step(state.taken - 1, step));
                    }
                    None if are_all_done => return None,
                    None => {}
                }
            }
            state = self.moved.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        None
    }

    /// Notes that a step is done, and which output chunks it touched last.
    ///
    /// # Errors
    /// Those of `place`.
    pub fn done(&self, step: u64, ends: Vec<Vec<u64>>, place: &dyn Fn(&[u64]) -> Result<Place>) -> Result<()> {
        let mut state = lock(&self.state);
        let State { early, done, ready, turns, .. } = &mut *state;
        early.insert(step, ends);
        while let Some(ends) = early.remove(done) {
            *done += 1;
            for scaled in ends {
                let turn = match place(&scaled)? {
                    Place::Nowhere => continue,
                    Place::Known => None,
                    Place::Next => Some(*turns),
                };
                *turns += u64::from(turn.is_some());
                ready.push_back(Ready { scaled, turn });
            }
        }
        self.moved.notify_all();
        Ok(())
    }

    /// Notes that a worker is done with a chunk.
    pub fn encoded(&self) {
        lock(&self.state).encoding -= 1;
        self.moved.notify_all();
    }

    /// Lets nobody begin anything more.
    pub fn break_off(&self) {
        lock(&self.state).is_broken = true;
        self.moved.notify_all();
    }
}
