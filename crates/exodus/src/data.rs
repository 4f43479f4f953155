//! Every array of numbers of a model has an address: what it is, and which part of it is meant.
//!
//! Reading and writing go through the same addresses, so that whatever can be read can be written and the other way
//! round: views, buffers and owned arrays; one step, a range of steps, one entry through time, a range of entries.

mod bounds;

use std::ops::{Bound, Range, RangeBounds};

use hyperslab::{Error, Result, Selection};

use crate::kind::EntityType;
use crate::names;

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

    /// Whether it holds several variables side by side.
    pub(crate) fn is_several(self) -> bool {
        matches!(self, Data::Reductions(..))
    }

    /// Where the file keeps it: the name in new files, then the name in old ones.
    pub(crate) fn addresses(self, number: &dyn Fn(EntityType, usize) -> Option<i64>) -> Vec<Address> {
        let own = |name: String| Address { name, shared: None };
        let numbered = |prefix: Option<&str>, kind, index| {
            number(kind, index).zip(prefix).map(|(n, prefix)| own(format!("{prefix}{n}"))).into_iter().collect()
        };
        match self {
            Data::Coordinate(axis) => {
                let old = Address { name: names::COORD.to_owned(), shared: Some((0, axis as u64)) };
                names::COORDS.get(axis).map(|name| own((*name).to_owned())).into_iter().chain([old]).collect()
            }
            Data::EdgeConnectivity(n) => vec![own(names::numbered(names::EDGE_CONNECTIVITY, n))],
            Data::FaceConnectivity(n) => vec![own(names::numbered(names::FACE_CONNECTIVITY, n))],
            Data::Counts(kind, n) => numbered(kind.entity_counts(), kind, n),
            Data::Attributes(EntityType::Nodal, _) => vec![own(names::NODAL_ATTRIBUTES.to_owned())],
            Data::IdMap(kind) => kind.id_map().map(|name| own(name.to_owned())).into_iter().collect(),
            Data::OrderMap => vec![own(names::ELEM_MAP.to_owned())],
            Data::Times => vec![own(names::TIME_WHOLE.to_owned())],
            Data::Reductions(EntityType::Global, _) => vec![own(names::VALS_GLO_VAR.to_owned())],
            Data::Reductions(kind, n) => numbered(kind.reductions().map(|row| row.values), kind, n),
            Data::Variable(kind, variable, n) => variable_addresses(kind, variable, number(kind, n)),
            Data::Connectivity(kind, n)
            | Data::Attributes(kind, n)
            | Data::Members(kind, n)
            | Data::Sides(kind, n)
            | Data::Factors(kind, n)
            | Data::NumMap(kind, n) => numbered(self.prefix(), kind, n),
        }
    }

    /// The name before the number, from the table of kinds.
    fn prefix(self) -> Option<&'static str> {
        match self {
            Data::Connectivity(kind, _) => {
                kind.names().filter(|row| row.nodes_per_entry.is_some()).map(|row| row.entries)
            }
            Data::Members(kind, _) => {
                kind.names().filter(|row| row.factors.is_some() || kind == EntityType::Assembly).map(|row| row.entries)
            }
            Data::NumMap(kind, _) => kind.names().filter(|_| kind.is_map()).map(|row| row.entries),
            Data::Attributes(kind, _) => kind.names()?.attributes.map(|[_, values, _]| values),
            Data::Sides(kind, _) => kind.names()?.extra,
            Data::Factors(kind, _) => kind.names()?.factors,
            _ => None,
        }
    }
}

fn variable_addresses(kind: EntityType, variable: usize, number: Option<i64>) -> Vec<Address> {
    let shared = |name: &str| Address { name: name.to_owned(), shared: Some((1, variable as u64)) };
    let own = |name: String| Address { name, shared: None };
    match (kind, kind.variables(), number) {
        (EntityType::Global, ..) => vec![shared(names::VALS_GLO_VAR)],
        (EntityType::Nodal, ..) => {
            vec![own(names::numbered(names::VALS_NOD_VAR, variable)), shared(names::VALS_NOD_VAR)]
        }
        (_, Some(row), Some(n)) => vec![own(format!("{}{}{}{n}", row.values, variable + 1, row.suffix))],
        _ => Vec::new(),
    }
}

impl Part {
    /// A range of steps.
    #[must_use]
    pub fn steps(mut self, steps: impl RangeBounds<u64>) -> Self {
        self.steps = (steps.start_bound().cloned(), steps.end_bound().cloned());
        self
    }

    /// One step.
    #[must_use]
    pub fn step(self, step: u64) -> Self {
        self.steps(step..=step)
    }

    /// A range of entries.
    #[must_use]
    pub fn entries(mut self, entries: impl RangeBounds<u64>) -> Self {
        self.entries = (entries.start_bound().cloned(), entries.end_bound().cloned());
        self
    }

    /// One entry.
    #[must_use]
    pub fn entry(self, entry: u64) -> Self {
        self.entries(entry..=entry)
    }

    /// One of what every entry has several of.
    #[must_use]
    pub fn component(self, component: u64) -> Self {
        self.components(component..=component)
    }

    /// A range of what every entry has several of: attributes, nodes of an element.
    #[must_use]
    pub fn components(mut self, components: impl RangeBounds<u64>) -> Self {
        self.components = (components.start_bound().cloned(), components.end_bound().cloned());
        self
    }

    /// What it is a part of.
    pub fn data(&self) -> Data {
        self.data
    }

    /// The same part of another array.
    pub(crate) fn of(&self, data: Data) -> Part {
        Part { data, ..self.clone() }
    }

    /// The part with all entries.
    pub(crate) fn all_entries(&self) -> Part {
        Part { entries: ALL, ..self.clone() }
    }

    /// The part with all components of its entries.
    pub(crate) fn all_components(&self) -> Part {
        Part { components: ALL, ..self.clone() }
    }

    /// The steps of it, of so many.
    pub(crate) fn steps_of(&self, len: u64) -> Range<u64> {
        range(&self.steps, len)
    }

    /// The entries of it, of so many.
    pub(crate) fn entries_of(&self, len: u64) -> Range<u64> {
        range(&self.entries, len)
    }

    /// The components of it, of so many.
    pub(crate) fn components_of(&self, len: u64) -> Range<u64> {
        range(&self.components, len)
    }

    /// The region of an array of this shape. Ends that are left open are those of the array.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for a part along an axis that the array does not have, and for results that a file
    /// keeps without steps.
    pub(crate) fn region(&self, address: &Address, shape: &[u64]) -> Result<Selection> {
        if matches!(self.data, Data::Variable(..) | Data::Reductions(..)) && shape.len() < 2 {
            return Err(Error::usage(format!("{} has no time steps", describe(self.data))));
        }
        let mut region = Selection::all(shape);
        let mut axes = (0..shape.len()).filter(|&axis| address.shared.is_none_or(|(shared, _)| shared != axis));
        let stepwise = self.data.is_stepwise();
        let steps = if stepwise { axes.next() } else { None };
        let wanted = [
            ("steps", steps, self.steps),
            ("entries", axes.next(), self.entries),
            ("components", axes.next(), self.components),
        ];
        let mut set = |axis: usize, range: Range<u64>| {
            if let (Some(start), Some(count)) = (region.start.get_mut(axis), region.count.get_mut(axis)) {
                (*start, *count) = (range.start, range.end.saturating_sub(range.start));
            }
        };
        for (what, axis, bounds) in wanted {
            match axis {
                Some(axis) => set(axis, range(&bounds, shape.get(axis).copied().unwrap_or(0))),
                // What has no such axis has one of it.
                None if range(&bounds, 1) == (0..1) => {}
                None => return Err(Error::usage(format!("{} have no more than one of {what}", describe(self.data)))),
            }
        }
        if let Some((shared, index)) = address.shared {
            set(shared, index..index.saturating_add(1));
        }
        Ok(region)
    }
}

fn range(bounds: &(Bound<u64>, Bound<u64>), length: u64) -> Range<u64> {
    let start = match bounds.0 {
        Bound::Included(start) => start,
        Bound::Excluded(start) => start.saturating_add(1),
        Bound::Unbounded => 0,
    };
    let end = match bounds.1 {
        Bound::Included(end) => end.saturating_add(1),
        Bound::Excluded(end) => end,
        Bound::Unbounded => length,
    };
    start..end.max(start)
}

/// The netCDF variable that holds an array, and the axis and index that stand for it where several share one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    pub name: String,
    pub shared: Option<(usize, u64)>,
}

impl Address {
    /// Whether the array is in a variable of this shape: it may share one that has too few places.
    pub fn is_in(&self, shape: &[u64]) -> bool {
        self.shared.is_none_or(|(axis, index)| shape.get(axis).is_some_and(|&length| index < length))
    }

    /// The lengths of the array in a variable of this shape.
    pub fn shape(&self, shape: &[u64]) -> Vec<u64> {
        let shared = self.shared.map(|(axis, _)| axis);
        shape.iter().enumerate().filter(|(axis, _)| Some(*axis) != shared).map(|(_, n)| *n).collect()
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
