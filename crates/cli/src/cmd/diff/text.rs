//! Findings for people.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use exodus_rs::diff::{Difference, Finding, Norm, Norms, Partner, Report, Severity, Step, Subject, Verdict};
use exodus_rs::Result;

use super::{Answer, Told};
use crate::output::{self, plural};

/// Prints findings as they come; a step is named when there is something to say of it.
pub struct Text {
    quiet: bool,
    /// The step that has not been named yet.
    step: Option<Step>,
    subject: Option<Subject>,
    worst: BTreeMap<(Subject, String), Difference>,
    told: u64,
}

impl Text {
    pub fn new(quiet: bool) -> Self {
        Text { quiet, step: None, subject: None, worst: BTreeMap::new(), told: 0 }
    }

    /// Prints the answer.
    pub fn end(&self, answer: &Answer) -> Result<()> {
        match answer {
            Answer::Compared(report) => self.compared(report),
            Answer::Written(written) if self.quiet && written.size.is_some() => Ok(()),
            Answer::Written(written) if written.size.is_some() => {
                let steps = plural(written.steps, "step");
                let variables = plural(written.variables as u64, "variable");
                output::report(&format!("\nWrote the differences of {variables} at {steps}.\n"))
            }
            Answer::Written(_) => output::report(&format!("exodiff: {}\n", Verdict::Different)),
        }
    }

    fn compared(&self, report: &Report) -> Result<()> {
        let mut text = String::new();
        if !self.quiet {
            if self.told > self.worst.len() as u64 {
                text.push_str("\nLargest differences:\n");
                for difference in self.worst.values() {
                    let step = difference.step.map(|step| format!(", step {}", step + 1)).unwrap_or_default();
                    let _ = writeln!(text, "{}{step}", line(difference));
                }
            }
            let (steps, variables) = (plural(report.steps, "step"), plural(report.variables as u64, "variable"));
            let _ = writeln!(text, "\nCompared {steps} of {variables}: {}.", plural(report.differences, "difference"));
        }
        let _ = writeln!(text, "exodiff: {}", report.verdict);
        output::report(&text)
    }

    /// Names the step and the subject, if that was not done yet.
    fn headings(&mut self, subject: Option<Subject>, text: &mut String) {
        if let Some(step) = self.step.take() {
            text.push_str(&heading(&step));
            self.subject = None;
        }
        if subject.is_some() && subject != self.subject {
            self.subject = subject;
            let label = subject.map(Subject::label).unwrap_or_default();
            let _ = writeln!(
                text,
                "{}{} differences:",
                label.get(..1).unwrap_or("").to_uppercase(),
                label.get(1..).unwrap_or("")
            );
        }
    }
}

impl Told for Text {
    fn tell(&mut self, finding: &Finding) -> Result<()> {
        let mut text = String::new();
        match finding {
            Finding::Step(step) => {
                self.step = Some(step.clone());
                self.subject = None;
                let skipped = matches!(step.second, Partner::Before | Partner::After);
                if step.differs || skipped {
                    self.headings(None, &mut text);
                }
            }
            Finding::Message(severity, message) => {
                self.headings(None, &mut text);
                let label = match severity {
                    Severity::Note => "NOTE",
                    Severity::Warning => "WARNING",
                    Severity::Difference => "DIFFERENCE",
                };
                let _ = writeln!(text, "exodiff: {label} .. {message}");
            }
            Finding::Values(difference) => {
                self.headings(Some(difference.subject), &mut text);
                let _ = writeln!(text, "{}", line(difference));
                self.told += 1;
                let worst = self.worst.entry((difference.subject, difference.name.clone()));
                let worst = worst.or_insert_with(|| difference.clone());
                if difference.delta > worst.delta {
                    *worst = difference.clone();
                }
            }
            Finding::Norms(found) => {
                self.headings(Some(found.subject), &mut text);
                text.push_str(&norms(found));
            }
        }
        if self.quiet || text.is_empty() {
            return Ok(());
        }
        output::report(&text)
    }
}

fn heading(step: &Step) -> String {
    let [time, other] =
        step.times.map(|time| time.map(|time| format!(", {}", scientific(time, 7))).unwrap_or_default());
    let partner = match step.second {
        Partner::At(second) if step.differs => {
            format!("step {}{other}, whose time differs (FAILED)", second + 1)
        }
        Partner::At(second) => format!("step {}{other}", second + 1),
        Partner::Between(second, fraction) => {
            format!("interpolated between steps {} and {}, {fraction:.4} of the way", second + 1, second + 2)
        }
        Partner::Before => "skipped: before all times of the second file".to_owned(),
        Partner::After => "skipped: after all times of the second file".to_owned(),
    };
    format!("  --------- Time step {}{time} ~ {partner} ---------\n", step.first + 1)
}

fn line(difference: &Difference) -> String {
    let Difference { name, values, delta, tolerance, place, .. } = difference;
    let [a, b] = values.map(|value| scientific(value, 7));
    let delta = scientific(*delta, 5);
    format!("   {name:<16} {} diff: {a:>14} ~ {b:>14} ={delta:>12} ({place})", tolerance.mode.short_name())
}

fn norms(norms: &Norms) -> String {
    let shown = |label: &str, norm: &Norm| {
        let numbers = [norm.difference, norm.first, norm.second, norm.relative()].map(|value| scientific(value, 7));
        let [difference, first, second, relative] = numbers;
        format!("   {:<16} {label} norm of diff= {difference} ({first} ~ {second}) rel= {relative}\n", norms.name)
    };
    let l1 = norms.l1.as_ref().map(|norm| shown("L1", norm)).unwrap_or_default();
    l1 + &norms.l2.as_ref().map(|norm| shown("L2", norm)).unwrap_or_default()
}

/// A number as C prints it: at least two digits of the exponent, with its sign.
fn scientific(value: f64, digits: usize) -> String {
    let text = format!("{value:.digits$e}");
    match text.split_once('e') {
        Some((mantissa, exponent)) => {
            let (sign, exponent) = exponent.strip_prefix('-').map_or(('+', exponent), |exponent| ('-', exponent));
            format!("{mantissa}e{sign}{exponent:0>2}")
        }
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::scientific;

    #[test]
    fn numbers_look_as_c_prints_them() {
        for (value, text) in [(0.0, "0.00e+00"), (1.5e-7, "1.50e-07"), (-2e100, "-2.00e+100"), (f64::NAN, "NaN")] {
            assert_eq!(scientific(value, 2), text);
        }
    }
}
