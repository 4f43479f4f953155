//! Element types as files spell them.

use std::fmt;

use hyperslab::{Error, Result};

use super::layout::{Form, Topology};
use super::shape::Shape;

/// The type of the elements of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ElementType<'n> {
    /// A type whose nodes and sides are known.
    Standard(&'static Topology),
    /// Polygons (`nsided`): side *i* is the edge from node *i* to the next.
    Polygon,
    /// Polyhedra (`nfaced`): side *i* is the *i*-th face.
    Polyhedron,
    /// A block without elements.
    Null,
    /// Anything else, such as super elements: legal, and opaque.
    Other(&'n str),
}

impl<'n> ElementType<'n> {
    /// The type that a name, the number of nodes of an element, and the spatial dimensions mean.
    ///
    /// Only the first three letters count, in any case; digits in names are ignored, the number of nodes decides.
    ///
    /// ```
    /// use exodus_rs::topology::ElementType;
    /// # fn main() -> exodus_rs::Result<()> {
    /// let ElementType::Standard(hex) = ElementType::parse("hexahedron", 20, 3)? else { unreachable!() };
    /// assert_eq!((hex.name().as_str(), hex.sides().len(), hex.edges().len()), ("HEX20", 6, 12));
    /// assert_eq!(hex.sides()[0].nodes(), [0, 1, 5, 4, 8, 13, 16, 12]);
    /// assert!(ElementType::parse("BAR3", 7, 3).is_err());
    /// assert_eq!(ElementType::parse("SUPER", 24, 3)?, ElementType::Other("SUPER"));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) for a known name with a number of nodes that no such type has.
    pub fn parse(name: &'n str, num_nodes: u64, num_dim: u64) -> Result<Self> {
        let stem = name.trim().get(..3).unwrap_or_default().to_ascii_uppercase();
        let shell = if num_dim == 3 { Form::Shell } else { Form::Plain };
        let (shape, form) = match (stem.as_str(), num_nodes) {
            ("CIR" | "SPH", _) => (Shape::Point, Form::Plain),
            ("BAR" | "TRU" | "EDG", _) => (Shape::Line, Form::Plain),
            ("BEA", _) => (Shape::Line, Form::Beam),
            ("TRI", _) => (Shape::Triangle, shell),
            ("QUA", _) => (Shape::Quad, Form::Plain),
            ("SHE", 2) => (Shape::Line, Form::Shell),
            ("SHE", 3) if num_dim < 3 => (Shape::Line, Form::Shell),
            ("SHE", 3 | 6 | 7) => (Shape::Triangle, Form::Shell),
            ("SHE", _) => (Shape::Quad, Form::Shell),
            ("TET", _) => (Shape::Tet, Form::Plain),
            ("PYR", _) => (Shape::Pyramid, Form::Plain),
            ("WED", _) => (Shape::Wedge, Form::Plain),
            ("HEX", _) => (Shape::Hex, Form::Plain),
            ("NSI", _) => return Ok(ElementType::Polygon),
            ("NFA", _) => return Ok(ElementType::Polyhedron),
            ("NUL", _) => return Ok(ElementType::Null),
            _ => return Ok(ElementType::Other(name)),
        };
        let found = usize::try_from(num_nodes).ok().and_then(|nodes| Topology::find(shape, nodes, form));
        found
            .map(ElementType::Standard)
            .ok_or_else(|| Error::unsupported(format!("element type {} with {num_nodes} nodes", name.trim())))
    }

    /// The number of dimensions of the elements; `None` where nothing is known of them.
    pub fn dimension(&self) -> Option<usize> {
        match self {
            ElementType::Standard(topology) => Some(topology.dimension()),
            ElementType::Polygon => Some(2),
            ElementType::Polyhedron => Some(3),
            ElementType::Null | ElementType::Other(_) => None,
        }
    }

    /// The layout of a type that has one.
    ///
    /// # Errors
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) for polygons, polyhedra, and types nothing is known of.
    pub fn topology(&self) -> Result<&'static Topology> {
        match self {
            ElementType::Standard(topology) => Ok(topology),
            other => Err(other.unknown()),
        }
    }

    pub(crate) fn unknown(&self) -> Error {
        Error::unsupported(format!("sides of elements of type {self}"))
    }
}

impl fmt::Display for ElementType<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ElementType::Standard(topology) => f.write_str(&topology.name()),
            ElementType::Polygon => f.write_str("NSIDED"),
            ElementType::Polyhedron => f.write_str("NFACED"),
            ElementType::Null => f.write_str("NULL"),
            ElementType::Other(name) => f.write_str(name),
        }
    }
}
