//! Where nodes are in the reference element, and where a mirror image has them.

use super::layout::{Side, Topology};
use super::shape::Shape;

impl Topology {
    /// The reference coordinates of all nodes, from 0 to 1 along each axis; the apex of a pyramid is above the centre of
    /// its base. `None` for types whose inner nodes have no documented place: cubic ones with nodes inside of triangles.
    pub fn reference_coords(&self) -> Option<Vec<[f64; 3]>> {
        let corners = self.shape().linear().corners;
        let mut nodes: Vec<Option<[f64; 3]>> = vec![None; self.num_nodes()];
        let mut put = |node: u8, place: [f64; 3]| {
            if let Some(slot) = nodes.get_mut(usize::from(node)) {
                *slot = Some(place);
            }
        };
        (0..).zip(corners).for_each(|(node, &place)| put(node, place));
        for side in self.edges().iter().chain(self.faces()) {
            let ends: Vec<[f64; 3]> =
                side.corners().iter().filter_map(|&c| corners.get(usize::from(c)).copied()).collect();
            let between = if side.shape() == Shape::Line { side.edges.first()? } else { &side.interior };
            between.iter().zip(inside(&ends, between.len())).for_each(|(&node, place)| put(node, place));
        }
        let body = self.body();
        body.iter().zip(inside(corners, body.len())).for_each(|(&node, place)| put(node, place));
        nodes.into_iter().collect()
    }

    /// The nodes inside of a solid.
    fn body(&self) -> Vec<u8> {
        let corners = 0..self.shape().num_corners();
        let outer = |node: &u8| {
            corners.contains(&usize::from(*node))
                || self.edges().iter().chain(self.faces()).any(|side| side.nodes().contains(node))
        };
        (0..).take(self.num_nodes()).filter(|node| !outer(node)).collect()
    }

    /// The order of nodes that keeps the mirror image of an element from being inside out: node *i* of the image is node
    /// `mirrored()[i]` of the element. `None` where [`Topology::reference_coords`] has none.
    pub fn mirrored(&self) -> Option<Vec<u8>> {
        let coords = self.reference_coords()?;
        coords.iter().map(|&place| at(&coords, self.image(place))).collect()
    }

    /// The side of the element that is each side of its mirror image, from 0.
    pub fn mirrored_sides(&self) -> Vec<usize> {
        let corners = self.shape().linear().corners;
        let image = |&corner: &u8| {
            let place = corners.get(usize::from(corner)).map(|&place| self.image(place));
            place.and_then(|place| at(corners, place)).unwrap_or(corner)
        };
        let find = |(n, side): (usize, &Side)| {
            let wanted = sorted(side.corners().iter().map(image));
            let same = |other: &Side| sorted(other.corners().iter().copied()) == wanted;
            // Front and back of a shell have the same corners, and stay what they are.
            let stays = self.sides().get(n).is_some_and(same);
            self.sides().iter().position(same).filter(|_| !stays).unwrap_or(n)
        };
        self.sides().iter().enumerate().map(find).collect()
    }

    /// The place in the reference element that mirroring brings to another: x and y change places, lines stay.
    fn image(&self, [x, y, z]: [f64; 3]) -> [f64; 3] {
        match self.shape() {
            Shape::Point | Shape::Line => [x, y, z],
            _ => [y, x, z],
        }
    }
}

/// The node at a place.
fn at(coords: &[[f64; 3]], place: [f64; 3]) -> Option<u8> {
    let close = |other: &[f64; 3]| other.iter().zip(place).all(|(a, b)| (a - b).abs() < 1e-9);
    (0..).zip(coords).find(|(_, other)| close(other)).map(|(n, _)| n)
}

fn sorted(corners: impl Iterator<Item = u8>) -> Vec<u8> {
    let mut corners: Vec<u8> = corners.collect();
    corners.sort_unstable();
    corners
}

/// The places of some nodes between corners: one in the middle, two on an edge, one near each corner of a quadrilateral or
/// a hexahedron. Nothing is known of others.
fn inside(corners: &[[f64; 3]], nodes: usize) -> Vec<[f64; 3]> {
    let count = corners.len() as f64;
    let mut mean = [0.0; 3];
    corners.iter().for_each(|corner| mean.iter_mut().zip(corner).for_each(|(m, c)| *m += c / count));
    let near = |corner: &[f64; 3]| {
        let mut place = mean;
        // A third of the way along every axis is a third of the way from the middle.
        place.iter_mut().zip(corner).for_each(|(p, c)| *p += (c - *p) / 3.0);
        place
    };
    match (nodes, corners.len()) {
        (1, _) => vec![mean],
        (2, 2) | (4, 4) | (8, 8) => corners.iter().map(near).collect(),
        _ => Vec::new(),
    }
}
