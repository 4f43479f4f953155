//! One module a command; each is a thin face of the libraries.

pub mod append;
pub mod check;
pub mod completions;
pub mod convert;
pub mod copy;
pub mod diff;
pub mod digest;
pub mod dump;
mod each;
pub mod edit;
pub mod info;
pub mod ls;
pub mod man;
pub mod process;
mod progress;
pub mod recover;
pub mod repack;
mod rewrite;
