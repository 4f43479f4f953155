//! What the program says that it is.

#![allow(clippy::unwrap_used)]

use std::process::Command;

#[test]
fn the_program_says_its_name_and_version_and_so_does_diff_as_exodiff_does() {
    let version = env!("CARGO_PKG_VERSION");
    for (args, name) in [
        (&["--version"][..], "exo"),
        (&["-V"], "exo"),
        (&["diff", "-version"], "exo-diff"),
        (&["diff", "--version"], "exo-diff"),
    ] {
        let done = Command::new(env!("CARGO_BIN_EXE_exo")).args(args).output().unwrap();
        assert_eq!(String::from_utf8(done.stdout).unwrap(), format!("{name} {version}\n"), "{args:?}");
        assert!(done.status.success() && done.stderr.is_empty(), "{args:?}");
    }
}
