//! Every rule, broken once in a file that keeps all others.

mod cases;
mod model;

use std::collections::BTreeSet;

use hyperslab::netcdf::Container;

use super::{check, check_netcdf, Options, Report, Severity, RULES};
use crate::model::Scaled;
use crate::{Block, CreateOptions, EntityType, ExodusFile, ExodusWriter, Mesh};
use model::Model;

const ALL: Options = Options { values: true, limit: 10 };

fn found(report: &Report) -> Vec<(&str, &str, Option<u64>)> {
    report.findings.iter().map(|finding| (finding.rule, finding.object.as_str(), finding.index)).collect()
}

#[test]
fn a_clean_file_has_no_findings() {
    for container in model::CONTAINERS {
        let mut clean = Model::clean();
        clean.container = container;
        assert_eq!(clean.check(&ALL), Report::new(ALL.limit), "{container:?}");
    }
}

#[test]
fn every_broken_rule_is_found_and_nothing_else() {
    let mut wrong = Vec::new();
    for (number, case) in cases::CASES.iter().enumerate() {
        let mut broken = Model::clean();
        (case.break_it)(&mut broken);
        let report = broken.check(&ALL);
        let expected: Vec<_> = case.places.iter().map(|(object, index)| (case.rule, *object, *index)).collect();
        if found(&report) != expected {
            wrong.push(format!("case {number}, {expected:?}: {:#?}", report.findings));
        }
        let rule = RULES.iter().find(|rule| rule.name == case.rule).unwrap();
        assert!(report.findings.iter().all(|finding| finding.severity == rule.severity || finding.rule != rule.name));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The rules of the file.
const OF_FILES: [&str; 12] = [
    "word-size",
    "int64-status",
    "text-widths",
    "time-unlimited",
    "unknown-variable",
    "name-encoding",
    "name-end",
    "name-length",
    "status",
    "torn-step",
    "nemesis",
    "nemesis-load",
];
/// The lists that only a file has.
const LISTS: [&str; 5] = ["eb_status", "em_prop1", "elem_var_tab", "name_elem_var", "frame_coordinates"];

/// Where a model that is no file breaks a rule that a file breaks: in the same places, by other names. A mesh is one thing:
/// where it cannot be gathered, nothing else is known.
fn places_in_models(case: &cases::Case) -> Vec<(&'static str, Option<u64>)> {
    match case.places {
        [("n_comm_data_idx", _)] => vec![("unreadable", None)],
        [("assembly 7", None)] if case.rule == "assembly" => vec![("unreadable", None)],
        [(object, _)] if LISTS.contains(object) => Vec::new(),
        _ if OF_FILES.contains(&case.rule) => Vec::new(),
        places => places.iter().map(|(_, index)| (case.rule, *index)).collect(),
    }
}

#[test]
fn models_that_are_no_files_are_checked_as_files_are() {
    let mut wrong = Vec::new();
    for (number, case) in cases::CASES.iter().enumerate() {
        let mut broken = Model::clean();
        (case.break_it)(&mut broken);
        let report = check(&Scaled::new(&broken.file(), 1.0), &ALL);
        let places: Vec<_> = report.findings.iter().map(|finding| (finding.rule, finding.index)).collect();
        if places != places_in_models(case) {
            wrong.push(format!("case {number}, {:?} {:?}: {:#?}", case.rule, case.places, report.findings));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn files_that_are_cut_off_are_incomplete() {
    let bytes = Model::clean().bytes();
    for (len, expected) in [(bytes.len(), vec![]), (bytes.len() - 20, vec![("incomplete", "file", None)])] {
        let source = hyperslab::Source::from_bytes(bytes[..len].to_vec());
        let file = hyperslab::netcdf::File::from_source(source).unwrap();
        assert_eq!(found(&check_netcdf(file, &ALL).unwrap()), expected);
    }
}

#[test]
fn models_in_groups_are_checked() {
    let mut mesh = Mesh::new("whole", 1, 1);
    let mut change = Mesh::new("change", 1, 2);
    change.blocks.push(Block::new(EntityType::ElementBlock, 3, "BAR2", 1, 2));
    mesh.groups.push(("refined".to_owned(), change));
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.exo");
    let options = CreateOptions { container: Container::NetCdf4, ..CreateOptions::default() };
    let writer = ExodusWriter::create(&path, &mesh, &options).unwrap();
    writer.put_coords(&[&[0.0]]).unwrap();
    let group = writer.group("refined").unwrap();
    group.put_coords(&[&[0.0, 1.0]]).unwrap();
    group.put_connectivity(EntityType::ElementBlock, 0, &[1, 3]).unwrap();
    writer.finish().unwrap();
    let report = check(&ExodusFile::open(&path).unwrap(), &ALL);
    let errors = report.findings.iter().filter(|finding| finding.severity == Severity::Error);
    let expected = [("connectivity-range", "/refined: element block 3")];
    assert_eq!(errors.map(|finding| (finding.rule, finding.object.as_str())).collect::<Vec<_>>(), expected);
}

/// An element that is in no block is also one too many.
#[test]
fn elements_of_sets_belong_to_blocks() {
    let mut broken = Model::clean();
    broken.dimension("num_elem", 3);
    broken.set("elem_num_map", &[1, 2, 3]);
    broken.set("elem_map1", &[0; 3]);
    broken.set("elem_ss1", &[3, 1]);
    broken.remove("dist_fact_ss1");
    let expected = [("block-sum", "element block", None), ("set-block", "side set 2", Some(1))];
    assert_eq!(found(&broken.check(&ALL)), expected);
}

#[test]
fn every_rule_is_tested() {
    let mut tested: BTreeSet<&str> = cases::CASES.iter().map(|case| case.rule).collect();
    // Members that disagree are in `tests/uneven.rs`.
    tested.extend(["set-block", "incomplete", "shared-nodes"]);
    assert_eq!(tested, RULES.iter().map(|rule| rule.name).collect());
    assert_eq!(tested.len(), RULES.len(), "names of rules are unique");
}

#[test]
fn findings_beyond_the_limit_are_counted() {
    let mut broken = Model::clean();
    broken.set("connect1", &[0, 7, 7, 7, 7, 7, 7, 7]);
    let report = broken.check(&Options { limit: 3, ..ALL });
    let listed = report.findings.iter().filter(|finding| finding.rule == "connectivity-range").count();
    assert_eq!((listed, report.counts["connectivity-range"], report.unlisted("connectivity-range")), (3, 8, 5));
    assert_eq!(report.worst(), Some(Severity::Error));
}

#[test]
fn results_are_read_when_asked_for() {
    let mut broken = Model::clean();
    broken.set_floats("vals_nod_var1", &[f64::NAN; 12]);
    assert_eq!(broken.check(&Options::default()), Report::new(10));
    assert_eq!(found(&broken.check(&ALL)), [("results-finite", "vals_nod_var1", Some(1))]);
}

#[test]
fn findings_read_well() {
    let mut broken = Model::clean();
    broken.set("connect1", &[1, 2, 5, 4, 2, 3, 6, 0]);
    let report = broken.check(&ALL);
    let text = report.findings[0].to_string();
    assert_eq!(text, "error: element block 10 \"plate\" [2]: node 0 of 6 (connectivity-range)");
}
