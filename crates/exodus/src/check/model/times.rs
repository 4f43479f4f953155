//! Times of steps.

use crate::check::{rules, Check};
use crate::data::Data;
use crate::names;
use crate::precision::decimal;
use crate::read::file::ExodusFile;
use crate::text::counted;

/// What netCDF reads where nothing was written.
const FILL: f64 = 9.969_209_968_386_869e36;

/// Whether a number is what netCDF reads where nothing was written, in either precision.
pub(super) fn is_fill(value: f64) -> bool {
    (value / FILL - 1.0).abs() < 1e-6
}

impl Check<'_> {
    pub(in crate::check) fn times(&mut self) {
        let steps = self.model.num_steps();
        let name = self.called(names::TIME_WHOLE, |_| "times".to_owned());
        let Some(list) = self.list(Data::Times) else {
            if steps > 0 {
                let message = || format!("{}, and no times", counted(steps, "step", "steps"));
                self.report.add(&rules::SHAPE, &name, None, message);
            }
            return;
        };
        if list.len() != Some(steps) {
            let message = || format!("of shape {:?}, for {}", list.shape(), counted(steps, "step", "steps"));
            self.report.add(&rules::SHAPE, &name, None, message);
        }
        let complete = self.file().and_then(ExodusFile::last_written_time);
        let meant = |time| list.number().map_or(time, |number| decimal(time, number));
        let mut before = f64::NEG_INFINITY;
        self.stream(&list, |report, offset, times: &[f64]| {
            for (step, &time) in (offset + 1..).zip(times) {
                let mut found = |rule, message: String| report.add(rule, &name, Some(step), || message);
                if !time.is_finite() {
                    found(&rules::TIMES_FINITE, format!("the time is {time}"));
                    continue;
                }
                if is_fill(time) {
                    found(&rules::TIMES_FILL, "the time was never written".to_owned());
                    continue;
                }
                if time <= before {
                    found(&rules::TIMES_ORDER, format!("the time {} follows {}", meant(time), meant(before)));
                }
                if let Some(complete) = complete.filter(|&complete| time > complete) {
                    let (time, complete) = (meant(time), meant(complete));
                    found(&rules::TORN_STEP, format!("the time is {time}, the last complete step is at {complete}"));
                }
                before = time;
            }
        });
    }
}
