//! The mirror images of elements, as far as their sides go.

use hyperslab::{Error, Result};

use crate::topology::Topology;
use crate::transform::mirror_sides;

/// The mirror image of one element.
#[derive(Debug, Clone, Copy)]
pub(super) enum Image {
    Standard(&'static Topology),
    /// A polygon of so many corners: the first stays the first, the others follow it the other way round.
    Polygon(i64),
}

impl Image {
    /// The number that a side of the element has in the image.
    pub fn side(self, side: i64) -> Result<i64> {
        match self {
            Image::Standard(topology) => {
                let mut side = [side];
                mirror_sides(topology, &mut side)?;
                let [side] = side;
                Ok(side)
            }
            Image::Polygon(corners) if (1..=corners).contains(&side) => Ok(corners - side + 1),
            Image::Polygon(corners) => Err(Error::usage(format!("a polygon of {corners} corners has no side {side}"))),
        }
    }

    /// For each node of a side of the image its position among the nodes of the side of the element.
    pub fn order(self, before: i64, after: i64) -> Result<Vec<usize>> {
        match self {
            Image::Standard(topology) => permutation(topology, before, after),
            Image::Polygon(_) => Ok(vec![1, 0]),
        }
    }
}

/// For each node of a side after mirroring its position among the nodes of the side before.
fn permutation(topology: &Topology, before: i64, after: i64) -> Result<Vec<usize>> {
    let side = |number: i64| usize::try_from(number).ok().and_then(|n| topology.sides().get(n.checked_sub(1)?));
    let found = side(before).zip(side(after)).zip(topology.mirrored());
    let permuted = found.and_then(|((before, after), order)| {
        let old = |&node: &u8| order.get(usize::from(node)).copied();
        let place = |node: u8| before.nodes().iter().position(|&other| other == node);
        after.nodes().iter().map(|node| place(old(node)?)).collect::<Option<Vec<_>>>()
    });
    permuted.ok_or_else(|| Error::unsupported(format!("mirroring sides of elements of type {}", topology.name())))
}
