//! Every array of numbers of a model has an address: what it is, and which part of it is meant.
//!
//! Reading and writing go through the same addresses, so that whatever can be read can be written and the other way
//! round: views, buffers and owned arrays; one step, a range of steps, one entry through time, a range of entries.

mod address;
mod bounds;
mod part;

use std::ops::{Bound, RangeBounds};

use crate::kind::EntityType;

pub(crate) use address::Address;

/// An array of numbers of the model. Kinds of entities come with the position of the entity, counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Data {
    /// x, y or z of every node.
    Coordinate(usize),
    /// The nodes of every entry of a block: entries x nodes; of polygons one list of all their nodes, of which
    /// [`ModelExt::entries_of`](crate::ModelExt::entries_of) finds those of each.
    Connectivity(EntityType, usize),
    /// The edges of every element of an element block: elements x edges.
    EdgeConnectivity(usize),
    /// The faces of every element of an element block: elements x faces; of polyhedra one list of all their faces, as for
    /// [`Data::Connectivity`].
    FaceConnectivity(usize),
    /// The number of nodes of each polygon, or of faces of each polyhedron, of a block.
    Counts(EntityType, usize),
    /// The attributes of every entry of a block or a set: entries x attributes. With [`EntityType::Nodal`] those of the nodes.
    Attributes(EntityType, usize),
    /// The members of a set or of an assembly.
    Members(EntityType, usize),
    /// The sides of the elements of a side set, or the orientations of the edges or faces of a set.
    Sides(EntityType, usize),
    /// The distribution factors of a set.
    Factors(EntityType, usize),
    /// The identifiers of nodes, edges, faces or elements, by the kind of map.
    IdMap(EntityType),
    /// A number map.
    NumMap(EntityType, usize),
    /// The order in which elements are to be processed.
    OrderMap,
    /// The time of every step.
    Times,
    /// One variable on one entity: steps x entries. [`EntityType::Nodal`] and [`EntityType::Global`] have entity 0; a
    /// global variable has no axis of entries.
    Variable(EntityType, usize, usize),
    /// All reduction variables of one entity: steps x variables. Those of [`EntityType::Global`] are the global variables.
    Reductions(EntityType, usize),
}

/// A part of an array of numbers: all of it, unless steps or entries are named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    data: Data,
    steps: (Bound<u64>, Bound<u64>),
    entries: (Bound<u64>, Bound<u64>),
    components: (Bound<u64>, Bound<u64>),
}

const ALL: (Bound<u64>, Bound<u64>) = (Bound::Unbounded, Bound::Unbounded);

impl From<Data> for Part {
    fn from(data: Data) -> Self {
        Part { data, steps: ALL, entries: ALL, components: ALL }
    }
}

impl Data {
    /// One step, counted from 0.
    pub fn step(self, step: u64) -> Part {
        Part::from(self).steps(step..=step)
    }

    /// A range of steps.
    pub fn steps(self, steps: impl RangeBounds<u64>) -> Part {
        Part::from(self).steps(steps)
    }

    /// One entry (a node, an element …), through all steps if there are any.
    pub fn entry(self, entry: u64) -> Part {
        Part::from(self).entries(entry..=entry)
    }

    /// A range of entries.
    pub fn entries(self, entries: impl RangeBounds<u64>) -> Part {
        Part::from(self).entries(entries)
    }

    /// One of what every entry has several of: one attribute, the n-th node of every element.
    pub fn component(self, component: u64) -> Part {
        Part::from(self).components(component..=component)
    }

    /// The part that a box is: where it begins along each axis, and its lengths.
    pub(crate) fn boxed(self, start: &[u64], count: &[u64]) -> Part {
        let mut axes = start.iter().zip(count).map(|(&start, &count)| start..start.saturating_add(count));
        let mut part = Part::from(self);
        if self.is_stepwise() {
            part = axes.next().into_iter().fold(part, Part::steps);
        }
        part = axes.next().into_iter().fold(part, Part::entries);
        axes.next().into_iter().fold(part, Part::components)
    }

    /// Whether there is a value for each step.
    pub fn is_stepwise(self) -> bool {
        matches!(self, Data::Times | Data::Variable(..) | Data::Reductions(..))
    }

    /// The array that it is one column of, or itself: a global variable is one of the values that all of them are.
    pub(crate) fn whole(self) -> Data {
        match self {
            Data::Variable(EntityType::Global, ..) => Data::Reductions(EntityType::Global, 0),
            other => other,
        }
    }

    /// Whether it holds several variables side by side.
    pub(crate) fn is_several(self) -> bool {
        matches!(self, Data::Reductions(..))
    }
}

/// An array in words; entities are counted from 1, as people see them in the file.
pub(crate) fn describe(data: Data) -> String {
    let of = |what: &str, kind: EntityType, index: usize| format!("{what} of {} {}", kind.label(), index + 1);
    match data {
        Data::Coordinate(axis) => format!("coordinate {}", axis + 1),
        Data::Connectivity(kind, n) => of("nodes", kind, n),
        Data::EdgeConnectivity(n) => of("edges", EntityType::ElementBlock, n),
        Data::FaceConnectivity(n) => of("faces", EntityType::ElementBlock, n),
        Data::Counts(kind, n) => of("counts", kind, n),
        Data::Attributes(kind, n) => of("attributes", kind, n),
        Data::Members(kind, n) => of("members", kind, n),
        Data::Sides(kind, n) => of("sides or orientations", kind, n),
        Data::Factors(kind, n) => of("distribution factors", kind, n),
        Data::IdMap(kind) => format!("identifiers ({})", kind.label()),
        Data::NumMap(kind, n) => format!("{} {}", kind.label(), n + 1),
        Data::OrderMap => "element order map".to_owned(),
        Data::Times => "times".to_owned(),
        Data::Variable(kind, variable, n) => of(&format!("variable {}", variable + 1), kind, n),
        Data::Reductions(kind, n) => of("reduction variables", kind, n),
    }
}
