//! Every rule, broken once in a file that keeps all others.

mod cases;
mod model;

use std::collections::BTreeSet;

use super::{Options, Report, Severity, RULES};
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
    tested.insert("set-block");
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
