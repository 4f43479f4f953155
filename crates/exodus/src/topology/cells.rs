//! The elements of a block: which nodes each has, and which of them are on a side.

use std::sync::Arc;

use hyperslab::{Error, Result};

use super::kind::ElementType;
use super::layout::Topology;
use super::rows::Rows;

/// Lists of numbers, one for each element or face.
#[derive(Debug, Clone)]
pub(crate) struct Lists {
    entries: Vec<i64>,
    rows: Rows,
}

impl Lists {
    pub fn even(entries: Vec<i64>, per_row: usize) -> Self {
        Lists { entries, rows: Rows::Even(per_row) }
    }

    pub fn uneven(entries: Vec<i64>, counts: &[i64]) -> Result<Self> {
        let rows = Rows::counted(counts, entries.len())?;
        Ok(Lists { entries, rows })
    }

    pub fn len(&self) -> usize {
        self.rows.len(self.entries.len())
    }

    fn get(&self, n: usize) -> Option<&[i64]> {
        self.entries.get(self.rows.range(n)?)
    }
}

/// The nodes of all faces of a file: face blocks one after the other. Polyhedra refer to them by number.
#[derive(Debug, Clone, Default)]
pub struct Faces {
    blocks: Vec<Lists>,
    /// The number of faces up to the end of each block.
    ends: Vec<usize>,
}

impl Faces {
    /// The faces of blocks, one after the other.
    pub(crate) fn of(blocks: Vec<Lists>) -> Self {
        let ends = blocks.iter().scan(0, |end: &mut usize, block| {
            *end += block.len();
            Some(*end)
        });
        Faces { ends: ends.collect(), blocks }
    }

    /// The nodes of a face by its number, from 1.
    pub fn get(&self, number: i64) -> Option<&[i64]> {
        let index = usize::try_from(number).ok()?.checked_sub(1)?;
        let block = self.ends.partition_point(|&end| end <= index);
        let before = block.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.blocks.get(block)?.get(index - before)
    }
}

/// The elements of a block. Node numbers are those of the file, from 1.
#[derive(Debug, Clone)]
pub struct Cells {
    topology: String,
    num_nodes: usize,
    num_dim: u64,
    /// The type, where it is one whose nodes are known: asked for at every side.
    standard: Option<&'static Topology>,
    lists: Lists,
    faces: Arc<Faces>,
    /// The number of elements that the file declares; results may be there without any nodes.
    declared: u64,
}

impl Cells {
    /// Elements of one type by the nodes of each, one after the other.
    ///
    /// ```
    /// use exodus_rs::topology::Cells;
    /// # fn main() -> exodus_rs::Result<()> {
    /// let triangles = Cells::new("TRI", 2, vec![1, 2, 3, 3, 2, 4], 3);
    /// assert_eq!((triangles.len(), triangles.get(1)), (2, Some(&[3, 2, 4][..])));
    /// let mut nodes = Vec::new();
    /// triangles.push_side(1, 2, &mut nodes)?;
    /// assert_eq!(nodes, [4, 3]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn new(topology: &str, num_dim: u64, nodes: Vec<i64>, nodes_per_element: usize) -> Self {
        let lists = Lists::even(nodes, nodes_per_element);
        let declared = lists.len() as u64;
        Self::of((topology, num_dim), lists, Arc::default(), declared)
    }

    /// Elements of a type in a mesh of so many dimensions.
    pub(crate) fn of((topology, num_dim): (&str, u64), lists: Lists, faces: Arc<Faces>, declared: u64) -> Self {
        let num_nodes = match lists.rows {
            Rows::Even(nodes) => nodes,
            Rows::Uneven(_) => 0,
        };
        let topology = topology.to_owned();
        let standard = ElementType::parse(&topology, num_nodes as u64, num_dim).and_then(|ty| ty.topology()).ok();
        Cells { topology, num_nodes, num_dim, standard, lists, faces, declared }
    }

    /// The type of the elements.
    ///
    /// # Errors
    /// As [`ElementType::parse`].
    pub fn element_type(&self) -> Result<ElementType<'_>> {
        match self.standard {
            Some(topology) => Ok(ElementType::Standard(topology)),
            None => ElementType::parse(&self.topology, self.num_nodes as u64, self.num_dim),
        }
    }

    /// The number of elements whose nodes are known: none where the file has no connectivity, otherwise all.
    pub fn len(&self) -> usize {
        self.lists.len()
    }

    /// The number of elements that have numbers.
    pub(crate) fn declared(&self) -> u64 {
        self.declared
    }

    /// Whether there are no elements.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The nodes of an element, from 0; of a polyhedron, its faces.
    pub fn get(&self, element: usize) -> Option<&[i64]> {
        self.lists.get(element)
    }

    /// The lowest and the highest number of a node, where elements have nodes and no faces.
    pub(crate) fn node_range(&self) -> Option<(i64, i64)> {
        let nodes =
            Some(&self.lists.entries).filter(|_| !matches!(self.element_type(), Ok(ElementType::Polyhedron)))?;
        Some((*nodes.iter().min()?, *nodes.iter().max()?))
    }

    /// The faces that polyhedra refer to.
    pub fn faces(&self) -> &Faces {
        &self.faces
    }

    /// The number of sides of an element.
    ///
    /// # Errors
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) for types without sides; [`Kind::Usage`](crate::Kind::Usage) for
    /// an element that is not there.
    pub fn num_sides(&self, element: usize) -> Result<usize> {
        match self.element_type()? {
            ElementType::Standard(topology) => Ok(topology.sides().len()),
            ElementType::Polygon | ElementType::Polyhedron => Ok(self.element(element)?.len()),
            other => Err(other.unknown()),
        }
    }

    /// Appends the nodes of a side of an element, both from 0; returns how many they are.
    ///
    /// # Errors
    /// As [`Cells::num_sides`]; [`Kind::Usage`](crate::Kind::Usage) for a side that is not there.
    pub fn push_side(&self, element: usize, side: usize, nodes: &mut Vec<i64>) -> Result<usize> {
        let list = self.element(element)?;
        let before = nodes.len();
        let missing = || self.no_side(side);
        match self.element_type()? {
            ElementType::Standard(topology) => {
                let side = topology.sides().get(side).ok_or_else(missing)?;
                nodes.extend(side.nodes().iter().filter_map(|&n| list.get(usize::from(n))));
            }
            ElementType::Polygon => {
                let next = list.iter().cycle().nth(side.saturating_add(1));
                nodes.extend([*list.get(side).ok_or_else(missing)?, *next.ok_or_else(missing)?]);
            }
            ElementType::Polyhedron => {
                let number = *list.get(side).ok_or_else(missing)?;
                let face = self.faces.get(number);
                nodes.extend(face.ok_or_else(|| Error::usage(format!("there is no face {number}")))?);
            }
            other => return Err(other.unknown()),
        }
        Ok(nodes.len() - before)
    }

    /// Appends the corners of a side of an element, both from 0.
    ///
    /// # Errors
    /// As [`Cells::push_side`].
    pub fn push_corners(&self, element: usize, side: usize, nodes: &mut Vec<i64>) -> Result<()> {
        let ElementType::Standard(topology) = self.element_type()? else {
            return self.push_side(element, side, nodes).map(|_| ());
        };
        let list = self.element(element)?;
        let side = topology.sides().get(side).ok_or_else(|| self.no_side(side))?;
        nodes.extend(side.corners().iter().filter_map(|&n| list.get(usize::from(n))));
        Ok(())
    }

    fn no_side(&self, side: usize) -> Error {
        Error::usage(format!("elements of type {} have no side {}", self.topology, side.saturating_add(1)))
    }

    fn element(&self, element: usize) -> Result<&[i64]> {
        self.get(element).ok_or_else(|| Error::usage(format!("element {element} of a block of {}", self.len())))
    }
}
