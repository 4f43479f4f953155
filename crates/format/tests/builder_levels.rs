//! One file of each level, with everything that an object can have; other libraries read it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test that fails may panic

use std::path::Path;
use std::process::Command;

use hyperslab::hdf5::builder::{
    AllocationTime, AttributeSpec, Builder, CreationOrder, DatasetSpec, DataspaceSelection, ExternalPiece, FileOptions,
    FillSpec, FillTime, GroupSpec, LayoutSpec, Level, LinkSpec, LinkTo, ObjectAddress, ObjectSpec, PagedSpace,
    RegularBlocks, Times, VirtualMapping, UNLIMITED,
};
use hyperslab::hdf5::{Datatype, File, LinkStorage, Member};
use hyperslab::{ByteOrder, Kind, Memory, NumberType, Selection};

const LEVELS: [Level; 3] = [Level::Earliest, Level::V110, Level::Latest];

fn int() -> Datatype {
    Datatype::Number(NumberType::I32, ByteOrder::Little)
}

/// A record with an array and an enumeration in it.
fn record() -> Datatype {
    let base = Box::new(Datatype::Number(NumberType::I8, ByteOrder::Little));
    let members = vec![("off".to_owned(), vec![0]), ("on".to_owned(), vec![1])];
    let state = Datatype::Enumeration { base, members };
    let three = Datatype::Array { dims: vec![3], base: Box::new(int()) };
    let member = |name: &str, offset, datatype| Member { name: name.into(), offset, datatype };
    Datatype::Compound { size: 16, members: vec![member("three", 0, three), member("state", 12, state)] }
}

fn bytes(values: &[i32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

fn times() -> Times {
    Times { access: 1_000_000_000, modification: 1_000_000_001, change: 1_000_000_002, birth: 1_000_000_003 }
}

fn numbers(builder: &Builder, spec: DatasetSpec, attributes: Vec<AttributeSpec>) -> ObjectAddress {
    let shape = spec.shape.clone().unwrap();
    let dataset = builder.dataset(spec).unwrap();
    builder.write(&dataset, &Selection::all(&shape), &bytes(&[1, 2, 3, 4])).unwrap();
    builder.add_dataset(dataset, &shape, attributes).unwrap()
}

fn group(links: Vec<LinkSpec>) -> GroupSpec {
    GroupSpec { links, ..GroupSpec::default() }
}

/// Groups of many links, soft links, an order, a comment and times, all kinds of layouts of old, a huge attribute.
fn write_common(builder: &Builder, root: &mut GroupSpec) {
    let object = ObjectSpec { comment: Some("größer".into()), times: Some(times()), ..ObjectSpec::default() };
    let fill = FillSpec { value: Some(bytes(&[7])), time: FillTime::Always, ..FillSpec::default() };
    let large = AttributeSpec {
        shape: Some(vec![20_000]),
        ..AttributeSpec::scalar("large", int(), bytes(&(0..20_000).collect::<Vec<_>>()))
    };
    let spec = DatasetSpec { fill, object: object.clone(), ..DatasetSpec::new(int(), &[4]) };
    let plain = numbers(builder, spec, vec![AttributeSpec::text("größe", "ä"), AttributeSpec::text("unit", "m")]);
    let compact = DatasetSpec { layout: LayoutSpec::Compact, ..DatasetSpec::new(int(), &[2, 2]) };
    let chunked = DatasetSpec {
        max_shape: vec![u64::MAX],
        layout: LayoutSpec::chunked(vec![3]),
        fill: FillSpec { undefined: true, allocation: Some(AllocationTime::Early), ..FillSpec::default() },
        ..DatasetSpec::new(int(), &[4])
    };
    let many = (0..1000).map(|n| LinkSpec::hard(format!("n{n}"), plain)).collect();
    root.links.push(LinkSpec::hard("plain", plain));
    root.links.push(LinkSpec::hard("compact", numbers(builder, compact, vec![large])));
    root.links.push(LinkSpec::hard("chunked", numbers(builder, chunked, Vec::new())));
    root.links.push(LinkSpec::hard("many", builder.add_group(&GroupSpec { object, ..group(many) }).unwrap()));
    root.links.push(LinkSpec { name: "soft".into(), to: LinkTo::Path("/plain".into()) });
    let ordered = ["z", "a", "m"].map(|name| LinkSpec::hard(name, plain)).to_vec();
    let ordered = GroupSpec { link_order: Some(CreationOrder::Indexed), ..group(ordered) };
    root.links.push(LinkSpec::hard("ordered", builder.add_group(&ordered).unwrap()));
    let elsewhere = LinkTo::File { file: "other.h5".into(), path: "/x".into() };
    let mixed = vec![LinkSpec::hard("größe", plain), LinkSpec { name: "elsewhere".into(), to: elsewhere }];
    root.links.push(LinkSpec::hard("mixed", builder.add_group(&group(mixed)).unwrap()));
    let object = ObjectSpec { comment: Some("a type".into()), ..ObjectSpec::default() };
    let attribute = AttributeSpec::scalar("n", int(), bytes(&[5]));
    let committed = builder.commit_datatype_with(record(), vec![attribute], object).unwrap();
    root.links.push(LinkSpec::hard("type", committed.address().unwrap()));
    let element = [bytes(&[1, 2, 3]), vec![1, 0, 0, 0]].concat();
    root.attributes.push(AttributeSpec::scalar("record", committed, element));
}

fn write_external(builder: &Builder, root: &mut GroupSpec) {
    let pieces = vec![
        ExternalPiece { file: "one.raw".into(), offset: 4, size: Some(8) },
        ExternalPiece { file: "two.raw".into(), offset: 0, size: None },
    ];
    let spec = DatasetSpec {
        max_shape: vec![u64::MAX],
        layout: LayoutSpec::External(pieces),
        ..DatasetSpec::new(int(), &[4])
    };
    let dataset = builder.dataset(spec).unwrap();
    root.links.push(LinkSpec::hard("outside", builder.add_dataset(dataset, &[4], Vec::new()).unwrap()));
}

fn mappings() -> Vec<VirtualMapping> {
    let axis = |start, stride, count, block| RegularBlocks { start, stride, count, block };
    let own =
        |target, dataset: &str, source| VirtualMapping { target, file: ".".into(), dataset: dataset.into(), source };
    vec![
        own(DataspaceSelection::Regular(vec![axis(0, 2, 4, 1)]), "/plain", DataspaceSelection::All),
        own(
            DataspaceSelection::Regular(vec![axis(9, 1, UNLIMITED, 1)]),
            "/chunked",
            DataspaceSelection::Regular(vec![axis(0, 1, UNLIMITED, 1)]),
        ),
    ]
}

fn write_virtual(builder: &Builder, root: &mut GroupSpec) {
    let spec = DatasetSpec {
        max_shape: vec![u64::MAX],
        layout: LayoutSpec::Virtual(mappings()),
        fill: FillSpec { value: Some(bytes(&[-1])), ..FillSpec::default() },
        ..DatasetSpec::new(int(), &[10])
    };
    let dataset = builder.dataset(spec).unwrap();
    root.links.push(LinkSpec::hard("virtual", builder.add_dataset(dataset, &[10], Vec::new()).unwrap()));
}

fn write(path: &Path, level: Level) {
    let options =
        FileOptions { level, user_block: b"a user block".to_vec(), alignment: 4096, ..FileOptions::default() };
    let builder = Builder::create_with(path, false, &options).unwrap();
    let mut root = GroupSpec::default();
    write_common(&builder, &mut root);
    write_external(&builder, &mut root);
    if level > Level::Earliest {
        write_virtual(&builder, &mut root);
    }
    let root = builder.add_group(&root).unwrap();
    builder.finish(root).unwrap();
    let folder = path.parent().unwrap();
    std::fs::write(folder.join("one.raw"), bytes(&[0, 1, 2])).unwrap();
    std::fs::write(folder.join("two.raw"), bytes(&[3, 4])).unwrap();
}

#[test]
fn everything_is_there_at_every_level() {
    let directory = tempfile::tempdir().unwrap();
    for level in LEVELS {
        let path = directory.path().join(format!("{level:?}.h5"));
        write(&path, level);
        let file = File::open(&path).unwrap();
        let early = level == Level::Earliest;
        assert_eq!(file.superblock_version(), [0, 2, 3][level as usize]);
        assert!(file.user_block() == 512 && std::fs::read(&path).unwrap().starts_with(b"a user block\0"));
        let plain = file.object("/plain").unwrap();
        assert_eq!(plain.comment().unwrap().unwrap(), "größer");
        assert_eq!(plain.times().unwrap().unwrap().modification, times().modification);
        assert_eq!(plain.times().unwrap() == Some(times()), !early);
        assert_eq!(plain.dataset().unwrap().fill_time(), FillTime::Always);
        let place = plain.dataset().unwrap().chunk_at(&[0]).unwrap().unwrap();
        assert_eq!((place.offset - 512) % 4096, 0);
        let many = file.object("/many").unwrap();
        let storage = if early { LinkStorage::SymbolTable } else { LinkStorage::Dense };
        assert_eq!((many.link_storage().unwrap(), many.links().unwrap().len()), (storage, 1000));
        assert_eq!(file.object("/many/n777").unwrap().dataset().unwrap().read_all::<i32>().unwrap(), [1, 2, 3, 4]);
        assert_eq!(file.object("/soft").unwrap().address(), plain.address());
        let ordered = file.object("/ordered").unwrap();
        assert_eq!(ordered.links().unwrap().into_iter().map(|l| l.name).collect::<String>(), "zam");
        assert_eq!(ordered.link_order().unwrap(), CreationOrder::Indexed);
        assert_eq!(file.object("/mixed").unwrap().links().unwrap().len(), 2);
        let large = file.object("/compact").unwrap().attribute("large").unwrap().unwrap();
        assert_eq!(large.read::<i32>().unwrap(), (0..20_000).collect::<Vec<_>>());
        let committed = file.object("/type").unwrap();
        assert_eq!(
            (committed.datatype().unwrap(), committed.comment().unwrap().as_deref()),
            (record(), Some("a type"))
        );
        assert_eq!(committed.attribute("n").unwrap().unwrap().read::<i32>().unwrap(), [5]);
        let pieces = file.object("/outside").unwrap().dataset().unwrap().external_pieces().unwrap();
        assert_eq!((pieces.len(), pieces[0].offset, pieces[1].size), (2, 4, None));
        if !early {
            let dataset = file.object("/virtual").unwrap().dataset().unwrap();
            assert_eq!(dataset.virtual_mappings().unwrap(), mappings());
        }
    }
}

/// What h5py says of a file.
const H5PY: &str = r"
import sys, h5py, numpy as np
f = h5py.File(sys.argv[1], 'r')
assert f.userblock_size == 512
assert f['plain'][:].tolist() == [1, 2, 3, 4] == f['soft'][:].tolist() == f['many/n777'][:].tolist()
assert f['chunked'][:].tolist() == [1, 2, 3, 4] == f['outside'][:].tolist()
assert f['compact'].attrs['large'].tolist() == list(range(20000))
assert f['plain'].attrs['größe'] == 'ä' and len(f['many']) == 1000 and 'größe' in f['mixed']
assert f['type'].attrs['n'] == 5 and f.attrs['record']['three'].tolist() == [1, 2, 3]
assert h5py.h5g.get_objinfo(f.id, b'plain').mtime == (1000000001 if 'Earliest' in sys.argv[1] else 1000000002)
assert h5py.h5g.get_objinfo(f.id, b'plain').nlink == 1005
assert list(f['ordered']) == ['z', 'a', 'm']
f.close()
earliest = 'Earliest' in sys.argv[1]
if not earliest:
    f = h5py.File(sys.argv[1], 'r')
    assert f['virtual'][:].tolist() == [1, -1, 2, -1, 3, -1, 4, -1, -1, 1, 2, 3, 4], f['virtual'][:]
    f.close()
with h5py.File(sys.argv[1], 'r+', libver=('earliest', 'v108') if earliest else None) as f:
    f['chunked'].resize((9,)); f['chunked'][4:] = 5
    for n in range(40):
        f['many'][f'new{n}'] = n
        f['plain'].attrs[f'new{n}'] = n
    del f['many/n5']
    f['mixed/new'] = 1; f['ordered/b'] = 2
    g = f.create_group('new/group'); g['x'] = np.arange(10)
with h5py.File(sys.argv[1], 'r') as f:
    assert f['chunked'][:].tolist() == [1, 2, 3, 4] + [5] * 5
    assert len(f['many']) == 1039 and len(f['plain'].attrs) == 42 and f['new/group/x'][9] == 9
";

#[test]
fn other_libraries_read_and_change_it() {
    let directory = tempfile::tempdir().unwrap();
    for level in LEVELS {
        let path = directory.path().join(format!("{level:?}.h5"));
        write(&path, level);
        if let (true, Ok(dump)) =
            (level < Level::Latest, Command::new("h5dump").arg(&path).current_dir(directory.path()).output())
        {
            let said = String::from_utf8_lossy(&dump.stderr);
            assert!(dump.status.success() && said.is_empty(), "{level:?}: {said}");
            assert!(String::from_utf8_lossy(&dump.stdout).contains("COMMENT \"größer\""));
        }
        if !Command::new("python3").args(["-c", "import h5py"]).status().is_ok_and(|status| status.success()) {
            println!("h5py is not here");
            continue;
        }
        let python =
            Command::new("python3").args(["-c", H5PY]).arg(&path).current_dir(directory.path()).output().unwrap();
        assert!(python.status.success(), "{level:?}: {}", String::from_utf8_lossy(&python.stderr));
        let file = File::open(&path).unwrap();
        assert_eq!(file.object("/chunked").unwrap().dataset().unwrap().read_all::<i32>().unwrap()[4..], [5; 5]);
        assert_eq!(file.object("/many").unwrap().links().unwrap().len(), 1039);
        assert_eq!(file.object("/plain").unwrap().attributes().unwrap().len(), 42);
    }
}

#[test]
fn a_level_has_nothing_that_is_newer() {
    let at = |level| Builder::in_memory_with(&Memory::new(), &FileOptions { level, ..FileOptions::default() }).unwrap();
    let complex = Datatype::Complex(Box::new(Datatype::Number(NumberType::F64, ByteOrder::Little)));
    let refused = |level, spec: DatasetSpec| at(level).dataset(spec).map(drop).unwrap_err().kind();
    assert_eq!(refused(Level::V110, DatasetSpec::new(complex.clone(), &[2])), Kind::Usage);
    assert!(at(Level::Latest).dataset(DatasetSpec::new(complex, &[2])).is_ok());
    let layout = LayoutSpec::Virtual(mappings());
    assert_eq!(refused(Level::Earliest, DatasetSpec { layout, ..DatasetSpec::new(int(), &[10]) }), Kind::Usage);
    let index = hyperslab::hdf5::IndexKind::FixedArray;
    let layout = LayoutSpec::Chunked { chunk: vec![2], index };
    assert_eq!(refused(Level::Earliest, DatasetSpec { layout, ..DatasetSpec::new(int(), &[10]) }), Kind::Usage);
    let odd = FileOptions { alignment: 48, ..FileOptions::default() };
    assert_eq!(Builder::in_memory_with(&Memory::new(), &odd).unwrap_err().kind(), Kind::Usage);
}

/// A group of datasets, and one of many compressed chunks, in pages.
fn write_pages(path: &Path, metadata: u64) {
    let pages = Some(PagedSpace { page_size: 4096, metadata });
    let builder = Builder::create_with(path, false, &FileOptions { pages, ..FileOptions::default() }).unwrap();
    let mut root = GroupSpec::default();
    for n in 0..100 {
        let address = numbers(&builder, DatasetSpec::new(int(), &[4]), vec![AttributeSpec::text("unit", "m")]);
        root.links.push(LinkSpec::hard(format!("n{n}"), address));
    }
    for (name, shape, max_shape) in [("fixed", [5000], [5000]), ("long", [5000], [u64::MAX])] {
        let filters = vec![hyperslab::hdf5::Filter::deflate(1)];
        let spec = DatasetSpec { max_shape: max_shape.to_vec(), filters, ..DatasetSpec::new(int(), &shape) };
        let dataset = builder.dataset(spec.in_chunks(vec![2], Level::V110)).unwrap();
        for n in 0..2500i32 {
            builder.write_chunk(&dataset, &[n.unsigned_abs().into()], bytes(&[2 * n, 2 * n + 1])).unwrap();
        }
        root.links.push(LinkSpec::hard(name, builder.add_dataset(dataset, &shape, Vec::new()).unwrap()));
    }
    let root = builder.add_group(&root).unwrap();
    builder.finish(root).unwrap();
}

const H5PY_PAGES: &str = r"
import sys, h5py, numpy as np
with h5py.File(sys.argv[1], 'r', page_buf_size=1 << 20) as f:
    plist = f.id.get_create_plist()
    assert plist.get_file_space_strategy()[0] == 1 and plist.get_file_space_page_size() == 4096
    assert f['fixed'][:].tolist() == list(range(5000)) == f['long'][:].tolist()
    assert all(f[f'n{n}'][:].tolist() == [1, 2, 3, 4] and f[f'n{n}'].attrs['unit'] == 'm' for n in range(100))
with h5py.File(sys.argv[1], 'r+') as f:
    f['long'].resize((6000,)); f['long'][5000:] = 7
    f['new'] = np.arange(1000); f['n5'].attrs['new'] = 1
    for n in range(100): f.create_group(f'g{n}')
with h5py.File(sys.argv[1], 'r') as f:
    assert f['long'][:].tolist() == list(range(5000)) + [7] * 1000 and f['new'][999] == 999 and len(f) == 203
";

#[test]
fn metadata_lie_in_the_first_pages() {
    let directory = tempfile::tempdir().unwrap();
    for metadata in [0, 1 << 20] {
        let path = directory.path().join(format!("{metadata}.h5"));
        write_pages(&path, metadata);
        let file = File::open(&path).unwrap();
        assert_eq!((file.page_size(), file.size() % 4096), (Some(4096), 0));
        let objects = file.root().unwrap().children().unwrap().map(Result::unwrap).collect::<Vec<_>>();
        assert_eq!(objects.len(), 102);
        assert!(metadata == 0 || objects.iter().all(|object| object.address() < metadata));
        for name in ["/fixed", "/long"] {
            let dataset = file.object(name).unwrap().dataset().unwrap();
            assert_eq!(dataset.read_all::<i32>().unwrap(), (0..5000).collect::<Vec<_>>());
            assert!(metadata == 0 || dataset.chunk_at(&[7]).unwrap().unwrap().offset >= metadata);
        }
        if let Ok(dump) = Command::new("h5dump").arg(&path).output() {
            assert!(dump.status.success() && dump.stderr.is_empty(), "{}", String::from_utf8_lossy(&dump.stderr));
        }
        if Command::new("python3").args(["-c", "import h5py"]).status().is_ok_and(|status| status.success()) {
            let python = Command::new("python3").args(["-c", H5PY_PAGES]).arg(&path).output().unwrap();
            assert!(python.status.success(), "{metadata}: {}", String::from_utf8_lossy(&python.stderr));
            assert_eq!(File::open(&path).unwrap().root().unwrap().links().unwrap().len(), 203);
        }
    }
}

const H5PY_PARTS: &str = r"
import sys, h5py
with h5py.File(sys.argv[1], 'r') as f:
    assert f['all'][:].tolist() == [1, 2, 3, 4] * 3, f['all'][:]
    assert f['all'].virtual_sources()[0].file_name == 'part-%b.h5'
";

#[test]
fn sources_may_have_numbers_in_their_names() {
    let directory = tempfile::tempdir().unwrap();
    for n in 0..3 {
        let builder = Builder::create(directory.path().join(format!("part-{n}.h5")), false).unwrap();
        let x = numbers(&builder, DatasetSpec::new(int(), &[4]), Vec::new());
        let root = builder.add_group(&group(vec![LinkSpec::hard("x", x)])).unwrap();
        builder.finish(root).unwrap();
    }
    let path = directory.path().join("all.h5");
    let builder = Builder::create(&path, false).unwrap();
    let blocks = RegularBlocks { start: 0, stride: 4, count: UNLIMITED, block: 4 };
    let mapping = VirtualMapping {
        target: DataspaceSelection::Regular(vec![blocks]),
        file: "part-%b.h5".into(),
        dataset: "x".into(),
        source: DataspaceSelection::All,
    };
    let layout = LayoutSpec::Virtual(vec![mapping]);
    let spec = DatasetSpec { max_shape: vec![u64::MAX], layout, ..DatasetSpec::new(int(), &[4]) };
    let all = builder.add_dataset(builder.dataset(spec).unwrap(), &[4], Vec::new()).unwrap();
    let root = builder.add_group(&group(vec![LinkSpec::hard("all", all)])).unwrap();
    builder.finish(root).unwrap();
    let file = File::open_with(&path, &hyperslab::OpenOptions::new().beside()).unwrap();
    let values = file.object("/all").unwrap().dataset().unwrap().read_all::<i32>().unwrap();
    assert_eq!(values, [1, 2, 3, 4].repeat(3));
    if Command::new("python3").args(["-c", "import h5py"]).status().is_ok_and(|status| status.success()) {
        let python = Command::new("python3").args(["-c", H5PY_PARTS]).arg(&path).output().unwrap();
        assert!(python.status.success(), "{}", String::from_utf8_lossy(&python.stderr));
    }
}
