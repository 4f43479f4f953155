//! One file after the other.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use exodus_rs::Result;
use serde_json::json;

use crate::output;

/// Does the work with each file; one that cannot be read stops no other. Ends with the worst of the exit codes. In JSON
/// every one of several files has its line, also one with an error.
pub fn each(files: &[PathBuf], json: bool, mut work: impl FnMut(&Path) -> Result<u8>) -> Result<ExitCode> {
    let mut worst = 0;
    for file in files {
        let code = match work(file) {
            Ok(code) => code,
            Err(error) if output::is_broken_pipe(&error) => return Err(error),
            Err(error) => {
                if json && files.len() > 1 {
                    output::report(&format!("{}\n", json!({"file": file, "error": error.to_string()})))?;
                }
                output::complain(&error)
            }
        };
        worst = worst.max(code);
    }
    Ok(ExitCode::from(worst))
}
