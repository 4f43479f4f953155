//! Small files that ask for much: they end in a typed error, at once and in little memory.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test that fails may panic

#[path = "common/counting.rs"]
mod counting;
#[path = "common/seal.rs"]
mod seal;

use std::time::{Duration, Instant};

use counting::{measure, Counting, Usage};
use hyperslab::netcdf::{Container, File, Layout, Schema, Type, Value, Variable, Writer};
use hyperslab::{hdf5, Kind, Limits, OpenOptions, Result, Selection, Source};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Far more than any of them takes, even on a busy machine.
const SLOW: Duration = Duration::from_secs(5);

/// Runs what has to fail, at once and in little memory.
fn fails<T: std::fmt::Debug>(run: impl FnOnce() -> Result<T>) -> hyperslab::Error {
    let start = Instant::now();
    let (result, usage) = measure(run);
    let error = result.unwrap_err();
    assert!(usage.peak < 64 << 20, "{usage:?}: {error}");
    assert!(start.elapsed() < SLOW, "{:?}: {error}", start.elapsed());
    error
}

/// Appends the checksum of a block.
fn sealed(mut block: Vec<u8>) -> Vec<u8> {
    let sum = seal::lookup3(&block);
    block.extend(sum.to_le_bytes());
    block
}

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    [&[kind][..], &u16::try_from(body.len()).unwrap().to_le_bytes(), &[0], body].concat()
}

/// A version 2 object header.
fn header(messages: &[Vec<u8>]) -> Vec<u8> {
    let messages = messages.concat();
    let len = u32::try_from(messages.len()).unwrap();
    sealed([b"OHDR\x02\x02", &len.to_le_bytes()[..], &messages].concat())
}

fn link_info() -> Vec<u8> {
    message(2, &[&[0, 0][..], &[0xff; 16]].concat())
}

fn link(name: &str, address: u64) -> Vec<u8> {
    let name_len = u8::try_from(name.len()).unwrap();
    message(6, &[&[1, 0, name_len], name.as_bytes(), &address.to_le_bytes()].concat())
}

const BYTES: [u8; 12] = [0x10, 0, 0, 0, 1, 0, 0, 0, 0, 0, 8, 0];

fn extent(len: u64) -> Vec<u8> {
    [&[2, 1, 0, 1][..], &len.to_le_bytes()].concat()
}

fn attribute(name: &str, len: u16) -> Vec<u8> {
    let name = format!("{name}\0");
    let name_len = u16::try_from(name.len()).unwrap().to_le_bytes();
    let head = [&[3, 0][..], &name_len, &[12, 0, 12, 0, 0]].concat();
    message(12, &[&head, name.as_bytes(), &BYTES, &extent(len.into()), &vec![7; len.into()]].concat())
}

/// An HDF5 file of these headers, which follow each other; the last one is the root group.
fn file(headers: &[Vec<u8>]) -> Vec<u8> {
    let body = headers.concat();
    let end = 48 + body.len() as u64;
    let root = end - headers.last().unwrap().len() as u64;
    let numbers = [0, u64::MAX, end, root].map(u64::to_le_bytes).concat();
    [sealed([b"\x89HDF\r\n\x1a\n\x02\x08\x08\0", &numbers[..]].concat()), body].concat()
}

fn netcdf(bytes: Vec<u8>) -> Result<File> {
    File::from_source(Source::from_bytes(bytes))
}

#[test]
fn groups_that_are_linked_twice_at_every_level_end() {
    let mut headers = vec![header(&[link_info()])];
    let mut at = 48;
    for _ in 0..40 {
        let next = header(&[link_info(), link("x", at), link("y", at)]);
        at += headers.last().unwrap().len() as u64;
        headers.push(next);
    }
    assert_eq!(fails(|| netcdf(file(&headers))).kind(), Kind::Limit);
    assert_eq!(netcdf(file(&headers[..6])).unwrap().schema().groups.len(), 63, "a few are what they are");
}

#[test]
fn a_group_with_large_attributes_that_is_linked_often_ends() {
    let group = header(&[link_info(), attribute("large", 60_000)]);
    let links = |count: usize| (0..count).map(|n| link(&format!("g{n}"), 48));
    let root = |count| header(&[link_info()].into_iter().chain(links(count)).collect::<Vec<_>>());
    let error = fails(|| netcdf(file(&[group.clone(), root(2000)])));
    assert_eq!(error.kind(), Kind::Limit);
    assert_eq!(netcdf(file(&[group.clone(), root(3)])).unwrap().schema().groups.len(), 4);
}

#[test]
fn records_that_lead_to_one_large_attribute_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.nc");
    let mut schema = Schema::new(Container::NetCdf4);
    schema.set_attribute("big", Value::text(&"x".repeat(60_000)));
    (0..4000).for_each(|n| schema.set_attribute(&format!("a{n}"), Value::text("y")));
    Writer::create(&path, schema, false).unwrap().finish().unwrap();
    let mut bytes = std::fs::read(&path).unwrap();
    assert_eq!(netcdf(bytes.clone()).unwrap().schema().groups[0].attributes.len(), 4001);
    let leaves: Vec<_> =
        seal::blocks(&bytes).into_iter().filter(|block| bytes[block.start..].starts_with(b"BTLF\0\x08")).collect();
    let records: Vec<usize> = leaves.iter().flat_map(|leaf| (leaf.start + 6..leaf.end).step_by(17)).collect();
    let hash = seal::lookup3(b"big").to_le_bytes();
    let big = records.iter().find(|&&record| bytes[record + 13..][..4] == hash);
    let big: [u8; 8] = bytes[*big.unwrap()..][..8].try_into().unwrap();
    for record in records {
        bytes[record..][..8].copy_from_slice(&big);
        seal::seal(&mut bytes, &leaves, record);
    }
    let object =
        |bytes: &[u8]| hdf5::File::from_source(Source::from_bytes(bytes))?.root()?.attributes().map(|list| list.len());
    assert_eq!(fails(|| netcdf(bytes.clone())).kind(), Kind::Malformed);
    assert_eq!(fails(|| object(&bytes)).kind(), Kind::Malformed);
}

/// A CDF-5 file with a variable of so many doubles, none of which is there.
fn cdf5(doubles: u64) -> Vec<u8> {
    let count = |n: u64| n.to_be_bytes();
    let list = |tag: u32, n: u64| [&tag.to_be_bytes()[..], &count(n)].concat();
    let name = |letter: u8| [&count(1)[..], &[letter, 0, 0, 0]].concat();
    let before =
        [b"CDF\x05".to_vec(), count(0).to_vec(), list(10, 1), name(b'x'), count(doubles).to_vec(), list(0, 0)].concat();
    let variable = [
        name(b'v'),
        count(1).to_vec(),
        count(0).to_vec(),
        list(0, 0),
        6u32.to_be_bytes().to_vec(),
        count(8 * doubles).to_vec(),
    ]
    .concat();
    let begin = count((before.len() + 12 + variable.len() + 8) as u64);
    [before, list(11, 1), variable, begin.to_vec()].concat()
}

/// An HDF5 file with a dataset of so many bytes, none of which was ever written.
fn unwritten(bytes: u64) -> Vec<u8> {
    let layout = [&[3, 1][..], &[0xff; 8], &bytes.to_le_bytes()].concat();
    let dataset = header(&[message(1, &extent(bytes)), message(3, &BYTES), message(8, &layout)]);
    file(&[dataset, header(&[link_info(), link("v", 48)])])
}

#[test]
fn values_that_are_not_there_obey_the_limits() {
    let few = Limits { value_bytes: 1 << 20, ..Limits::default() };
    let files = [cdf5(1 << 27), unwritten(1 << 30)];
    for (bytes, limits) in
        files.iter().flat_map(|bytes| [&few, &Limits::default()].map(|limits| (bytes, limits.clone())))
    {
        assert!(bytes.len() < 400);
        let options = OpenOptions::new().limits(limits);
        let file = File::from_source_with(Source::from_bytes(bytes.clone()), &options).unwrap();
        let array = file.find("v").unwrap();
        let all = Selection::all(array.shape());
        assert_eq!(fails(|| array.read_all::<f64>()).kind(), Kind::Limit);
        assert_eq!(fails(|| array.read_all::<f32>()).kind(), Kind::Limit);
        assert_eq!(fails(|| array.view::<f64>(&all)).kind(), Kind::Limit);
        assert_eq!(fails(|| array.read_bytes(&all)).kind(), Kind::Limit);
        assert_eq!(fails(|| array.read_values(&all)).kind(), Kind::Limit);
        assert_eq!(array.read_array::<f64>(&Selection::block(vec![5], vec![1 << 17])).unwrap()[7], 0.0);
    }
    let points = vec![vec![1]; (1 << 20) + 1];
    let file =
        hdf5::File::from_source_with(Source::from_bytes(unwritten(1 << 30)), &OpenOptions::new().limits(few.clone()))
            .unwrap();
    let dataset = file.object("v").unwrap().dataset().unwrap();
    let all = dataset.all();
    assert_eq!(fails(|| dataset.read_all::<u8>()).kind(), Kind::Limit);
    assert_eq!(fails(|| dataset.read_all::<f64>()).kind(), Kind::Limit);
    assert_eq!(fails(|| dataset.view::<u8>(&all)).kind(), Kind::Limit);
    assert_eq!(fails(|| dataset.read_bytes(&all)).kind(), Kind::Limit);
    assert_eq!(fails(|| dataset.read_points::<u8>(&points)).kind(), Kind::Limit);
    assert_eq!(dataset.read::<u8>(&Selection::block(vec![5], vec![1 << 20])).unwrap()[7], 0);
}

/// A variable of one unfiltered chunk, or of one that went through deflate.
fn one_chunk(deflate: Option<u8>) -> Vec<u8> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.nc");
    let mut schema = Schema::new(Container::NetCdf4);
    let x = schema.add_dimension("x", 1 << 20, false);
    let mut variable = Variable::new("v", Type::Double, vec![x]);
    variable.storage.layout = Layout::Chunked(vec![1 << 20]);
    variable.storage.filters = deflate.map(hyperslab::hdf5::Filter::deflate).into_iter().collect();
    let v = schema.add_variable(variable);
    let writer = Writer::create(&path, schema, false).unwrap();
    let values: Vec<f64> = (0..1 << 20).map(f64::from).collect();
    writer.write(v, &Selection::all(&[1 << 20]), &values).unwrap();
    writer.finish().unwrap();
    std::fs::read(path).unwrap()
}

#[test]
fn points_of_a_chunk_cost_no_more_than_their_bytes() {
    let points = [vec![1], vec![(1 << 20) - 2], vec![77], vec![1]];
    let values = [1.0, 1_048_574.0, 77.0, 1.0];
    let read = |deflate: Option<u8>, limits: &Limits| -> (Result<Vec<f64>>, Usage) {
        let file = hdf5::File::from_source_with(
            Source::from_bytes(one_chunk(deflate)),
            &OpenOptions::new().limits(limits.clone()),
        )
        .unwrap();
        let dataset = file.object("v").unwrap().dataset().unwrap();
        measure(|| dataset.read_points::<f64>(&points))
    };
    let (read_raw, usage) = read(None, &Limits::default());
    assert_eq!(read_raw.unwrap(), values);
    assert!(usage.peak < 16 << 10, "{usage:?}");
    assert_eq!(read(Some(1), &Limits::default()).0.unwrap(), values);
    // A chunk is not held in memory unless it has filters.
    let small = Limits { chunk_bytes: 1 << 20, ..Limits::default() };
    assert_eq!(read(None, &small).0.unwrap(), values);
}
