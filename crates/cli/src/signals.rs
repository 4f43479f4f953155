//! Signals: SIGINT and SIGTERM ask the work to stop, so that nothing unfinished is left behind; SIGXFSZ is no reason to end.

use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;

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

/// Ends the program at SIGINT and SIGTERM, without waiting for whatever it does, and leaves nothing unfinished behind.
pub fn end_when_interrupted() -> Result<()> {
    #[cfg(unix)]
    {
        use signal_hook::consts::{SIGINT, SIGTERM};
        let signals = signal_hook::iterator::Signals::new([SIGINT, SIGTERM]);
        let mut signals = signals.map_err(|e| Error::io("cannot listen for signals", e))?;
        std::thread::spawn(move || {
            if let Some(signal) = signals.forever().next() {
                hyperslab::remove_unfinished();
                std::process::exit(128 + signal);
            }
        });
    }
    Ok(())
}

impl Signals {
    /// Starts listening.
    pub fn listen() -> Result<Self> {
        let signals = Signals::default();
        #[cfg(unix)]
        for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
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
