//! Sets: what they refer to, sides, orientations, distribution factors.

use super::sides::AllSides;
use crate::check::list::List;
use crate::check::{label, rules, Check};
use crate::data::Data;
use crate::kind::EntityType;
use crate::mesh::Entity;
use crate::mesh::Set;
use crate::text::counted;

impl Check<'_> {
    pub(in crate::check) fn sets(&mut self) {
        let mut sides = None;
        for kind in EntityType::SETS {
            let sets = self.value(kind.label(), self.declared.sets(kind)).unwrap_or_default();
            for (set, entity) in sets.iter().zip(&self.declared.entities(kind).unwrap_or_default()) {
                if set.len > 0 {
                    if matches!(kind, EntityType::SideSet | EntityType::ElementSet) && sides.is_none() {
                        sides = Some(self.all_sides());
                    }
                    self.set(set, entity, sides.as_ref());
                }
            }
        }
    }

    fn set(&mut self, set: &Set, entity: &Entity, sides: Option<&AllSides>) {
        let (kind, n, object) = (set.kind, entity.index, label(set.kind, entity));
        let object = object.as_str();
        let Some(members) = self.list(Data::Members(kind, n)) else {
            self.report.add(&rules::SHAPE, object, None, || "the list is missing".to_owned());
            return;
        };
        let extra = self.list(Data::Sides(kind, n));
        for list in [Some(&members), extra.as_ref()].into_iter().flatten() {
            if list.shape() != [set.len] {
                let message = || format!("of shape {:?}, not {}", list.shape(), set.len);
                self.report.add(&rules::SHAPE, &list.name(), None, message);
                return;
            }
        }
        self.attributes(kind, entity);
        self.members(kind, &members, object, sides);
        match (kind, extra, sides) {
            (EntityType::SideSet, Some(extra), Some(sides)) => self.sides(set, object, (&members, &extra), sides),
            (EntityType::SideSet, None, _) => {
                self.report.add(&rules::SHAPE, object, None, || "the sides are missing".to_owned());
            }
            (_, Some(orientations), _) => self.orientations(&orientations, object),
            _ => {}
        }
        if kind != EntityType::SideSet && set.num_factors > 0 && set.num_factors != set.len {
            self.factor_count(object, set.num_factors, set.len);
        }
    }

    fn factor_count(&mut self, object: &str, factors: u64, needed: u64) {
        let factors = counted(factors, "distribution factor", "distribution factors");
        let message = || format!("{factors} for {}", counted(needed, "node", "nodes"));
        self.report.add(&rules::FACTOR_COUNT, object, None, message);
    }

    /// The entries are there, elements in blocks.
    fn members(&mut self, kind: EntityType, members: &List, object: &str, sides: Option<&AllSides>) {
        let (what, count) = match kind {
            EntityType::NodeSet => ("node", self.init.num_nodes),
            EntityType::EdgeSet => ("edge", self.init.num_edges),
            EntityType::FaceSet => ("face", self.init.num_faces),
            _ => ("element", self.init.num_elems),
        };
        let in_blocks = sides.map_or(u64::MAX, AllSides::num_elements);
        self.stream(members, |report, offset, values: &[i64]| {
            for (index, &value) in (offset + 1..).zip(values) {
                let inside = u64::try_from(value).ok().filter(|value| (1..=count).contains(value));
                if inside.is_none() {
                    report.add(&rules::SET_RANGE, object, Some(index), || format!("{what} {value} of {count}"));
                } else if inside.is_some_and(|value| value > in_blocks) {
                    report.add(&rules::SET_BLOCK, object, Some(index), || format!("element {value} is in no block"));
                }
            }
        });
    }

    /// The sides are sides of their elements, and have a distribution factor for each node, or one each.
    fn sides(&mut self, set: &Set, object: &str, (members, sides): (&List, &List), all: &AllSides) {
        let mut nodes = Some(0u64);
        let read = self.stream(sides, |report, offset, own: &[i64]| {
            let Ok(elements) = members.range::<i64>(offset, own.len() as u64) else {
                nodes = None;
                return;
            };
            for ((index, &side), &element) in (offset + 1..).zip(own).zip(&elements) {
                let element = u64::try_from(element).ok().filter(|&element| element > 0);
                let count = element.and_then(|element| all.count(element));
                let inside = |side: &u64| *side > 0 && count.is_none_or(|count| *side <= count);
                let place = u64::try_from(side).ok().filter(inside);
                if let (None, Some(element)) = (place, element) {
                    let count = count.map_or_else(|| "the sides".to_owned(), |count| count.to_string());
                    let message = || format!("side {side} of {count} of element {element}");
                    report.add(&rules::SIDE_RANGE, object, Some(index), message);
                }
                let own = element.zip(place).and_then(|(element, side)| all.nodes(element, side));
                nodes = nodes.zip(own).map(|(sum, own)| sum.saturating_add(own));
            }
        });
        let wrong = |nodes: &u64| ![0, set.len, *nodes].contains(&set.num_factors);
        if let Some(nodes) = nodes.filter(|_| read).filter(wrong) {
            self.factor_count(object, set.num_factors, nodes);
        }
    }

    fn orientations(&mut self, orientations: &List, object: &str) {
        self.stream(orientations, |report, offset, values: &[i64]| {
            for (index, &value) in (offset + 1..).zip(values).filter(|(_, value)| value.abs() != 1) {
                report.add(&rules::ORIENTATION, object, Some(index), || format!("an orientation of {value}"));
            }
        });
    }
}
