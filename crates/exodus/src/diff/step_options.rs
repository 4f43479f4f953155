//! Which steps are compared.

use hyperslab::{Error, Result};

/// How many steps the first file is ahead of the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepOffset {
    /// By a number: step x + n of the first is compared with step x of the second.
    By(u64),
    /// So that the last steps come together.
    Last,
    /// So that the first step of the second file meets the one that is nearest in time.
    Nearest,
}

impl StepOffset {
    /// Reads a number; -1 and -2 stand for [`StepOffset::Last`] and [`StepOffset::Nearest`].
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for anything else.
    pub fn parse(text: &str) -> Result<Self> {
        match text.parse::<i64>() {
            Ok(-1) => Ok(StepOffset::Last),
            Ok(-2) => Ok(StepOffset::Nearest),
            Ok(number) if number >= 0 => Ok(StepOffset::By(number.unsigned_abs())),
            _ => Err(Error::usage(format!("{text:?} is no offset of steps"))),
        }
    }
}

/// Which steps are compared; steps count from 1.
#[derive(Debug, Clone, PartialEq)]
pub struct StepOptions {
    /// Whether no steps are compared at all.
    pub ignore: bool,
    /// The first step; -1 compares the last steps of both files.
    pub first: i64,
    /// The last step.
    pub last: Option<u64>,
    /// Every how many steps.
    pub stride: u64,
    /// Ranges of steps that are left out, both ends included.
    pub excluded: Vec<(u64, u64)>,
    /// One step of each file instead of all; `None` is the last.
    pub explicit: Option<(Option<u64>, Option<u64>)>,
    /// How many steps the first file is ahead.
    pub offset: StepOffset,
    /// Whether the values of the second file are interpolated to the times of the first.
    pub interpolate: bool,
    /// The factor of the times of the first file.
    pub time_scale: f64,
    /// What is added to the times of the first file, after scaling.
    pub time_offset: f64,
}

impl Default for StepOptions {
    fn default() -> Self {
        StepOptions {
            ignore: false,
            first: 1,
            last: None,
            stride: 1,
            excluded: Vec::new(),
            explicit: None,
            offset: StepOffset::By(0),
            interpolate: false,
            time_scale: 1.0,
            time_offset: 0.0,
        }
    }
}

impl StepOptions {
    /// Takes over a range `FIRST:LAST:STRIDE` whose parts may be missing, a single step, or `last`.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for anything else.
    pub fn set_range(&mut self, text: &str) -> Result<()> {
        let wrong = || Error::usage(format!("{text:?} is no range of steps: FIRST:LAST:STRIDE or last is needed"));
        let number = |part: &str| part.parse::<i64>().map_err(|_| wrong());
        let last = |number: i64| u64::try_from(number).ok().filter(|&last| last > 0);
        if text.eq_ignore_ascii_case("last") {
            self.first = -1;
            return Ok(());
        }
        let Some((first, rest)) = text.split_once(':') else {
            self.first = number(text)?;
            self.last = last(self.first);
            return Ok(());
        };
        let (end, stride) = rest.split_once(':').unwrap_or((rest, ""));
        if !first.is_empty() {
            self.first = number(first)?;
        }
        if !end.is_empty() {
            self.last = last(number(end)?);
        }
        if !stride.is_empty() {
            self.stride = stride.parse().ok().filter(|&stride| stride > 0).ok_or_else(wrong)?;
        }
        Ok(())
    }

    /// Takes over a pair `STEP:STEP`, each a number or `last`.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for anything else.
    pub fn set_explicit(&mut self, text: &str) -> Result<()> {
        let wrong =
            || Error::usage(format!("{text:?} is no pair of steps: STEP:STEP is needed, each a number or last"));
        let step = |part: &str| match part.parse::<u64>() {
            _ if part.eq_ignore_ascii_case("last") => Ok(None),
            Ok(step) if step > 0 => Ok(Some(step)),
            _ => Err(wrong()),
        };
        let (first, second) = text.split_once(':').ok_or_else(wrong)?;
        self.explicit = Some((step(first)?, step(second)?));
        Ok(())
    }

    /// The same for files without times: steps belong together by their numbers.
    pub(super) fn untimed(&self) -> Self {
        let offset = if self.offset == StepOffset::Nearest { StepOffset::By(0) } else { self.offset };
        StepOptions { offset, interpolate: false, ..self.clone() }
    }

    /// The step behind which nothing is looked at in either file, if it is known.
    pub(super) fn end(&self) -> Option<u64> {
        let is_in_order = self.explicit.is_none() && self.offset == StepOffset::By(0) && !self.interpolate;
        self.last.filter(|_| is_in_order && self.first >= 0)
    }

    pub(super) fn is_excluded(&self, step: u64) -> bool {
        self.excluded.iter().any(|&(first, last)| (first..=last).contains(&step))
    }
}

/// Reads a list of steps: `1,5-9,28`.
///
/// # Errors
/// [`Kind::Usage`](crate::Kind::Usage) naming what is no step.
pub fn excluded_steps(list: &str) -> Result<Vec<(u64, u64)>> {
    let range = |part: &str| {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        match (first.parse::<u64>(), last.parse::<u64>()) {
            (Ok(first), Ok(last)) if 0 < first && first <= last => Ok((first, last)),
            _ => Err(Error::usage(format!("{part:?} is no range of steps"))),
        }
    };
    list.split(',').filter(|part| !part.is_empty()).map(range).collect()
}
