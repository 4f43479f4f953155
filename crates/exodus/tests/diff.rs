//! Comparisons of what only a mesh of several kinds has.
#![allow(clippy::unwrap_used)] // a test that fails may panic

use std::ops::ControlFlow;
use std::path::Path;

use exodus_rs::diff::{compare, summarize, ChangeSets, Finding, Options, Place, Report};
use exodus_rs::{Container, CreateOptions, EntityType, ExodusFile, ExodusWriter, Mesh, MeshBuilder};

/// Two shells and their side set of faces (4 nodes each) and edges (2), in this order.
fn shells(path: &Path, sides: &[(i64, i64)], factors: &[f64]) -> ExodusFile {
    let nodes = [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [2.0, 0.0, 0.0], [0.0, 1.0, 0.0], [1.0, 1.0, 0.0], [2.0, 1.0, 0.0]];
    let mesh = MeshBuilder::new("two shells")
        .nodes(&nodes)
        .block(1, "SHELL4", &[[1, 2, 5, 4], [2, 3, 6, 5]])
        .side_set(7, sides)
        .factors(factors);
    mesh.create(path, &CreateOptions::default()).unwrap().finish().unwrap();
    ExodusFile::open(path).unwrap()
}

fn compared(first: &ExodusFile, second: &ExodusFile) -> (Report, Vec<(Place, [f64; 2])>) {
    let mut found = Vec::new();
    let report = compare(first, second, &Options::default(), &mut |finding| {
        if let Finding::Values(difference) = finding {
            found.push((difference.place, difference.values));
        }
        ControlFlow::Continue(())
    });
    (report.unwrap(), found)
}

#[test]
fn factors_belong_to_the_nodes_of_their_side() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    let (face, edge, other) = ([1.0, 2.0, 3.0, 4.0], [5.0, 6.0], [7.0, 8.0]);
    let sides = [(1, 1), (1, 3), (2, 3)];
    let first = shells(&path("first.exo"), &sides, &[&face[..], &edge, &other].concat());
    let turned = [sides[2], sides[0], sides[1]];
    let same = shells(&path("same.exo"), &turned, &[&other[..], &face, &edge].concat());
    let (report, found) = compared(&first, &same);
    assert!(report.verdict.is_same() && found.is_empty(), "{found:?}");
    for (name, sides, factors) in [
        ("changed.exo", sides, [&face[..], &edge, &[7.0, 9.0]].concat()),
        ("turned.exo", turned, [&[7.0, 9.0], &face[..], &edge].concat()),
    ] {
        let (_, found) = compared(&first, &shells(&path(name), &sides, &factors));
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].1, [8.0, 9.0]);
        assert_eq!(found[0].0, Place::SideOfSet { set: 7, element: 2, side: 3 });
    }
}

#[test]
fn whoever_breaks_off_between_change_sets_gets_no_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("groups.exo");
    let mut root = Mesh::new("two designs", 1, 0);
    root.groups = ["early", "late"].map(|name| (name.to_owned(), Mesh::new(name, 1, 1))).to_vec();
    let options = CreateOptions { container: Container::NetCdf4, ..CreateOptions::default() };
    let writer = ExodusWriter::create(&path, &root, &options).unwrap();
    for (name, place) in [("early", 0.0), ("late", 0.5)] {
        writer.group(name).unwrap().put_coords(&[&[place]]).unwrap();
    }
    writer.finish().unwrap();
    let file = ExodusFile::open(&path).unwrap();
    let output = directory.path().join("out.exo");
    let report = compare(&file, &file, &Options::default(), &mut |_| ControlFlow::Continue(())).unwrap();
    assert_eq!((report.differences, report.verdict.is_same()), (1, false), "nothing was compared");
    let root = ChangeSets::pair(&file, &file, Some("0,late")).unwrap();
    assert_eq!(root.compare(&Options::default(), &mut |_| ControlFlow::Continue(())).unwrap().differences, 1);
    let sets = ChangeSets::pair(&file, &file, Some("early")).unwrap();
    let written = sets.write_differences(&output, &Options::default(), &mut |_| ControlFlow::Break(())).unwrap();
    assert_eq!((written.size, output.exists()), (None, false));
    let report = ChangeSets::pair(&file, &file, Some("early,late:late,early")).unwrap();
    let mut differences = 0;
    let report = report.compare(&Options::default(), &mut |finding| {
        differences += u64::from(finding.is_difference());
        if finding.is_difference() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    // The first pair is enough.
    assert_eq!((report.unwrap().differences, differences), (1, 1));
}

/// Points in a line, at times, with nodal variables of these names, all 1.0.
fn points(path: &Path, times: &[f64], names: &[&str]) -> ExodusFile {
    let mesh = MeshBuilder::new("points").nodes(&[[0.0], [1.0]]).variables(EntityType::Nodal, names.iter().copied());
    let options = CreateOptions { container: Container::Cdf2, ..CreateOptions::default() };
    let writer = mesh.create(path, &options).unwrap();
    for &time in times {
        let step = writer.next_step(time).unwrap();
        (0..names.len()).for_each(|n| step.put_nodal(n, &[1.0; 2]).unwrap());
    }
    writer.finish().unwrap();
    ExodusFile::open(path).unwrap()
}

#[test]
fn times_that_are_no_numbers_differ_as_values_do() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    let file = points(&path("nan.exo"), &[0.0, f64::NAN], &["u"]);
    let timed = points(&path("timed.exo"), &[0.0, 1.0], &["u"]);
    for [first, second] in [[&file, &file], [&file, &timed], [&timed, &file]] {
        let differences = |ignore_nans| {
            let options = Options { ignore_nans, ..Options::default() };
            compare(first, second, &options, &mut |_| ControlFlow::Continue(())).unwrap().differences
        };
        assert_eq!((differences(false), differences(true)), (1, 0));
    }
}

#[test]
fn a_summary_of_any_names_is_a_command_file() {
    let directory = tempfile::tempdir().unwrap();
    let names = ["a b", "a,b", "!c", "d*", "#e", "f=g", "say \"h\""];
    let file = points(&directory.path().join("names.exo"), &[0.0], &names);
    let summary = summarize(&file, &Options::default(), false).unwrap().to_string();
    let mut options = Options::default();
    options.apply_command_file(&summary).unwrap();
    let report = compare(&file, &file, &options, &mut |_| ControlFlow::Continue(())).unwrap();
    assert!(report.verdict.is_same(), "{summary}");
    assert_eq!(report.variables, names.len(), "{summary}");
}

#[test]
fn steps_before_a_cut_are_compared_if_no_others_are_asked_for() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("whole.exo");
    let whole = points(&path, &[0.0, 1.0, 2.0], &["u"]);
    let mut bytes = std::fs::read(&path).unwrap();
    bytes.truncate(bytes.len() - 1);
    let torn = ExodusFile::from_bytes(bytes).unwrap();
    let compared = |steps: &str| {
        let mut options = Options::default();
        options.steps.set_range(steps).unwrap();
        compare(&torn, &whole, &options, &mut |_| ControlFlow::Continue(()))
    };
    for steps in ["1:2", "2", ":1"] {
        assert!(compared(steps).unwrap().verdict.is_same(), "{steps}");
    }
    for steps in ["1:3", "3", "last", "1:"] {
        assert!(compared(steps).is_err(), "{steps}");
    }
}
