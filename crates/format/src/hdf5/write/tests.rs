//! What is written here is read back by the reader.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::attributes::AttributeSpec;
use super::file::FileWriter;
use super::group::{GroupSpec, LinkSpec};
use super::object::ObjectAddress;
use super::object_spec::CreationOrder;
use super::{btree_v2, dense_links, fractal_heap, group};
use crate::element::{ByteOrder, NumberType};
use crate::hdf5::builder::{Builder, DatasetSpec, FileOptions, FillSpec, Level, ObjectSpec, Times};
use crate::hdf5::datatype::{Datatype, Member};
use crate::hdf5::object::header::{ObjectHeader, ObjectKind};
use crate::hdf5::read::open;
use crate::hdf5::record::message::link::{Link, LinkTarget};
use crate::hdf5::record::message::MessageType;
use crate::hdf5::space::AddressSpace;
use crate::hdf5::walk;
use crate::hdf5::Filter;
use crate::sink::{InMemory, Memory};
use crate::source::Source;
use crate::wire::width::Addr;

/// The file that `write` makes; what it returns is the root.
fn written(write: impl FnOnce(&FileWriter) -> ObjectAddress) -> (AddressSpace, u64) {
    let memory = Memory::new();
    let file = FileWriter::new(Box::new(InMemory::new(&memory)));
    let root = write(&file);
    file.finish(root).unwrap();
    let opened = open::open(Source::from_bytes(memory.take().unwrap()), 0, crate::Limits::default()).unwrap();
    (opened, root.offset())
}

/// Writes a group.
fn add_group(file: &FileWriter, links: &[(String, u64)], attributes: &[AttributeSpec]) -> ObjectAddress {
    let object = |offset| file.object_at(offset, ObjectKind::Group);
    let links = links.iter().map(|(name, offset)| LinkSpec::hard(name.clone(), object(*offset))).collect();
    let group = GroupSpec { links, attributes: attributes.to_vec(), ..GroupSpec::default() };
    let address = file.place_object(&group).unwrap();
    file.write_object(address, &group).unwrap();
    address
}

/// Names of many lengths, some beyond ASCII, and every 1000th too long for a block.
fn names(count: usize) -> Vec<String> {
    let name = |n: usize| match n % 1000 {
        999 => format!("{n}{}", "long".repeat(1500)),
        _ => format!("{}{n}", ["v", "größe_", "変数", "a name of some length, "][n % 4].repeat(1 + n % 11)),
    };
    (0..count).map(name).collect()
}

#[test]
fn groups_of_any_size_come_back() {
    for count in [0, 1, 8, 32, 33, 45, 46, 200, 1149, 1150, 5000, 30_000] {
        let links: Vec<(String, u64)> = names(count).into_iter().zip(1000..).collect();
        let (space, root) = written(|file| add_group(file, &links, &[]));
        let header = ObjectHeader::read(&space, root).unwrap();
        let read = walk::links::links(&space, &header).unwrap();
        let read = read.into_iter().map(|link| match link.target {
            LinkTarget::Hard(Addr(address)) => (String::from_utf8(link.name).unwrap(), address),
            other => panic!("{other:?}"),
        });
        assert_eq!(read.collect::<Vec<_>>(), links, "{count} links");
    }
}

#[test]
fn dense_links_are_found_by_their_creation_order() {
    let links: Vec<Link> =
        names(3000).iter().zip(0..).map(|(name, order)| Link::new(name, LinkTarget::Hard(Addr(1)), order)).collect();
    let mut info = None;
    let (space, _) = written(|file| {
        let like = group::info(links.len(), CreationOrder::Indexed);
        info = Some(dense_links::write_like(file, &like, &links).unwrap());
        add_group(file, &[], &[])
    });
    let info = info.unwrap();
    let heap = walk::fractal_heap::FractalHeap::open(&space, info.fractal_heap.0).unwrap();
    let mut found = Vec::new();
    walk::btree_v2::records(&space, info.order_index.unwrap().0, &mut |record| {
        found.push(heap.get(&space, &record[8..])?);
        Ok(())
    })
    .unwrap();
    let encode = |link| crate::wire::encode(link, binrw::Endian::Little, crate::wire::width::Widths::WIDE).unwrap();
    assert_eq!(found, links.iter().map(encode).collect::<Vec<_>>());
}

#[test]
fn attributes_of_any_number_and_size_come_back() {
    let spec = |n: usize| {
        let len = if n % 100 == 3 { 70_000 } else { n % 7 };
        let name = if n.is_multiple_of(2) { format!("größe{n}") } else { format!("a{n}") };
        let byte = Datatype::Number(NumberType::U8, ByteOrder::Little);
        AttributeSpec { name, datatype: byte.into(), shape: Some(vec![len as u64]), data: vec![7; len].into() }
    };
    for count in [0, 1, 3, 4, 64, 65, 1000] {
        let specs: Vec<AttributeSpec> = (0..count).map(spec).collect();
        let (space, root) = written(|file| add_group(file, &[], &specs));
        let header = ObjectHeader::read(&space, root).unwrap();
        let read = walk::attributes::attributes(&space, &header).unwrap();
        let read: Vec<_> = read.into_iter().map(|a| (a.name, a.shape, a.data.into())).collect();
        let expected: Vec<_> = specs.into_iter().map(|a| (a.name, a.shape, a.data)).collect();
        assert!(read == expected, "{count} attributes");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn objects_of_any_size_come_back(sizes in prop::collection::vec(prop_oneof![8usize..60, 400usize..5000], 0..900)) {
        let objects: Vec<Vec<u8>> = sizes.iter().zip((0..=255).cycle()).map(|(&size, n)| vec![n; size]).collect();
        let mut heap = None;
        let (space, _) = written(|file| {
            heap = Some(fractal_heap::write(file, fractal_heap::LINKS, &objects).unwrap());
            add_group(file, &[], &[])
        });
        let (address, ids) = heap.unwrap();
        let heap = walk::fractal_heap::FractalHeap::open(&space, address).unwrap();
        for (object, id) in objects.iter().zip(ids) {
            prop_assert_eq!(&heap.get(&space, &id).unwrap(), object);
        }
        let managed = objects.iter().filter(|object| object.len() <= 4096);
        prop_assert_eq!(heap.header.managed_objects.0, managed.count() as u64);
    }

    #[test]
    fn records_come_back_in_order_and_are_found(count in 0u32..4000, gap in 1u32..4) {
        let records: Vec<Vec<u8>> = (0..count).map(|n| [&(n * gap).to_be_bytes()[..], &[7; 20]].concat()).collect();
        let mut tree = 0;
        let (space, _) = written(|file| {
            tree = btree_v2::write_all(file, (1, 24), &records).unwrap();
            add_group(file, &[], &[])
        });
        let mut read = Vec::new();
        walk::btree_v2::records(&space, tree, &mut |record| { read.push(record.to_vec()); Ok(()) }).unwrap();
        prop_assert_eq!(&read, &records);
        let tree = walk::btree_v2::Tree::open(&space, tree).unwrap();
        let known: BTreeMap<u32, ()> = (0..count).map(|n| (n * gap, ())).collect();
        for sought in 0..20u32 {
            let found = tree.find(&space, &|record| Ok(record[..4].cmp(&sought.to_be_bytes())), |_| Ok(())).unwrap();
            prop_assert_eq!(found.as_ref(), known.get(&sought));
        }
    }
}

/// What an old library does not know: the version that a message begins with must be one of these.
fn oldest(kind: MessageType) -> std::ops::RangeInclusive<u8> {
    match kind {
        MessageType::DATASPACE | MessageType::FILTER_PIPELINE | MessageType::MODIFICATION_TIME => 1..=1,
        MessageType::DATATYPE => 0x10..=0x2f,
        MessageType::FILL_VALUE => 2..=2,
        MessageType::LAYOUT => 3..=3,
        MessageType::ATTRIBUTE => 1..=2,
        _ => 0..=u8::MAX,
    }
}

#[test]
fn an_early_file_has_old_forms_only() {
    let options = FileOptions { level: Level::Earliest, ..FileOptions::default() };
    let memory = Memory::new();
    let builder = Builder::in_memory_with(&memory, &options).unwrap();
    let int = || Datatype::Number(NumberType::I32, ByteOrder::Little);
    let three = Datatype::Array { dims: vec![3], base: Box::new(int()) };
    let members = vec![Member { name: "three".into(), offset: 0, datatype: three }];
    let record = builder.commit_datatype(Datatype::Compound { size: 12, members }).unwrap();
    let spec = DatasetSpec {
        filters: vec![Filter::shuffle(), Filter::deflate(1)],
        fill: FillSpec { value: Some(vec![1; 12]), ..FillSpec::default() },
        max_shape: vec![u64::MAX],
        object: ObjectSpec { times: Some(Times::default()), ..ObjectSpec::default() },
        ..DatasetSpec::new(record.clone(), &[2])
    };
    let dataset = builder.dataset(spec.in_chunks(vec![2], Level::Earliest)).unwrap();
    builder.write_chunk(&dataset, &[0], vec![5; 24]).unwrap();
    let attributes =
        vec![AttributeSpec::scalar("n", int(), vec![0; 4]), AttributeSpec::scalar("r", record.clone(), vec![0; 12])];
    let dataset = builder.add_dataset(dataset, &[2], attributes).unwrap();
    let addresses = [record.address().unwrap(), dataset];
    let links = addresses.iter().zip(["record", "dataset"]).map(|(&to, name)| LinkSpec::hard(name, to)).collect();
    let root = builder.add_group(&GroupSpec { links, ..GroupSpec::default() }).unwrap();
    builder.finish(root).unwrap();
    let space = open::open(Source::from_bytes(memory.take().unwrap()), 0, crate::Limits::default()).unwrap();
    assert_eq!(space.version, 0);
    for address in addresses.into_iter().chain([root]) {
        let header = ObjectHeader::read(&space, address.offset()).unwrap();
        assert_eq!(header.version, 1);
        for message in header.messages.iter().filter(|message| message.flags & 2 == 0) {
            assert!(oldest(message.kind).contains(&message.body[0]), "{message:?}");
        }
    }
}
