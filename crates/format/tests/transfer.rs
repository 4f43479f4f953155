//! Copies from file to file meet what was written before, and shapes that fit or do not.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test that fails may panic

use std::ops::ControlFlow;
use std::sync::Mutex;

use hyperslab::hdf5::Filter;
use hyperslab::netcdf::{
    Compute, Container, File, Job, Layout, Progress, Schema, Transfer, Transform, Type, Value, Variable, VariableId,
    Writer,
};
use hyperslab::{Kind, Memory, NumberType, Result, Selection, Source};

/// A variable `v` of time x nodes; compressed chunks of two steps where the container has chunks.
fn schema(container: Container, [steps, nodes]: [u64; 2], unlimited: bool) -> Schema {
    let mut schema = Schema::new(container);
    let time = schema.add_dimension("time", steps, unlimited);
    let (width, nodes) = (nodes.min(4), schema.add_dimension("nodes", nodes, false));
    let mut v = Variable::new("v", Type::Int, vec![time, nodes]);
    if container.is_hdf5() {
        v.storage.layout = Layout::Chunked(vec![2, width]);
        v.storage.filters = vec![Filter::deflate(1)];
    }
    schema.add_variable(v);
    schema
}

fn finished(writer: Writer, place: &Memory) -> File {
    writer.finish().unwrap();
    File::from_source(Source::from_bytes(place.take().unwrap())).unwrap()
}

/// Three steps of four nodes, counted from 0.
fn input() -> File {
    let place = Memory::new();
    let writer = Writer::create_in_memory(&place, schema(Container::NetCdf4, [3, 4], true)).unwrap();
    writer.write(VariableId(0), &Selection::all(&[3, 4]), &(0..12).collect::<Vec<i32>>()).unwrap();
    finished(writer, &place)
}

fn copy(from: &File, to: &Writer, transform: Transform) -> Result<ControlFlow<()>> {
    let job = Job { transform, ..Job::new(from.array(VariableId(0))?, VariableId(0)) };
    Transfer::new(to).threads(2).job(job).run(&|_| ControlFlow::Continue(()))
}

#[test]
fn what_is_copied_comes_after_what_was_written() {
    let (input, place) = (input(), Memory::new());
    let writer = Writer::create_in_memory(&place, schema(Container::NetCdf4, [3, 4], true)).unwrap();
    writer.write(VariableId(0), &Selection::block(vec![0, 0], vec![1, 1]), &[99]).unwrap();
    assert!(copy(&input, &writer, Transform::Identity).unwrap().is_continue());
    writer.write(VariableId(0), &Selection::block(vec![2, 3], vec![1, 1]), &[77]).unwrap();
    let values: Vec<i32> = finished(writer, &place).find("/v").unwrap().read(..).unwrap();
    assert_eq!(values, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 77]);
}

#[test]
fn an_output_grows_to_what_the_input_has() {
    for container in [Container::Cdf2, Container::Cdf5, Container::NetCdf4] {
        let (input, place) = (input(), Memory::new());
        let writer = Writer::create_in_memory(&place, schema(container, [0, 4], true)).unwrap();
        assert!(copy(&input, &writer, Transform::Identity).unwrap().is_continue());
        let file = finished(writer, &place);
        let v = file.find("/v").unwrap();
        assert_eq!((v.shape(), v.read::<i32>(2).unwrap()), (&[3, 4][..], vec![8, 9, 10, 11]), "{container:?}");
    }
}

#[test]
fn what_does_not_fit_is_refused() {
    let input = input();
    for (shape, unlimited) in [([3, 3], true), ([3, 5], true), ([2, 4], false), ([4, 4], false)] {
        let writer = Writer::create_in_memory(&Memory::new(), schema(Container::NetCdf4, shape, unlimited)).unwrap();
        let error = copy(&input, &writer, Transform::Identity).unwrap_err();
        assert_eq!((error.kind(), error.location().object.as_deref()), (Kind::Usage, Some("/v")), "{shape:?}: {error}");
    }
    let writer = Writer::create_in_memory(&Memory::new(), schema(Container::NetCdf4, [3, 4], true)).unwrap();
    for axis in [2, 9, usize::MAX] {
        let error = copy(&input, &writer, Transform::Along { axis, terms: vec![(2.0, 0.0)] }).unwrap_err();
        assert_eq!(error.kind(), Kind::Usage, "{axis}: {error}");
    }
}

/// Every number of a variable of 3 x 4, from its position.
struct Positions;

impl Compute for Positions {
    fn number(&self) -> NumberType {
        NumberType::I16
    }

    fn shape(&self) -> &[u64] {
        &[3, 4]
    }

    fn compute(&self, region: &Selection, target: &mut Vec<u8>) -> Result<()> {
        assert!(region.stride.iter().all(|&stride| stride == 1));
        for row in region.start[0]..region.start[0] + region.count[0] {
            for column in region.start[1]..region.start[1] + region.count[1] {
                target.extend(i16::try_from(row * 4 + column).unwrap().to_ne_bytes());
            }
        }
        Ok(())
    }
}

/// Numbers of too few bytes.
struct Short;

impl Compute for Short {
    fn number(&self) -> NumberType {
        NumberType::I32
    }

    fn shape(&self) -> &[u64] {
        &[3, 4]
    }

    fn compute(&self, _: &Selection, target: &mut Vec<u8>) -> Result<()> {
        target.extend([1, 2, 3]);
        Ok(())
    }
}

#[test]
fn what_is_computed_is_written_like_what_is_stored() {
    for (container, deflate) in [(Container::Cdf5, false), (Container::NetCdf4, false), (Container::NetCdf4, true)] {
        let run = |threads: usize, numbers: &dyn Compute| {
            let place = Memory::new();
            let mut schema = schema(container, [3, 4], true);
            if deflate {
                schema.variables[0].storage.filters = vec![Filter::deflate(1)];
                schema.variables[0].storage.layout = Layout::Chunked(vec![1, 3]);
            }
            let writer = Writer::create_in_memory(&place, schema).unwrap();
            let transfer = Transfer::new(&writer).threads(threads).job(Job::new(numbers, VariableId(0)));
            assert!(transfer.run(&|_| ControlFlow::Continue(()))?.is_continue());
            writer.finish()?;
            Ok(place.take().unwrap())
        };
        let alone = run(1, &Positions).unwrap();
        assert_eq!(alone, run(3, &Positions).unwrap());
        let file = File::from_bytes(alone).unwrap();
        assert_eq!(file.array(VariableId(0)).unwrap().read_all::<i32>().unwrap(), (0..12).collect::<Vec<i32>>());
        let short: Result<Vec<u8>> = run(2, &Short);
        assert_eq!(short.unwrap_err().kind(), Kind::Usage);
    }
}

/// A variable `v` of rows x columns, in compressed chunks.
fn table(ty: Type, lengths: [u64; 2], chunk: [u64; 2]) -> Schema {
    let mut schema = Schema::new(Container::NetCdf4);
    let dimensions = [("rows", lengths[0]), ("columns", lengths[1])];
    let dimensions = dimensions.map(|(name, length)| schema.add_dimension(name, length, false));
    let mut v = Variable::new("v", ty, dimensions.to_vec());
    v.storage.layout = Layout::Chunked(chunk.to_vec());
    v.storage.filters = vec![Filter::shuffle(), Filter::deflate(1)];
    schema.add_variable(v);
    schema
}

#[test]
fn columns_become_rows_whether_values_change_or_not() {
    // More than the chunks that are kept decoded; the last chunks are cut.
    let lengths = [70_001, 63];
    let place = Memory::new();
    let writer = Writer::create_in_memory(&place, table(Type::Int, lengths, [70_001, 1])).unwrap();
    let values: Vec<i32> = (0..70_001 * 63).collect();
    writer.write(VariableId(0), &Selection::all(&lengths), &values).unwrap();
    let input = finished(writer, &place);
    for (ty, scale, threads) in [(Type::Int, 1.0, 2), (Type::Double, 0.5, 3), (Type::Int, 1.0, 1)] {
        let place = Memory::new();
        let writer = Writer::create_in_memory(&place, table(ty.clone(), lengths, [1000, 20])).unwrap();
        let transform = Transform::Affine { scale, offset: 0.0 };
        let job = Job { transform, ..Job::new(input.array(VariableId(0)).unwrap(), VariableId(0)) };
        let (done, total) = (Mutex::new(0), lengths.iter().product::<u64>() * ty.size());
        let transfer = Transfer::new(&writer).threads(threads).job(job);
        let watch = |progress: Progress| {
            assert_eq!(progress.total_bytes, total);
            let mut done = done.lock().unwrap();
            *done = progress.bytes.max(*done);
            ControlFlow::Continue(())
        };
        assert!(transfer.run(&watch).unwrap().is_continue());
        assert_eq!(done.into_inner().unwrap(), total);
        let read: Vec<f64> = finished(writer, &place).find("/v").unwrap().read(..).unwrap();
        assert!(read.iter().zip(&values).all(|(&found, &value)| found == f64::from(value) * scale), "{ty:?}");
    }
    let place = Memory::new();
    let writer = Writer::create_in_memory(&place, table(Type::Int, lengths, [1000, 20])).unwrap();
    let transfer = Transfer::new(&writer).threads(2).job(Job::new(input.array(VariableId(0)).unwrap(), VariableId(0)));
    assert!(transfer.run(&|_| ControlFlow::Break(())).unwrap().is_break());
}

#[test]
fn the_file_does_not_depend_on_which_thread_is_faster() {
    let lengths = [60, 80];
    let place = Memory::new();
    let mut declared = table(Type::Int, lengths, [60, 1]);
    let dimensions = declared.variables[0].dimensions.clone();
    let mut texts = Variable::new("texts", Type::String, dimensions);
    texts.storage.layout = Layout::Chunked(vec![7, 9]);
    declared.add_variable(texts);
    let writer = Writer::create_in_memory(&place, declared).unwrap();
    let values: Vec<i32> = (0..60 * 80).map(|n| n * 7919 % 1013).collect();
    writer.write(VariableId(0), &Selection::all(&lengths), &values).unwrap();
    let texts = values.iter().map(|&n| Some(vec![b'x'; usize::try_from(n % 20).unwrap()])).collect();
    writer.write_values(VariableId(1), &Selection::all(&lengths), &Value::String(texts)).unwrap();
    let input = finished(writer, &place);
    let copied = || {
        let place = Memory::new();
        let mut declared = input.schema().clone();
        declared.variables[0].storage.layout = Layout::Chunked(vec![7, 30]);
        let writer = Writer::create_in_memory(&place, declared).unwrap();
        let job = |n| Job::new(input.array(VariableId(n)).unwrap(), VariableId(n));
        let transfer = Transfer::new(&writer).threads(4).job(job(0)).job(job(1));
        assert!(transfer.run(&|_| ControlFlow::Continue(())).unwrap().is_continue());
        writer.finish().unwrap();
        place.take().unwrap()
    };
    let first = copied();
    assert!((0..4).all(|_| copied() == first));
    let copy = File::from_bytes(first).unwrap();
    assert_eq!(copy.find("/v").unwrap().read::<i32>(..).unwrap(), values);
}
