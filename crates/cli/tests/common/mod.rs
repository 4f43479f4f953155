//! Running the binary on fixtures.

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
