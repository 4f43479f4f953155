//! Raw data on their way from chunks of one shape into chunks of another one: every chunk is decoded once and encoded once,
//! in bounded memory, on all cores.

mod open;
mod plan;
mod run;
mod spill;
mod target;
#[cfg(test)]
mod tests;
mod turns;
mod walk;

pub(crate) use plan::{Means, Plan, Shapes, MEMORY};
pub(crate) use run::{Rechunk, Source};
pub(crate) use target::{bands, Target};
