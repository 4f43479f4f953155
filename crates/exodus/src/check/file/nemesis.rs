//! What the file of a decomposed model says of its neighbours.

use crate::check::{rules, Check};
use crate::nemesis::{FileType, Nemesis, Processor};

impl Check<'_> {
    pub(in crate::check) fn nemesis(&mut self) {
        let Some(file) = self.file() else { return };
        let nemesis = match file.nemesis() {
            Ok(Some(nemesis)) => nemesis,
            Ok(None) => return,
            Err(error) => {
                let object = error.location().object.clone().unwrap_or_else(|| "nemesis".to_owned());
                let object = object.trim_start_matches('/');
                return self.report.add(&rules::NEMESIS, object, None, || error.detail().to_owned());
            }
        };
        // A load balance file describes other files, and one of several processors is none of a model.
        if nemesis.file_type == FileType::Parallel && nemesis.processors.len() == 1 && self.init.num_nodes > 0 {
            nemesis.processors.iter().for_each(|processor| self.processor(&nemesis, processor));
        }
    }

    fn processor(&mut self, nemesis: &Nemesis, own: &Processor) {
        let (nodes, elements) = (self.init.num_nodes, self.init.num_elems);
        for (what, list, count) in [
            ("internal nodes", &own.internal_nodes, nodes),
            ("border nodes", &own.border_nodes, nodes),
            ("external nodes", &own.external_nodes, nodes),
            ("internal elements", &own.internal_elements, elements),
            ("border elements", &own.border_elements, elements),
        ] {
            self.within(&rules::NEMESIS_LOAD, what, list, 1, count);
        }
        let neighbours = nemesis.num_processors.saturating_sub(1);
        for map in &own.node_maps {
            self.within(&rules::NEMESIS, &format!("node communication map {}", map.id), &map.nodes, 1, nodes);
            self.within(
                &rules::NEMESIS,
                &format!("processors of node communication map {}", map.id),
                &map.processors,
                0,
                neighbours,
            );
        }
        for map in &own.element_maps {
            self.within(&rules::NEMESIS, &format!("element communication map {}", map.id), &map.elements, 1, elements);
            self.within(
                &rules::NEMESIS,
                &format!("processors of element communication map {}", map.id),
                &map.processors,
                0,
                neighbours,
            );
        }
        let sum = |lists: &[&Vec<i64>]| lists.iter().map(|list| list.len() as u64).sum::<u64>();
        for (what, load, count, global) in [
            (
                "nodes",
                sum(&[&own.internal_nodes, &own.border_nodes, &own.external_nodes]),
                nodes,
                nemesis.num_nodes_global,
            ),
            ("elements", sum(&[&own.internal_elements, &own.border_elements]), elements, nemesis.num_elements_global),
        ] {
            if load != count {
                let message = || format!("the load is {load} {what}, the file has {count}");
                self.report.add(&rules::NEMESIS_LOAD, what, None, message);
            }
            if global > 0 && global < count {
                let message = || format!("the file has {count} {what}, the whole model {global}");
                self.report.add(&rules::NEMESIS_LOAD, what, None, message);
            }
        }
    }

    fn within(&mut self, rule: &rules::Rule, object: &str, list: &[i64], first: u64, last: u64) {
        for (n, &value) in list.iter().enumerate() {
            if !u64::try_from(value).is_ok_and(|value| (first..=last).contains(&value)) {
                let message = || format!("{value} is not in {first} to {last}");
                self.report.add(rule, object, Some(n as u64 + 1), message);
            }
        }
    }
}
