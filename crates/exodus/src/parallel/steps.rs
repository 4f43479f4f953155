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
}

impl Steps {
    pub fn of(members: &[ExodusFile], paths: &[PathBuf]) -> Result<Self> {
        let is_timed = |file: &ExodusFile| file.array(names::TIME_WHOLE).is_some();
        let any_timed = members.iter().any(is_timed);
        let mut times: Option<Vec<f64>> = None;
        for (file, path) in members.iter().zip(paths).filter(|_| any_timed) {
            if !is_timed(file) && file.num_steps() > 0 {
                return Err(Error::usage("the steps have no times, and those of other members have").in_file(path));
            }
            let own = file.times().in_file(path)?;
            times = Some(match times {
                None => own,
                Some(times) => common(times, &own).in_file(path)?,
            });
        }
        let counts = || members.iter().map(ExodusFile::num_steps);
        Ok(Steps { count: counts().min().unwrap_or(0), times, most: counts().max().unwrap_or(0) })
    }

    /// Names the member that has fewest, unless all have the same number.
    pub fn check_even(&self, members: &[ExodusFile], paths: &[PathBuf]) -> Result<()> {
        let Steps { count, most, .. } = self;
        let shortest = members.iter().zip(paths).find(|(member, _)| count < most && member.num_steps() == *count);
        shortest.map_or(Ok(()), |(_, path)| {
            let own = counted(*count, "step", "steps");
            Err(Error::usage(format!("{own}, of {most} that other members have")).in_file(path))
        })
    }
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
