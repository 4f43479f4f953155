//! Running the binary on fixtures.
#![allow(dead_code)] // no test needs all of it

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

pub fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/exodus").join(name)
}

pub fn exo(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_exo")).args(args).output().unwrap()
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Asserts that a command fails with this code and one line that names `what`.
pub fn refuses(args: &[&str], code: i32, what: &str) {
    let done = exo(args);
    let error = text(&done.stderr);
    assert_eq!(done.status.code(), Some(code), "{args:?}: {error}");
    assert!(error.contains(what), "{args:?}: {error}");
    assert!(!error.contains("panicked"), "{args:?}: {error}");
}
