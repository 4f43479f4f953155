//! `exo recover`.

use std::fmt::Write;
use std::process::ExitCode;

use exodus_rs::Result;
use hyperslab::recover::{self, Finding, Recovered};
use serde_json::{json, Value};

use super::rewrite::{interrupted, Watch};
use crate::output::{self, bytes, plural};
use crate::signals::Signals;
use crate::{args, input};

pub fn run(args: &args::Recover) -> Result<ExitCode> {
    let signals = Signals::listen()?;
    output::check_target(&args.output, &[&args.input])?;
    let options = input::options(&args.input, args.no_mmap, false)?;
    let watch = Watch { input: &args.input, quiet: args.quiet, signals: &signals };
    let done = watch.over(0, |progress| recover::recover(&args.input, &args.output, args.force, &options, progress))?;
    let Some(recovered) = done.continue_value() else { return Ok(interrupted(&args.output, &signals)) };
    match (args.json, args.quiet) {
        (true, _) => output::print_record(&args.output, &json_of(args, &recovered))?,
        (false, false) => output::print_done(&args.output, &text(&recovered))?,
        (false, true) => {}
    }
    Ok(if recovered.lost.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn text(recovered: &Recovered) -> String {
    let records = recovered
        .records
        .map(|records| format!(", {} where {} were counted", plural(records.kept, "record"), records.told));
    let mut text = format!("{}{}\n", bytes(recovered.size), records.unwrap_or_default());
    for (what, findings) in [("found", &recovered.found), ("lost", &recovered.lost)] {
        for Finding { object, what: detail } in findings {
            // Writing to a text does not fail.
            let _ = writeln!(text, "{what}: {object}: {detail}");
        }
    }
    if recovered.lost.is_empty() {
        text.push_str("nothing was lost\n");
    }
    text
}

fn json_of(args: &args::Recover, recovered: &Recovered) -> String {
    let list = |findings: &[Finding]| -> Vec<Value> {
        findings.iter().map(|Finding { object, what }| json!({"object": object, "what": what})).collect()
    };
    let record = json!({
        "file": args.output.display().to_string(),
        "size": recovered.size,
        "records": recovered.records.map(|records| json!({"told": records.told, "kept": records.kept})),
        "found": list(&recovered.found),
        "lost": list(&recovered.lost),
    });
    format!("{record}\n")
}
