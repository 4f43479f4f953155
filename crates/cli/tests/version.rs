//! What the program says that it is.

#![allow(clippy::unwrap_used)]

mod common;

use common::{exo, text};

#[test]
fn the_program_says_its_name_and_version_and_so_does_diff_as_exodiff_does() {
    let version = env!("CARGO_PKG_VERSION");
    for (args, name) in [
        (&["--version"][..], "exo"),
        (&["-V"], "exo"),
        (&["diff", "-version"], "exo-diff"),
        (&["diff", "--version"], "exo-diff"),
    ] {
        let done = exo(args);
        assert_eq!(text(&done.stdout), format!("{name} {version}\n"), "{args:?}");
        assert!(done.status.success() && done.stderr.is_empty(), "{args:?}");
    }
}
