//! Three cells in a row and a corner beside them: nodes, edges, faces, numbered from 1.

/// Cells along x that are bricks; the third is a polyhedron.
const BRICKS: i64 = 2;
const EDGES: [[usize; 2]; 12] =
    [[0, 1], [1, 2], [2, 3], [3, 0], [4, 5], [5, 6], [6, 7], [7, 4], [0, 4], [1, 5], [2, 6], [3, 7]];
const FACES: [[usize; 4]; 6] = [[0, 1, 5, 4], [1, 2, 6, 5], [2, 3, 7, 6], [0, 4, 7, 3], [0, 3, 2, 1], [4, 5, 6, 7]];

/// The node at a corner of the grid.
fn node(x: i64, y: i64, z: i64) -> i64 {
    1 + x + 4 * (y + 2 * z)
}

/// The eight nodes of a cell.
pub fn cell(x: i64) -> [i64; 8] {
    let ring = [(x, 0), (x + 1, 0), (x + 1, 1), (x, 1)];
    let corner = |n: usize| ring.get(n % 4).map_or(0, |&(x, y)| node(x, y, i64::from(n > 3)));
    [0, 1, 2, 3, 4, 5, 6, 7].map(corner)
}

/// x, y or z of every node; the last node lies beyond the end.
pub fn coordinate(axis: usize) -> Vec<f64> {
    let along = |n: u32| [n % 4, n / 4 % 2, n / 8].get(axis).map_or(0.0, |&v| f64::from(v));
    (0..16).map(along).chain([if axis == 0 { 4.5 } else { 0.25 }]).collect()
}

fn pick<const N: usize>(cell: [i64; 8], corners: [usize; N]) -> [i64; N] {
    corners.map(|corner| cell.get(corner).copied().unwrap_or(0))
}

/// The parts of a cell that a table of corners names.
fn parts<const N: usize, const P: usize>(x: i64, table: [[usize; N]; P]) -> [[i64; N]; P] {
    table.map(|corners| pick(cell(x), corners))
}

fn sorted<const N: usize>(mut nodes: [i64; N]) -> [i64; N] {
    nodes.sort_unstable();
    nodes
}

/// Each part once, in the order in which the cells have them.
fn unique<const N: usize>(all: impl Iterator<Item = [i64; N]>) -> Vec<[i64; N]> {
    let mut found: Vec<[i64; N]> = Vec::new();
    for part in all {
        if !found.iter().any(|known| sorted(*known) == sorted(part)) {
            found.push(part);
        }
    }
    found
}

/// The edges of the bricks.
pub fn edges() -> Vec<[i64; 2]> {
    unique((0..BRICKS).flat_map(|x| parts(x, EDGES)))
}

/// The faces of the bricks.
pub fn faces() -> Vec<[i64; 4]> {
    unique((0..BRICKS).flat_map(|x| parts(x, FACES)))
}

fn numbers<const N: usize, const P: usize>(table: [[usize; N]; P], known: &[[i64; N]]) -> Vec<i64> {
    let number =
        |part: [i64; N]| known.iter().zip(1..).find(|(k, _)| sorted(**k) == sorted(part)).map_or(0, |(_, n)| n);
    (0..BRICKS).flat_map(|x| parts(x, table)).map(number).collect()
}

/// The numbers of the edges of each brick.
pub fn edge_numbers() -> Vec<i64> {
    numbers(EDGES, &edges())
}

/// The numbers of the faces of each brick.
pub fn face_numbers() -> Vec<i64> {
    numbers(FACES, &faces())
}

/// The faces of the third cell, one of them cut into two triangles.
pub fn polygons() -> Vec<Vec<i64>> {
    let [first @ .., last] = parts(BRICKS, FACES);
    let [a, b, c, d] = last;
    first.map(|face| face.to_vec()).into_iter().chain([vec![a, b, c], vec![a, c, d]]).collect()
}

/// A square and a triangle on top of the bricks.
pub fn flat() -> [Vec<i64>; 2] {
    [
        vec![node(0, 0, 1), node(1, 0, 1), node(1, 1, 1), node(0, 1, 1)],
        vec![node(1, 0, 1), node(2, 0, 1), node(2, 1, 1)],
    ]
}

/// A corner beside the third cell.
pub fn tetrahedron() -> [i64; 4] {
    [node(3, 0, 0), node(3, 1, 0), node(3, 0, 1), 17]
}
