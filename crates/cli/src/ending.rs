//! How the program ends.

use exodus_rs::{Error, Kind};

/// Usage or input error.
pub const BAD_INPUT: u8 = 2;
/// The operating system refused.
pub const IO_FAILURE: u8 = 3;

/// The exit code after an error. A file that is not there is a mistake of the caller's; a file that cannot be read or
/// written is not.
pub fn code(error: &Error) -> u8 {
    let missing = error.io_error().is_some_and(|e| e.kind() == std::io::ErrorKind::NotFound);
    match error.kind() {
        Kind::Io if !missing => IO_FAILURE,
        _ => BAD_INPUT,
    }
}
