//! Blocks: their number of entries, their types, and what they refer to.

use crate::check::{label, rules, Check};
use crate::data::Data;
use crate::kind::EntityType;
use crate::mesh::Block;
use crate::mesh::Entity;
use crate::text::counted;
use crate::topology::ElementType;

/// A bit for each node.
struct Nodes {
    bits: Vec<u64>,
    count: u64,
}

impl Nodes {
    /// No node is marked; `None` if there are too many.
    fn new(count: u64) -> Option<Self> {
        let words = usize::try_from(count.div_ceil(64)).ok()?;
        let mut bits = Vec::new();
        bits.try_reserve_exact(words).ok()?;
        bits.resize(words, 0);
        Some(Nodes { bits, count })
    }

    /// Marks a node, counted from 1.
    fn mark(&mut self, node: i64) {
        let index = u64::try_from(node).ok().and_then(|node| node.checked_sub(1));
        let Some(index) = index.filter(|&index| index < self.count) else { return };
        let word = usize::try_from(index / 64).ok().and_then(|word| self.bits.get_mut(word));
        if let Some(word) = word {
            *word |= 1 << (index % 64);
        }
    }

    /// How many nodes are not marked, and the first of them, counted from 1.
    fn unmarked(&self) -> (u64, Option<u64>) {
        let marked: u64 = self.bits.iter().map(|word| u64::from(word.count_ones())).sum();
        let word = self.bits.iter().position(|&word| word != u64::MAX);
        let first = word.and_then(|n| Some(n as u64 * 64 + u64::from(self.bits.get(n)?.trailing_ones()) + 1));
        (self.count.saturating_sub(marked), first.filter(|&first| first <= self.count))
    }
}

impl Check<'_> {
    pub(in crate::check) fn blocks(&mut self) {
        let init = &self.init;
        let totals = [init.num_elems, init.num_edges, init.num_faces];
        let mut nodes = self.nodes();
        for (kind, total) in EntityType::BLOCKS.into_iter().zip(totals) {
            let blocks = self.value(kind.label(), self.declared.blocks(kind)).unwrap_or_default();
            let sum = blocks.iter().fold(0u64, |sum, block| sum.saturating_add(block.len));
            // Some writers count edges without having blocks of them.
            if sum != total && (kind == EntityType::ElementBlock || !blocks.is_empty()) {
                let message = || format!("the blocks have {}, the model has {total}", counted(sum, "entry", "entries"));
                self.report.add(&rules::BLOCK_SUM, kind.label(), None, message);
            }
            let entities = self.declared.entities(kind).unwrap_or_default();
            for (block, entity) in blocks.iter().zip(&entities).filter(|(block, _)| block.len > 0) {
                self.block(block, entity, nodes.as_mut());
            }
        }
        if let Some((count, Some(first))) = nodes.filter(|_| self.init.num_elems > 0).map(|nodes| nodes.unmarked()) {
            let message = || match count {
                1 => format!("node {first} belongs to no element, edge or face"),
                _ => format!("{count} nodes belong to no element, edge or face, the first is {first}"),
            };
            self.report.add(&rules::ORPHAN_NODES, "nodes", Some(first), message);
        }
    }

    /// The marks of nodes; none if the file behind the model cannot have that many.
    fn nodes(&self) -> Option<Nodes> {
        let most = self.model.file().map_or(u64::MAX, |file| file.netcdf().size().saturating_mul(64));
        Some(self.init.num_nodes).filter(|&count| count <= most).and_then(Nodes::new)
    }

    fn block(&mut self, block: &Block, entity: &Entity, nodes: Option<&mut Nodes>) {
        let (kind, object, n) = (block.kind, label(block.kind, entity), entity.index);
        let ty = self.element_type(block, &object);
        let (of_nodes, of_faces) = match ty {
            Some(ElementType::Polygon) => (true, false),
            Some(ElementType::Polyhedron) if kind == EntityType::ElementBlock => (false, true),
            _ => (false, false),
        };
        let connectivity = self.list(Data::Connectivity(kind, n));
        if connectivity.is_none() && !of_faces && block.nodes_per_entry > 0 {
            self.report.add(&rules::SHAPE, &object, None, || "there is no connectivity".to_owned());
        }
        self.attributes(kind, entity);
        let width = |per_entry: u64| if of_nodes || of_faces { None } else { Some(per_entry) };
        let (num_nodes, num_edges, num_faces) = (self.init.num_nodes, self.init.num_edges, self.init.num_faces);
        self.references(Data::Connectivity(kind, n), &object, width(block.nodes_per_entry), ("node", num_nodes), nodes);
        if kind == EntityType::ElementBlock {
            self.references(Data::EdgeConnectivity(n), &object, Some(block.edges_per_entry), ("edge", num_edges), None);
            self.references(
                Data::FaceConnectivity(n),
                &object,
                width(block.faces_per_entry),
                ("face", num_faces),
                None,
            );
        }
        if of_nodes || of_faces {
            let list = if of_faces { Data::FaceConnectivity(n) } else { Data::Connectivity(kind, n) };
            self.entry_counts(block, n, &object, list);
        }
    }

    /// The type of a block's elements, if it is one that is known.
    fn element_type<'b>(&mut self, block: &'b Block, object: &str) -> Option<ElementType<'b>> {
        let ty = ElementType::parse(&block.topology, block.nodes_per_entry, self.init.num_dim);
        match &ty {
            Ok(ElementType::Other(name)) => {
                let message = || format!("nothing is known of the type {name:?}");
                self.report.add(&rules::ELEMENT_TYPE, object, None, message);
            }
            Ok(ElementType::Standard(_)) => {
                let digits = block.topology.trim_start_matches(|c: char| !c.is_ascii_digit());
                let promised: Option<u64> = digits.parse().ok();
                if let Some(promised) = promised.filter(|&promised| promised > 0 && promised != block.nodes_per_entry) {
                    let nodes = counted(block.nodes_per_entry, "node", "nodes");
                    let message = || format!("type {} with {nodes}, not {promised}", block.topology);
                    self.report.add(&rules::ELEMENT_NODES, object, None, message);
                }
            }
            Ok(_) => {}
            Err(error) => self.report.add(&rules::ELEMENT_NODES, object, None, || error.detail().to_owned()),
        }
        ty.ok()
    }

    /// What a list of a block refers to is there, and the list has `per_entry` numbers for each entry.
    fn references(
        &mut self,
        data: Data,
        object: &str,
        per_entry: Option<u64>,
        (what, count): (&str, u64),
        mut nodes: Option<&mut Nodes>,
    ) {
        let Some(list) = self.list(data) else { return };
        let own = list.shape().get(1).copied().unwrap_or(1);
        if let Some(per_entry) = per_entry.filter(|&per_entry| per_entry != own) {
            let message = || format!("{} for each entry, not {per_entry}", counted(own, "number", "numbers"));
            self.report.add(&rules::SHAPE, &list.name(), None, message);
        }
        self.stream(&list, |report, offset, values: &[i64]| {
            for (n, &value) in (offset..).zip(values) {
                if !u64::try_from(value).is_ok_and(|value| (1..=count).contains(&value)) {
                    let message = || format!("{what} {value} of {count}");
                    report.add(&rules::CONNECTIVITY_RANGE, object, Some(n / own.max(1) + 1), message);
                }
                if let Some(nodes) = nodes.as_deref_mut() {
                    nodes.mark(value);
                }
            }
        });
    }

    /// The counts of polygons or polyhedra add up to the length of their list.
    fn entry_counts(&mut self, block: &Block, n: usize, object: &str, list: Data) {
        let listed = self.list(list).and_then(|list| list.len()).unwrap_or(0);
        let Some(counts) = self.list(Data::Counts(block.kind, n)) else {
            self.report.add(&rules::ENTRY_COUNTS, object, None, || "there are no counts".to_owned());
            return;
        };
        let mut sum = 0i64;
        let read = self.stream(&counts, |report, offset, values: &[i64]| {
            for (n, &value) in (offset..).zip(values) {
                sum = sum.saturating_add(value);
                if value <= 0 {
                    report.add(&rules::ENTRY_COUNTS, object, Some(n + 1), || format!("a count of {value}"));
                }
            }
        });
        if read && u64::try_from(sum) != Ok(listed) {
            let message = || format!("the counts add up to {sum}, but {listed} are listed");
            self.report.add(&rules::ENTRY_COUNTS, object, None, message);
        }
    }
}
