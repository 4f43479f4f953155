//! Attributes of the entries of blocks and sets, and of the nodes.

use std::collections::HashMap;

use hyperslab::Result;
use ndarray::Array2;

use super::{Fixed, Of};
use crate::data::Data;
use crate::diff::choose::Chosen;
use crate::diff::finding::{Finding, Severity};
use crate::diff::kernel::{Rows, Second, Target};
use crate::diff::mesh::in_order;
use crate::diff::names::Pairs;
use crate::diff::options::Matching;
use crate::diff::raw::{native_bytes, Raw};
use crate::diff::subject::Subject;
use crate::diff::tolerance::{Mode, Tolerance};
use crate::kind::EntityType;
use crate::model::ModelExt;

impl Fixed<'_, '_> {
    /// Compares the attributes of all element blocks, where blocks belong together as a whole.
    pub fn attributes(&self, chosen: &[Chosen], tell: &mut dyn FnMut(Finding)) -> Result<()> {
        let [first, second] = self.models;
        let kind = EntityType::ElementBlock;
        if !self.by_blocks() {
            return Ok(());
        }
        let chosen = ByName::new(chosen, self.options.ignore_case);
        for block in first.entities(kind) {
            let Some(partner) = second.partner(kind, block) else { continue };
            let names = [first.attributes(block.index), second.attributes(partner.index)];
            let compared = self.compared(&names, &chosen);
            if compared.is_empty() {
                continue;
            }
            if compared.iter().any(|(chosen, _)| chosen.tolerance.mode != Mode::Ignore) {
                self.packing([block, partner].map(|block| Data::Attributes(kind, block.index)), tell);
            }
            let a = first.read(|file| file.attributes_array(kind, block.index))?;
            let b = second.read(|file| file.attributes_array(kind, partner.index))?;
            for (chosen, [one, two]) in compared {
                if one >= a.ncols() || two >= b.ncols() {
                    continue;
                }
                let a = native_bytes(a.column(one).iter().copied());
                let b = native_bytes(b.column(two).iter().copied());
                let second = Second::Row(Raw::native(&b));
                let (subject, name) = (Subject::ElementAttribute, &chosen.name);
                let of = Of { subject, name, entity: block.index, id: block.id.0, sides: None };
                self.compare(&of, chosen.tolerance, Raw::native(&a), second, tell)?;
            }
        }
        Ok(())
    }

    /// Which of the chosen attributes two blocks have, and where.
    fn compared<'c>(&self, [own, others]: &[Vec<String>; 2], chosen: &ByName<'c>) -> Vec<(&'c Chosen, [usize; 2])> {
        let pairs = Pairs::of_names(own, others, self.options.ignore_case).partners;
        let both = own.iter().enumerate().zip(pairs).filter_map(|((n, name), partner)| Some((name, [n, partner?])));
        both.filter_map(|(name, places)| Some((chosen.find(name)?, places))).collect()
    }

    /// Whether the attributes of element blocks are compared block by block.
    fn by_blocks(&self) -> bool {
        self.maps.elements.is_none() && self.options.matching != Matching::FileOrder
    }

    /// Compares what exodiff passes over: the attributes of nodes, of edges, faces and sets, their names and order, and
    /// those of elements that are found one by one.
    pub fn all_attributes(&self, tell: &mut dyn FnMut(Finding)) -> Result<()> {
        let [first, second] = self.models;
        self.attributes_of(EntityType::Nodal, [0, 0], 0, tell)?;
        for kind in EntityType::BLOCKS.into_iter().chain(EntityType::SETS) {
            for entity in first.entities(kind) {
                if let Some(partner) = second.partner(kind, entity) {
                    self.attributes_of(kind, [entity.index, partner.index], entity.id.0, tell)?;
                }
            }
        }
        Ok(())
    }

    fn attributes_of(
        &self,
        kind: EntityType,
        [index, partner]: [usize; 2],
        id: i64,
        tell: &mut dyn FnMut(Finding),
    ) -> Result<()> {
        let [first, second] = self.models;
        let of = if kind == EntityType::Nodal { "the nodes".to_owned() } else { format!("{} {id}", kind.label()) };
        let own = first.attribute_names(kind, index).to_vec();
        let others = second.attribute_names(kind, partner).to_vec();
        if own != others {
            let text = format!("The attributes of {of} are called {own:?} and {others:?}.");
            tell(Finding::Message(Severity::Difference, text));
        }
        if kind == EntityType::ElementBlock && self.by_blocks() || own.is_empty() || others.is_empty() {
            return Ok(());
        }
        if own.iter().filter_map(|name| self.tolerance_of(name)).any(|tolerance| tolerance.mode != Mode::Ignore) {
            self.packing([index, partner].map(|n| Data::Attributes(kind, n)), tell);
        }
        let a = first.read(|file| file.attributes_array(kind, index))?;
        let b = self.partners_of(kind, [index, partner])?;
        let subject = match kind {
            EntityType::ElementBlock => Subject::ElementAttribute,
            _ => Subject::Attribute(kind),
        };
        for (n, name) in own.iter().enumerate().filter(|&(n, _)| n < a.ncols()) {
            let Some(tolerance) = self.tolerance_of(name) else { continue };
            // The n-th of a name belongs to the n-th.
            let nth = own.iter().take(n).filter(|other| *other == name).count();
            let first = native_bytes(a.column(n).iter().copied());
            let columns: Vec<Option<Vec<u8>>> = b.columns(name, nth);
            let of = Of { subject, name, entity: index, id, sides: None };
            let rows: Vec<_> = columns
                .iter()
                .map(|column| Some(Rows { first: Raw::native(column.as_ref()?), second: None }))
                .collect();
            match (&b.order, rows.first()) {
                (Some(targets), _) => {
                    self.compare(&of, tolerance, Raw::native(&first), Second::Mapped(targets, &rows), tell)?
                }
                (None, Some(Some(row))) if row.first.len() == a.nrows() => {
                    self.compare(&of, tolerance, Raw::native(&first), row.in_order(), tell)?;
                }
                (None, Some(Some(row))) => {
                    let lengths = format!("{} and {} values", a.nrows(), row.first.len());
                    let text = format!("The attribute '{name}' of {} {id} has {lengths}.", kind.label());
                    tell(Finding::Message(Severity::Difference, text));
                }
                // The names have told.
                (None, _) => {}
            }
        }
        Ok(())
    }

    /// Where the values are in the second file that belong to those of an entity.
    fn partners_of(&self, kind: EntityType, [index, partner]: [usize; 2]) -> Result<Partners> {
        let [first, second] = self.models;
        let whole = |n: usize| -> Result<(Vec<String>, Array2<f64>)> {
            let names = second.attribute_names(kind, n).to_vec();
            Ok((names, second.read(|file| file.attributes_array(kind, n))?))
        };
        let order = match (kind, &self.maps.nodes) {
            (EntityType::Nodal, Some(nodes)) => Some(nodes.clone()),
            (EntityType::ElementBlock, ..) if self.maps.elements.is_some() => {
                let (blocks, targets) = self.maps.of_block(first, index).unwrap_or_default();
                let arrays = blocks.into_iter().map(whole).collect::<Result<_>>()?;
                return Ok(Partners { arrays, order: Some(targets) });
            }
            (kind, ..) if EntityType::SETS.contains(&kind) && self.is_of_one_length(kind, [index, partner]) => {
                in_order(self.models, kind, [index, partner], self.maps, self.options)?
            }
            _ => None,
        };
        Ok(Partners { arrays: vec![whole(partner)?], order })
    }

    fn is_of_one_length(&self, kind: EntityType, [index, partner]: [usize; 2]) -> bool {
        let [first, second] = self.models;
        let len = |model: &super::Model<'_>, n: usize| model.entities(kind).get(n).map(|entity| entity.len);
        len(first, index) == len(second, partner)
    }

    /// The tolerance of an attribute; `None` if it is not compared.
    fn tolerance_of(&self, name: &str) -> Option<Tolerance> {
        let default = || {
            let selection = self.options.selection(Subject::ElementAttribute);
            selection.map_or(self.options.default_tolerance, |selection| selection.default)
        };
        self.options.named_for(name).map_or_else(|| Some(default()), |named| named.tolerance)
    }
}

/// Attributes of the second file: names and values of entities, and where those of each entry are.
struct Partners {
    arrays: Vec<(Vec<String>, Array2<f64>)>,
    order: Option<Vec<Target>>,
}

impl Partners {
    /// The values of the n-th attribute of a name, from each entity.
    fn columns(&self, name: &str, nth: usize) -> Vec<Option<Vec<u8>>> {
        let column = |(names, array): &(Vec<String>, Array2<f64>)| {
            let (at, _) = names.iter().enumerate().filter(|(_, other)| *other == name).nth(nth)?;
            (at < array.ncols()).then(|| native_bytes(array.column(at).iter().copied()))
        };
        self.arrays.iter().map(column).collect()
    }
}

/// What is chosen, by name: there may be very many.
struct ByName<'c> {
    exact: HashMap<&'c str, &'c Chosen>,
    /// Without regard to case, if case does not matter.
    alike: HashMap<String, &'c Chosen>,
}

impl<'c> ByName<'c> {
    fn new(chosen: &'c [Chosen], ignore_case: bool) -> Self {
        // The first of several comes last.
        let list = || chosen.iter().rev();
        let alike = list().filter(|_| ignore_case).map(|chosen| (chosen.name.to_ascii_lowercase(), chosen));
        ByName { exact: list().map(|chosen| (chosen.name.as_str(), chosen)).collect(), alike: alike.collect() }
    }

    fn find(&self, name: &str) -> Option<&'c Chosen> {
        let exact = self.exact.get(name).copied();
        exact.or_else(|| self.alike.get(&name.to_ascii_lowercase()).copied())
    }
}
