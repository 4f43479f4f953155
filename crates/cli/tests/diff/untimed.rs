//! Steps without times.

use exodus_rs::prelude::*;
use exodus_rs::{CreateOptions, EntityType::Nodal, ExodusFile};
use hyperslab::netcdf::Container;

use super::errors::rename;
use super::model::{usual, Model};
use super::{check, run, Files, DIFFERENT, SAME};

/// The usual model and one with another value at the second step; some have no times.
fn files(untimed: &[usize]) -> Files {
    let options = CreateOptions { container: Container::Cdf2, ..CreateOptions::default() };
    let first = Model::new(|model| model.options = options);
    let mut second = first.clone();
    second.values.insert((1, Nodal, 0, 0, 4), usual((1, Nodal, 0, 0, 4)) + 1.0);
    second.times = vec![9.0, 7.0, 5.0, 3.0];
    let files = Files::new(&first, &second);
    untimed.iter().for_each(|&which| rename(&files.paths[which], "time_whole", "tame_whole"));
    files
}

#[test]
fn they_are_told_by_their_number() {
    let files = files(&[0, 1]);
    for options in [&[][..], &["-interpolate"], &["-TM"]] {
        let done = files.run(options);
        check(&done, DIFFERENT, "Neither file has times: steps are compared by their number.");
        check(&done, DIFFERENT, "--- Time step 2 ~ step 2 ---");
        check(&done, DIFFERENT, "Compared 4 steps of 10 variables: 1 difference.");
    }
    let json: serde_json::Value = serde_json::from_str(&files.run(&["--json"]).out).unwrap();
    assert_eq!(json.pointer("/findings/1/times"), Some(&serde_json::json!([null, null])), "{json}");
    let path = files.paths[0].to_str().unwrap();
    let summary = run(&["-summary"], &[path], None).out;
    assert!(summary.contains("# No TIME STEPS"), "{summary}");
}

#[test]
fn no_invented_time_differs_from_one() {
    for (which, said) in [(0, "The first file has no times"), (1, "The second file has no times")] {
        let files = files(&[which]);
        for options in [&[][..], &["-interpolate"]] {
            let done = files.run(options);
            check(&done, DIFFERENT, said);
            check(&done, DIFFERENT, ": 2 differences.");
            assert!(!done.out.contains("whose time differs") && !done.out.contains("final times"), "{}", done.out);
        }
    }
}

#[test]
fn their_differences_have_no_times() {
    for (untimed, code, times) in [(&[0, 1][..], SAME, false), (&[0], DIFFERENT, false), (&[1], DIFFERENT, true)] {
        let files = files(untimed);
        let out = files.directory.path().join("out.exo");
        let done = run(&[], &[&files.paths[0], &files.paths[1], &out].map(|path| path.to_str().unwrap()), None);
        assert_eq!(done.code, code, "{}{}", done.out, done.error);
        let found = ExodusFile::open(&out).unwrap();
        assert_eq!((found.num_steps(), found.netcdf().find("time_whole").is_some()), (4, times));
        assert_eq!(found.var(1, Nodal, 0, 0).unwrap().into_vec()[4], -1.0);
    }
}
