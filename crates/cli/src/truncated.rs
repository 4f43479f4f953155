//! Inputs that another program cuts short while they are mapped.
//!
//! Who reads a page that is gone gets SIGBUS. A handler says which file it was, removes what is unfinished, and ends the
//! program: the one signal handler of the command line, and its one unsafe room beside the call that maps.
#![cfg_attr(unix, allow(unsafe_code))]

use std::ops::Range;
use std::path::Path;
use std::sync::OnceLock;

use exodus_rs::Error;

/// A file that was mapped, and the one after it. Entries are added and never changed, so that a signal handler may walk
/// along them: a step is one atomic load.
struct Mapped {
    pages: Range<usize>,
    line: String,
    next: OnceLock<Box<Mapped>>,
}

static MAPPED: OnceLock<Box<Mapped>> = OnceLock::new();

fn mapped() -> impl Iterator<Item = &'static Mapped> {
    std::iter::successors(MAPPED.get(), |entry| entry.next.get()).map(Box::as_ref)
}

/// Watches over a mapped file from now on.
pub fn watch(path: &Path, bytes: &[u8]) {
    let start = bytes.as_ptr().addr();
    // The last page is mapped whole.
    let pages = start..start.saturating_add(bytes.len()).saturating_add(1 << 16);
    let line = format!(
        "exo: {}: another program made the file shorter while it was read: --no-mmap reads it without mapping it\n",
        path.display()
    );
    let mut entry = Box::new(Mapped { pages, line, next: OnceLock::new() });
    let mut place = &MAPPED;
    while let Err(back) = place.set(entry) {
        entry = back;
        match place.get() {
            Some(taken) => place = &taken.next,
            None => return,
        }
    }
    #[cfg(unix)]
    handler::install();
}

/// What to say of an error that the system reports when it is to read what is not there any more.
pub fn line(error: &Error) -> Option<&'static str> {
    #[cfg(unix)]
    {
        let gone = error.io_error()?.raw_os_error() == Some(libc::EFAULT);
        mapped().next().filter(|_| gone).map(|entry| entry.line.as_str())
    }
    #[cfg(not(unix))]
    {
        let _ = error;
        None
    }
}

#[cfg(unix)]
mod handler {
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::Once;

    use libc::{c_int, c_void, siginfo_t};

    use super::mapped;

    /// Makes SIGBUS speak.
    pub fn install() {
        static ONCE: Once = Once::new();
        ONCE.call_once(|| {
            let handle: extern "C" fn(c_int, *mut siginfo_t, *mut c_void) = gone;
            // SAFETY: a structure of integers may be all zeros, which is the empty mask; `handle` has the signature that
            // SA_SIGINFO asks for, lives as long as the program, and does only what may be done at any instruction.
            unsafe {
                let mut action: libc::sigaction = std::mem::zeroed();
                action.sa_sigaction = handle as libc::sighandler_t;
                action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
                libc::sigaction(libc::SIGBUS, &action, std::ptr::null_mut());
            }
        });
    }

    /// Ends the program. Everything here may be called inside a signal handler: atomic loads, write(2), unlink(2),
    /// _exit(2), signal(2). Nothing allocates or waits for a lock.
    extern "C" fn gone(_: c_int, info: *mut siginfo_t, _: *mut c_void) {
        static SAID: AtomicBool = AtomicBool::new(false);
        // SAFETY: with SA_SIGINFO the system passes the description of the signal, which for SIGBUS has an address.
        let address = unsafe { (*info).si_addr() }.addr();
        let Some(entry) = mapped().find(|entry| entry.pages.contains(&address)) else {
            // None of ours: the instruction is tried again, and the program ends as it would have.
            // SAFETY: sets the default action of a signal.
            unsafe { libc::signal(libc::SIGBUS, libc::SIG_DFL) };
            return;
        };
        // Other threads read on, and come here again, until the first one has ended the program.
        if !SAID.swap(true, Ordering::SeqCst) {
            let _ = rustix::io::write(rustix::stdio::stderr(), entry.line.as_bytes());
            hyperslab::remove_unfinished();
            signal_hook::low_level::exit(c_int::from(crate::ending::IO_FAILURE));
        }
    }
}
