//! `exo info`: JSON, several files, numbers as they are meant.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod common;

use exodus_rs::{CreateOptions, EntityType, ExodusFile, MeshBuilder, QaRecord};

use common::{exo, fixture, text};

#[test]
fn info_speaks_json() {
    let path = fixture("cdf2.exo");
    let done = exo(&["info", "--json", path.to_str().unwrap()]);
    let info: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
    let file = ExodusFile::open(&path).unwrap();
    assert_eq!(info["num_nodes"].as_u64().unwrap(), file.init_params().num_nodes);
    assert_eq!(info["times"].as_array().unwrap().len() as u64, file.num_steps());
    assert_eq!(info["variables"].as_array().unwrap().len(), file.schema().variables.len());
}

#[test]
fn a_terminal_obeys_no_name_of_a_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("names.exo");
    let mesh = MeshBuilder::new("a \u{1b}[31mpoint").nodes(&[[0.0]]).variables(EntityType::Nodal, ["u\u{1b}[2J"]);
    mesh.create(&path, &CreateOptions::default()).unwrap().finish().unwrap();
    for command in [["info"].as_slice(), &["info", "--long"], &["check"], &["ls"], &["diff", "--summary"]] {
        let done = exo(&[command, &[path.to_str().unwrap()]].concat());
        let shown = [done.stdout, done.stderr].concat();
        assert!(!shown.is_empty() && !shown.contains(&0x1b), "{command:?}: {}", text(&shown));
    }
    // JSON stays JSON, whatever control characters are written in another way.
    let (path, controls) = (directory.path().join("controls.exo"), "a \u{7f}\u{9b}\u{1}point");
    let mesh = MeshBuilder::new(controls).nodes(&[[0.0]]);
    mesh.create(&path, &CreateOptions::default()).unwrap().finish().unwrap();
    let shown = text(&exo(&["info", "--json", path.to_str().unwrap()]).stdout);
    assert!(!shown.contains('\u{7f}') && !shown.contains('\u{9b}'), "{shown:?}");
    let info: serde_json::Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(info["title"], controls);
    // Nor of a name that leads nowhere, whichever command says so.
    for command in ["info", "check", "ls", "dump", "digest"] {
        let shown = exo(&[command, "no\u{1b}[2Jfile"]).stderr;
        assert!(!shown.is_empty() && !shown.contains(&0x1b), "{command}: {}", text(&shown));
    }
    let shown = exo(&["diff", "no\u{1b}[2Jfile", path.to_str().unwrap()]).stderr;
    assert!(!shown.is_empty() && !shown.contains(&0x1b), "diff: {}", text(&shown));
}

#[test]
fn numbers_of_single_precision_are_printed_as_such() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("single.exo");
    for word_size in [4, 8] {
        let options = CreateOptions { word_size, overwrite: true, ..CreateOptions::default() };
        let mesh = MeshBuilder::new("a point").nodes(&[[0.0]]).variables(EntityType::Nodal, ["u"]);
        let writer = mesh.create(&path, &options).unwrap();
        for time in [0.1, 0.3] {
            writer.next_step(time).unwrap().put(EntityType::Nodal, 0, 0, &[0.0]).unwrap();
        }
        writer.finish().unwrap();
        let path = path.to_str().unwrap();
        let json = text(&exo(&["info", "--json", path]).stdout);
        assert!(json.contains(r#""times":[0.1,0.3]"#), "{json}");
        let info: serde_json::Value = serde_json::from_str(&json).unwrap();
        let version = info["version"].to_string();
        assert!(version.len() <= 4, "{version}");
        assert!(text(&exo(&["info", path]).stdout).contains("2 steps, 0.1 to 0.3"));
    }
}

#[test]
fn info_shows_several_files_and_ends_with_the_worst_code() {
    let [first, second] = ["cdf2.exo", "float_cdf2.exo"].map(|name| fixture(name).to_str().unwrap().to_owned());
    let alone = [&first, &second].map(|path| text(&exo(&["info", path]).stdout));
    let all = exo(&["info", &first, "missing.exo", &second]);
    assert_eq!((all.status.code(), text(&all.stdout)), (Some(2), alone.concat()));
    assert!(text(&all.stderr).contains("missing.exo"));
    let json = exo(&["info", "--json", &first, "missing.exo", &second]);
    let printed = text(&json.stdout);
    let lines: Vec<serde_json::Value> = printed.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(
        lines.iter().map(|line| line["file"].as_str().unwrap()).collect::<Vec<_>>(),
        [&first, "missing.exo", &second]
    );
    assert!(lines[1]["error"].as_str().unwrap().contains("missing.exo") && lines[2]["num_nodes"].is_u64());
    assert!(exo(&["info", &first, &second]).status.success());
    // Of one file without an answer there is no line.
    assert!(exo(&["info", "--json", "missing.exo"]).stdout.is_empty());
}

#[test]
fn a_group_is_shown_as_a_model_of_its_own() {
    let path = fixture("change_sets_netcdf4.exo");
    let path = path.to_str().unwrap();
    let shown = |args: &[&str]| text(&exo(&[&["info", path], args].concat()).stdout);
    let whole = shown(&["--long"]);
    assert!(whole.contains("title       two change sets") && whole.contains("2 groups: before, after"), "{whole}");
    assert!(!whole.contains("connect1") && whole.contains("qa_records"), "{whole}");
    assert!(whole.contains("1 of 1 variable as native slices"), "{whole}");
    let after = shown(&["--group", "after", "--long"]);
    for line in [
        "group       after",
        "title       long",
        "2 dimensions, 62 nodes, 30 elements",
        "3 steps, 0 to 0.25",
        "10 \"strip\": 30 x QUAD4",
        "3 nodal variables: disp_x, disp_y, temperature",
        "int connect1(num_el_in_blk1=30, num_nod_per_el1=4)",
    ] {
        assert!(after.contains(line), "{line} is missing: {after}");
    }
    assert!(!after.contains("groups:") && !after.contains("qa_records"), "{after}");
    assert!(shown(&["--group", "before", "--long"]).contains("int64 connect1(num_el_in_blk1=3, num_nod_per_el1=4)"));
}

#[test]
fn json_tells_of_the_group_alone() {
    let path = fixture("change_sets_netcdf4.exo");
    let path = path.to_str().unwrap();
    let shown = |args: &[&str]| -> serde_json::Value {
        serde_json::from_slice(&exo(&[&["info", "--json", path], args].concat()).stdout).unwrap()
    };
    let [whole, before] = [shown(&[]), shown(&["--group", "before"])];
    assert_eq!((whole.get("group"), before["group"].as_str()), (None, Some("before")));
    assert_eq!(
        (whole["groups"].to_string().as_str(), before["groups"].to_string().as_str()),
        (r#"["before","after"]"#, "[]")
    );
    assert_eq!((whole["num_nodes"].as_u64(), before["num_nodes"].as_u64()), (Some(0), Some(8)));
    assert_eq!((whole["size"].as_u64(), &whole["container"]), (before["size"].as_u64(), &before["container"]));
    assert_eq!((whole["times"].to_string().as_str(), before["times"].to_string().as_str()), ("[]", "[0.0,0.125]"));
    let names = |info: &serde_json::Value, list: &str| -> Vec<String> {
        info[list].as_array().unwrap().iter().map(|entry| entry["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&whole, "variables"), ["qa_records"]);
    assert_eq!(names(&whole, "dimensions"), ["len_string", "len_line", "four", "len_name", "num_qa_rec"]);
    let own = names(&before, "variables");
    assert_eq!(own.iter().filter(|name| *name == "connect1").count(), 1, "{own:?}");
    let dimensions = names(&before, "dimensions");
    assert!(dimensions.iter().any(|name| name == "num_nodes") && !dimensions.iter().any(|name| name == "len_name"));
    // A dimension of the file above keeps its name.
    let variables = before["variables"].as_array().unwrap();
    let names = variables.iter().find(|variable| variable["name"] == "eb_names").unwrap();
    assert_eq!(names["dims"].to_string(), r#"["num_el_blk","len_name"]"#);
}

#[test]
fn a_group_that_is_not_there_is_told_with_those_that_are() {
    let [groups, plain] =
        ["change_sets_netcdf4.exo", "cdf2.exo"].map(|name| fixture(name).to_str().unwrap().to_owned());
    let done = exo(&["info", "--group", "during", &groups]);
    assert_eq!((done.status.code(), done.stdout.len()), (Some(2), 0));
    let told = text(&done.stderr);
    assert!(told.contains(&groups) && told.contains("there is no group during: there are before, after"), "{told}");
    // One that lacks the group stops no other.
    let all = exo(&["info", "--group", "after", &plain, &groups]);
    assert_eq!(
        (all.status.code(), text(&all.stdout)),
        (Some(2), text(&exo(&["info", "--group", "after", &groups]).stdout))
    );
    let told = text(&all.stderr);
    assert!(told.contains(&plain) && told.contains("there is no group after: there are none"), "{told}");
    let twice = exo(&["info", "--group", "after", &groups, &groups]);
    assert_eq!((twice.status.code(), text(&twice.stdout).matches("group       after").count()), (Some(0), 2));
}

#[test]
fn one_of_a_thing_is_not_several() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("point.exo");
    let mesh = MeshBuilder::new("a point").nodes(&[[0.0]]).block(1, "SPHERE", &[[1]]);
    mesh.create(&path, &CreateOptions::default()).unwrap().finish().unwrap();
    let shown = text(&exo(&["info", path.to_str().unwrap()]).stdout);
    assert!(shown.contains("(1 node each)"), "{shown}");
}

#[test]
fn what_has_no_name_and_times_that_are_no_numbers_are_told_so() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("odd.exo");
    let qa = |code: &str, date: &str| QaRecord { code: code.to_owned(), date: date.to_owned(), ..QaRecord::default() };
    for (times, told) in [
        (&[f64::NAN, 1.0, 2.0][..], "3 steps, 1 to 2, 1 step without a finite time\n"),
        (&[f64::NAN, 1.0], "2 steps, 1 to 1, 1 step without a finite time\n"),
        (&[f64::NAN], "1 step, without a finite time\n"),
        (&[0.5], "1 step, 0.5 to 0.5\n"),
        (&[], "0 steps\n"),
    ] {
        let mesh = MeshBuilder::new("").nodes(&[[0.0]]).block(1, "", &[[1]]).variables(EntityType::Nodal, ["", "u"]);
        let mesh = mesh.declare(|mesh| mesh.qa_records = vec![qa("", ""), qa("code", ""), qa("", "2026/01/02")]);
        let writer = mesh.create(&path, &CreateOptions { overwrite: true, ..CreateOptions::default() }).unwrap();
        for &time in times {
            let step = writer.next_step(time).unwrap();
            (0..2).for_each(|variable| step.put(EntityType::Nodal, variable, 0, &[0.0]).unwrap());
        }
        writer.finish().unwrap();
        let shown = text(&exo(&["info", path.to_str().unwrap()]).stdout);
        assert!(shown.contains(told), "{told}: {shown}");
        for line in ["unnamed\n", "made by     code\n", "unnamed (2026/01/02)\n", "1 x unnamed (", ": unnamed, u\n"] {
            assert!(shown.contains(line), "{line}: {shown}");
        }
    }
}
