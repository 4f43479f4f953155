//! Space that was given back is used again, and what lay there is nobody's value.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test that fails may panic

use hyperslab::hdf5::builder::{Builder, DatasetSpec, GroupSpec, LayoutSpec, LinkSpec};
use hyperslab::hdf5::{self, Datatype, Filter, IndexKind};
use hyperslab::netcdf::{Container, File, Fill, Layout, Schema, Type, Value, Variable, Writer};
use hyperslab::{ByteOrder, Kind, Memory, NumberType, Selection, Source};

const CHUNK: u64 = 4096;

/// Bytes that no filter makes shorter.
fn noise() -> Vec<u8> {
    let mut state = 0x2545_F491_4F6C_DD1Du64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[7] | 1
    };
    (0..CHUNK).map(|_| next()).collect()
}

#[test]
fn elements_that_were_never_written_have_nothing_of_chunks_that_lay_there() {
    let mut schema = Schema::new(Container::NetCdf4);
    let [t, x, letters] = [("t", 0, true), ("x", CHUNK, false), ("letters", 33, false)]
        .map(|(name, length, unlimited)| schema.add_dimension(name, length, unlimited));
    let mut add = |name: &str, ty, dimensions, chunk: &[u64], filters: Vec<Filter>, fill| {
        let mut variable = Variable::new(name, ty, dimensions);
        variable.storage.layout = Layout::Chunked(chunk.to_vec());
        variable.storage.filters = filters;
        variable.fill = fill;
        schema.add_variable(variable)
    };
    let old = add("old", Type::UByte, vec![t, x], &[1, CHUNK], vec![Filter::deflate(1)], Fill::Default);
    let zero = add("zero", Type::UByte, vec![t], &[1003], Vec::new(), Fill::Value(Value::UByte(vec![0])));
    let none = add("none", Type::Int, vec![t], &[500], Vec::new(), Fill::None);
    let char = add("char", Type::Char, vec![t, letters], &[4, 33], Vec::new(), Fill::Default);
    let text = add("text", Type::String, vec![t], &[64], Vec::new(), Fill::Default);

    let place = Memory::new();
    let writer = Writer::create_in_memory(&place, schema).unwrap();
    let whole = Selection::block(vec![0, 0], vec![1, CHUNK]);
    // A chunk that grows too little, and one that leaves all of its place.
    for values in [noise(), vec![9; 4096], noise(), vec![8; 4096]] {
        writer.write(old, &whole, &values).unwrap();
    }
    writer.write(zero, &Selection::block(vec![1], vec![1]), &[7u8]).unwrap();
    writer.write(none, &Selection::block(vec![1], vec![1]), &[7i32]).unwrap();
    writer.write_stored(char, &Selection::block(vec![1, 0], vec![1, 4]), b"step").unwrap();
    writer.write_strings(text, &Selection::block(vec![1], vec![1]), &[b"one".to_vec()]).unwrap();
    // More records than were written.
    writer.write(old, &Selection::block(vec![60, 0], vec![1, CHUNK]), &noise()).unwrap();
    writer.finish().unwrap();

    let file = File::from_source(Source::from_bytes(place.take().unwrap())).unwrap();
    let find = |name| file.find(name).unwrap();
    let alone = |n: usize, value: i32| (0..61).map(|at| if at == n { value } else { 0 }).collect::<Vec<i32>>();
    assert_eq!(find("zero").read_all::<i32>().unwrap(), alone(1, 7));
    assert_eq!(find("none").read_all::<i32>().unwrap(), alone(1, 7));
    let Value::Char(bytes) = find("char").read_values(..).unwrap() else { panic!("no text") };
    assert!(bytes[33..37] == *b"step" && bytes.iter().filter(|&&byte| byte != 0).count() == 4, "{bytes:?}");
    let texts = find("text").read_strings(..).unwrap();
    assert!(texts[1] == "one" && texts.iter().filter(|text| !text.is_empty()).count() == 1, "{texts:?}");
}

#[test]
fn data_without_an_index_and_whole_rows_have_nothing_of_them_either() {
    let place = Memory::new();
    let builder = Builder::in_memory(&place);
    let byte = || Datatype::Number(NumberType::U8, ByteOrder::Little);
    let spec = DatasetSpec {
        layout: LayoutSpec::chunked(vec![CHUNK]),
        filters: vec![Filter::deflate(1)],
        ..DatasetSpec::new(byte(), &[CHUNK])
    };
    let old = builder.dataset(spec).unwrap();
    let mut root = GroupSpec::default();
    for (n, index) in
        [None, Some(IndexKind::Implicit), Some(IndexKind::FixedArray), Some(IndexKind::BTreeV1)].iter().enumerate()
    {
        for values in [noise(), vec![9; 4096]] {
            builder.write_chunk(&old, &[0], values).unwrap();
        }
        let layout = index.map_or(LayoutSpec::Contiguous, |index| LayoutSpec::Chunked { chunk: vec![100], index });
        let dataset = builder.dataset(DatasetSpec { layout, ..DatasetSpec::new(byte(), &[1000]) }).unwrap();
        builder.place_rows(std::iter::once(&dataset)).unwrap();
        builder.write(&dataset, &Selection::block(vec![500], vec![3]), &[1, 1, 1]).unwrap();
        root.links.push(LinkSpec::hard(format!("{n}"), builder.add_dataset(dataset, &[1000], Vec::new()).unwrap()));
    }
    root.links.push(LinkSpec::hard("old", builder.add_dataset(old, &[CHUNK], Vec::new()).unwrap()));
    let root = builder.add_group(&root).unwrap();
    builder.finish(root).unwrap();

    let file = hdf5::File::from_bytes(place.take().unwrap()).unwrap();
    for n in 0..4 {
        let values: Vec<u8> = file.object(&n.to_string()).unwrap().dataset().unwrap().read_all().unwrap();
        assert_eq!(values.iter().map(|&value| u64::from(value)).sum::<u64>(), 3, "{n}: {values:?}");
    }
}

#[test]
fn what_was_refused_takes_no_room() {
    let mut schema = Schema::new(Container::NetCdf4);
    let [a, b] = ["a", "b"].map(|name| schema.add_dimension(name, 0, true));
    let v = schema.add_variable(Variable::new("v", Type::Byte, vec![a, b]));
    let writer = Writer::create_in_memory(&Memory::new(), schema).unwrap();
    let one = |start: [u64; 2]| Selection::block(start.to_vec(), vec![1, 1]);
    assert_eq!(writer.write(v, &one([1 << 40, 0]), &[1000i32]).unwrap_err().kind(), Kind::Usage);
    assert_eq!(writer.write_stored(v, &one([1 << 40, 0]), &[1, 2]).unwrap_err().kind(), Kind::Usage);
    writer.write(v, &one([0, 1 << 25]), &[1i32]).unwrap();
}
