//! What was found.

use std::collections::BTreeMap;
use std::fmt;

use super::rules::{Rule, RULES};

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Unusual, and legal.
    Note,
    /// Readers may stumble over it, or something is lost.
    Warning,
    /// The model contradicts itself.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        })
    }
}

/// A place where a model breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// The name of the rule.
    pub rule: &'static str,
    /// The variable of a file or the array of another model, or the entity with identifier and name.
    pub object: String,
    /// The entry, counted from 1.
    pub index: Option<u64>,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.severity, self.object)?;
        if let Some(index) = self.index {
            write!(f, " [{index}]")?;
        }
        write!(f, ": {} ({})", self.message, self.rule)
    }
}

/// All findings of a model: the first of each rule, and how many there were.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// The findings.
    pub findings: Vec<Finding>,
    /// How often each rule was broken, also beyond the findings that are listed.
    pub counts: BTreeMap<&'static str, u64>,
    limit: u64,
}

impl Report {
    pub(super) fn new(limit: u64) -> Self {
        Report { limit, ..Report::default() }
    }

    /// The worst that was found, whether it is listed or not; `None` if nothing was.
    pub fn worst(&self) -> Option<Severity> {
        let broken = RULES.iter().filter(|rule| self.counts.contains_key(rule.name));
        broken.map(|rule| rule.severity).max()
    }

    /// The number of findings of a rule that are not listed.
    pub fn unlisted(&self, rule: &str) -> u64 {
        let listed = self.findings.iter().filter(|finding| finding.rule == rule).count() as u64;
        self.counts.get(rule).map_or(0, |count| count.saturating_sub(listed))
    }

    /// Adds the findings of the model in a group.
    pub(super) fn merge(&mut self, path: &str, other: Report) {
        for mut finding in other.findings {
            let listed = self.findings.iter().filter(|known| known.rule == finding.rule).count() as u64;
            if listed < self.limit {
                if !path.is_empty() {
                    finding.object = format!("{path}: {}", finding.object);
                }
                self.findings.push(finding);
            }
        }
        for (rule, count) in other.counts {
            *self.counts.entry(rule).or_default() += count;
        }
    }

    pub(super) fn add(&mut self, rule: &Rule, object: &str, index: Option<u64>, message: impl FnOnce() -> String) {
        let count = self.counts.entry(rule.name).or_default();
        *count += 1;
        if *count <= self.limit {
            let (severity, object, message) = (rule.severity, object.to_owned(), message());
            self.findings.push(Finding { severity, rule: rule.name, object, index, message });
        }
    }
}
