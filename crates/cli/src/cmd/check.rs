//! `exo check`.

use std::fmt::Write;
use std::path::Path;
use std::process::ExitCode;

use exodus_rs::check::{self, Finding, Report, Severity};
use exodus_rs::Result;
use hyperslab::Context;
use serde_json::json;

use super::each::each;
use crate::args;
use crate::output::{self, plural};
use crate::{input, model};

/// The file breaks a rule.
const FINDINGS: u8 = 1;

pub fn run(args: &args::Check) -> Result<ExitCode> {
    each(&args.files, args.json, |path| check_one(path, args))
}

/// Checks a file; returns the exit code.
fn check_one(path: &Path, args: &args::Check) -> Result<u8> {
    let options = check::Options { values: args.values, limit: args.limit };
    let report = match model::whole(path, args.no_mmap, false)? {
        Some(whole) => check::check(&whole, &options),
        None => check::check_netcdf(input::netcdf(path, args.no_mmap, false)?, &options).in_file(path)?,
    };
    let text = match (args.json, args.files.len()) {
        (true, 1) => format!("{:#}\n", json(path, &report)),
        (true, _) => format!("{}\n", json(path, &report)),
        (false, 1) => text(&report),
        (false, _) => format!("{}\n{}", path.display(), text(&report)),
    };
    output::report(&text)?;
    let bar = if args.strict { Severity::Warning } else { Severity::Error };
    Ok(if report.worst() >= Some(bar) { FINDINGS } else { 0 })
}

/// How many findings are as bad as this, also beyond those that are listed.
fn count(report: &Report, severity: Severity) -> u64 {
    let rules = check::RULES.iter().filter(|rule| rule.severity == severity);
    rules.filter_map(|rule| report.counts.get(rule.name)).sum()
}

/// The worst first; what is not listed of a rule after its last finding.
fn text(report: &Report) -> String {
    let mut findings: Vec<&Finding> = report.findings.iter().collect();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    let mut text = String::new();
    let mut rest = findings.iter().peekable();
    while let Some(finding) = rest.next() {
        _ = writeln!(text, "{finding}");
        let more = report.unlisted(finding.rule);
        let last = !rest.clone().any(|other| other.rule == finding.rule);
        if last && more > 0 {
            _ = writeln!(text, "{}: … and {more} more ({})", finding.severity, finding.rule);
        }
    }
    let counted = [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Note, "note")];
    let counted = counted.map(|(severity, name)| (count(report, severity), name));
    let sum: Vec<String> = counted.iter().filter(|(n, _)| *n > 0).map(|&(n, name)| plural(n, name)).collect();
    _ = writeln!(text, "{}", if sum.is_empty() { "no findings".to_owned() } else { sum.join(", ") });
    text
}

fn json(path: &Path, report: &Report) -> serde_json::Value {
    let finding = |finding: &Finding| {
        json!({
            "severity": finding.severity.to_string(),
            "rule": finding.rule,
            "object": finding.object,
            "index": finding.index,
            "message": finding.message,
        })
    };
    json!({
        "file": path,
        "errors": count(report, Severity::Error),
        "warnings": count(report, Severity::Warning),
        "notes": count(report, Severity::Note),
        "findings": report.findings.iter().map(finding).collect::<Vec<_>>(),
        "counts": report.counts,
    })
}
