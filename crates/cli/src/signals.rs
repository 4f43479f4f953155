//! Signals: SIGINT, SIGTERM and SIGHUP ask the work to stop, so that nothing unfinished is left behind; SIGXFSZ is no reason
//! to end. What the parent lets its children ignore, as `nohup` does, stays ignored.

use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use exodus_rs::{Error, Result};

/// Tells whether the program was asked to stop.
#[derive(Debug, Clone, Default)]
pub struct Signals {
    received: Arc<AtomicUsize>,
}

/// Lets a write beyond the limit of `ulimit -f` fail, as any other write does, instead of ending the program.
pub fn outlive_file_size_limit() {
    #[cfg(unix)]
    let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, Arc::default());
}

/// The signals that ask the work to stop.
#[cfg(unix)]
fn ending() -> Vec<std::ffi::c_int> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let mask = ignored();
    let is_ignored = |signal: std::ffi::c_int| mask.map(|mask| mask >> (signal - 1) & 1 == 1);
    // Where nobody says what is ignored, a terminal that closes does not end what `nohup` protects.
    [(SIGINT, false), (SIGTERM, false), (SIGHUP, true)]
        .into_iter()
        .filter_map(|(signal, unknown)| (!is_ignored(signal).unwrap_or(unknown)).then_some(signal))
        .collect()
}

/// The signals that this process ignores, a bit each; only Linux tells.
#[cfg(unix)]
fn ignored() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"))?;
    u64::from_str_radix(mask.trim(), 16).ok()
}

/// Ends the program at the signals that ask for it, without waiting for whatever it does, and leaves nothing unfinished behind.
pub fn end_when_interrupted() -> Result<()> {
    Ending::default().listen(|| {})
}

/// Ends the program at the signals that ask for it, and says that a file was not changed; until that is held off.
pub fn end_until_held(file: &Path) -> Result<Ending> {
    let ending = Ending::default();
    let file = file.to_owned();
    ending.listen(move || not_changed(&file))?;
    Ok(ending)
}

/// Says that a file was not changed because of a signal.
pub fn not_changed(file: &Path) {
    crate::output::tell(&format!("interrupted; {} was not changed", file.display()));
}

/// Whether signals end the program.
#[derive(Debug, Clone, Default)]
pub struct Ending {
    held: Arc<Mutex<bool>>,
}

impl Ending {
    /// Lets no signal end the program from now on: what follows is done to its end. A signal that came before ends it.
    pub fn hold(&self) {
        *self.state() = true;
    }

    fn state(&self) -> MutexGuard<'_, bool> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn listen(&self, say: impl Fn() + Send + 'static) -> Result<()> {
        #[cfg(unix)]
        {
            let signals = signal_hook::iterator::Signals::new(ending());
            let mut signals = signals.map_err(|e| Error::io("cannot listen for signals", e))?;
            let ending = self.clone();
            std::thread::spawn(move || {
                for signal in signals.forever() {
                    // Who holds signals off waits for this, and is ended.
                    let held = ending.state();
                    if !*held {
                        say();
                        hyperslab::remove_unfinished();
                        std::process::exit(128 + signal);
                    }
                }
            });
        }
        #[cfg(not(unix))]
        let _ = say;
        Ok(())
    }
}

impl Signals {
    /// Starts listening.
    pub fn listen() -> Result<Self> {
        let signals = Signals::default();
        #[cfg(unix)]
        for signal in ending() {
            let number = usize::try_from(signal).unwrap_or(0);
            signal_hook::flag::register_usize(signal, signals.received.clone(), number)
                .map_err(|e| Error::io("cannot listen for signals", e))?;
        }
        Ok(signals)
    }

    /// Whether a signal came.
    pub fn stop(&self) -> bool {
        self.received.load(Ordering::Relaxed) != 0
    }

    /// The exit code after an interruption: 128 and the number of the signal.
    pub fn exit_code(&self) -> ExitCode {
        let signal = u8::try_from(self.received.load(Ordering::Relaxed)).unwrap_or(0);
        ExitCode::from(128 + signal)
    }
}
