use super::*;
use crate::topology::{Form, Shape, Topology};

fn close(a: f64, b: f64) {
    assert!((a - b).abs() <= 1e-12 * (1.0 + b.abs()), "{a} is not {b}");
}

fn all_close(a: [f64; 3], b: [f64; 3]) {
    a.into_iter().zip(b).for_each(|(a, b)| close(a, b));
}

/// A map of volume ratio 42 that stretches, shears and moves.
fn affine([x, y, z]: [f64; 3]) -> [f64; 3] {
    [2.0 * x + 0.5 * y - 7.0, 3.0 * y + 0.25 * z + 100.0, 7.0 * z + 1.0]
}

fn reference(shape: Shape) -> Measure {
    let third = 1.0 / 3.0;
    let (size, centroid) = match shape {
        Shape::Point => (0.0, [0.0; 3]),
        Shape::Line => (1.0, [0.5, 0.0, 0.0]),
        Shape::Triangle => (0.5, [third, third, 0.0]),
        Shape::Quad => (1.0, [0.5, 0.5, 0.0]),
        Shape::Tet => (1.0 / 6.0, [0.25; 3]),
        Shape::Pyramid => (third, [0.5, 0.5, 0.25]),
        Shape::Wedge => (0.5, [third, third, 0.5]),
        Shape::Hex => (1.0, [0.5; 3]),
    };
    Measure { size, centroid }
}

#[test]
fn straight_elements_of_all_types() {
    let mut seen = 0;
    for topology in Topology::all() {
        let Some(coords) = topology.reference_coords() else { continue };
        let want = reference(topology.shape());
        for num_dim in [2, 3] {
            let found = measure(topology, &coords, num_dim);
            close(found.size, want.size);
            all_close(found.centroid, want.centroid);
        }
        if topology.dimension() == 3 {
            let moved: Vec<_> = coords.iter().copied().map(affine).collect();
            let found = measure(topology, &moved, 3);
            close(found.size, want.size * 42.0);
            all_close(found.centroid, affine(want.centroid));
        }
        seen += 1;
    }
    assert_eq!(seen, 63);
}

/// x is bent by a function that vanishes nowhere, of the degree that the type holds; areas and volumes follow from calculus.
#[test]
fn curved_elements_are_exact() {
    for (shape, nodes, degree) in [
        (Shape::Hex, 27, 2),
        (Shape::Hex, 20, 2),
        (Shape::Hex, 64, 3),
        (Shape::Hex, 32, 3),
        (Shape::Tet, 10, 2),
        (Shape::Tet, 16, 2),
        (Shape::Wedge, 15, 2),
        (Shape::Wedge, 24, 2),
        (Shape::Quad, 8, 2),
        (Shape::Quad, 9, 2),
        (Shape::Quad, 12, 3),
        (Shape::Quad, 16, 3),
        (Shape::Triangle, 6, 2),
        (Shape::Triangle, 9, 2),
    ] {
        let topology = Topology::find(shape, nodes, Form::Plain).unwrap();
        // y goes to y + x^degree: a shear, so that the size stays.
        let bent = |[x, y, z]: [f64; 3]| [x, y + x.powi(degree), z];
        let coords: Vec<_> = topology.reference_coords().unwrap().into_iter().map(bent).collect();
        let found = measure(topology, &coords, 2);
        let want = reference(shape);
        close(found.size, want.size);
        // The mean of x^degree over the element.
        let mean = match (topology.shape(), degree) {
            (Shape::Hex | Shape::Quad, 2) => 1.0 / 3.0,
            (Shape::Hex | Shape::Quad, _) => 0.25,
            (Shape::Tet, _) => 0.1,
            _ => 1.0 / 6.0,
        };
        let [x, y, z] = want.centroid;
        all_close(found.centroid, [x, y + mean, z]);
    }
}

/// A pyramid with its quadratic edges bent by a shear; x^2 has the mean 0.3 over it.
#[test]
fn curved_pyramids_are_exact() {
    for nodes in [13, 14, 18, 19] {
        let topology = Topology::find(Shape::Pyramid, nodes, Form::Plain).unwrap();
        let bent = |[x, y, z]: [f64; 3]| [x, y + x * x, z];
        let coords: Vec<_> = topology.reference_coords().unwrap().into_iter().map(bent).collect();
        let found = measure(topology, &coords, 3);
        close(found.size, 1.0 / 3.0);
        all_close(found.centroid, [0.5, 0.8, 0.25]);
    }
}

/// The closed formula for a trilinear map: a hexahedron with one corner moved.
#[test]
fn a_warped_hexahedron() {
    let topology = Topology::find(Shape::Hex, 8, Form::Plain).unwrap();
    let mut coords = topology.reference_coords().unwrap();
    coords[6] = [2.0, 3.0, 4.0];
    // By Gauss quadrature of the Jacobian of the trilinear map, 3 points along each axis.
    let gauss = [[0.112_701_665_379_258_3, 5.0 / 18.0], [0.5, 4.0 / 9.0], [0.887_298_334_620_741_7, 5.0 / 18.0]];
    let (mut volume, mut moment) = (0.0, [0.0; 3]);
    for [u, wu] in gauss {
        for [v, wv] in gauss {
            for [w, ww] in gauss {
                // The map is the identity plus (1, 2, 3) u v w.
                let grad = [v * w, u * w, u * v];
                let determinant = 1.0 + grad[0] + 2.0 * grad[1] + 3.0 * grad[2];
                let weight = wu * wv * ww * determinant;
                volume += weight;
                let bump = u * v * w;
                for (sum, place) in moment.iter_mut().zip([u + bump, v + 2.0 * bump, w + 3.0 * bump]) {
                    *sum += weight * place;
                }
            }
        }
    }
    let found = measure(topology, &coords, 3);
    close(found.size, volume);
    all_close(found.centroid, moment.map(|m| m / volume));
    close(volume, 1.0 + 6.0 / 4.0);
}

#[test]
fn inverted_elements_have_negative_size() {
    for (shape, nodes) in [(Shape::Hex, 20), (Shape::Tet, 4), (Shape::Wedge, 15), (Shape::Quad, 8)] {
        let topology = Topology::find(shape, nodes, Form::Plain).unwrap();
        let mirrored: Vec<_> = topology.reference_coords().unwrap().into_iter().map(|[x, y, z]| [x, -y, z]).collect();
        let want = reference(shape).size;
        close(measure(topology, &mirrored, 2).size, -want);
        let order = topology.mirrored().unwrap();
        let repaired: Vec<_> = order.iter().map(|&n| mirrored[usize::from(n)]).collect();
        close(measure(topology, &repaired, 2).size, want);
    }
}

/// The normals of a closed surface add up to nothing, and each points away from the centroid.
#[test]
fn sides_enclose() {
    for topology in Topology::all().filter(|t| t.dimension() >= 2 && t.form() == Form::Plain) {
        let Some(coords) = topology.reference_coords() else { continue };
        let centroid = measure(topology, &coords, 3).centroid;
        let mut sum = [0.0; 3];
        for side in 0..topology.sides().len() {
            let found = measure_side(topology, side, &coords).unwrap();
            let outward: f64 = (0..3).map(|k| found.normal[k] * (found.centroid[k] - centroid[k])).sum();
            assert!(outward > 0.05, "{} side {side}", topology.name());
            close(found.normal.iter().map(|n| n * n).sum(), 1.0);
            sum.iter_mut().zip(found.normal).for_each(|(s, n)| *s += n * found.area);
        }
        all_close(sum, [0.0; 3]);
    }
    let hex = Topology::find(Shape::Hex, 8, Form::Plain).unwrap();
    let found = measure_side(hex, 5, &hex.reference_coords().unwrap()).unwrap();
    assert_eq!((found.area, found.normal), (1.0, [0.0, 0.0, 1.0]));
    all_close(found.centroid, [0.5, 0.5, 1.0]);
    assert!(measure_side(hex, 6, &[]).is_none());
}

#[test]
fn sides_of_shells_and_lines() {
    let shell = Topology::find(Shape::Quad, 4, Form::Shell).unwrap();
    let coords = shell.reference_coords().unwrap();
    let normal = |side| measure_side(shell, side, &coords).unwrap().normal;
    all_close(normal(0), [0.0, 0.0, 1.0]);
    all_close(normal(1), [0.0, 0.0, -1.0]);
    all_close(normal(3), [1.0, 0.0, 0.0]);
    let line = Topology::find(Shape::Line, 2, Form::Plain).unwrap();
    let end = measure_side(line, 1, &[[0.0; 3], [3.0, 4.0, 0.0]]).unwrap();
    assert_eq!((end.area, end.normal, end.centroid), (0.0, [0.0; 3], [3.0, 4.0, 0.0]));
    close(measure(line, &[[0.0; 3], [3.0, 4.0, 0.0]], 3).size, 5.0);
}

/// Three nodes make a parabola, whose length is known.
#[test]
fn lengths_of_curves() {
    let line = Topology::find(Shape::Line, 3, Form::Plain).unwrap();
    // (t, t^2) from 0 to 1.
    let found = measure(line, &[[0.0; 3], [1.0, 1.0, 0.0], [0.5, 0.25, 0.0]], 3);
    let want = 5.0_f64.sqrt() / 2.0 + 2.0_f64.asinh() / 4.0;
    assert!((found.size - want).abs() < 1e-7, "{} {want}", found.size);
}

#[test]
fn polygons() {
    let l = [[0.0, 0.0, 0.0], [2.0, 0.0, 0.0], [2.0, 1.0, 0.0], [1.0, 1.0, 0.0], [1.0, 2.0, 0.0], [0.0, 2.0, 0.0]];
    let found = measure_polygon(&l, 2);
    close(found.size, 3.0);
    all_close(found.centroid, [5.0 / 6.0, 5.0 / 6.0, 0.0]);
    let backwards: Vec<_> = l.iter().rev().copied().collect();
    close(measure_polygon(&backwards, 2).size, -3.0);
    close(measure_polygon(&backwards, 3).size, 3.0);
    close(measure_polygon(&[], 2).size, 0.0);
}

/// A plane quadrilateral with a corner that looks inwards, anywhere in space.
#[test]
fn faces_that_are_not_convex() {
    let dart = [[0.0, 0.0, 0.0], [2.0, 0.0, 0.0], [0.2, 0.2, 0.0], [0.0, 2.0, 0.0]];
    let turned = dart.map(|[x, y, z]| [x, 0.6 * y - 0.8 * z, 0.8 * y + 0.6 * z]);
    let want = measure_polygon(&turned, 3);
    close(want.size, 0.4);
    let shell = Topology::find(Shape::Quad, 4, Form::Shell).unwrap();
    let found = measure(shell, &turned, 3);
    close(found.size, 0.4);
    all_close(found.centroid, want.centroid);
    let hex = Topology::find(Shape::Hex, 8, Form::Plain).unwrap();
    let above = turned.map(|[x, y, z]| [x, y - 0.8, z + 0.6]);
    let prism = [turned, above].concat();
    close(measure(hex, &prism, 3).size, 0.4);
    // Sides 5 and 6 are below and above.
    for (side, sign) in [(4, -1.0), (5, 1.0)] {
        let found = measure_side(hex, side, &prism).unwrap();
        close(found.area, 0.4);
        all_close(found.normal, [0.0, -0.8 * sign, 0.6 * sign]);
    }
    all_close(measure_side(hex, 4, &prism).unwrap().centroid, want.centroid);
}

#[test]
fn polyhedra_whose_faces_run_in_any_direction() {
    let hex = Topology::find(Shape::Hex, 8, Form::Plain).unwrap();
    let coords: Vec<_> = hex.reference_coords().unwrap().into_iter().map(affine).collect();
    for turn in 0..64 {
        let face = |n: usize| {
            let mut nodes: Vec<_> = hex.faces()[n].corners().iter().map(|&c| coords[usize::from(c)]).collect();
            if turn >> n & 1 == 1 {
                nodes.reverse();
            }
            nodes
        };
        let found = measure_polyhedron(&(0..6).map(face).collect::<Vec<_>>());
        close(found.size, 42.0);
        all_close(found.centroid, affine([0.5; 3]));
    }
}

/// Numbers that look random.
fn scattered(count: usize) -> Vec<[f64; 3]> {
    let mut state = 1_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f64 / f64::from(1 << 24)
    };
    (0..count).map(|_| [next(), next() * 1e-3, next() * 10.0]).collect()
}

#[test]
fn trees_find_what_searching_finds() {
    for count in [0, 1, 7, 9, 100, 3000] {
        let mut points = scattered(count);
        // Many points in one place.
        points.extend(points.clone().into_iter().take(count / 3));
        points.extend([[0.5, 0.0, 0.5]; 40].into_iter().take(count));
        let tree = PointTree::new(&points);
        for place in scattered(200).into_iter().map(|[x, y, z]| [2.0 * x - 0.5, y, 1.5 * z - 2.0]) {
            assert_eq!(tree.nearest(place), nearest(&points, place));
        }
        for &place in &points {
            assert_eq!(tree.nearest(place).unwrap().distance, 0.0);
        }
        assert_eq!(tree.nearest([f64::NAN, 0.0, 0.0]), None);
    }
    let tree = PointTree::new(&[[f64::NAN; 3], [1.0; 3]]);
    assert_eq!(tree.nearest([1.0; 3]), Some(Nearest { index: 1, distance: 0.0 }));
}

#[test]
fn boxes() {
    assert_eq!(bounding_box::<2>(&[]), None);
    assert_eq!(bounding_box(&[[1.0, f64::NAN], [-1.0, 5.0], [0.0, 2.0]]), Some([[-1.0, 2.0], [1.0, 5.0]]));
}
