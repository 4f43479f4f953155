//! The steps of a decomposed model: those that all members have.

use std::path::PathBuf;

use hyperslab::{Context, Error, Result};

use crate::names;
use crate::read::file::ExodusFile;
use crate::text::counted;

/// What the members say of their steps.
#[derive(Debug)]
pub(super) struct Steps {
    /// The number of steps that all members have.
    pub count: u64,
    /// Their times, unless the members have none.
    pub times: Option<Vec<f64>>,
    /// The most steps that a member has.
    pub most: u64,
    /// Whether they are enough, whatever members lack.
    pub is_salvaged: bool,
}

impl Steps {
    pub fn of(members: &[ExodusFile], paths: &[PathBuf]) -> Result<Self> {
        let any_timed = members.iter().any(is_timed);
        let mut times: Option<Vec<f64>> = None;
        for (file, path) in members.iter().zip(paths).filter(|(file, _)| any_timed && !is_untimed(file)) {
            let own = file.times().in_file(path)?;
            times = Some(match times {
                None => own,
                Some(times) => common(times, &own).in_file(path)?,
            });
        }
        let counts = || members.iter().map(ExodusFile::num_steps);
        let [count, most] = [counts().min(), counts().max()].map(Option::unwrap_or_default);
        Ok(Steps { count, times, most, is_salvaged: false })
    }

    /// Names the member whose steps lack the times that others have, or which has fewest.
    pub fn check(&self, members: &[ExodusFile], paths: &[PathBuf]) -> Result<()> {
        let Steps { count, most, times, is_salvaged } = self;
        if *is_salvaged {
            return Ok(());
        }
        let untimed = members.iter().zip(paths).find(|(member, _)| times.is_some() && is_untimed(member));
        if let Some((_, path)) = untimed {
            return Err(Error::usage("the steps have no times, and those of other members have").in_file(path));
        }
        let shortest = members.iter().zip(paths).find(|(member, _)| count < most && member.num_steps() == *count);
        shortest.map_or(Ok(()), |(_, path)| {
            let own = counted(*count, "step", "steps");
            Err(Error::usage(format!("{own}, of {most} that other members have")).in_file(path))
        })
    }
}

fn is_timed(member: &ExodusFile) -> bool {
    member.array(names::TIME_WHOLE).is_some()
}

/// Whether a member has steps, and no times of them.
fn is_untimed(member: &ExodusFile) -> bool {
    !is_timed(member) && member.num_steps() > 0
}

/// The steps that both have.
#[allow(clippy::float_cmp)] // members are written together
fn common(mut times: Vec<f64>, own: &[f64]) -> Result<Vec<f64>> {
    times.truncate(own.len());
    match times.iter().zip(own).position(|(a, b)| a != b && !(a.is_nan() && b.is_nan())) {
        None => Ok(times),
        Some(step) => Err(Error::usage(format!("step {} is at another time than in other members", step + 1))),
    }
}
