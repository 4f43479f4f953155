//! `exo recover`.

use std::fmt::Write;
use std::process::ExitCode;

use exodus_rs::Result;
use hyperslab::recover::{self, Finding, Records, Recovered};
use hyperslab::OpenOptions;
use serde_json::{json, Value};

use super::rewrite::{interrupted, Watch};
use crate::output::{self, bytes, plural};
use crate::signals::Signals;
use crate::{args, input};

pub fn run(args: &args::Recover) -> Result<ExitCode> {
    let signals = Signals::listen()?;
    output::check_target(&args.files.output, &[&args.files.input])?;
    let (source, options) = (input::source(&args.files.input, args.files.no_mmap)?, OpenOptions::new());
    let watch = Watch { input: &args.files.input, quiet: args.files.quiet, signals: &signals };
    let (output, force) = (&args.files.output, args.files.force);
    let done = watch.over(0, |progress| recover::recover_source(source, output, force, &options, progress))?;
    let Some(recovered) = done.continue_value() else { return Ok(interrupted(&args.files.output, &signals)) };
    match (args.files.json, args.files.quiet) {
        (true, _) => output::print_record(&args.files.output, &json_of(args, &recovered))?,
        (false, false) => output::print_done(&args.files.output, &text(&recovered))?,
        (false, true) => {}
    }
    Ok(if recovered.lost.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn text(recovered: &Recovered) -> String {
    let are_several = recovered.records.len() > 1;
    let records: String = recovered.records.iter().map(|records| told(records, are_several)).collect();
    let mut text = format!("{}{records}\n", bytes(recovered.size));
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

/// The records along a dimension, which is named where there are several.
fn told(Records { dimension, told, kept, blank }: &Records, is_named: bool) -> String {
    let along = if is_named { format!(" along {dimension}") } else { String::new() };
    let none = if blank.is_empty() { String::new() } else { format!(" (none is whole of {})", blank.join(", ")) };
    format!(", {}{along} where {told} were counted{none}", plural(*kept, "record"))
}

fn json_of(args: &args::Recover, recovered: &Recovered) -> String {
    let list = |findings: &[Finding]| -> Vec<Value> {
        findings.iter().map(|Finding { object, what }| json!({"object": object, "what": what})).collect()
    };
    let record = json!({
        "file": args.files.output.display().to_string(),
        "size": recovered.size,
        "records": recovered.records.iter().map(records_of).collect::<Vec<_>>(),
        "found": list(&recovered.found),
        "lost": list(&recovered.lost),
    });
    format!("{record}\n")
}

fn records_of(Records { dimension, told, kept, blank }: &Records) -> Value {
    json!({"dimension": dimension, "told": told, "kept": kept, "blank": blank})
}
