//! What reading and writing ask the allocator for: the number of requests does not grow with what is read or written.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test that fails may panic

#[path = "common/counting.rs"]
mod counting;

use counting::{measure, Counting};
use hyperslab::hdf5::Filter;
use hyperslab::netcdf::{Container, File, Layout, Schema, Type, Variable, Writer};
use hyperslab::{OpenOptions, Selection, Source};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const NODES: u64 = 64;

/// A file in memory with a variable of steps x nodes; decoded chunks are not kept.
fn file(steps: u64, deflate: Option<u8>) -> File {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.nc");
    let mut schema = Schema::new(Container::NetCdf4);
    let time = schema.add_dimension("time", 0, true);
    let nodes = schema.add_dimension("nodes", NODES, false);
    let mut variable = Variable::new("v", Type::Double, vec![time, nodes]);
    variable.storage.layout = Layout::Chunked(vec![1, NODES]);
    variable.storage.filters = deflate.iter().flat_map(|&level| [Filter::shuffle(), Filter::deflate(level)]).collect();
    let v = schema.add_variable(variable);
    let writer = Writer::create(&path, schema, false).unwrap();
    let values: Vec<f64> = (0u32..).take(usize::try_from(steps * NODES).unwrap()).map(f64::from).collect();
    writer.write(v, &Selection::all(&[steps, NODES]), &values).unwrap();
    writer.finish().unwrap();
    let source = Source::from_bytes(std::fs::read(path).unwrap());
    File::from_source_with(source, &OpenOptions::new().cache(0)).unwrap()
}

#[test]
fn a_view_of_a_step_asks_for_nothing() {
    let file = file(100, None);
    let array = file.find("v").unwrap();
    let views = |step| {
        let region = Selection::index(array.shape(), step);
        measure(|| array.view::<f64>(&region).unwrap().is_borrowed())
    };
    // The blocks of the index are kept after the first time.
    for step in 0..100 {
        views(step);
    }
    for step in [99, 3, 64, 65] {
        let (is_borrowed, usage) = views(step);
        assert!(is_borrowed && usage.count == 0, "{step}: {usage:?}");
    }
}

#[test]
fn a_history_asks_for_no_more_than_a_few_buffers() {
    for (steps, deflate) in [(20_000, None), (2_000, Some(1))] {
        let file = file(steps, deflate);
        let array = file.find("v").unwrap();
        let region = Selection::block(vec![0, 3], vec![steps, 1]);
        let mut history = vec![0.0f64; usize::try_from(steps).unwrap()];
        let mut read = || measure(|| array.read_into(&region, &mut history).unwrap()).1.count;
        let (first, again) = (read(), read());
        assert!(first <= 100 && again <= 100, "{first}, {again} of {steps} steps, deflate {deflate:?}");
        assert!(history.iter().zip(0u32..).all(|(&value, step)| value == f64::from(step) * 64.0 + 3.0));
    }
}

#[test]
fn a_shared_step_asks_for_its_shape_alone() {
    let file = file(100, None);
    let array = file.find("v").unwrap();
    let region = Selection::index(array.shape(), 7);
    let share = || measure(|| array.try_share(&region).unwrap());
    share();
    let (view, usage) = share();
    assert!(usage.count <= 5 && usage.largest < 64, "{usage:?}");
    assert_eq!(view.get::<f64>(&[0, 3]).unwrap(), Some(7.0 * 64.0 + 3.0));
    // All steps of a node are one view.
    let node = array.try_share((.., 3)).unwrap();
    let (sum, usage) = measure(|| node.iter::<f64>().unwrap().sum::<f64>());
    assert!(usage.count <= 1 && sum == (0..100).map(|step| f64::from(step) * 64.0 + 3.0).sum::<f64>(), "{usage:?}");
}

#[test]
fn a_conversion_takes_no_second_buffer_of_the_region() {
    const STEPS: u64 = 20_000;
    for deflate in [None, Some(1)] {
        let file = file(STEPS, deflate);
        let array = file.find("v").unwrap();
        let mut target = vec![0f32; usize::try_from(STEPS * NODES).unwrap()];
        let ((), usage) = measure(|| array.read_into(.., &mut target).unwrap());
        let region = usize::try_from(STEPS * NODES * 8).unwrap();
        assert!(usage.count < 300 && (deflate.is_some() || usage.largest < region / 4), "{deflate:?} {usage:?}");
        assert!(target.iter().zip(0u32..).all(|(&value, n)| f64::from(value) == f64::from(n)));
    }
}

#[test]
fn strides_over_all_steps_ask_for_as_much_as_over_few() {
    let strides = |steps| {
        let file = file(steps, None);
        let array = file.find("v").unwrap();
        let strided = || measure(|| array.strided::<f64>().unwrap().get(&[usize::try_from(steps).unwrap() - 1, 3]));
        (strided(), strided())
    };
    let ((_, few_first), (_, few)) = strides(20);
    let ((_, first), (last, many)) = strides(20_000);
    assert_eq!(last, Some(19_999.0 * 64.0 + 3.0));
    // Blocks of the index, 64 chunks each, are kept from the first time on.
    assert!(few_first.count <= 100 && first.count <= 100 + 20_000 / 16, "{few_first:?} {first:?}");
    assert!(few.count <= 40 && many.count <= 100, "{few:?} {many:?}");
}

#[test]
fn writing_asks_for_a_few_buffers_whatever_is_written() {
    const COUNT: u64 = 1 << 20;
    for (container, ty) in [
        (Container::NetCdf4, Type::Float),
        (Container::NetCdf4, Type::Double),
        (Container::Cdf5, Type::Double),
        (Container::Cdf5, Type::Float),
    ] {
        let mut schema = Schema::new(container);
        let x = schema.add_dimension("x", COUNT, false);
        let v = schema.add_variable(Variable::new("v", ty.clone(), vec![x]));
        let directory = tempfile::tempdir().unwrap();
        let writer = Writer::create(directory.path().join("a.nc"), schema, false).unwrap();
        let values: Vec<f64> = (0u32..).take(usize::try_from(COUNT).unwrap()).map(f64::from).collect();
        let write = |count: u64| {
            let values = &values[..usize::try_from(count).unwrap()];
            measure(|| writer.write(v, &Selection::block(vec![0], vec![count]), values).unwrap()).1
        };
        let (few, many) = (write(1000), write(COUNT));
        assert!(few.count <= 40, "{container:?} {ty:?}: {few:?}");
        // A piece of a quarter of a megabyte asks for a few positions.
        assert!(many.count <= 40 + 40 * 32, "{container:?} {ty:?}: {many:?}");
        assert!(many.peak <= 1 << 20, "{container:?} {ty:?}: {many:?}");
    }
}
