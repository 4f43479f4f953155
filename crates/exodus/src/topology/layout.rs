//! What an element type is made of: its sides, edges and faces, derived from the table.

use std::fmt;
use std::sync::LazyLock;

use super::shape::Shape;
use super::table::{Row, IRREGULAR, TABLE};

/// What the sides of an element are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// Whatever bounds it: faces of solids, edges of flat elements, ends of lines.
    Plain,
    /// Its front, its back, and its edges.
    Shell,
    /// A beam: itself, from both of its ends.
    Beam,
}

/// A part of the boundary of an element, or the whole of a flat one: positions among the element's nodes, from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    nodes: Vec<u8>,
    corners: Vec<u8>,
    pub(crate) edges: Vec<Vec<u8>>,
    pub(crate) interior: Vec<u8>,
}

impl Side {
    /// All nodes, in the order of distribution factors.
    pub fn nodes(&self) -> &[u8] {
        &self.nodes
    }

    /// The corners, one after the other, seen from outside.
    pub fn corners(&self) -> &[u8] {
        &self.corners
    }

    /// The shape.
    pub fn shape(&self) -> Shape {
        match self.corners.len() {
            0 | 1 => Shape::Point,
            2 => Shape::Line,
            3 => Shape::Triangle,
            _ => Shape::Quad,
        }
    }

    /// The type of an element with these nodes. All but the third side of a 12-node wedge list them in its order.
    pub fn topology(&self) -> Option<&'static Topology> {
        Topology::find(self.shape(), self.nodes.len(), Form::Plain)
    }

    /// What the corners and the edges alone make of it.
    pub(crate) fn without_interior(&self) -> Self {
        Side::new(self.corners.clone(), self.edges.clone(), Vec::new())
    }

    fn new(corners: Vec<u8>, edges: Vec<Vec<u8>>, interior: Vec<u8>) -> Self {
        let nodes = corners.iter().chain(edges.iter().flatten()).chain(&interior).copied().collect();
        Side { nodes, corners, edges, interior }
    }
}

/// An element type: shape, number of nodes, and what follows from them.
pub struct Topology {
    shape: Shape,
    form: Form,
    num_nodes: usize,
    edges: Vec<Side>,
    faces: Vec<Side>,
    sides: Vec<Side>,
    position: usize,
}

impl fmt::Debug for Topology {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())
    }
}

impl PartialEq for Topology {
    fn eq(&self, other: &Self) -> bool {
        (self.shape(), self.num_nodes(), self.form()) == (other.shape(), other.num_nodes(), other.form())
    }
}

impl Eq for Topology {}

static ALL: LazyLock<Vec<Topology>> = LazyLock::new(|| {
    let forms = |row: &'static Row| {
        let forms: &[Form] = match row.shape {
            Shape::Triangle | Shape::Quad => &[Form::Plain, Form::Shell],
            Shape::Line => &[Form::Plain, Form::Shell, Form::Beam],
            _ => &[Form::Plain],
        };
        forms.iter().map(move |&form| row.build(form))
    };
    let all = TABLE.iter().flat_map(forms).enumerate();
    all.map(|(position, topology)| Topology { position, ..topology }).collect()
});

impl Topology {
    /// The type of this shape with this number of nodes, if there is one.
    pub fn find(shape: Shape, num_nodes: usize, form: Form) -> Option<&'static Self> {
        ALL.iter().find(|t| t.shape == shape && t.num_nodes == num_nodes && t.form == form)
    }

    /// All types there are.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        ALL.iter()
    }

    /// The name that Exodus files give it, with the number of nodes: `HEX8`, `SHELL4`, `BEAM2`.
    pub fn name(&self) -> String {
        let shape = match (self.form, self.shape) {
            (Form::Shell, Shape::Quad | Shape::Line) => "SHELL",
            (Form::Beam, _) => "BEAM",
            _ => self.shape.linear().name,
        };
        format!("{shape}{}", self.num_nodes)
    }

    /// The position in [`Topology::all`].
    pub(crate) fn position(&self) -> usize {
        self.position
    }

    /// The shape.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// What its sides are.
    pub fn form(&self) -> Form {
        self.form
    }

    /// The number of dimensions of the element itself: 2 for shells.
    pub fn dimension(&self) -> usize {
        self.shape.dimension()
    }

    /// The number of nodes.
    pub fn num_nodes(&self) -> usize {
        self.num_nodes
    }

    /// The sides in their order; side 1 of the file is the first.
    pub fn sides(&self) -> &[Side] {
        &self.sides
    }

    /// The edges: both ends, then what lies between them.
    pub fn edges(&self) -> &[Side] {
        &self.edges
    }

    /// The faces: those that bound a solid, or a flat element as a whole.
    pub fn faces(&self) -> &[Side] {
        &self.faces
    }

    /// What bounds the element, with the number of the first such side from 0: faces of solids, edges of flat elements and
    /// shells, ends of lines.
    pub(crate) fn boundary(&self) -> (usize, &[Side]) {
        match (self.form, self.shape) {
            (Form::Plain, _) => (0, &self.sides),
            (_, Shape::Line) => (0, &[]),
            _ => (2, self.sides.get(2..).unwrap_or_default()),
        }
    }
}

impl Row {
    fn build(&'static self, form: Form) -> Topology {
        let linear = self.shape.linear();
        let edges: Vec<Side> =
            linear.edges.iter().map(|&[a, b]| Side::new(vec![a, b], vec![self.between(a, b)], Vec::new())).collect();
        let faces: Vec<Side> = (0..linear.faces.len()).filter_map(|n| self.face(n)).collect();
        let sides = match form {
            Form::Plain => self.plain(&edges, &faces),
            Form::Shell => self.shell(&edges, &faces),
            Form::Beam => self.beam(&edges),
        };
        let num_nodes = usize::from(self.nodes);
        Topology { shape: self.shape, form, num_nodes, edges, faces, sides, position: 0 }
    }

    /// The nodes between two corners, in this direction.
    fn between(&self, from: u8, to: u8) -> Vec<u8> {
        let linear = self.shape.linear();
        let Some((edge, ends)) = (b'a'..).zip(linear.edges).find(|(_, &e)| e == [from, to] || e == [to, from]) else {
            return Vec::new();
        };
        let first = u8::try_from(linear.corners.len()).unwrap_or(u8::MAX);
        let mut nodes: Vec<u8> =
            (first..).zip(self.edges.bytes()).filter(|&(_, letter)| letter == edge).map(|(node, _)| node).collect();
        if *ends != [from, to] {
            nodes.reverse();
        }
        nodes
    }

    fn face(&self, n: usize) -> Option<Side> {
        let corners = self.shape.linear().faces.get(n)?;
        let next = corners.iter().cycle().skip(1);
        let edges = corners.iter().zip(next).map(|(&a, &b)| self.between(a, b)).collect();
        let interior = self.faces.get(n).copied().unwrap_or_default();
        let mut face = Side::new(corners.to_vec(), edges, interior.to_vec());
        let irregular =
            IRREGULAR.iter().find(|(shape, nodes, side, _)| (*shape, *nodes, *side) == (self.shape, self.nodes, n));
        if let Some((.., list)) = irregular {
            face.nodes = list.to_vec();
        }
        Some(face)
    }

    fn plain(&self, edges: &[Side], faces: &[Side]) -> Vec<Side> {
        match self.shape.dimension() {
            3 => faces.to_vec(),
            2 => edges.to_vec(),
            _ => (0..).take(self.shape.num_corners()).map(|end| Side::new(vec![end], Vec::new(), Vec::new())).collect(),
        }
    }

    /// Front, back, and the edges of a face; a line has no edges of its own.
    fn shell(&self, edges: &[Side], faces: &[Side]) -> Vec<Side> {
        let line = self.shape == Shape::Line;
        let mut sides: Vec<Side> = if line { edges } else { faces }.iter().flat_map(|f| [f.clone(), back(f)]).collect();
        if !line {
            sides.extend_from_slice(edges);
        }
        sides
    }

    fn beam(&self, edges: &[Side]) -> Vec<Side> {
        let turned = |line: &Side| Side { nodes: line.nodes.iter().rev().copied().collect(), ..back(line) };
        edges.iter().flat_map(|line| [line.clone(), turned(line)]).collect()
    }
}

/// A face or a line seen from behind. libexodus starts at the last corner of triangles, at the first of quadrilaterals, and
/// lists the nodes on edges backwards in both.
fn back(front: &Side) -> Side {
    let mut corners: Vec<u8> = front.corners.iter().rev().copied().collect();
    let mut edges: Vec<Vec<u8>> = front.edges.iter().rev().map(|e| e.iter().rev().copied().collect()).collect();
    let mut interior: Vec<u8> = front.interior.iter().rev().copied().collect();
    let backwards: Vec<u8> = edges.concat();
    if corners.len() == 4 {
        corners.rotate_right(1);
        let last = interior.len().min(1);
        interior.rotate_right(last);
    } else if corners.len() == 3 {
        edges.rotate_left(1);
    }
    let nodes = corners.iter().chain(&backwards).chain(&interior).copied().collect();
    Side { nodes, corners, edges, interior }
}
