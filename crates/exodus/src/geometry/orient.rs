//! Faces of a polyhedron brought to look the same way.

use std::collections::HashMap;

use super::vector::Vector;

type Bits = [u64; 3];

/// An edge without a direction.
type Edge = (Bits, Bits);

/// Whether each face must be turned around so that all of them look out, or all in. Faces that share an edge look the same way
/// if they run along it in opposite directions. Faces that share none with the first are taken as they are.
pub(super) fn turned(faces: &[Vec<Vector>]) -> Vec<bool> {
    let mut around: HashMap<Edge, Vec<(usize, bool)>> = HashMap::new();
    for (n, face) in faces.iter().enumerate() {
        edges(face).for_each(|(edge, forward)| around.entry(edge).or_default().push((n, forward)));
    }
    let mut turned: Vec<Option<bool>> = vec![None; faces.len()];
    let mut waiting = Vec::new();
    for start in 0..faces.len() {
        settle(&mut turned, start, false, &mut waiting);
        while let Some((n, this)) = waiting.pop() {
            for (edge, forward) in faces.get(n).into_iter().flat_map(|face| edges(face)) {
                for &(other, same) in around.get(&edge).into_iter().flatten().filter(|(other, _)| *other != n) {
                    settle(&mut turned, other, (forward == same) != this, &mut waiting);
                }
            }
        }
    }
    turned.into_iter().map(|turned| turned.unwrap_or(false)).collect()
}

fn settle(turned: &mut [Option<bool>], n: usize, value: bool, waiting: &mut Vec<(usize, bool)>) {
    if let Some(slot @ None) = turned.get_mut(n) {
        *slot = Some(value);
        waiting.push((n, value));
    }
}

/// The edges of a face, and whether it runs along each in the direction of its name.
fn edges(face: &[Vector]) -> impl Iterator<Item = (Edge, bool)> + '_ {
    let bits = |&[x, y, z]: &Vector| [x.to_bits(), y.to_bits(), z.to_bits()];
    let next = face.iter().cycle().skip(1);
    face.iter().map(bits).zip(next.map(bits)).map(|(a, b)| if a <= b { ((a, b), true) } else { ((b, a), false) })
}
