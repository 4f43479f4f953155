//! Elements whose coordinates were mirrored, put right.

use hyperslab::{Error, Result};

use crate::topology::Topology;

/// Reorders the nodes of elements so that mirrored ones are not inside out: one element after the other, as connectivity has
/// them. Twice is as if nothing had been done. Lines and points stay.
///
/// # Errors
/// [`Kind::Unsupported`](crate::Kind::Unsupported) for types whose inner nodes have no documented place;
/// [`Kind::Usage`](crate::Kind::Usage) if the length is no multiple of the nodes of an element.
pub fn mirror_connectivity<T: Copy>(topology: &Topology, nodes: &mut [T]) -> Result<()> {
    let order = topology.mirrored();
    let order = order.ok_or_else(|| Error::unsupported(format!("mirroring elements of type {}", topology.name())))?;
    if !nodes.len().is_multiple_of(order.len().max(1)) {
        return Err(Error::usage(format!("{} nodes for elements of type {}", nodes.len(), topology.name())));
    }
    let mut old = Vec::new();
    for element in nodes.chunks_exact_mut(order.len().max(1)) {
        old.clear();
        old.extend_from_slice(element);
        for (place, &from) in element.iter_mut().zip(&order) {
            old.get(usize::from(from)).into_iter().for_each(|&node| *place = node);
        }
    }
    Ok(())
}

/// Renumbers sides (from 1) of elements that [`mirror_connectivity`] has changed, so that they stay the same sides.
///
/// # Errors
/// [`Kind::Usage`](crate::Kind::Usage) for a side that elements of this type do not have; nothing is changed then.
pub fn mirror_sides(topology: &Topology, sides: &mut [i64]) -> Result<()> {
    // Mirroring twice is nothing, so the side that becomes side n is also the side that n becomes.
    let images = topology.mirrored_sides();
    let image = |side: i64| usize::try_from(side).ok().and_then(|side| images.get(side.checked_sub(1)?).copied());
    if let Some(side) = sides.iter().find(|&&side| image(side).is_none()) {
        return Err(Error::usage(format!("elements of type {} have no side {side}", topology.name())));
    }
    for side in sides {
        *side = image(*side).and_then(|n| i64::try_from(n + 1).ok()).unwrap_or(*side);
    }
    Ok(())
}
