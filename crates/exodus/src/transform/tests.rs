use std::f64::consts::{FRAC_PI_2, FRAC_PI_3, PI};

use ndarray::array;

use super::*;
use crate::geometry::measure;
use crate::topology::{Form, Shape, Topology};

fn close(found: &[f64], want: &[f64]) {
    assert_eq!(found.len(), want.len());
    found.iter().zip(want).for_each(|(a, b)| assert!((a - b).abs() < 1e-13, "{found:?} is not {want:?}"));
}

fn rotation(axis: [f64; 3], angle: f64) -> Transform {
    Transform::rotation(axis, angle).unwrap()
}

#[test]
fn rotations_turn_axes_into_each_other() {
    let (x, y, z) = ([1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]);
    for (axis, from, to) in [(x, y, z), (y, z, x), (z, x, y)] {
        close(&rotation(scale(axis, 7.0), FRAC_PI_2).vector(from), &to);
        close(&rotation(axis, FRAC_PI_2).vector(axis), &axis);
        close(&rotation(axis, -FRAC_PI_2).vector(to), &from);
    }
    // About the diagonal, a third of a turn exchanges the axes.
    close(&rotation([1e-200; 3], 2.0 * FRAC_PI_3).vector(x), &y);
    close(&rotation([1e200; 3], 2.0 * FRAC_PI_3).vector(y), &z);
    for wrong in [[0.0; 3], [f64::NAN, 1.0, 0.0], [f64::INFINITY, 0.0, 0.0]] {
        assert!(Transform::rotation(wrong, 1.0).is_err(), "{wrong:?}");
        assert!(Transform::mirror(wrong).is_err());
    }
    assert!(Transform::rotation(x, f64::NAN).is_err());
}

#[test]
fn euler_sequences() {
    let (a, b, c) = (0.3, -1.1, 2.5);
    let [x, y, z] = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
    let point = [0.7, -2.0, 5.0];
    let extrinsic = Transform::euler("xyz", &[a, b, c]).unwrap();
    let step = rotation(z, c).point(rotation(y, b).point(rotation(x, a).point(point)));
    close(&extrinsic.point(point), &step);
    // Turning axes, written down: the second axis is where the first rotation brought it.
    let second = rotation(x, a).vector(y);
    let third = rotation(second, b).vector(rotation(x, a).vector(z));
    let step = rotation(third, c).point(rotation(second, b).point(rotation(x, a).point(point)));
    close(&Transform::euler("XYZ", &[a, b, c]).unwrap().point(point), &step);
    close(&Transform::euler("ZYX", &[c, b, a]).unwrap().point(point), &extrinsic.point(point));
    close(&Transform::euler("Y", &[b]).unwrap().point(point), &rotation(y, b).point(point));
    for (sequence, angles) in [("XYz", 3), ("", 0), ("XYZX", 4), ("abc", 3), ("XY", 3), ("é", 2)] {
        assert!(Transform::euler(sequence, &vec![0.0; angles]).is_err(), "{sequence}");
    }
}

#[test]
fn transforms_combine() {
    let turn = rotation([1.0, 2.0, 3.0], 0.8).about([4.0, 5.0, 6.0]);
    close(&turn.point([4.0, 5.0, 6.0]), &[4.0, 5.0, 6.0]);
    let all = Transform::scaling([2.0, 3.0, 4.0]).then(&turn).then(&Transform::translation([1.0, 0.0, -1.0]));
    let [x, y, z] = turn.point([2.0, 6.0, 12.0]);
    close(&all.point([1.0, 2.0, 3.0]), &[x + 1.0, y, z - 1.0]);
    close(&[all.determinant(), turn.determinant()], &[24.0, 1.0]);
    let mirror = Transform::mirror([0.0, -3.0, 0.0]).unwrap().about([0.0, 1.0, 0.0]);
    close(&mirror.point([5.0, 3.0, 7.0]), &[5.0, -1.0, 7.0]);
    close(&[mirror.determinant()], &[-1.0]);
    assert_eq!(mirror.then(&mirror), Transform::identity());
}

#[test]
fn slices_and_arrays_of_both_precisions() {
    let turn = rotation([0.0, 0.0, 1.0], FRAC_PI_2).then(&Transform::translation([1.0, 2.0, 3.0]));
    let (mut x, mut y, mut z) = ([1.0_f32, 0.0], [0.0_f32, 1.0], [5.0_f32, 6.0]);
    turn.coords(&mut [&mut x, &mut y, &mut z]).unwrap();
    assert_eq!((x, y, z), ([1.0, 0.0], [3.0, 2.0], [8.0, 9.0]));
    let mut nodes = array![[1.0, 0.0, 5.0], [0.0, 1.0, 6.0]];
    turn.coords_array(nodes.view_mut()).unwrap();
    close(nodes.as_slice().unwrap(), &[1.0, 3.0, 8.0, 0.0, 2.0, 9.0]);
    turn.vectors(&mut [&mut x, &mut y, &mut z]).unwrap();
    assert_eq!((x, y), ([-3.0, -2.0], [1.0, 0.0]));
}

#[test]
fn what_does_not_fit_is_refused() {
    let (mut x, mut y) = (vec![1.0; 3], vec![2.0; 3]);
    let out = rotation([1.0, 0.0, 0.0], 0.1);
    assert!(out.coords(&mut [&mut x, &mut y]).is_err());
    assert!(Transform::translation([0.0, 0.0, 1.0]).coords(&mut [&mut x, &mut y]).is_err());
    assert!(Transform::translation([0.0, 0.0, 1.0]).vectors(&mut [&mut x, &mut y]).is_ok());
    // Half a turn about x mirrors the plane.
    rotation([1.0, 0.0, 0.0], PI).coords(&mut [&mut x, &mut y]).unwrap();
    close(&y, &[-2.0; 3]);
    Transform::scaling([3.0, 1.0, 1.0]).coords(&mut [&mut x]).unwrap();
    assert_eq!(x, [3.0; 3]);
    assert!(Transform::identity().coords(&mut [&mut x, &mut y[..2]]).is_err());
    assert!(Transform::identity().coords::<f64>(&mut []).is_err());
    let mut wide = array![[1.0, 2.0, 3.0, 4.0]];
    assert!(Transform::identity().coords_array(wide.view_mut()).is_err());
    assert!(Transform::identity().tensors(&mut [&mut x, &mut y]).is_err());
    assert!(out.tensors(&mut [&mut [1.0], &mut [1.0], &mut [1.0]]).is_err());
}

/// A tensor made of two vectors turns as they do.
#[test]
fn tensors_turn_with_vectors() {
    let tensor = |[a, b, c]: Vector, [x, y, z]: Vector| {
        [a * x, b * y, c * z, 0.5 * (a * y + b * x), 0.5 * (b * z + c * y), 0.5 * (c * x + a * z)]
    };
    let (u, v) = ([1.0, -2.0, 0.5], [0.3, 4.0, -1.0]);
    let mirror = Transform::mirror([1.0, 1.0, 0.2]).unwrap();
    for map in [rotation([1.0, 2.0, 3.0], 1.0), mirror, Transform::scaling([1.0, 2.0, 3.0]).then(&mirror)] {
        close(&map.tensor(tensor(u, v)), &tensor(map.vector(u), map.vector(v)));
        let mut slices = tensor(u, v).map(|component| [component, 2.0 * component]);
        map.tensors(&mut slices.each_mut().map(<[f64; 2]>::as_mut_slice)).unwrap();
        let want = tensor(map.vector(u), map.vector(v));
        close(&slices.map(|[_, second]| second), &want.map(|component| 2.0 * component));
    }
    // A quarter of a turn in the plane exchanges XX and YY, and turns XY around.
    let turn = rotation([0.0, 0.0, 1.0], FRAC_PI_2);
    let mut flat = [[1.0_f32], [2.0], [3.0]];
    turn.tensors(&mut flat.each_mut().map(<[f32; 1]>::as_mut_slice)).unwrap();
    assert_eq!(flat, [[2.0], [1.0], [-3.0]]);
    let mut plane = [[1.0_f32], [2.0], [9.0], [3.0]];
    turn.tensors(&mut plane.each_mut().map(<[f32; 1]>::as_mut_slice)).unwrap();
    assert_eq!(plane, [[2.0], [1.0], [9.0], [-3.0]]);
}

/// Mirrored elements have their volume again, and side sets their sides.
#[test]
fn mirrored_elements_are_put_right() {
    let mirror = Transform::mirror([1.0, 0.5, 0.25]).unwrap();
    for topology in Topology::all().filter(|t| t.dimension() == 3) {
        let mut order: Vec<usize> = (0..topology.num_nodes()).collect();
        let Some(coords) = topology.reference_coords() else {
            assert!(mirror_connectivity(topology, &mut order).is_err());
            continue;
        };
        let coords: Vec<_> = coords.into_iter().map(|point| mirror.point(point)).collect();
        let volume = measure(topology, &coords, 3).size;
        mirror_connectivity(topology, &mut order).unwrap();
        let again: Vec<_> = order.iter().map(|&n| coords[n]).collect();
        close(&[measure(topology, &again, 3).size], &[-volume]);
        let mut sides: Vec<i64> = (1..).take(topology.sides().len()).collect();
        mirror_sides(topology, &mut sides).unwrap();
        for (old, &new) in topology.sides().iter().zip(&sides) {
            let new = &topology.sides()[usize::try_from(new - 1).unwrap()];
            let mut nodes: Vec<usize> = new.nodes().iter().map(|&n| order[usize::from(n)]).collect();
            let mut want: Vec<usize> = old.nodes().iter().map(|&n| usize::from(n)).collect();
            nodes.sort_unstable();
            want.sort_unstable();
            assert_eq!(nodes, want, "{}", topology.name());
        }
    }
    let tri = Topology::find(Shape::Triangle, 3, Form::Plain).unwrap();
    let mut nodes = [1, 2, 3, 4, 5, 6];
    mirror_connectivity(tri, &mut nodes).unwrap();
    assert_eq!(nodes, [1, 3, 2, 4, 6, 5]);
    assert!(mirror_connectivity(tri, &mut nodes[..4]).is_err());
    assert!(mirror_sides(tri, &mut [4]).is_err() && mirror_sides(tri, &mut [0]).is_err());
}
