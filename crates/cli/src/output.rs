//! Printing: numbers for people, and pipes that close early; and which files may be written.

use std::borrow::Cow;
use std::io::{self, Write};
use std::path::Path;

use exodus_rs::{Error, Result};
use hyperslab::Context;

use crate::{ending, truncated};

/// Writes to standard output.
pub fn print(text: &str) -> Result<()> {
    write(text).map_err(|e| Error::io("cannot write to standard output", e))
}

/// Writes to standard output what comes beside a verdict: the verdict is the same for those who stop reading.
pub fn report(text: &str) -> Result<()> {
    match print(text) {
        Err(error) if is_broken_pipe(&error) => Ok(()),
        other => other,
    }
}

/// Writes to standard output what became of a file that is complete: an error says that too.
pub fn print_done(target: &Path, text: &str) -> Result<()> {
    print_record(target, &format!("{}: {text}", target.display()))
}

/// Writes to standard output a record of a file that is complete: an error says that too.
pub fn print_record(target: &Path, record: &str) -> Result<()> {
    let lost = |e| Error::io(format!("{} is complete; cannot write to standard output", target.display()), e);
    write(record).map_err(lost)
}

/// So many unused bytes are told of, and fewer where they are a twentieth of the file.
const WORTH: u64 = 1 << 20;

/// Writes how much of a file of `size` bytes is not used any more, if that is worth a copy.
pub fn print_unused(target: &Path, unused: u64, size: u64) -> Result<()> {
    match unused >= WORTH || unused >= size / 20 && unused > 0 {
        true => print_done(target, &format!("{unused} bytes are unused: exo repack gives them back\n")),
        false => Ok(()),
    }
}

fn write(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(tame(text).as_bytes())?;
    out.flush()
}

/// Text of which a terminal obeys nothing but the ends of lines: names come from files. What is written instead is also how
/// JSON has it.
fn tame(text: &str) -> Cow<'_, str> {
    let obeyed = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    match text.contains(obeyed) {
        true => {
            text.chars().map(|c| if obeyed(c) { format!("\\u{:04x}", u32::from(c)) } else { c.to_string() }).collect()
        }
        false => Cow::Borrowed(text),
    }
}

/// Refuses what no command writes: its own inputs, and standard output, because a file is not written from its first
/// byte to its last.
pub fn check_target(target: &Path, inputs: &[&Path]) -> Result<()> {
    let refused = if target.as_os_str() == "-" {
        "standard output cannot be the output: name a file (./- is one of that name)"
    } else if inputs.iter().any(|input| is_same_file(input, target)) {
        "is the input and the output: choose another output"
    } else {
        return Ok(());
    };
    Err(Error::usage(refused)).in_file(target)
}

/// Whether two paths lead to one file, through links of any kind.
fn is_same_file(a: &Path, b: &Path) -> bool {
    let (Ok(first), Ok(second)) = (std::fs::metadata(a), std::fs::metadata(b)) else {
        return false;
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        (first.dev(), first.ino()) == (second.dev(), second.ino())
    }
    #[cfg(not(unix))]
    {
        let _ = (first, second);
        std::fs::canonicalize(a).ok() == std::fs::canonicalize(b).ok()
    }
}

/// No name of netCDF or of a file system has more characters than these; and how many are shown of those that do.
const LONGEST: usize = 256;
const SHOWN: usize = 200;

/// Text in which names are cut that are longer than names can be.
fn shorten(text: &str) -> String {
    let is_end = |c: char| c.is_whitespace() || c == '/';
    let cut = |part: &str| {
        let (word, end) = part.split_at(part.trim_end_matches(is_end).len());
        match word.chars().count() {
            length if length > LONGEST => {
                format!("{}… ({length} characters){end}", word.chars().take(SHOWN).collect::<String>())
            }
            _ => part.to_owned(),
        }
    };
    text.split_inclusive(is_end).map(cut).collect()
}

/// Says something on standard error.
pub fn tell(what: &str) {
    eprintln!("exo: {}", tame(&shorten(what)));
}

/// Says what went wrong on standard error; returns the exit code.
pub fn complain(error: &Error) -> u8 {
    match truncated::line(error) {
        Some(line) => eprint!("{line}"),
        None => tell(&error.to_string()),
    }
    ending::code(error)
}

/// Says on standard error what of a file is missing from what was printed; returns the exit code.
pub fn warn(file: &Path, missing: Option<String>) -> u8 {
    missing.map_or(0, |what| {
        tell(&format!("{}: {what}", file.display()));
        ending::BAD_INPUT
    })
}

/// Whether the reader of our output went away, which is its right.
pub fn is_broken_pipe(error: &Error) -> bool {
    error.io_error().is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe)
}

/// A number of bytes as people read it.
#[allow(clippy::cast_precision_loss)]
pub fn bytes(count: u64) -> String {
    const UNITS: [&str; 5] = ["B", "kB", "MB", "GB", "TB"];
    let mut value = count as f64;
    let mut unit = UNITS[0];
    for next in &UNITS[1..] {
        if value < 1000.0 {
            break;
        }
        value /= 1000.0;
        unit = next;
    }
    if unit == "B" {
        format!("{count} B")
    } else {
        format!("{value:.1} {unit}")
    }
}

/// A number with its thing, in the plural where that is due.
pub fn plural(count: u64, thing: &str) -> String {
    if count == 1 {
        format!("1 {thing}")
    } else {
        format!("{count} {thing}s")
    }
}

/// A duration as people read it.
pub fn duration(seconds: f64) -> String {
    match seconds {
        s if !s.is_finite() => "unknown".to_owned(),
        s if s < 60.0 => format!("{s:.1} s"),
        s if s < 3600.0 => format!("{:.0} min {:.0} s", (s / 60.0).floor(), s % 60.0),
        s => format!("{:.0} h {:.0} min", (s / 3600.0).floor(), (s % 3600.0 / 60.0).floor()),
    }
}
