//! Errors say which of the two files they are about.

use std::path::Path;

use exodus_rs::CreateOptions;
use hyperslab::netcdf::Container;

use super::model::Model;
use super::{check, run, Files, ERROR};

/// Renames something in the header of a classic file, so that the file lacks it.
pub(super) fn rename(path: &Path, old: &str, new: &str) {
    let mut bytes = std::fs::read(path).unwrap();
    let at = bytes.windows(old.len()).position(|window| window == old.as_bytes()).unwrap();
    bytes[at..at + old.len()].copy_from_slice(new.as_bytes());
    std::fs::write(path, bytes).unwrap();
}

/// The usual model twice; one of the files is damaged.
fn damaged(which: usize, damage: impl Fn(&Path)) -> Files {
    let classic = CreateOptions { container: Container::Cdf2, ..CreateOptions::default() };
    let model = Model::new(|model| model.options = classic);
    let files = Files::new(&model, &model);
    damage(&files.paths[which]);
    files
}

#[test]
fn the_file_that_lacks_something_is_named() {
    for (which, own, other) in [(0, "a.exo: ", "b.exo: "), (1, "b.exo: ", "a.exo: ")] {
        let files = damaged(which, |path| rename(path, "coordy", "kaardy"));
        for options in [&[][..], &["-map"], &["-partial"], &["--json"]] {
            let done = files.run(options);
            check(&done, ERROR, own);
            check(&done, ERROR, "the model has no coordinate 2");
            assert!(!done.error.contains(other), "{}", done.error);
        }
        let cut = damaged(which, |path| {
            let bytes = std::fs::read(path).unwrap();
            std::fs::write(path, &bytes[..bytes.len() - 100]).unwrap();
        });
        check(&cut.run(&[]), ERROR, own);
        assert!(!cut.run(&[]).error.contains(other));
    }
}

#[test]
fn a_summary_names_its_file() {
    let files = damaged(0, |path| rename(path, "coordy", "kaardy"));
    let path = files.paths[0].to_str().unwrap();
    let done = run(&["-summary", "-min_coordinate_separation"], &[path], None);
    assert_eq!(done.code, ERROR);
    assert!(done.error.contains(&format!("{path}: the model has no coordinate 2")), "{}", done.error);
}

#[test]
fn the_file_that_has_too_few_steps_is_named() {
    let files = damaged(0, |_| ());
    check(&files.run(&["-explicit", "9:1"]), ERROR, "a.exo: there is no step 9: the file has 4");
    check(&files.run(&["-explicit", "1:9"]), ERROR, "b.exo: there is no step 9: the file has 4");
}
