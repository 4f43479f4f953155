//! What a comparison tells.

use std::fmt;

use super::steps::Partner;
use super::subject::Subject;
use super::tolerance::Tolerance;
use crate::kind::EntityType;

/// How much a message matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// Good to know.
    Note,
    /// Something differs, but does not make the files different.
    Warning,
    /// The files are different.
    Difference,
}

/// One thing that a comparison found.
#[derive(Debug, Clone, PartialEq)]
pub enum Finding {
    /// Something that is no pair of values.
    Message(Severity, String),
    /// A step begins; what follows belongs to it.
    Step(Step),
    /// Two values differ.
    Values(Difference),
    /// How large the differences of a variable are together.
    Norms(Norms),
}

impl Finding {
    /// Whether it makes the files different.
    pub fn is_difference(&self) -> bool {
        match self {
            Finding::Message(severity, _) => *severity == Severity::Difference,
            Finding::Step(step) => step.differs,
            Finding::Values(_) => true,
            Finding::Norms(_) => false,
        }
    }
}

/// A step of the first file and what it is compared with.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The step of the first file, counted from 0.
    pub first: u64,
    /// What it is compared with.
    pub second: Partner,
    /// The times: of the step of the first file, and of the partner, where that is one step. `None` where a file has no times.
    pub times: [Option<f64>; 2],
    /// The tolerance of the times.
    pub tolerance: Tolerance,
    /// Whether the times differ.
    pub differs: bool,
}

/// Where a value is; numbers are identifiers, except where positions stand for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Place {
    /// The model as a whole.
    Model,
    Node(i64),
    Element {
        block: i64,
        element: i64,
    },
    NodeOfSet {
        set: i64,
        node: i64,
    },
    SideOfSet {
        set: i64,
        element: i64,
        side: i64,
    },
    Edge {
        block: i64,
        edge: i64,
    },
    Face {
        block: i64,
        face: i64,
    },
    /// An entity as a whole.
    Entity {
        kind: EntityType,
        id: i64,
    },
    /// Anything else that belongs to an entity, counted from 1.
    Entry {
        kind: EntityType,
        id: i64,
        entry: i64,
    },
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Model => f.write_str("model"),
            Place::Node(node) => write!(f, "node {node}"),
            Place::Element { block, element } => write!(f, "block {block}, elmt {element}"),
            Place::NodeOfSet { set, node } => write!(f, "set {set}, node {node}"),
            Place::SideOfSet { set, element, side } => write!(f, "set {set}, side {element}.{side}"),
            Place::Edge { block, edge } => write!(f, "edge block {block}, edge {edge}"),
            Place::Face { block, face } => write!(f, "face block {block}, face {face}"),
            Place::Entity { kind, id } => write!(f, "{} {id}", kind.label()),
            Place::Entry { kind, id, entry } => write!(f, "{} {id}, entry {entry}", kind.label()),
        }
    }
}

/// Two values that differ.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// What they are.
    pub subject: Subject,
    /// The name of the variable, `unnamed` with its position where it has none; the axis of a coordinate.
    pub name: String,
    /// The step of the first file, counted from 0; `None` for what does not change.
    pub step: Option<u64>,
    /// Where they are in the first file.
    pub place: Place,
    /// The values of both files.
    pub values: [f64; 2],
    /// Their difference, as the tolerance measures it.
    pub delta: f64,
    /// What would have been allowed.
    pub tolerance: Tolerance,
}

/// Sums over all values of a variable at one step.
#[derive(Debug, Clone, PartialEq)]
pub struct Norms {
    /// What they are.
    pub subject: Subject,
    /// The name of the variable.
    pub name: String,
    /// The step of the first file, counted from 0; `None` for what does not change.
    pub step: Option<u64>,
    /// Sums of absolute values, if they were asked for.
    pub l1: Option<Norm>,
    /// Roots of sums of squares, if they were asked for.
    pub l2: Option<Norm>,
}

/// One norm.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Norm {
    /// Of the differences.
    pub difference: f64,
    /// Of the first file.
    pub first: f64,
    /// Of the second file.
    pub second: f64,
}

impl Norm {
    /// The norm of the differences in relation to the larger of the files' norms.
    pub fn relative(&self) -> f64 {
        self.difference / self.first.max(self.second)
    }
}

/// The answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The files are the same.
    Same,
    /// The same as far as elements were found in both.
    SamePartly,
    /// The same, but no steps were compared.
    SameWithoutSteps,
    /// The steps that were compared are the same; there are others.
    SameInComparedSteps,
    /// The files are different.
    Different,
    /// All that was compared is the same, but one file has more steps.
    DifferentSteps,
}

impl Verdict {
    /// Whether the files count as the same.
    pub fn is_same(self) -> bool {
        !matches!(self, Verdict::Different | Verdict::DifferentSteps)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Verdict::Same => "Files are the same",
            Verdict::SamePartly => "Files are the same (partial match selected)",
            Verdict::SameWithoutSteps => "Files are the same, but no steps were compared",
            Verdict::SameInComparedSteps => {
                "Files are the same in the steps that were compared; the numbers of steps differ"
            }
            Verdict::Different => "Files are different",
            Verdict::DifferentSteps => "Files are different (# time steps differ)",
        })
    }
}

/// What a comparison was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The answer.
    pub verdict: Verdict,
    /// Findings that make the files different.
    pub differences: u64,
    /// Pairs of steps that were compared.
    pub steps: u64,
    /// Variables that were compared.
    pub variables: usize,
}

impl Report {
    /// This comparison and another one as one: different if either is; otherwise it claims no more than both do.
    #[must_use]
    pub fn and(&self, other: &Report) -> Report {
        let claims = [self.verdict, other.verdict];
        let order = [
            Verdict::Different,
            Verdict::DifferentSteps,
            Verdict::SameWithoutSteps,
            Verdict::SameInComparedSteps,
            Verdict::SamePartly,
        ];
        Report {
            verdict: order.into_iter().find(|verdict| claims.contains(verdict)).unwrap_or(Verdict::Same),
            differences: self.differences.saturating_add(other.differences),
            steps: self.steps.saturating_add(other.steps),
            variables: self.variables.saturating_add(other.variables),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_reports_claim_no_more_than_both_do() {
        let report = |verdict| Report { verdict, differences: 1, steps: 2, variables: 3 };
        let both = |a, b| report(a).and(&report(b));
        let sum = Report { verdict: Verdict::Same, differences: 2, steps: 4, variables: 6 };
        assert_eq!(both(Verdict::Same, Verdict::Same), sum);
        for (a, b, expected) in [
            (Verdict::Same, Verdict::Different, Verdict::Different),
            (Verdict::Different, Verdict::DifferentSteps, Verdict::Different),
            (Verdict::SameInComparedSteps, Verdict::DifferentSteps, Verdict::DifferentSteps),
            (Verdict::Same, Verdict::SamePartly, Verdict::SamePartly),
            (Verdict::SameWithoutSteps, Verdict::SameInComparedSteps, Verdict::SameWithoutSteps),
        ] {
            assert_eq!((both(a, b).verdict, both(b, a).verdict), (expected, expected));
        }
    }
}
