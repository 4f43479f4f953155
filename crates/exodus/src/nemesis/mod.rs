//! What a file of a decomposed model says of the whole model and of its neighbours (nemesis).

mod names;
mod read;
#[cfg(test)]
mod tests;
mod write;

pub(crate) use names::{is_variable, OF_A_MEMBER};
pub(crate) use read::{global_ids, num_processors};

/// Whether a file belongs to some processors, or describes how a model is to be decomposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FileType {
    /// The part of the model that belongs to the processors in the file.
    #[default]
    Parallel,
    /// The load balance of all processors.
    Scalar,
}

/// The part of a decomposed model that a file holds, and how it is connected to the other parts.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Nemesis {
    /// The version of the convention.
    pub file_version: Option<f64>,
    /// The version of the library that wrote the file.
    pub api_version: Option<f64>,
    /// The number of processors that the model is decomposed for.
    pub num_processors: u64,
    /// What the file is.
    pub file_type: FileType,
    /// Nodes of the whole model.
    pub num_nodes_global: u64,
    /// Elements of the whole model.
    pub num_elements_global: u64,
    /// The element blocks of the whole model.
    pub element_blocks: Vec<GlobalBlock>,
    /// The node sets of the whole model.
    pub node_sets: Vec<GlobalSet>,
    /// The side sets of the whole model.
    pub side_sets: Vec<GlobalSet>,
    /// The processors in the file; most files hold one.
    pub processors: Vec<Processor>,
}

/// An element block of the whole model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct GlobalBlock {
    /// The identifier; 0 where the writer did not know.
    pub id: i64,
    /// Elements; 0 where the writer did not know.
    pub len: i64,
}

/// A set of the whole model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct GlobalSet {
    /// The identifier; 0 where the writer did not know.
    pub id: i64,
    /// Entries; 0 where the writer did not know.
    pub len: i64,
    /// Distribution factors.
    pub num_factors: i64,
}

/// The load of one processor: nodes and elements are numbered from 1 as in its own file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Processor {
    /// Nodes of this processor alone.
    pub internal_nodes: Vec<i64>,
    /// Nodes that it shares with others.
    pub border_nodes: Vec<i64>,
    /// Nodes that others compute.
    pub external_nodes: Vec<i64>,
    /// Elements without a neighbour on another processor.
    pub internal_elements: Vec<i64>,
    /// Elements with a neighbour on another processor.
    pub border_elements: Vec<i64>,
    /// Which nodes are shared with whom.
    pub node_maps: Vec<NodeMap>,
    /// Which sides of elements are shared with whom.
    pub element_maps: Vec<ElementMap>,
}

/// The nodes that a processor exchanges with its neighbours.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NodeMap {
    /// The identifier; often the number of the neighbour.
    pub id: i64,
    /// The nodes, numbered from 1.
    pub nodes: Vec<i64>,
    /// The processor that shares each node, numbered from 0.
    pub processors: Vec<i64>,
}

/// The sides of elements that a processor exchanges with its neighbours.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ElementMap {
    /// The identifier; often the number of the neighbour.
    pub id: i64,
    /// The elements, numbered from 1.
    pub elements: Vec<i64>,
    /// The side of each element, numbered from 1.
    pub sides: Vec<i64>,
    /// The processor on the other side, numbered from 0.
    pub processors: Vec<i64>,
}

impl Processor {
    /// The lists of nodes and elements, in the order of the table of names.
    fn lists(&self) -> [&Vec<i64>; 5] {
        [&self.internal_nodes, &self.border_nodes, &self.external_nodes, &self.internal_elements, &self.border_elements]
    }

    fn lists_mut(&mut self) -> [&mut Vec<i64>; 5] {
        [
            &mut self.internal_nodes,
            &mut self.border_nodes,
            &mut self.external_nodes,
            &mut self.internal_elements,
            &mut self.border_elements,
        ]
    }
}
