//! What files declare: titles, names, coordinate frames, properties, maps, blobs.

use hyperslab::Result;

use super::super::matching::Tell;
use super::super::model::Model;
use super::super::names::Pairs;
use super::super::options::{Matching, Options};
use super::Strict;
use crate::kind::EntityType;
use crate::mesh::{CoordinateFrame, Property};

/// Compares what both files declare, as far as nothing has to be found for that.
pub(in crate::diff) fn declared(models: &[Model<'_>; 2], options: &Options, tell: &mut Tell<'_>) -> Result<()> {
    Strict { models, options, tell }.declared()
}

impl Strict<'_, '_, '_> {
    fn declared(&mut self) -> Result<()> {
        let [first, second] = self.models;
        let [a, b] = [&first.counts, &second.counts];
        self.value("title", [&a.title, &b.title]);
        if self.options.matching != Matching::Partial {
            self.value("number of edges", [&a.num_edges, &b.num_edges]);
            self.value("number of faces", [&a.num_faces, &b.num_faces]);
        }
        self.value("list of names of the coordinates", [&first.mesh.coord_names, &second.mesh.coord_names]);
        self.frames([&first.mesh.frames, &second.mesh.frames]);
        for kind in EntityType::MAPS.into_iter().chain([EntityType::Blob]) {
            self.entities(kind);
        }
        for kind in EntityType::BLOCKS.into_iter().chain(EntityType::SETS).chain(EntityType::MAPS) {
            let own = |model: &Model<'_>| model.mesh.properties.get(&kind).cloned().unwrap_or_default();
            self.properties(kind, &[own(first), own(second)]);
        }
        if first.mesh.nemesis != second.mesh.nemesis {
            self.differs("What the files say of the parts of a decomposed model is not the same.".to_owned());
        }
        self.all_entity_attributes();
        self.tables()
    }

    /// Compares entities of which there is little more than a name.
    fn entities(&mut self, kind: EntityType) {
        let [first, second] = self.models;
        for entity in first.entities(kind) {
            let what = format!("{} {}", kind.label(), entity.id);
            let Some(partner) = second.partner(kind, entity) else {
                self.alone(&what, true);
                continue;
            };
            self.value(&format!("id of {what}"), [&entity.id.0, &partner.id.0]);
            self.value(&format!("name of {what}"), [&entity.name, &partner.name]);
            if !kind.is_map() {
                self.value(&format!("number of values of {what}"), [&entity.len, &partner.len]);
            }
        }
        for entity in second.alone(kind) {
            self.alone(&format!("{} {}", kind.label(), entity.id), false);
        }
    }

    fn frames(&mut self, [a, b]: [&Vec<CoordinateFrame>; 2]) {
        let pairs = Pairs::by_key(a, b, |frame| frame.id);
        for (one, partner) in a.iter().zip(&pairs.partners) {
            let what = format!("coordinate frame {}", one.id);
            let Some(other) = partner.and_then(|n| b.get(n)) else {
                self.alone(&what, true);
                continue;
            };
            self.value(&format!("kind of {what}"), [&one.tag, &other.tag]);
            let mut places = one.points.as_flattened().iter().zip(other.points.as_flattened());
            if !places.all(|(&a, &b)| self.is_same_place(a, b)) {
                self.differs(format!("The {what} is not the same: {:?} and {:?}.", one.points, other.points));
            }
        }
        for (other, _) in b.iter().zip(&pairs.taken).filter(|(_, &taken)| !taken) {
            self.alone(&format!("coordinate frame {}", other.id), false);
        }
    }

    /// Compares the properties of all entities of a kind.
    fn properties(&mut self, kind: EntityType, [a, b]: &[Vec<Property>; 2]) {
        let names = [a, b].map(|list| list.iter().map(|property| property.name.as_str()).collect::<Vec<_>>());
        let [own, others] = &names;
        let pairs = Pairs::of_names(own, others, false);
        let what = |name: &str| format!("property '{name}' of {}s", kind.label());
        for (one, partner) in a.iter().zip(&pairs.partners) {
            match partner.and_then(|n| b.get(n)) {
                Some(other) => self.property(kind, [one, other]),
                None => self.alone(&what(&one.name), true),
            }
        }
        for (name, _) in others.iter().zip(&pairs.taken).filter(|(_, &taken)| !taken) {
            self.alone(&what(name), false);
        }
    }

    fn property(&mut self, kind: EntityType, [a, b]: [&Property; 2]) {
        let [first, second] = self.models;
        for entity in first.entities(kind) {
            let Some(partner) = second.partner(kind, entity) else { continue };
            let what = format!("property '{}' of {} {}", a.name, kind.label(), entity.id);
            match (a.values.get(entity.index), b.values.get(partner.index)) {
                (Some(one), Some(other)) => self.value(&what, [one, other]),
                (None, None) => {}
                (one, _) => self.alone(&what, one.is_some()),
            }
        }
    }
}
