//! All cores at work, and an answer that does not depend on how many there are.
//!
//! The work is cut into units: one variable at one step, in order of steps. Each worker takes the next unit, compares
//! it, waits until all units before it are told, and tells what it found.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use hyperslab::{Error, Result};

use super::super::finding::Finding;
use super::super::steps::Pair;
use super::super::Teller;
use super::{Buffers, Plan};

/// Whose turn it is to tell, and whom.
struct Turn<'t, 'v> {
    state: Mutex<State<'t, 'v>>,
    moved: Condvar,
    next_unit: AtomicU64,
    stop: AtomicBool,
}

struct State<'t, 'v> {
    next: u64,
    teller: &'t mut Teller<'v>,
    failure: Option<Error>,
}

/// Compares all variables at all steps.
pub(in crate::diff) fn run(plan: &Plan<'_, '_>, threads: usize, teller: &mut Teller<'_>) -> Result<()> {
    let state = Mutex::new(State { next: 0, teller, failure: None });
    let (next_unit, stop) = (AtomicU64::new(0), AtomicBool::new(false));
    let turn = Turn { state, moved: Condvar::new(), next_unit, stop };
    std::thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(|| turn.work(plan));
        }
        turn.work(plan);
    });
    let state = turn.state.into_inner().unwrap_or_else(PoisonError::into_inner);
    state.failure.map_or(Ok(()), Err)
}

impl Plan<'_, '_> {
    /// Units of one step: its heading with all global and reduction variables, and every other variable.
    fn units(&self) -> u64 {
        self.variables.len() as u64 + 1
    }

    /// The heading of a step, and what has one value for a whole entity.
    fn of_entities(&self, pair: &Pair, buffers: &mut Buffers) -> Result<Vec<Finding>> {
        let mut findings = vec![self.heading(pair)];
        findings.extend(self.globals(pair, buffers)?);
        findings.extend(self.reductions(pair, buffers)?);
        Ok(findings)
    }

    /// Compares one unit; `None` behind the last one.
    fn unit(&self, number: u64, buffers: &mut Buffers) -> Option<Result<Vec<Finding>>> {
        let pair = self.pairs.get(usize::try_from(number / self.units()).ok()?)?;
        let skipped = !pair.has_partner();
        match usize::try_from(number % self.units()).ok()?.checked_sub(1) {
            None if skipped => Some(Ok(vec![self.heading(pair)])),
            Some(_) if skipped => Some(Ok(Vec::new())),
            None => Some(self.of_entities(pair, buffers)),
            Some(n) => Some(self.variable(self.variables.get(n)?, pair, buffers)),
        }
    }
}

impl<'t, 'v> Turn<'t, 'v> {
    fn work(&self, plan: &Plan<'_, '_>) {
        // Also when a worker panics, nobody waits for it for ever.
        let _guard = StopOnPanic(self);
        let mut buffers = Buffers::default();
        while !self.stop.load(Ordering::Relaxed) {
            let number = self.next_unit.fetch_add(1, Ordering::Relaxed);
            let Some(found) = plan.unit(number, &mut buffers) else { return };
            self.tell(number, found);
        }
    }

    /// Waits for the turn of a unit and tells what was found.
    fn tell(&self, number: u64, found: Result<Vec<Finding>>) {
        let mut state = self.lock();
        while state.next != number && !self.stop.load(Ordering::Relaxed) {
            state = self.moved.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        if self.stop.load(Ordering::Relaxed) {
            return;
        }
        state.next += 1;
        match found {
            Ok(findings) => findings.into_iter().for_each(|finding| state.teller.tell(finding)),
            Err(error) => state.failure = Some(error),
        }
        if state.failure.is_some() || state.teller.stopped {
            self.stop.store(true, Ordering::Relaxed);
        }
        drop(state);
        self.moved.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State<'t, 'v>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct StopOnPanic<'g, 't, 'v>(&'g Turn<'t, 'v>);

impl Drop for StopOnPanic<'_, '_, '_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let state = self.0.lock();
            self.0.stop.store(true, Ordering::Relaxed);
            drop(state);
            self.0.moved.notify_all();
        }
    }
}
