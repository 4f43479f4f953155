use proptest::prelude::*;

use super::*;
use crate::hdf5::Filter;
use crate::netcdf::{Container, File, Layout, Schema, Type, Variable, Writer};
use crate::source::Source;

proptest! {
    #[test]
    fn slabs_are_the_region_and_share_no_chunk(
        dims in prop::collection::vec((0u64..20, 1u64..30, 1u64..4, 1u64..6), 1..4),
        workers in 2usize..5,
    ) {
        let column = |f: fn(&(u64, u64, u64, u64)) -> u64| dims.iter().map(f).collect::<Vec<_>>();
        let region = Selection { start: column(|d| d.0), count: column(|d| d.1), stride: column(|d| d.2) };
        let chunk = column(|d| d.3);
        let chunks = chunks(&region, &chunk).unwrap();
        let Some(cut) = Cut::along_the_first(&region, &chunks, &chunk, workers) else {
            prop_assert!(chunks.iter().all(|&n| n == 1));
            return Ok(());
        };
        let axis = cut.axis;
        let mut next = 0;
        let mut last_chunk = None;
        for slab in &cut.slabs {
            prop_assert_eq!(slab.start, next);
            prop_assert_eq!(slab.region.start[axis], region.start[axis] + next * region.stride[axis]);
            next += slab.region.count[axis];
            if slab.region.count[axis] > 0 {
                let first = slab.region.start[axis] / chunk[axis];
                prop_assert!(last_chunk.is_none_or(|last| last < first));
                let end = slab.region.start[axis] + (slab.region.count[axis] - 1) * region.stride[axis];
                last_chunk = Some(end / chunk[axis]);
            }
        }
        prop_assert_eq!(next, region.count[axis]);
        prop_assert!(cut.slabs.len() <= workers * 8);
    }
}

/// The file of a compressed array of numbers that count up.
fn counting(shape: &[u64], chunk: &[u64]) -> Vec<u8> {
    partly(shape, chunk, &Selection::all(shape))
}

/// The same, with nothing but this box written.
fn partly(shape: &[u64], chunk: &[u64], region: &Selection) -> Vec<u8> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.nc");
    let mut schema = Schema::new(Container::NetCdf4);
    let dimensions = shape.iter().enumerate().map(|(n, &len)| schema.add_dimension(&format!("d{n}"), len, false));
    let mut variable = Variable::new("u", Type::Int, dimensions.collect());
    variable.storage.layout = Layout::Chunked(chunk.to_vec());
    variable.storage.filters = vec![Filter::shuffle(), Filter::deflate(1)];
    let id = schema.add_variable(variable);
    let writer = Writer::create(&path, schema, false).unwrap();
    let values: Vec<i32> = (0..).take(usize::try_from(shape::count(&region.count).unwrap()).unwrap()).collect();
    writer.write(id, region, &values).unwrap();
    writer.finish().unwrap();
    std::fs::read(path).unwrap()
}

fn open(bytes: Vec<u8>) -> (crate::hdf5::space::AddressSpace, crate::hdf5::read::dataset::Dataset) {
    let space = crate::hdf5::read::open::open(Source::from_bytes(bytes), 0, crate::Limits::default()).unwrap();
    let address = crate::hdf5::walk::path::follow(&space, b"/u").unwrap().unwrap().address;
    let header = crate::hdf5::object::header::ObjectHeader::read(&space, address).unwrap();
    let dataset = crate::hdf5::read::dataset::Dataset::from_header(&space, &header).unwrap();
    (space, dataset)
}

/// Reads a region on this many threads and in one; both results.
fn both(bytes: Vec<u8>, region: &Selection, workers: usize) -> [Result<Vec<u8>>; 2] {
    use crate::hdf5::read::dataset::Storage;
    let (space, dataset) = open(bytes);
    let Storage::Chunked(chunked) = &dataset.storage else { panic!("not chunked") };
    let len = usize::try_from(shape::bytes(&region.count, 4).unwrap()).unwrap();
    let chunks = chunks(region, &chunked.grid.chunk).unwrap();
    let cut = Cut::along_the_first(region, &chunks, &chunked.grid.chunk, workers).unwrap();
    let (mut many, mut one) = (vec![1; len], vec![2; len]);
    let reader = ChunkReader { space: &space, chunked, fill: &dataset.fill };
    let parallel = cut.read(reader, region, &mut many);
    let serial = reader.read(region, &mut one);
    [parallel.map(|()| many), serial.map(|()| one)]
}

#[test]
fn all_cores_read_what_one_reads() {
    let bytes = counting(&[9, 40, 30], &[4, 7, 30]);
    let regions = [
        Selection::all(&[9, 40, 30]),
        Selection::block(vec![1, 0, 3], vec![2, 40, 20]),
        Selection::block(vec![5, 2, 0], vec![1, 33, 30]),
        Selection { start: vec![0, 1, 2], count: vec![3, 8, 9], stride: vec![4, 5, 3] },
    ];
    for region in regions {
        for workers in [2, 3, 16] {
            let [parallel, serial] = both(bytes.clone(), &region, workers);
            assert_eq!(parallel.unwrap(), serial.unwrap(), "{region:?} on {workers}");
        }
    }
}

#[test]
fn chunks_that_were_never_written_are_fill_values_on_all_cores() {
    let shape = [9, 40, 30];
    let bytes = partly(&shape, &[4, 7, 30], &Selection::block(vec![4, 7, 0], vec![4, 14, 30]));
    for region in [Selection::all(&shape), Selection::block(vec![5, 1, 2], vec![2, 37, 20])] {
        let [parallel, serial] = both(bytes.clone(), &region, 3);
        let (parallel, serial) = (parallel.unwrap(), serial.unwrap());
        assert_eq!(parallel, serial);
        assert!(parallel.chunks(4).any(|value| value == (-2_147_483_647i32).to_le_bytes()));
    }
}

#[test]
fn the_first_failure_is_told() {
    let mut bytes = counting(&[64, 1000], &[1, 1000]);
    let file = File::from_source(Source::from_bytes(bytes.clone())).unwrap();
    let chunks = file.find("u").unwrap().chunks().unwrap();
    let places: Vec<usize> = chunks.map(|chunk| usize::try_from(chunk.info().offset).unwrap()).collect();
    for broken in [17, 18, 40, 63] {
        bytes[places[broken]..][..8].fill(0xff);
    }
    let [parallel, serial] = both(bytes, &Selection::all(&[64, 1000]), 4);
    assert_eq!(parallel.unwrap_err().to_string(), serial.unwrap_err().to_string());
}

#[test]
fn large_regions_are_cut() {
    let (_, dataset) = open(counting(&[8, 65536], &[1, 65536]));
    let crate::hdf5::read::dataset::Storage::Chunked(chunked) = &dataset.storage else { panic!("not chunked") };
    let cut = |count, threads| Cut::new(chunked, &Selection::block(vec![0, 7], count), || threads);
    assert!(cut(vec![8, 1], 2).is_some_and(|cut| cut.workers == 2));
    assert!(cut(vec![8, 1], 1).is_none(), "one thread was asked for");
    assert!(cut(vec![3, 65000], 2).is_none());
    assert!(cut(vec![8, 0], 2).is_none());
}
