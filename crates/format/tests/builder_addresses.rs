//! What the builder takes as addresses: of objects of its own alone, and never among the bytes of elements.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test that fails may panic

use std::process::Command;

use hyperslab::hdf5::builder::{
    AttributeSpec, Builder, DatasetSpec, ElementData, GroupSpec, LayoutSpec, LinkSpec, ObjectAddress, StoredType,
};
use hyperslab::hdf5::{Datatype, File, Member, Padding, StringType};
use hyperslab::{ByteOrder, Kind, Memory, NumberType, Result, Selection, Source};

fn int() -> Datatype {
    Datatype::Number(NumberType::I32, ByteOrder::Little)
}

fn number(name: &str, datatype: Datatype, value: i32) -> AttributeSpec {
    AttributeSpec::scalar(name, datatype, value.to_le_bytes().to_vec())
}

#[test]
fn the_root_is_a_group_of_the_same_file() {
    let root_of = |choose: fn(&Builder, &Builder) -> ObjectAddress| {
        let (place, foreign) = (Memory::new(), Memory::new());
        let (builder, other) = (Builder::in_memory(&place), Builder::in_memory(&foreign));
        let root = choose(&builder, &other);
        let done = builder.finish(root);
        assert_eq!(done.is_ok(), place.take().is_some());
        done
    };
    let group = |builder: &Builder| builder.add_group(&GroupSpec::default()).unwrap();
    let dataset = |builder: &Builder, _: &Builder| {
        let dataset = builder.dataset(DatasetSpec::new(int(), &[1])).unwrap();
        builder.add_dataset(dataset, &[1], Vec::new()).unwrap()
    };
    let datatype = |builder: &Builder, _: &Builder| builder.commit_datatype(int()).unwrap().address().unwrap();
    assert!(root_of(|builder, _| builder.add_group(&GroupSpec::default()).unwrap()).is_ok());
    for choose in [dataset, datatype, |_: &Builder, other: &Builder| other.add_group(&GroupSpec::default()).unwrap()] {
        assert_eq!(root_of(choose).unwrap_err().kind(), Kind::Usage);
    }
    let (builder, other) = (Builder::in_memory(&Memory::new()), Builder::in_memory(&Memory::new()));
    let links = vec![LinkSpec::hard("foreign", group(&other))];
    let error = builder.add_group(&GroupSpec { links, ..GroupSpec::default() }).unwrap_err();
    assert!(error.kind() == Kind::Usage && error.to_string().contains("link foreign"), "{error}");
}

#[test]
fn datasets_are_written_to_their_own_file() {
    let (builder, other) = (Builder::in_memory(&Memory::new()), Builder::in_memory(&Memory::new()));
    let spec = || DatasetSpec { layout: LayoutSpec::chunked(vec![2]), ..DatasetSpec::new(int(), &[4]) };
    let foreign = other.dataset(spec()).unwrap();
    let results = [
        builder.write(&foreign, &Selection::all(&[4]), &[0; 16]),
        builder.write_chunk(&foreign, &[0], vec![0; 8]),
        builder.write_elements(&foreign, &Selection::all(&[4]), &vec![0; 16].into()),
        builder.place_rows(std::iter::once(&foreign)),
        builder.add_dataset(foreign, &[4], Vec::new()).map(drop),
    ];
    assert!(results.iter().all(|result| result.as_ref().is_err_and(|e| e.kind() == Kind::Usage)), "{results:?}");
}

fn text() -> Datatype {
    Datatype::VariableString(StringType { size: 16, padding: Padding::NullTerminated, utf8: true })
}

fn reference() -> Datatype {
    Datatype::Reference { kind: 0, size: 8 }
}

/// Types whose elements hold addresses.
fn types_with_addresses() -> Vec<Datatype> {
    let inside = |datatype| Member { name: "m".into(), offset: 0, datatype };
    let array = Datatype::Array { dims: vec![2], base: Box::new(text()) };
    vec![
        text(),
        reference(),
        Datatype::Sequence { base: Box::new(int()), size: 16 },
        Datatype::Compound { size: 32, members: vec![inside(array.clone())] },
        array,
        Datatype::Compound { size: 8, members: vec![inside(reference())] },
    ]
}

#[test]
fn bytes_with_addresses_in_them_are_refused() {
    let builder = Builder::in_memory(&Memory::new());
    for datatype in types_with_addresses() {
        let size = usize::try_from(datatype.size()).unwrap();
        let refused = |result: Result<()>, place: &str| {
            let error = result.expect_err(place);
            assert_eq!(error.kind(), Kind::Unsupported, "{datatype}: {error}");
            assert!(error.to_string().contains(place), "{error}");
        };
        for stored in [StoredType::from(datatype.clone()), builder.commit_datatype(datatype.clone()).unwrap()] {
            let attributes = || vec![AttributeSpec::scalar("a", stored.clone(), vec![1; size])];
            let group = GroupSpec { attributes: attributes(), ..GroupSpec::default() };
            refused(builder.add_group(&group).map(drop), "attribute a");
            let spec = || DatasetSpec::new(stored.clone(), &[2]);
            refused(builder.add_dataset(builder.dataset(spec()).unwrap(), &[2], attributes()).map(drop), "attribute a");
            let mut filled = spec();
            filled.fill.value = Some(vec![1; size]);
            refused(builder.dataset(filled).map(drop), "addresses");
            let dataset = builder.dataset(spec()).unwrap();
            refused(builder.write(&dataset, &Selection::all(&[2]), &vec![1; 2 * size]), "addresses");
            refused(builder.write_elements(&dataset, &Selection::all(&[2]), &vec![1; 2 * size].into()), "addresses");
            let chunked = DatasetSpec { layout: LayoutSpec::chunked(vec![1]), ..spec() };
            let chunked = builder.dataset(chunked).unwrap();
            refused(builder.write_chunk(&chunked, &[0], vec![1; size]), "addresses");
        }
    }
}

#[test]
fn elements_are_of_their_type() {
    let builder = Builder::in_memory(&Memory::new());
    let leaf = builder.add_group(&GroupSpec::default()).unwrap();
    let foreign = Builder::in_memory(&Memory::new()).add_group(&GroupSpec::default()).unwrap();
    let ascii = Datatype::VariableString(StringType { size: 16, padding: Padding::NullTerminated, utf8: false });
    let refused = |datatype: Datatype, data: ElementData| {
        let attributes = vec![AttributeSpec::scalar("a", datatype, data)];
        let error = builder.add_group(&GroupSpec { attributes, ..GroupSpec::default() }).unwrap_err();
        assert!(error.kind() == Kind::Usage && error.to_string().contains("attribute a"), "{error}");
    };
    refused(int(), ElementData::texts(["x"]));
    refused(text(), ElementData::texts(["x", "y"]));
    refused(text(), ElementData::texts(["x\0y"]));
    refused(ascii, ElementData::texts(["ö"]));
    refused(text(), ElementData::objects([leaf]));
    refused(int(), ElementData::objects([leaf]));
    refused(reference(), ElementData::objects([foreign]));
}

/// A file of texts and references, in attributes and datasets, few and many, and a dataset without elements.
fn write_addresses(builder: Builder) {
    let leaf = builder.add_group(&GroupSpec::default()).unwrap();
    let texts: Vec<String> = (0..100).map(|n| "größe ".repeat(n % 7) + &n.to_string()).collect();
    let list = |name: &str, datatype: Datatype, count: u64, data: ElementData| AttributeSpec {
        name: name.into(),
        datatype: datatype.into(),
        shape: Some(vec![count]),
        data,
    };
    let mut links = vec![LinkSpec::hard("leaf", leaf)];
    let spec = DatasetSpec { layout: LayoutSpec::chunked(vec![7, 3]), ..DatasetSpec::new(text(), &[10, 10]) };
    let dataset = builder.dataset(spec).unwrap();
    builder.write_elements(&dataset, &Selection::all(&[10, 10]), &ElementData::texts(texts.clone())).unwrap();
    let many = (0..70).map(|n| AttributeSpec::text(&format!("t{n}"), format!("text {n}"))).collect();
    let dataset = builder.add_dataset(dataset, &[10, 10], many).unwrap();
    links.push(LinkSpec::hard("texts", dataset));
    let references = builder.dataset(DatasetSpec::new(reference(), &[2])).unwrap();
    builder.write_elements(&references, &Selection::all(&[2]), &ElementData::objects([leaf, dataset])).unwrap();
    links.push(LinkSpec::hard("references", builder.add_dataset(references, &[2], Vec::new()).unwrap()));
    let null = builder.dataset(DatasetSpec::null(int())).unwrap();
    links.push(LinkSpec::hard("null", builder.add_dataset(null, &[0], vec![number("n", int(), 7)]).unwrap()));
    let attributes = vec![
        AttributeSpec::text("title", "Übersicht"),
        list("names", text(), 100, ElementData::texts(texts)),
        list("objects", reference(), 2, ElementData::objects([leaf, dataset])),
    ];
    let root = builder.add_group(&GroupSpec { links, attributes, ..GroupSpec::default() }).unwrap();
    builder.finish(root).unwrap();
}

#[test]
fn texts_and_references_come_back() {
    let place = Memory::new();
    write_addresses(Builder::in_memory(&place));
    let file = File::from_source(Source::from_bytes(place.take().unwrap())).unwrap();
    let root = file.root().unwrap();
    let names = root.attribute("names").unwrap().unwrap().read_strings().unwrap();
    assert_eq!((names.len(), names[2].as_str()), (100, "größe größe 2"));
    assert_eq!(root.attribute("title").unwrap().unwrap().read_strings().unwrap(), ["Übersicht"]);
    let texts = file.object("texts").unwrap();
    assert_eq!(texts.dataset().unwrap().read_strings(texts.dataset().unwrap().all()).unwrap(), names);
    assert_eq!(texts.attribute("t69").unwrap().unwrap().read_strings().unwrap(), ["text 69"]);
    let null = file.object("null").unwrap().dataset().unwrap();
    assert!(null.is_null() && null.shape() == [0]);
}

const H5PY: &str = r#"
import sys
import h5py
with h5py.File(sys.argv[1], "r+") as f:
    names = ["größe " * (n % 7) + str(n) for n in range(100)]
    assert f.attrs["title"] == "Übersicht" and list(f.attrs["names"]) == names
    assert f["texts"].asstr()[()].ravel().tolist() == names
    assert [f["texts"].attrs[f"t{n}"] for n in range(70)] == [f"text {n}" for n in range(70)]
    for r in (f["references"][()], f.attrs["objects"]):
        assert [f[r[0]].name, f[r[1]].name] == ["/leaf", "/texts"]
    assert f["null"].shape is None and f["null"].attrs["n"] == 7 and isinstance(f["null"][()], h5py.Empty)
    f["texts"][3, 3:5] = ["new", "er"]
    f["texts"].attrs["t5"] = "changed"
    f.attrs["title"] = "ein anderer, viel längerer Titel"
    del f["null"], f.attrs["names"]
with h5py.File(sys.argv[1], "r") as f:
    assert f["texts"].asstr()[3].tolist() == names[30:33] + ["new", "er"] + names[35:40]
    assert f["texts"].attrs["t5"] == "changed" and "Titel" in f.attrs["title"]
"#;

#[test]
fn the_reference_implementation_reads_and_changes_texts_and_references() {
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".into());
    if !Command::new(&python).args(["-c", "import h5py"]).status().is_ok_and(|status| status.success()) {
        eprintln!("skipped: {python} has no h5py");
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.h5");
    write_addresses(Builder::create(&path, false).unwrap());
    let output = Command::new(&python).args(["-c", H5PY, path.to_str().unwrap()]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
