//! Progress: a bar on a terminal, a line every few seconds in a log.

use std::io::IsTerminal;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use hyperslab::netcdf::Progress;
use indicatif::{ProgressBar, ProgressStyle};

use crate::output::duration;

/// How often a log gets a line, and a bar is redrawn.
const LOG_INTERVAL: Duration = Duration::from_secs(5);
const BAR_INTERVAL: Duration = Duration::from_millis(100);

/// Shows how far the work has come; may be called by any thread, as often as it likes.
#[derive(Debug)]
pub struct Reporter {
    started: Instant,
    steps: u64,
    shown: Mutex<Instant>,
    face: Face,
}

#[derive(Debug)]
enum Face {
    Silent,
    Bar(ProgressBar),
    Log,
}

impl Reporter {
    pub fn new(quiet: bool, steps: u64) -> Self {
        let face = match (quiet, std::io::stderr().is_terminal()) {
            (true, _) => Face::Silent,
            (false, true) => Face::Bar(bar()),
            (false, false) => Face::Log,
        };
        let now = Instant::now();
        Reporter { started: now, steps, shown: Mutex::new(now), face }
    }

    pub fn report(&self, progress: Progress) {
        let interval = match self.face {
            Face::Silent => return,
            Face::Bar(_) => BAR_INTERVAL,
            Face::Log => LOG_INTERVAL,
        };
        // Whoever finds the lock taken leaves the showing to its holder.
        let Ok(mut shown) = self.shown.try_lock() else { return };
        if shown.elapsed() < interval {
            return;
        }
        *shown = Instant::now();
        let line = self.line(progress);
        match &self.face {
            Face::Bar(bar) => {
                bar.set_length(progress.total_bytes);
                bar.set_position(progress.bytes);
                bar.set_message(line);
            }
            _ => eprintln!("{line}"),
        }
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        let _shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if let Face::Bar(bar) = &self.face {
            bar.finish_and_clear();
        }
    }

    #[allow(clippy::cast_precision_loss)]
    fn line(&self, progress: Progress) -> String {
        let seconds = self.started.elapsed().as_secs_f64().max(1e-9);
        let done = progress.bytes as f64 / progress.total_bytes.max(1) as f64;
        let left = seconds * (1.0 - done).max(0.0) / done.max(1e-9);
        let step = progress.row.min(self.steps);
        let steps = match self.steps {
            0 => format!("{:.0} %", 100.0 * done.min(1.0)),
            all => format!("step {step}/{all} ({:.0} %), {:.1} steps/s", 100.0 * done, step as f64 / seconds),
        };
        format!(
            "{steps}, {:.1} MB/s, {} left{}",
            progress.bytes as f64 / seconds / 1e6,
            duration(left),
            memory().map(|kib| format!(", {} MiB of memory", kib / 1024)).unwrap_or_default(),
        )
    }
}

fn bar() -> ProgressBar {
    let bar = ProgressBar::new(1);
    if let Ok(style) = ProgressStyle::with_template("[{bar:30}] {msg}") {
        bar.set_style(style.progress_chars("=> "));
    }
    bar
}

/// The memory that is this program's own, in KiB: mapped pages of the input are the page cache's.
fn memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("RssAnon:"))?;
    line.split_ascii_whitespace().nth(1)?.parse().ok()
}
