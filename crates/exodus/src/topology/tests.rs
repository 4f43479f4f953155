use super::*;

/// Type, nodes, spatial dimensions, and the nodes of all sides, from 1.
const SIDES: &[(&str, u64, u64, &str)] = &[
    ("CIRCLE", 1, 2, "1"),
    ("SPHERE", 1, 3, "1"),
    ("TRUSS", 2, 3, "1, 2"),
    ("EDGE", 3, 2, "1, 2"),
    ("BEAM", 2, 3, "1 2, 2 1"),
    ("BEAM", 3, 3, "1 2 3, 3 2 1"),
    ("BEAM", 4, 3, "1 2 3 4, 4 3 2 1"),
    ("TRI", 3, 2, "1 2, 2 3, 3 1"),
    ("TRI", 4, 2, "1 2, 2 3, 3 1"),
    ("TRI", 6, 2, "1 2 4, 2 3 5, 3 1 6"),
    ("TRI", 7, 2, "1 2 4, 2 3 5, 3 1 6"),
    ("TRI", 9, 2, "1 2 4 5, 2 3 6 7, 3 1 8 9"),
    ("TRI", 13, 2, "1 2 4 5, 2 3 6 7, 3 1 8 9"),
    ("TRI", 3, 3, "1 2 3, 3 2 1, 1 2, 2 3, 3 1"),
    ("TRI", 4, 3, "1 2 3 4, 3 2 1 4, 1 2, 2 3, 3 1"),
    ("TRI", 6, 3, "1 2 3 4 5 6, 3 2 1 6 5 4, 1 2 4, 2 3 5, 3 1 6"),
    ("TRI", 7, 3, "1 2 3 4 5 6 7, 3 2 1 6 5 4 7, 1 2 4, 2 3 5, 3 1 6"),
    ("TRI", 9, 3, "1 2 3 4 5 6 7 8 9, 3 2 1 9 8 7 6 5 4, 1 2 4 5, 2 3 6 7, 3 1 8 9"),
    ("QUAD", 4, 2, "1 2, 2 3, 3 4, 4 1"),
    ("QUAD", 5, 3, "1 2, 2 3, 3 4, 4 1"),
    ("QUAD", 8, 2, "1 2 5, 2 3 6, 3 4 7, 4 1 8"),
    ("QUAD", 9, 3, "1 2 5, 2 3 6, 3 4 7, 4 1 8"),
    ("QUAD", 12, 2, "1 2 5 6, 2 3 7 8, 3 4 9 10, 4 1 11 12"),
    ("QUAD", 16, 2, "1 2 5 6, 2 3 7 8, 3 4 9 10, 4 1 11 12"),
    ("SHELL", 2, 2, "1 2, 2 1"),
    ("SHELL", 3, 3, "1 2 3, 3 2 1, 1 2, 2 3, 3 1"),
    ("SHELL", 4, 3, "1 2 3 4, 1 4 3 2, 1 2, 2 3, 3 4, 4 1"),
    ("SHELL", 8, 3, "1 2 3 4 5 6 7 8, 1 4 3 2 8 7 6 5, 1 2 5, 2 3 6, 3 4 7, 4 1 8"),
    ("SHELL", 9, 3, "1 2 3 4 5 6 7 8 9, 1 4 3 2 8 7 6 5 9, 1 2 5, 2 3 6, 3 4 7, 4 1 8"),
    ("TET", 4, 3, "1 2 4, 2 3 4, 1 4 3, 1 3 2"),
    ("TET", 5, 3, "1 2 4, 2 3 4, 1 4 3, 1 3 2"),
    ("TET", 8, 3, "1 2 4 5, 2 3 4 6, 1 4 3 8, 1 3 2 7"),
    ("TET", 10, 3, "1 2 4 5 9 8, 2 3 4 6 10 9, 1 4 3 8 10 7, 1 3 2 7 6 5"),
    ("TET", 11, 3, "1 2 4 5 9 8, 2 3 4 6 10 9, 1 4 3 8 10 7, 1 3 2 7 6 5"),
    ("TET", 14, 3, "1 2 4 5 9 8 14, 2 3 4 6 10 9 12, 1 4 3 8 10 7 13, 1 3 2 7 6 5 11"),
    ("TET", 15, 3, "1 2 4 5 9 8 14, 2 3 4 6 10 9 12, 1 4 3 8 10 7 13, 1 3 2 7 6 5 11"),
    ("TET", 16, 3, "1 2 4 5 6 12 15 14 11, 2 3 4 7 8 13 16 15 12, 1 4 3 11 14 16 13 9 10, 1 3 2 10 9 8 7 6 5"),
    ("PYRAMID", 5, 3, "1 2 5, 2 3 5, 3 4 5, 1 5 4, 1 4 3 2"),
    ("PYRAMID", 13, 3, "1 2 5 6 11 10, 2 3 5 7 12 11, 3 4 5 8 13 12, 1 5 4 10 13 9, 1 4 3 2 9 8 7 6"),
    ("PYRAMID", 14, 3, "1 2 5 6 11 10, 2 3 5 7 12 11, 3 4 5 8 13 12, 1 5 4 10 13 9, 1 4 3 2 9 8 7 6 14"),
    ("PYRAMID", 18, 3, "1 2 5 6 11 10 15, 2 3 5 7 12 11 16, 3 4 5 8 13 12 17, 1 5 4 10 13 9 18, 1 4 3 2 9 8 7 6 14"),
    ("PYRAMID", 19, 3, "1 2 5 6 11 10 15, 2 3 5 7 12 11 16, 3 4 5 8 13 12 17, 1 5 4 10 13 9 18, 1 4 3 2 9 8 7 6 14"),
    ("WEDGE", 6, 3, "1 2 5 4, 2 3 6 5, 1 4 6 3, 1 3 2, 4 5 6"),
    ("WEDGE", 12, 3, "1 2 5 4 7 10, 2 3 6 5 8 11, 1 4 6 3 9 12, 1 3 2 9 8 7, 4 5 6 10 11 12"),
    ("WEDGE", 15, 3, "1 2 5 4 7 11 13 10, 2 3 6 5 8 12 14 11, 1 4 6 3 10 15 12 9, 1 3 2 9 8 7, 4 5 6 13 14 15"),
    ("WEDGE", 16, 3, "1 2 5 4 7 11 13 10, 2 3 6 5 8 12 14 11, 1 4 6 3 10 15 12 9, 1 3 2 9 8 7, 4 5 6 13 14 15"),
    (
        "WEDGE",
        18,
        3,
        "1 2 5 4 7 11 13 10 16, 2 3 6 5 8 12 14 11 17, 1 4 6 3 10 15 12 9 18, 1 3 2 9 8 7, 4 5 6 13 14 15",
    ),
    (
        "WEDGE",
        20,
        3,
        "1 2 5 4 7 11 13 10 20, 2 3 6 5 8 12 14 11 18, 1 4 6 3 10 15 12 9 19, 1 3 2 9 8 7 16, 4 5 6 13 14 15 17",
    ),
    (
        "WEDGE",
        21,
        3,
        "1 2 5 4 7 11 13 10 21, 2 3 6 5 8 12 14 11 19, 1 4 6 3 10 15 12 9 20, 1 3 2 9 8 7 17, 4 5 6 13 14 15 18",
    ),
    ("HEX", 8, 3, "1 2 6 5, 2 3 7 6, 3 4 8 7, 1 5 8 4, 1 4 3 2, 5 6 7 8"),
    ("HEX", 9, 3, "1 2 6 5, 2 3 7 6, 3 4 8 7, 1 5 8 4, 1 4 3 2, 5 6 7 8"),
    ("HEX", 12, 3, "1 2 6 5 10 9, 2 3 7 6 11 10, 3 4 8 7 12 11, 1 5 8 4 9 12, 1 4 3 2, 5 6 7 8"),
    (
        "HEX",
        16,
        3,
        "1 2 6 5 9 13, 2 3 7 6 10 14, 3 4 8 7 11 15, 4 1 5 8 12 16, 1 4 3 2 12 11 10 9, 5 6 7 8 13 14 15 16",
    ),
    (
        "HEX",
        20,
        3,
        "1 2 6 5 9 14 17 13, 2 3 7 6 10 15 18 14, 3 4 8 7 11 16 19 15, 1 5 8 4 13 20 16 12, 1 4 3 2 12 11 10 9, \
         5 6 7 8 17 18 19 20",
    ),
    (
        "HEX",
        27,
        3,
        "1 2 6 5 9 14 17 13 26, 2 3 7 6 10 15 18 14 25, 3 4 8 7 11 16 19 15 27, 1 5 8 4 13 20 16 12 24, \
         1 4 3 2 12 11 10 9 22, 5 6 7 8 17 18 19 20 23",
    ),
    (
        "HEX",
        32,
        3,
        "1 2 6 5 9 10 18 22 26 25 21 17, 2 3 7 6 11 12 19 23 28 27 22 18, 3 4 8 7 13 14 20 24 30 29 23 19, \
         1 5 8 4 17 21 32 31 24 20 15 16, 1 4 3 2 16 15 14 13 12 11 10 9, 5 6 7 8 25 26 27 28 29 30 31 32",
    ),
];

fn standard(name: &str, nodes: u64, dim: u64) -> &'static Topology {
    ElementType::parse(name, nodes, dim).unwrap().topology().unwrap()
}

#[test]
fn sides_are_those_of_the_format() {
    for &(name, nodes, dim, lists) in SIDES {
        let topology = standard(name, nodes, dim);
        let found: Vec<String> = topology
            .sides()
            .iter()
            .map(|side| side.nodes().iter().map(|n| (n + 1).to_string()).collect::<Vec<_>>().join(" "))
            .collect();
        assert_eq!(found.join(", "), lists, "{name}{nodes} in {dim} dimensions");
    }
}

/// The numbers of nodes of the sides of the types that are in no list.
#[test]
fn sides_of_the_largest_types_have_their_numbers_of_nodes() {
    let counts =
        |name, nodes| standard(name, nodes, 3).sides().iter().map(|side| side.nodes().len()).collect::<Vec<_>>();
    assert_eq!(counts("TET", 40), [13; 4]);
    assert_eq!(counts("WEDGE", 24), [12, 12, 12, 9, 9]);
    assert_eq!(counts("WEDGE", 52), [16, 16, 16, 13, 13]);
    assert_eq!(counts("HEX", 64), [16; 6]);
    assert_eq!(counts("TRI", 13), [13, 13, 4, 4, 4]);
}

#[test]
fn names_count_by_three_letters() {
    let name = |name, nodes, dim| standard(name, nodes, dim).name();
    for (spelled, nodes, meant) in [
        ("HEX", 8, "HEX8"),
        ("hex8", 20, "HEX20"),
        ("TETRA10", 10, "TET10"),
        ("tetra", 4, "TET4"),
        ("TRISHELL3", 3, "TRI3"),
        ("SHELL4 ", 4, "SHELL4"),
        ("Pyramid5", 5, "PYRAMID5"),
        ("TRUSS", 2, "BAR2"),
        ("beam", 2, "BEAM2"),
        ("CIRCLE", 1, "SPHERE1"),
    ] {
        assert_eq!(name(spelled, nodes, 3), meant);
    }
    assert_eq!(standard("TRI", 3, 3).sides().len(), 5);
    assert_eq!(standard("TRI", 3, 2).sides().len(), 3);
    assert_eq!(standard("QUAD", 4, 3).sides().len(), 4);
    for (other, meant) in
        [("nsided", ElementType::Polygon), ("NFACED", ElementType::Polyhedron), ("null", ElementType::Null)]
    {
        assert_eq!(ElementType::parse(other, 0, 3).unwrap(), meant);
    }
    for opaque in ["SUPER", "", "é", "BEX_HEX", "X"] {
        assert_eq!(ElementType::parse(opaque, 7, 3).unwrap(), ElementType::Other(opaque));
    }
}

#[test]
fn numbers_of_nodes_that_no_type_has_are_refused() {
    for (name, nodes) in [("BAR3", 7), ("HEX8", 0), ("TRI", 5), ("SHELL", 11), ("QUAD", u64::MAX), ("SPHERE", 2)] {
        let error = ElementType::parse(name, nodes, 3).unwrap_err();
        assert_eq!(error.kind(), hyperslab::Kind::Unsupported);
        assert!(error.to_string().contains(name), "{error}");
    }
    let error = ElementType::parse("SUPER", 9, 3).unwrap().topology().unwrap_err();
    assert!(error.to_string().contains("SUPER"), "{error}");
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn minus(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    std::array::from_fn(|n| a[n] - b[n])
}

fn cross(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

/// All nodes of a side lie in its plane, all others on one side of it, inside.
#[test]
fn sides_lie_in_planes_that_bound_the_element() {
    let mut solids = 0;
    for topology in Topology::all().filter(|t| t.dimension() > 1) {
        let Some(coords) = topology.reference_coords() else { continue };
        let at = |n: u8| coords[usize::from(n)];
        let (_, boundary) = topology.boundary();
        for side in boundary {
            let corners = side.corners();
            let first = minus(at(corners[1]), at(corners[0]));
            let other = if topology.dimension() == 3 { minus(at(corners[2]), at(corners[0])) } else { [0.0, 0.0, 1.0] };
            let normal = cross(first, other);
            for node in 0..u8::try_from(topology.num_nodes()).unwrap() {
                let distance = dot(normal, minus(at(node), at(corners[0])));
                match side.nodes().contains(&node) {
                    true => assert!(distance.abs() < 1e-12, "{} {:?} node {node}", topology.name(), side.nodes()),
                    false => assert!(distance < -0.1, "{} {:?} node {node}: {distance}", topology.name(), side.nodes()),
                }
            }
        }
        solids += usize::from(topology.dimension() == 3);
    }
    assert_eq!(solids, 29);
}

/// Every node is at a place of its own, and the nodes of an edge follow each other.
#[test]
fn nodes_of_an_edge_go_along_it() {
    for topology in Topology::all().filter(|t| t.dimension() > 0) {
        let Some(coords) = topology.reference_coords() else {
            assert!(["TRI13", "TET40", "WEDGE52"].contains(&topology.name().as_str()));
            continue;
        };
        let at = |n: u8| coords[usize::from(n)];
        for edge in topology.edges().iter().chain(topology.sides().iter().filter(|side| side.shape() == Shape::Line)) {
            let [from, to] = [edge.corners()[0], edge.corners()[1]];
            let along = minus(at(to), at(from));
            let mut last = 0.0;
            for &node in edge.edges.iter().flatten() {
                let place = dot(minus(at(node), at(from)), along) / dot(along, along);
                assert!(place > last && place < 1.0, "{} {:?}", topology.name(), edge.nodes());
                assert!(dot(cross(minus(at(node), at(from)), along), [1.0; 3]).abs() < 1e-12);
                last = place;
            }
        }
        for (n, place) in coords.iter().enumerate() {
            assert!(coords[..n].iter().all(|other| other != place), "{}", topology.name());
        }
    }
}

/// Sides are elements themselves; the neighbour's side must fit.
#[test]
fn sides_have_types() {
    for topology in Topology::all() {
        for side in topology.sides() {
            let end = topology.form() == Form::Beam || side.shape() == Shape::Point;
            assert!(end || side.topology().is_some(), "{} {:?}", topology.name(), side.nodes());
        }
    }
    let side = |name, nodes, n: usize| standard(name, nodes, 3).sides()[n].topology().unwrap().name();
    assert_eq!(
        (side("HEX", 27, 0), side("WEDGE", 15, 3), side("SHELL", 8, 2)),
        ("QUAD9".into(), "TRI6".into(), "BAR3".into())
    );
}

#[test]
fn mirror_images_are_involutions_that_turn_sides_inside_out() {
    for topology in Topology::all() {
        let Some(order) = topology.mirrored() else { continue };
        let twice: Vec<u8> = order.iter().map(|&n| order[usize::from(n)]).collect();
        assert!((0..).zip(&twice).all(|(n, &m)| n == m), "{}", topology.name());
        let sides = topology.mirrored_sides();
        for (n, side) in topology.sides().iter().enumerate() {
            let mut image: Vec<u8> = side.nodes().iter().map(|&n| order[usize::from(n)]).collect();
            let mut old = topology.sides()[sides[n]].nodes().to_vec();
            image.sort_unstable();
            old.sort_unstable();
            assert_eq!(image, old, "{} side {n}", topology.name());
        }
    }
    assert_eq!(standard("HEX", 8, 3).mirrored().unwrap(), [0, 3, 2, 1, 4, 7, 6, 5]);
    assert_eq!(standard("SHELL", 4, 3).mirrored_sides()[..2], [0, 1]);
}

/// A box of cells along x, y and z, as hexahedra or as tetrahedra.
fn grid(counts: [i64; 3]) -> Cells {
    let [nx, ny, nz] = counts;
    let node = |x, y, z| 1 + x + (nx + 1) * (y + (ny + 1) * z);
    let mut nodes = Vec::new();
    for (z, y, x) in (0..nz).flat_map(|z| (0..ny).flat_map(move |y| (0..nx).map(move |x| (z, y, x)))) {
        let floor = |z| [node(x, y, z), node(x + 1, y, z), node(x + 1, y + 1, z), node(x, y + 1, z)];
        nodes.extend([floor(z), floor(z + 1)].concat());
    }
    Cells::new("HEX8", 3, nodes, 8)
}

#[test]
fn skin_of_a_box() {
    for [nx, ny, nz] in [[1, 1, 1], [3, 4, 5], [1, 7, 2]] {
        let cells = [grid([nx, ny, nz])];
        let list = skin(&cells).unwrap();
        let (area, volume) = (2 * (nx * ny + ny * nz + nz * nx), nx * ny * nz);
        assert_eq!(i64::try_from(list.elements.len()).unwrap(), area);
        let [first, second] = shared_sides(&cells).unwrap();
        assert_eq!(i64::try_from(first.elements.len()).unwrap(), (6 * volume - area) / 2);
        for pair in first.elements.iter().zip(&first.sides).zip(second.elements.iter().zip(&second.sides)) {
            // Neighbours lie along x, y or z, and touch with opposite sides.
            let ((a, side), (b, other)) = pair;
            assert!([1, nx, nx * ny].contains(&(b - a)) && [(2, 4), (3, 1), (6, 5)].contains(&(*side, *other)));
        }
        let count = nx * (ny + 1) * (nz + 1) + (nx + 1) * ny * (nz + 1) + (nx + 1) * (ny + 1) * nz;
        assert_eq!(i64::try_from(edges(&cells).unwrap().len()).unwrap(), count);
    }
    let list = skin(&[grid([1, 1, 1])]).unwrap();
    assert_eq!((list.elements, list.sides), (vec![1; 6], vec![1, 2, 3, 4, 5, 6]));
}

/// Types that meet: a pyramid on a cube, a shell on its side, which does not count, and a wedge that is a hexahedron with two
/// nodes repeated.
#[test]
fn skin_of_different_types() {
    let hex = Cells::new("HEX20", 3, (1..=20).collect(), 20);
    let pyramid = Cells::new("PYRAMID5", 3, vec![5, 6, 7, 8, 21], 5);
    let shell = Cells::new("SHELL4", 3, vec![1, 2, 6, 5], 4);
    let wedge = Cells::new("HEX8", 3, vec![1, 30, 30, 4, 5, 31, 31, 8], 8);
    let null = Cells::new("NULL", 3, Vec::new(), 0);
    let opaque = Cells::new("SUPER", 3, vec![1, 2, 3, 40], 4);
    let list = skin(&[hex, null, shell, opaque, pyramid, wedge]).unwrap();
    let found: Vec<_> = list.elements.into_iter().zip(list.sides).collect();
    let want = [(1, 1), (1, 2), (1, 3), (1, 5), (4, 1), (4, 2), (4, 3), (4, 4), (5, 1), (5, 3), (5, 5), (5, 6)];
    assert_eq!(found, want);
}

#[test]
fn skin_of_shells_lines_and_nothing() {
    let shells = Cells::new("SHELL4", 3, vec![1, 2, 3, 4, 2, 5, 6, 3], 4);
    let list = skin(&[shells]).unwrap();
    assert_eq!((list.elements, list.sides), (vec![1, 1, 1, 2, 2, 2], vec![3, 5, 6, 3, 4, 5]));
    let lines = Cells::new("BAR2", 2, vec![1, 2, 2, 3], 2);
    let list = skin(&[lines]).unwrap();
    assert_eq!((list.elements, list.sides), (vec![1, 2], vec![1, 2]));
    assert_eq!(skin(&[]).unwrap(), SideList::default());
    assert_eq!(skin(&[Cells::new("SUPER", 3, vec![1, 2], 2)]).unwrap(), SideList::default());
}

#[test]
fn skin_of_impossible_nodes() {
    for (wrong, kind) in
        [(0, hyperslab::Kind::Usage), (-1, hyperslab::Kind::Usage), (1 << 40, hyperslab::Kind::Unsupported)]
    {
        assert_eq!(skin(&[Cells::new("TET", 3, vec![1, 2, 3, wrong], 4)]).unwrap_err().kind(), kind);
    }
    // Numbers that are far apart cost no more than others.
    let list = skin(&[Cells::new("TET", 3, vec![1, 4_000_000_000, 2, 4_294_967_295], 4)]).unwrap();
    assert_eq!(list.sides, [1, 2, 3, 4]);
}

/// Orders of VTK have every leading node once; the peer test compares them with VTK itself.
#[test]
fn vtk_orders_are_permutations() {
    let mut whole = 0;
    for topology in Topology::all() {
        let VtkCell { cell_type, mut order } = topology.vtk();
        whole += usize::from(order.len() == topology.num_nodes());
        order.sort_unstable();
        assert!(cell_type > 0 && order.len() >= topology.shape().num_corners());
        assert!((0..).zip(&order).all(|(n, &node)| n == node), "{}", topology.name());
    }
    assert_eq!(whole, 41);
}
