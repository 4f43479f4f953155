//! Findings for programs: one object, written as the findings come.

use std::path::Path;

use exodus_rs::diff::{Finding, Norm, Partner, Place, Severity, Step, Verdict};
use exodus_rs::Result;
use serde_json::{json, Value};

use super::{Answer, Told};
use crate::output;

/// Writes `{"first": …, "second": …, "findings": [ … ], "result": …}`.
pub struct Json {
    /// The step that has not been written yet.
    step: Option<Step>,
    empty: bool,
}

impl Json {
    pub fn begin([first, second]: [&Path; 2]) -> Result<Self> {
        let name = |path: &Path| json!(path.display().to_string());
        output::report(&format!("{{\"first\":{},\"second\":{},\"findings\":[", name(first), name(second)))?;
        Ok(Json { step: None, empty: true })
    }

    /// Closes the object, also after an error: what was written is JSON in any case.
    pub fn end(self, answer: Result<Answer>) -> Result<Answer> {
        let text = match &answer {
            Ok(Answer::Written(written)) => {
                let result = if written.size.is_some() { "written" } else { "different" };
                format!(
                    "],\"differences\":{},\"steps\":{},\"variables\":{},\"bytes\":{},\"result\":\"{result}\"}}\n",
                    written.differences,
                    written.steps,
                    written.variables,
                    json!(written.size)
                )
            }
            Ok(Answer::Compared(report)) => {
                let result = if report.verdict.is_same() { "same" } else { "different" };
                format!(
                    "],\"differences\":{},\"steps\":{},\"variables\":{},\"verdict\":{},\"result\":\"{result}\"}}\n",
                    report.differences,
                    report.steps,
                    report.variables,
                    json!(verdict(report.verdict))
                )
            }
            Err(error) => format!("],\"error\":{},\"result\":\"error\"}}\n", json!(error.to_string())),
        };
        output::report(&text)?;
        answer
    }

    fn write(&mut self, value: &Value) -> Result<()> {
        let comma = if std::mem::replace(&mut self.empty, false) { "" } else { "," };
        output::report(&format!("{comma}\n{value}"))
    }
}

impl Told for Json {
    fn tell(&mut self, finding: &Finding) -> Result<()> {
        if let Finding::Step(step) = finding {
            self.step = Some(step.clone());
            let skipped = matches!(step.second, Partner::Before | Partner::After);
            if !step.differs && !skipped {
                return Ok(());
            }
        }
        if let Some(step) = self.step.take() {
            self.write(&step_json(&step))?;
        }
        match finding {
            Finding::Step(_) => Ok(()),
            other => self.write(&finding_json(other)),
        }
    }
}

fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Same => "same",
        Verdict::SamePartly => "same-partly",
        Verdict::SameWithoutSteps => "same-without-steps",
        Verdict::SameInComparedSteps => "same-in-compared-steps",
        Verdict::Different => "different",
        Verdict::DifferentSteps => "different-steps",
    }
}

fn step_json(step: &Step) -> Value {
    let [first, second] = step.times;
    let partner = match step.second {
        Partner::At(second) => json!(second + 1),
        Partner::Between(before, fraction) => json!({"between": [before + 1, before + 2], "fraction": fraction}),
        Partner::Before => json!("before"),
        Partner::After => json!("after"),
    };
    json!({"type": "step", "first": step.first + 1, "second": partner, "times": [first, second], "differs": step.differs})
}

fn finding_json(finding: &Finding) -> Value {
    match finding {
        Finding::Step(step) => step_json(step),
        Finding::Message(severity, text) => {
            let severity = match severity {
                Severity::Note => "note",
                Severity::Warning => "warning",
                Severity::Difference => "difference",
            };
            json!({"type": "message", "severity": severity, "text": text})
        }
        Finding::Values(found) => json!({
            "type": "values",
            "subject": found.subject.label(),
            "name": found.name,
            "step": found.step.map(|step| step + 1),
            "place": place(found.place),
            "values": found.values,
            "difference": found.delta,
            "tolerance": {
                "mode": found.tolerance.mode.name(),
                "value": found.tolerance.value,
                "floor": found.tolerance.floor,
                "old_floor": found.tolerance.old_floor,
            },
        }),
        Finding::Norms(found) => json!({
            "type": "norms",
            "subject": found.subject.label(),
            "name": found.name,
            "step": found.step.map(|step| step + 1),
            "l1": found.l1.as_ref().map(norm),
            "l2": found.l2.as_ref().map(norm),
        }),
    }
}

fn norm(norm: &Norm) -> Value {
    let Norm { difference, first, second } = norm;
    json!({"difference": difference, "first": first, "second": second, "relative": norm.relative()})
}

fn place(place: Place) -> Value {
    match place {
        Place::Model => json!({}),
        Place::Node(node) => json!({"node": node}),
        Place::Element { block, element } => json!({"block": block, "element": element}),
        Place::NodeOfSet { set, node } => json!({"set": set, "node": node}),
        Place::SideOfSet { set, element, side } => json!({"set": set, "element": element, "side": side}),
        Place::Edge { block, edge } => json!({"block": block, "edge": edge}),
        Place::Face { block, face } => json!({"block": block, "face": face}),
        Place::Entity { kind, id } => json!({ kind.label(): id }),
        Place::Entry { kind, id, entry } => json!({ kind.label(): id, "entry": entry }),
    }
}
