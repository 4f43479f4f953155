//! Parts that an array does not have, in the words of those who made the mesh.

use hyperslab::{Error, Result};

use super::part::range;
use super::{Data, Part};
use crate::kind::EntityType;

impl Part {
    /// Refuses a part that an array of these lengths, steps first, does not have. What is missing is counted from 1, as people
    /// see it in the file.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage), with the first step, entry or component that is not there.
    pub(crate) fn check(&self, shape: &[u64]) -> Result<()> {
        let (data, mut lengths) = (self.data, shape.iter().copied());
        let steps = if data.is_stepwise() { lengths.next() } else { None };
        let is_list = lengths.len() == 1;
        let axes = [
            ("step", &self.steps, steps),
            (data.entry_word(is_list), &self.entries, lengths.next()),
            (data.component_word(), &self.components, lengths.next()),
        ];
        for (what, bounds, len) in axes.into_iter().filter_map(|(what, bounds, len)| Some((what, bounds, len?))) {
            let wanted = range(bounds, len);
            if wanted.end > len {
                let missing = wanted.start.max(len).saturating_add(1);
                let there = if len == 0 { "there are none".to_owned() } else { format!("the last is {len}") };
                return Err(Error::usage(format!("there is no {what} {missing}: {there}")));
            }
        }
        Ok(())
    }
}

impl Data {
    /// What an entry is. A list of all nodes of polygons, or of all faces of polyhedra, has one number after the other.
    fn entry_word(self, is_list: bool) -> &'static str {
        match self {
            Data::Connectivity(..) | Data::EdgeConnectivity(_) | Data::FaceConnectivity(_) if is_list => "number",
            Data::Coordinate(_) => "node",
            Data::EdgeConnectivity(_) | Data::FaceConnectivity(_) | Data::OrderMap => "element",
            Data::Reductions(..) => "variable",
            Data::Factors(..) => "factor",
            Data::Times => "time",
            Data::Connectivity(kind, _)
            | Data::Counts(kind, _)
            | Data::Attributes(kind, _)
            | Data::Members(kind, _)
            | Data::Sides(kind, _)
            | Data::IdMap(kind)
            | Data::NumMap(kind, _)
            | Data::Variable(kind, ..) => kind.entry_word(),
        }
    }

    /// What every entry has several of.
    fn component_word(self) -> &'static str {
        match self {
            Data::Connectivity(..) => "node",
            Data::EdgeConnectivity(_) => "edge",
            Data::FaceConnectivity(_) => "face",
            Data::Attributes(..) => "attribute",
            _ => "component",
        }
    }
}

impl EntityType {
    /// What an entity of the kind has entries of.
    fn entry_word(self) -> &'static str {
        match self {
            EntityType::Nodal | EntityType::NodeSet | EntityType::NodeMap => "node",
            EntityType::EdgeBlock | EntityType::EdgeSet | EntityType::EdgeMap => "edge",
            EntityType::FaceBlock | EntityType::FaceSet | EntityType::FaceMap => "face",
            EntityType::ElementBlock | EntityType::ElementSet | EntityType::ElementMap => "element",
            EntityType::SideSet => "side",
            EntityType::Assembly => "member",
            EntityType::Blob | EntityType::Global => "value",
        }
    }
}
