//! Lists of entities, by their kind.

use std::collections::BTreeMap;
use std::ops::{Index, IndexMut};
use std::sync::OnceLock;

use super::Block;
use crate::kind::EntityType;
use crate::topology::ElementNumbers;

/// What is of a kind.
pub trait OfKind {
    /// Its kind.
    fn kind(&self) -> EntityType;
}

/// The entities of several kinds, those of each kind in their order.
///
/// ```
/// use exodus_rs::{Block, EntityType, Mesh};
/// let mut mesh = Mesh::new("a hex", 3, 8);
/// mesh.blocks.push(Block::new(EntityType::ElementBlock, 10, "HEX8", 1, 8));
/// assert_eq!(mesh.blocks.of(EntityType::ElementBlock)[0].id.0, 10);
/// assert!(mesh.blocks.of(EntityType::FaceBlock).is_empty());
/// ```
#[derive(Debug, Clone)]
pub struct ByKind<T> {
    lists: BTreeMap<EntityType, Vec<T>>,
    /// How the numbers of elements go through the blocks: asked for again and again, and counted once until something changes.
    elements: OnceLock<ElementNumbers>,
}

impl<T> ByKind<T> {
    /// The entities of a kind.
    pub fn of(&self, kind: EntityType) -> &[T] {
        self.lists.get(&kind).map(Vec::as_slice).unwrap_or_default()
    }

    /// The entities of a kind, to be changed.
    pub fn of_mut(&mut self, kind: EntityType) -> &mut Vec<T> {
        self.changing().entry(kind).or_default()
    }

    /// The kinds that have entities, with these.
    pub(crate) fn lists(&self) -> impl Iterator<Item = (EntityType, &[T])> {
        self.lists.iter().filter(|(_, list)| !list.is_empty()).map(|(&kind, list)| (kind, list.as_slice()))
    }

    /// All entities, kind by kind.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.lists.values().flatten()
    }

    /// All entities, kind by kind, to be changed.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.changing().values_mut().flatten()
    }

    /// How many there are of all kinds.
    pub fn len(&self) -> usize {
        self.lists.values().map(Vec::len).sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes all away.
    pub fn clear(&mut self) {
        self.changing().clear();
    }

    /// The lists, for whoever may change them.
    fn changing(&mut self) -> &mut BTreeMap<EntityType, Vec<T>> {
        self.elements.take();
        &mut self.lists
    }
}

impl ByKind<Block> {
    /// How the numbers of elements go through the element blocks.
    pub(super) fn element_numbers(&self) -> &ElementNumbers {
        let count = || ElementNumbers::of(self.of(EntityType::ElementBlock).iter().map(|block| block.len));
        self.elements.get_or_init(count)
    }
}

/// `lists[kind]` are the entities of a kind.
impl<T> Index<EntityType> for ByKind<T> {
    type Output = [T];

    fn index(&self, kind: EntityType) -> &[T] {
        self.of(kind)
    }
}

impl<T> IndexMut<EntityType> for ByKind<T> {
    fn index_mut(&mut self, kind: EntityType) -> &mut [T] {
        self.of_mut(kind)
    }
}

impl<T: OfKind> ByKind<T> {
    /// Adds an entity after those of its kind.
    pub fn push(&mut self, entity: T) {
        self.of_mut(entity.kind()).push(entity);
    }
}

impl<T> Default for ByKind<T> {
    fn default() -> Self {
        ByKind { lists: BTreeMap::new(), elements: OnceLock::new() }
    }
}

/// Kinds without entities make no difference.
impl<T: PartialEq> PartialEq for ByKind<T> {
    fn eq(&self, other: &Self) -> bool {
        let lists = |of: &'_ Self| of.lists.iter().filter(|(_, list)| !list.is_empty()).count();
        lists(self) == lists(other) && self.lists.iter().all(|(&kind, list)| list == other.of(kind))
    }
}

impl<T: OfKind> Extend<T> for ByKind<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, entities: I) {
        entities.into_iter().for_each(|entity| self.push(entity));
    }
}

impl<T: OfKind> FromIterator<T> for ByKind<T> {
    fn from_iter<I: IntoIterator<Item = T>>(entities: I) -> Self {
        let mut lists = ByKind::default();
        lists.extend(entities);
        lists
    }
}

impl<T: OfKind> From<Vec<T>> for ByKind<T> {
    fn from(entities: Vec<T>) -> Self {
        entities.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_counted_is_counted_anew_when_blocks_change() {
        let block = |len| Block::new(EntityType::ElementBlock, 1, "HEX8", len, 8);
        let mut blocks = ByKind::from(vec![block(2)]);
        assert_eq!(blocks.element_numbers().len(), 2);
        blocks.push(block(3));
        assert_eq!(blocks.element_numbers().find(3), Some((1, 0)));
        blocks.of_mut(EntityType::ElementBlock)[0].len = 4;
        assert_eq!(blocks.element_numbers().find(3), Some((0, 2)));
        blocks[EntityType::ElementBlock][1].len = 9;
        assert_eq!(blocks.element_numbers().len(), 13);
        blocks.iter_mut().for_each(|block| block.len = 1);
        assert_eq!(blocks.clone().element_numbers().len(), 2);
        blocks.clear();
        assert!(blocks.element_numbers().is_empty());
    }
}
