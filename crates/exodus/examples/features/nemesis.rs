//! What one of three processors says of its part.

use exodus_rs::nemesis::{ElementMap, FileType, GlobalBlock, GlobalSet, Nemesis, NodeMap, Processor};

/// The share of one processor and its neighbours.
pub fn nemesis() -> Nemesis {
    let block = |id, len| GlobalBlock { id, len };
    let set = |id, len, num_factors| GlobalSet { id, len, num_factors };
    Nemesis {
        file_version: None,
        api_version: None,
        num_processors: 3,
        file_type: FileType::Parallel,
        num_nodes_global: 100,
        num_elements_global: 81,
        element_blocks: vec![block(100, 40), block(20, 20), block(7, 10), block(30, 10), block(3, 1)],
        node_sets: vec![set(11, 8, 8), set(10, 3, 0), set(9, 1, 0)],
        side_sets: vec![set(41, 6, 22), set(40, 2, 0)],
        processors: vec![Processor {
            internal_nodes: (1..=10).collect(),
            border_nodes: (11..=15).collect(),
            external_nodes: vec![16, 17],
            internal_elements: vec![1, 3, 4],
            border_elements: vec![2, 5, 6],
            node_maps: vec![
                NodeMap { id: 1, nodes: vec![11, 12, 13], processors: vec![1; 3] },
                NodeMap { id: 2, nodes: vec![14, 15], processors: vec![2; 2] },
            ],
            element_maps: vec![ElementMap { id: 1, elements: vec![2, 6], sides: vec![3, 1], processors: vec![1, 1] }],
        }],
    }
}
