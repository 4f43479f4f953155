//! Whole files of the builder: links of every kind, committed datatypes, groups and attributes of any number.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test that fails may panic

use std::path::Path;
use std::process::Command;

use hyperslab::hdf5::builder::{
    AttributeSpec, Builder, DatasetSpec, FileOptions, GroupSpec, LayoutSpec, Level, LinkSpec, LinkTo, StoredType,
};
use hyperslab::hdf5::{Datatype, Editor, File, Member, ObjectKind, Padding, StringType, Target};
use hyperslab::{ByteOrder, Kind, Memory, NumberType, Selection};

fn int() -> Datatype {
    Datatype::Number(NumberType::I32, ByteOrder::Little)
}

fn number(name: &str, datatype: impl Into<StoredType>, value: i32) -> AttributeSpec {
    AttributeSpec::scalar(name, datatype, value.to_le_bytes().to_vec())
}

/// A compound of an integer and a float.
fn pair() -> Datatype {
    let float = Datatype::Number(NumberType::F32, ByteOrder::Big);
    let member = |name: &str, offset, datatype| Member { name: name.into(), offset, datatype };
    Datatype::Compound { size: 8, members: vec![member("n", 0, int()), member("größe", 4, float)] }
}

/// Three datasets and an attribute of one committed type, a group of 100 links, an object of 100 attributes, links that
/// lead by paths.
fn write(path: &Path) {
    let builder = Builder::create(path, false).unwrap();
    let committed = builder.commit_datatype(pair()).unwrap();
    let elements: Vec<u8> = [[1, 0, 0, 0, 0x3f, 0x80, 0, 0], [2, 0, 0, 0, 0x40, 0, 0, 0]].concat();
    let mut many = GroupSpec::default();
    for n in 0..100 {
        let dataset = builder.dataset(DatasetSpec::new(int(), &[])).unwrap();
        builder.write(&dataset, &Selection::all(&[]), &i32::to_le_bytes(n)).unwrap();
        let list = if n == 7 { (0..100).map(|n| number(&format!("a{n}"), int(), n)).collect() } else { Vec::new() };
        many.links.push(LinkSpec::hard(format!("d{n}"), builder.add_dataset(dataset, &[], list).unwrap()));
    }
    let mut root = GroupSpec::default();
    root.links.push(LinkSpec::hard("type", committed.address().unwrap()));
    root.links.push(LinkSpec::hard("many", builder.add_group(&many).unwrap()));
    for name in ["x", "y", "z"] {
        let dataset = builder.dataset(DatasetSpec::new(committed.clone(), &[2])).unwrap();
        builder.write(&dataset, &Selection::all(&[2]), &elements).unwrap();
        root.links.push(LinkSpec::hard(name, builder.add_dataset(dataset, &[2], Vec::new()).unwrap()));
    }
    root.links.push(LinkSpec { name: "soft".into(), to: LinkTo::Path("/many/d7".into()) });
    let external = LinkTo::File { file: "other.h5".into(), path: "/v".into() };
    root.links.push(LinkSpec { name: "external".into(), to: external });
    root.attributes.push(AttributeSpec::scalar("pair", committed, elements[..8].to_vec()));
    let root = builder.add_group(&root).unwrap();
    builder.finish(root).unwrap();
}

#[test]
fn everything_is_found_again() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.h5");
    write(&path);
    let file = File::open(&path).unwrap();
    let committed = file.object("/type").unwrap();
    assert_eq!((committed.kind(), committed.datatype().unwrap()), (ObjectKind::Datatype, pair()));
    for name in ["x", "y", "z"] {
        let dataset = file.object(name).unwrap().dataset().unwrap();
        assert_eq!(dataset.datatype(), &pair());
        assert_eq!(dataset.read_member::<i32>("n", &dataset.all()).unwrap(), [1, 2]);
        assert_eq!(dataset.read_member::<f32>("größe", &dataset.all()).unwrap(), [1.0, 2.0]);
    }
    let root = file.root().unwrap();
    assert_eq!(root.attribute("pair").unwrap().unwrap().datatype(), &pair());
    let soft = file.object("/soft").unwrap();
    assert_eq!(soft.dataset().unwrap().read_all::<i32>().unwrap(), [7]);
    let attributes = soft.attributes().unwrap();
    assert_eq!(
        attributes.iter().map(|a| a.read::<i32>().unwrap()[0]).collect::<Vec<_>>(),
        (0..100).collect::<Vec<_>>()
    );
    let external = root.links().unwrap().into_iter().find(|link| link.name == "external").unwrap();
    assert_eq!(external.target, Target::External { file: "other.h5".into(), path: "/v".into() });
}

/// Deletes users of the committed type: it must stay as long as it has a link.
const H5PY: &str = r#"
import sys
import h5py
with h5py.File(sys.argv[1], "r+") as f:
    assert f["x"].dtype == f["type"].dtype and f["x"].id.get_type().committed()
    assert h5py.h5o.get_info(f["type"].id).rc == 5, h5py.h5o.get_info(f["type"].id).rc
    assert f["x"]["n"].tolist() == [1, 2] and f["z"]["größe"].tolist() == [1, 2]
    assert f.attrs["pair"]["n"] == 1
    assert len(f["many"]) == 100 and [f[f"many/d{n}"][()] for n in range(100)] == list(range(100))
    assert [f["soft"].attrs[f"a{n}"] for n in range(100)] == list(range(100))
    assert f.get("external", getlink=True).path == "/v"
    del f["x"], f["y"], f["z"], f.attrs["pair"]
    f["many"].create_dataset("new", data=1, dtype=f["type"].dtype["n"])
    del f["many/d50"]
with h5py.File(sys.argv[1], "r") as f:
    assert h5py.h5o.get_info(f["type"].id).rc == 1
    assert list(f["type"].dtype.names) == ["n", "größe"] and len(f["many"]) == 100
"#;

/// Runs a script of h5py, where there is one, on a file.
fn change(path: &Path, script: &str) {
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".into());
    if !Command::new(&python).args(["-c", "import h5py"]).status().is_ok_and(|status| status.success()) {
        eprintln!("skipped: {python} has no h5py");
        return;
    }
    let output = Command::new(&python).args(["-c", script, path.to_str().unwrap()]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn the_reference_implementation_reads_it_and_can_change_it() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.h5");
    write(&path);
    let path = path.to_str().unwrap();
    match Command::new("h5dump").args(["-H", path]).output() {
        Ok(output) => assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr)),
        Err(_) => eprintln!("skipped: there is no h5dump"),
    }
    change(Path::new(path), H5PY);
}

#[test]
fn descriptions_that_contradict_themselves_are_refused() {
    let builder = Builder::in_memory(&Memory::new());
    let spec = || DatasetSpec::new(int(), &[4]);
    let refused = |spec: DatasetSpec| builder.dataset(spec).unwrap_err().kind();
    assert_eq!(refused(DatasetSpec { max_shape: vec![3], ..spec() }), Kind::Usage);
    assert_eq!(refused(DatasetSpec { max_shape: vec![u64::MAX], ..spec() }), Kind::Usage);
    assert_eq!(refused(DatasetSpec { max_shape: vec![4, 4], ..spec() }), Kind::Usage);
    let endless = DatasetSpec { layout: LayoutSpec::chunked(vec![1]), ..DatasetSpec::new(int(), &[u64::MAX]) };
    assert_eq!(refused(endless), Kind::Usage);
    let mut fill = spec();
    fill.fill.value = Some(vec![1, 2]);
    assert_eq!(refused(fill), Kind::Usage);
    assert_eq!(refused(DatasetSpec::new(int(), &[1; 33])), Kind::Unsupported);
    let group = |name: &str, len: usize| {
        let attribute = AttributeSpec { data: vec![0; len].into(), ..number(name, int(), 0) };
        builder.add_group(&GroupSpec { attributes: vec![attribute], ..GroupSpec::default() })
    };
    assert!(group("a", 4).is_ok());
    assert_eq!(group("a", 5).unwrap_err().kind(), Kind::Usage);
    assert_eq!(group("", 4).unwrap_err().kind(), Kind::Usage);
    assert_eq!(group("a\0b", 4).unwrap_err().kind(), Kind::Usage);
    let other = Builder::in_memory(&Memory::new());
    assert_eq!(refused(DatasetSpec::new(other.commit_datatype(int()).unwrap(), &[])), Kind::Usage);
}

#[test]
fn names_that_no_reader_finds_again_are_refused() {
    let builder = Builder::in_memory(&Memory::new());
    let leaf = builder.add_group(&GroupSpec::default()).unwrap();
    let links = |names: &[&str]| {
        let links = names.iter().map(|&name| LinkSpec::hard(name, leaf)).collect();
        builder.add_group(&GroupSpec { links, ..GroupSpec::default() })
    };
    assert!(links(&["x", "X", "\u{e4}"]).is_ok());
    for names in [&["x", "x"][..], &[""], &["a/b"], &["n\0l"]] {
        assert_eq!(links(names).unwrap_err().kind(), Kind::Usage, "{names:?}");
    }
    let twice = vec![number("a", int(), 0), number("a", int(), 1)];
    let group = GroupSpec { attributes: twice, ..GroupSpec::default() };
    assert_eq!(builder.add_group(&group).unwrap_err().kind(), Kind::Usage);
}

/// Deletes one link after the other: what they lead to must stay to the last.
const LINKS: &str = r#"
import sys
import h5py
with h5py.File(sys.argv[1], "r+") as f:
    for name in ("v", "g", "t"):
        assert h5py.h5o.get_info(f[f"{name}0"].id).rc == 3, name
        assert f[f"{name}0"] == f[f"below/{name}1"] == f[f"below/{name}2"]
        del f[f"{name}0"], f[f"below/{name}1"]
    f.create_dataset("new", data=range(1000))
with h5py.File(sys.argv[1], "r+") as f:
    assert f["below/v2"][()].tolist() == [1, 2] and f["below/g2"].attrs["n"] == 7 and f["below/t2"].dtype == "i4"
    assert all(h5py.h5o.get_info(f[f"below/{name}2"].id).rc == 1 for name in "vgt")
    del f["below/v2"], f["below/g2"], f["below/t2"]
"#;

#[test]
fn an_object_lives_as_long_as_one_of_its_links() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.h5");
    let builder = Builder::create(&path, false).unwrap();
    let dataset = builder.dataset(DatasetSpec::new(int(), &[2])).unwrap();
    builder.write(&dataset, &Selection::all(&[2]), &[1, 0, 0, 0, 2, 0, 0, 0]).unwrap();
    let many = (0..50).map(|n| number(&format!("a{n}"), int(), n)).collect();
    let dataset = builder.add_dataset(dataset, &[2], many).unwrap();
    let group = GroupSpec { attributes: vec![number("n", int(), 7)], ..GroupSpec::default() };
    let group = builder.add_group(&group).unwrap();
    let datatype = builder.commit_datatype(int()).unwrap().address().unwrap();
    let links =
        |n: u32| [("v", dataset), ("g", group), ("t", datatype)].map(|(l, o)| LinkSpec::hard(format!("{l}{n}"), o));
    let below = GroupSpec { links: [links(1), links(2)].concat(), ..GroupSpec::default() };
    let mut root = GroupSpec { links: links(0).to_vec(), ..GroupSpec::default() };
    root.links.push(LinkSpec::hard("below", builder.add_group(&below).unwrap()));
    let root = builder.add_group(&root).unwrap();
    builder.finish(root).unwrap();
    let attributes = File::open(&path).unwrap().object("below/v2").unwrap().attributes().unwrap().len();
    assert_eq!(attributes, 50);
    change(&path, LINKS);
}

/// A link of more bytes than a message has.
const LONG: &str = r#"
import sys
import h5py
with h5py.File(sys.argv[1], "r+") as f:
    for name in ("a" * 65_490, "b" * 70_000):
        assert list(f) == sorted(f) and f[name][()] == 5
    assert f.get("soft", getlink=True).path == "s" * 60_000
    f["new"] = 6
    del f["b" * 70_000]
    assert sorted(f) == sorted(["a" * 65_490, "soft", "new"])
"#;

#[test]
fn names_may_be_longer_than_a_message() {
    let directory = tempfile::tempdir().unwrap();
    for level in [Level::Earliest, Level::V110, Level::Latest] {
        let path = directory.path().join("a.h5");
        let options = FileOptions { level, ..FileOptions::default() };
        let builder = Builder::create_with(&path, true, &options).unwrap();
        let dataset = builder.dataset(DatasetSpec::new(int(), &[])).unwrap();
        builder.write(&dataset, &Selection::all(&[]), &5i32.to_le_bytes()).unwrap();
        let address = builder.add_dataset(dataset, &[], Vec::new()).unwrap();
        let mut links: Vec<_> =
            ["a".repeat(65_490), "b".repeat(70_000)].map(|name| LinkSpec::hard(name, address)).to_vec();
        links.push(LinkSpec { name: "soft".into(), to: LinkTo::Path("s".repeat(60_000)) });
        let root = builder.add_group(&GroupSpec { links, ..GroupSpec::default() }).unwrap();
        builder.finish(root).unwrap();
        let mut editor = Editor::open(&path).unwrap();
        editor.add_link(&"c".repeat(70_001), &"b".repeat(70_000)).unwrap();
        editor.publish().unwrap();
        editor.delete_link(&"c".repeat(70_001)).unwrap();
        editor.close().unwrap();
        assert_eq!(File::open(&path).unwrap().root().unwrap().links().unwrap().len(), 3);
        change(&path, LONG);
    }
    let path = LinkSpec { name: "soft".into(), to: LinkTo::Path("s".repeat(70_000)) };
    let long = GroupSpec { links: vec![path], ..GroupSpec::default() };
    let error = Builder::in_memory(&Memory::new()).add_group(&long).unwrap_err();
    assert!(error.kind() == Kind::Unsupported && error.to_string().contains("link soft"), "{error}");
}

#[test]
fn links_that_lead_nowhere_are_refused() {
    let builder = Builder::in_memory(&Memory::new());
    let file = |file: &str, path: &str| LinkTo::File { file: file.into(), path: path.into() };
    for to in
        [LinkTo::Path(String::new()), LinkTo::Path("a\0b".into()), file("", "/v"), file("a.h5", ""), file("\0", "/")]
    {
        let links = vec![LinkSpec { name: "l".into(), to }];
        let error = builder.add_group(&GroupSpec { links, ..GroupSpec::default() }).unwrap_err();
        assert_eq!(error.kind(), Kind::Usage, "{error}");
    }
}

#[test]
fn a_dataset_ends_with_lengths_that_it_can_have() {
    let builder = Builder::in_memory(&Memory::new());
    let grows = |max: &[u64], layout: Option<&[u64]>| DatasetSpec {
        max_shape: max.to_vec(),
        layout: layout.map_or(LayoutSpec::Contiguous, |chunk| LayoutSpec::chunked(chunk.to_vec())),
        ..DatasetSpec::new(int(), &[4, 3])
    };
    let added = |spec: DatasetSpec, written: Option<&[u64]>, extent: &[u64]| {
        let dataset = builder.dataset(spec).unwrap();
        if let Some(chunk) = written {
            builder.write_chunk(&dataset, chunk, vec![0; 24]).unwrap();
        }
        builder.add_dataset(dataset, extent, Vec::new()).map_err(|error| error.kind())
    };
    let chunk = Some(&[2, 3][..]);
    assert!(added(grows(&[4, 3], None), None, &[4, 3]).is_ok());
    assert!(added(grows(&[u64::MAX, 5], chunk), Some(&[2, 0]), &[5, 5]).is_ok());
    for extent in [&[4][..], &[4, 3, 1], &[4, 2], &[5, 3], &[]] {
        assert_eq!(added(grows(&[4, 3], None), None, extent), Err(Kind::Usage), "{extent:?}");
    }
    for extent in [[5, 6], [3, 3], [5, 2]] {
        assert_eq!(added(grows(&[u64::MAX, 5], chunk), None, &extent), Err(Kind::Usage), "{extent:?}");
    }
    assert_eq!(added(grows(&[u64::MAX, 5], chunk), None, &[u64::MAX, 3]), Err(Kind::Usage));
    assert_eq!(added(grows(&[u64::MAX, 5], chunk), None, &[1 << 62, 3]), Err(Kind::Limit));
    // The third row of chunks begins at 4.
    assert_eq!(added(grows(&[u64::MAX, 5], chunk), Some(&[2, 0]), &[4, 3]), Err(Kind::Usage));
    let null = DatasetSpec { layout: LayoutSpec::chunked(vec![1]), ..DatasetSpec::null(int()) };
    assert_eq!(builder.dataset(null).unwrap_err().kind(), Kind::Usage);
    let null = builder.dataset(DatasetSpec::null(int())).unwrap();
    assert_eq!(builder.write(&null, &Selection::all(&[]), &[0; 4]).unwrap_err().kind(), Kind::Usage);
    let chunked = builder.dataset(grows(&[4, 3], chunk)).unwrap();
    assert_eq!(builder.write_chunk(&chunked, &[0], vec![0; 24]).unwrap_err().kind(), Kind::Usage);
}

#[test]
fn types_whose_parts_do_not_fit_are_refused() {
    let builder = Builder::in_memory(&Memory::new());
    let member = |name: &str, offset| Member { name: name.into(), offset, datatype: int() };
    let compound = |size, members: &[Member]| Datatype::Compound { size, members: members.to_vec() };
    let array = |dims: &[u64]| Datatype::Array { dims: dims.to_vec(), base: Box::new(int()) };
    let text = StringType { size: 8, padding: Padding::NullTerminated, utf8: true };
    let one_of = |base, values: &[&[u8]]| {
        let members = values.iter().enumerate().map(|(n, value)| (n.to_string(), value.to_vec())).collect();
        Datatype::Enumeration { base: Box::new(base), members }
    };
    let good = [
        compound(12, &[member("b", 8), member("a", 0)]),
        one_of(int(), &[&[0; 4], &[1; 4]]),
        array(&[2, 3]),
        Datatype::Opaque { size: 3, tag: "three".into() },
    ];
    let bad = [
        compound(8, &[member("a", 0), member("b", 8)]),
        compound(8, &[member("a", 0), member("b", 2)]),
        compound(8, &[member("a", 0), member("a", 4)]),
        compound(8, &[member("", 0)]),
        compound(8, &[]),
        compound(8, &[Member { datatype: array(&[]), ..member("a", 0) }]),
        one_of(int(), &[&[0; 2]]),
        one_of(int(), &[]),
        one_of(Datatype::Number(NumberType::F32, ByteOrder::Little), &[&[0; 4]]),
        array(&[]),
        array(&[2, 0]),
        array(&[1; 33]),
        Datatype::Opaque { size: 0, tag: String::new() },
        Datatype::Opaque { size: 1, tag: "t".repeat(249) },
        Datatype::String(StringType { size: 0, ..text }),
        Datatype::VariableString(text),
        Datatype::Sequence { base: Box::new(int()), size: 8 },
        Datatype::Reference { kind: 0, size: 16 },
    ];
    let all = |datatype: &Datatype| {
        let data = vec![0; usize::try_from(datatype.size()).unwrap()];
        let attributes = vec![AttributeSpec::scalar("a", datatype.clone(), data)];
        [
            builder.dataset(DatasetSpec::new(datatype.clone(), &[1])).map(drop),
            builder.commit_datatype(datatype.clone()).map(drop),
            builder.add_group(&GroupSpec { attributes, ..GroupSpec::default() }).map(drop),
        ]
    };
    for datatype in &good {
        assert!(all(datatype).iter().all(Result::is_ok), "{datatype}");
    }
    for datatype in &bad {
        assert!(all(datatype).iter().all(Result::is_err), "{datatype}");
        assert_eq!(builder.commit_datatype(datatype.clone()).unwrap_err().kind(), Kind::Usage);
    }
}
