//! Which sides of elements coincide: the skin of a mesh, and its neighbours.

use std::collections::HashMap;

use hyperslab::{Error, Result};

use super::cells::Cells;
use super::kind::ElementType;
use super::side_sets::SideList;

/// A side with at most four corners, in ascending order; the rest is filled up. The number of the side comes last.
type Record = [u32; 5];

/// Fills up what has fewer corners; no node has this number.
const NONE: u32 = 0;

/// Sides that have the same corners, by buckets.
struct Sides {
    starts: Vec<u32>,
    records: Vec<Record>,
    /// Sides of more than four corners.
    polygons: HashMap<Vec<u32>, Vec<u32>>,
    /// All sides, also those that are drawn together to less than a side.
    count: u32,
}

/// The elements that have the most dimensions; their sides make up the skin.
fn top<'c>(blocks: &'c [Cells]) -> Result<(usize, Vec<(&'c Cells, ElementType<'c>)>)> {
    let types = blocks.iter().filter(|cells| !cells.is_empty()).map(|cells| Ok((cells, cells.element_type()?)));
    let types: Vec<_> = types.collect::<Result<_>>()?;
    let dimension = types.iter().filter_map(|(_, ty)| ty.dimension()).max().unwrap_or(0);
    Ok((dimension, types.into_iter().filter(|(_, ty)| ty.dimension() == Some(dimension)).collect()))
}

/// A node as sides keep it.
fn node(number: i64) -> Result<u32> {
    match u32::try_from(number) {
        Ok(0) | Err(_) if number < 1 => Err(Error::usage(format!("there is no node {number}"))),
        Ok(node) => Ok(node),
        Err(_) => Err(Error::unsupported("the skin of a mesh of more than 4294967295 nodes")),
    }
}

/// Sorts the corners of a side and leaves repeated ones out; nothing is left of a side that is drawn together.
fn tidy(corners: &mut Vec<u32>, dimension: usize) {
    corners.sort_unstable();
    corners.dedup();
    if corners.len() < dimension {
        corners.clear();
    }
}

/// Calls `visit` with the corners of every side of all elements.
fn visit(parts: &[(&Cells, ElementType)], dimension: usize, mut visit: impl FnMut(&[u32])) -> Result<()> {
    let (mut corners, mut nodes) = (Vec::new(), Vec::new());
    for (cells, ty) in parts {
        for n in 0..cells.len() {
            let list = cells.get(n).unwrap_or_default();
            if let ElementType::Standard(topology) = ty {
                for side in topology.boundary().1 {
                    corners.clear();
                    for number in side.corners().iter().filter_map(|&c| list.get(usize::from(c))) {
                        corners.push(node(*number)?);
                    }
                    tidy(&mut corners, dimension);
                    visit(&corners);
                }
                continue;
            }
            for side in 0..list.len() {
                nodes.clear();
                cells.push_side(n, side, &mut nodes)?;
                corners.clear();
                nodes.iter().try_for_each(|&number| node(number).map(|node| corners.push(node)))?;
                tidy(&mut corners, dimension);
                visit(&corners);
            }
        }
    }
    Ok(())
}

/// The number of sides that [`visit`] goes through.
fn count(parts: &[(&Cells, ElementType)]) -> Result<u32> {
    let sides = parts.iter().map(|(cells, ty)| match ty {
        ElementType::Standard(topology) => cells.len().saturating_mul(topology.boundary().1.len()),
        _ => (0..cells.len()).filter_map(|n| cells.get(n)).map(<[i64]>::len).sum(),
    });
    u32::try_from(sides.sum::<usize>())
        .map_err(|_| Error::unsupported("the skin of a mesh of more than 4294967295 sides"))
}

fn filled<T: Clone>(len: usize, value: T) -> Result<Vec<T>> {
    let mut list = Vec::new();
    list.try_reserve_exact(len).map_err(|_| Error::limit(format!("no memory for {len} sides")))?;
    list.resize(len, value);
    Ok(list)
}

impl Sides {
    /// All sides, in buckets by their lowest corner: neighbours in the file are neighbours in memory.
    fn new(parts: &[(&Cells, ElementType)], dimension: usize) -> Result<Self> {
        let count = count(parts)?;
        let buckets = (count / 4).max(1);
        let bucket = |lowest: u32| (lowest % buckets) as usize;
        let mut starts: Vec<u32> = filled(buckets as usize + 1, 0)?;
        visit(parts, dimension, |corners| {
            if let (Some(&lowest), 1..=4) = (corners.first(), corners.len()) {
                starts.iter_mut().skip(bucket(lowest)).take(1).for_each(|n| *n += 1);
            }
        })?;
        let mut end = 0;
        for start in &mut starts {
            end += std::mem::replace(start, end);
        }
        let mut sides = Sides { records: filled(end as usize, [NONE; 5])?, starts, polygons: HashMap::new(), count };
        let mut number = 0;
        visit(parts, dimension, |corners| {
            match (corners, corners.len()) {
                (&[lowest, ..], 1..=4) => sides.put(bucket(lowest), corners, number),
                (_, 0) => {}
                _ => sides.polygons.entry(corners.to_vec()).or_default().push(number),
            }
            number += 1;
        })?;
        Ok(sides)
    }

    /// Puts a side into its bucket; what is the start of the bucket moves on to its end.
    fn put(&mut self, bucket: usize, corners: &[u32], number: u32) {
        let Some(next) = self.starts.get_mut(bucket) else { return };
        if let Some(record) = self.records.get_mut(*next as usize) {
            record.iter_mut().zip(corners).for_each(|(place, &corner)| *place = corner);
            record.iter_mut().skip(4).for_each(|place| *place = number);
        }
        *next += 1;
    }

    /// Calls `visit` with the numbers of the sides that coincide, for each set of corners that there is.
    fn groups(mut self, mut visit: impl FnMut(&[u32])) {
        let mut rest = self.records.as_mut_slice();
        let (mut start, mut group) = (0, Vec::new());
        for &end in &self.starts {
            let (bucket, others) = rest.split_at_mut((end - start) as usize);
            (rest, start) = (others, end);
            bucket.sort_unstable();
            for same in bucket.chunk_by(|a, b| a.iter().zip(b).take(4).all(|(a, b)| a == b)) {
                group.clear();
                group.extend(same.iter().map(|[.., number]| *number));
                visit(&group);
            }
        }
        self.polygons.values().for_each(|group| visit(group));
    }
}

/// Calls `visit` with every side of [`visit`]: the number of its element and its own, from 1.
fn name(blocks: &[Cells], dimension: usize, mut visit: impl FnMut(i64, i64)) -> Result<()> {
    let mut before = 0_i64;
    for cells in blocks {
        let ty = if cells.is_empty() { ElementType::Null } else { cells.element_type()? };
        for (element, n) in (before.saturating_add(1)..).zip(0..cells.len()) {
            let sides = match ty {
                _ if ty.dimension() != Some(dimension) => 1..1,
                ElementType::Standard(topology) => {
                    let (first, sides) = topology.boundary();
                    first + 1..first + 1 + sides.len()
                }
                _ => 1..1 + cells.get(n).map_or(0, <[i64]>::len),
            };
            sides.for_each(|side| visit(element, i64::try_from(side).unwrap_or(i64::MAX)));
        }
        before = before.saturating_add(i64::try_from(cells.declared()).unwrap_or(i64::MAX));
    }
    Ok(())
}

/// The sides of elements that no other element shares: the faces that bound a mesh of solids, the edges that bound a mesh of
/// shells or flat elements, the ends of lines. Elements with fewer dimensions than others of the mesh do not count, nor do
/// sides that are drawn together to an edge or a point.
///
/// `blocks` are all element blocks in their order; the sides come in the order of the elements. Memory: 21 bytes for each side
/// of each element.
///
/// ```
/// use exodus_rs::topology::{skin, Cells};
/// # fn main() -> exodus_rs::Result<()> {
/// let triangles = Cells::new("TRI", 2, vec![1, 2, 3, 3, 2, 4], 3);
/// let skin = skin(&[triangles])?;
/// assert_eq!(skin.elements, [1, 1, 2, 2]);
/// assert_eq!(skin.sides, [1, 3, 2, 3]);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// [`Kind::Unsupported`](crate::Kind::Unsupported) for element types with an impossible number of nodes, and beyond 2^32 nodes
/// or sides; [`Kind::Usage`](crate::Kind::Usage) for nodes and faces that do not exist.
pub fn skin(blocks: &[Cells]) -> Result<SideList> {
    let (dimension, parts) = top(blocks)?;
    let sides = Sides::new(&parts, dimension)?;
    let mut alone = filled(sides.count as usize, false)?;
    sides.groups(|group| {
        if let &[number] = group {
            alone.iter_mut().skip(number as usize).take(1).for_each(|alone| *alone = true);
        }
    });
    let mut list = SideList::default();
    let mut alone = alone.into_iter();
    name(blocks, dimension, |element, side| {
        if alone.next() == Some(true) {
            list.elements.push(element);
            list.sides.push(side);
        }
    })?;
    Ok(list)
}

/// The pairs of sides that coincide, as two lists of equal length: where elements are neighbours. Where more than two meet, each
/// is paired with the first of them. The lists are in the order of the second sides.
///
/// # Errors
/// As [`skin`].
pub fn shared_sides(blocks: &[Cells]) -> Result<[SideList; 2]> {
    let (dimension, parts) = top(blocks)?;
    let sides = Sides::new(&parts, dimension)?;
    let mut pairs: Vec<(u32, u32)> = Vec::new();
    sides.groups(|group| {
        if let Some((&first, others)) = group.split_first() {
            pairs.extend(others.iter().map(|&other| (other, first)));
        }
    });
    pairs.sort_unstable();
    let mut names = Vec::new();
    name(blocks, dimension, |element, side| names.push((element, side)))?;
    let list = |numbers: &mut dyn Iterator<Item = u32>| {
        let (elements, sides) = numbers.filter_map(|n| names.get(n as usize).copied()).unzip();
        SideList { elements, sides }
    };
    Ok([list(&mut pairs.iter().map(|pair| pair.1)), list(&mut pairs.iter().map(|pair| pair.0))])
}

/// The edges of all elements, each once: the lower and the higher of the two corners that it joins, in ascending order.
///
/// # Errors
/// As [`skin`]; types nothing is known of have no edges.
pub fn edges(blocks: &[Cells]) -> Result<Vec<[i64; 2]>> {
    let mut found = Vec::new();
    let mut put = |from: i64, to: i64| found.push([from.min(to), from.max(to)]);
    for cells in blocks.iter().filter(|cells| !cells.is_empty()) {
        let ty = cells.element_type()?;
        for element in (0..cells.len()).filter_map(|n| cells.get(n)) {
            let at = |n: u8| element.get(usize::from(n)).copied().unwrap_or_default();
            match ty {
                ElementType::Standard(topology) => topology.edges().iter().for_each(|edge| {
                    if let &[from, to] = edge.corners() {
                        put(at(from), at(to));
                    }
                }),
                ElementType::Polygon => cycle(element, &mut put),
                ElementType::Polyhedron => {
                    element.iter().filter_map(|&face| cells.faces().get(face)).for_each(|face| cycle(face, &mut put));
                }
                ElementType::Null | ElementType::Other(_) => {}
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

fn cycle(nodes: &[i64], put: &mut impl FnMut(i64, i64)) {
    nodes.iter().zip(nodes.iter().cycle().skip(1)).for_each(|(&from, &to)| put(from, to));
}
