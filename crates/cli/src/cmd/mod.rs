//! One module a command; each is a thin face of the libraries.

pub mod check;
pub mod copy;
pub mod diff;
pub mod digest;
pub mod dump;
pub mod info;
pub mod ls;
pub mod process;
mod progress;
