//! Attributes of files of all ages are set, replaced and deleted where they are, and everything else stays.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test that fails may panic

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};

use hyperslab::hdf5::builder::{
    AttributeSpec, Builder, DatasetSpec, ElementData, FileOptions, GroupSpec, LinkSpec, PagedSpace,
};
use hyperslab::hdf5::{Datatype, Editor, File, Padding, StringType};
use hyperslab::netcdf::{self, GroupId, Owner, Value};
use hyperslab::{ByteOrder, Kind, NumberType};
use proptest::prelude::*;
use proptest::test_runner::{Config, FileFailurePersistence};

fn bytes(name: &str, value: &[u8]) -> AttributeSpec {
    AttributeSpec {
        name: name.into(),
        datatype: Datatype::Number(NumberType::U8, ByteOrder::Little).into(),
        shape: Some(vec![value.len() as u64]),
        data: value.to_vec().into(),
    }
}

/// The attributes of an object as stored.
fn attributes(path: &Path, object: &str) -> BTreeMap<String, Vec<u8>> {
    let file = File::open(path).unwrap();
    let object = file.object(object).unwrap();
    let list = object.attributes().unwrap();
    list.iter().map(|a| (a.name().to_owned(), a.bytes().to_vec())).collect()
}

/// A fixture that may be changed.
fn copy(directory: &Path, name: &str) -> PathBuf {
    let path = directory.join(name);
    std::fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/hdf5").join(name), &path).unwrap();
    path
}

/// A file of ours with a dataset that has three attributes, more than a sector of them.
fn ours(directory: &Path) -> PathBuf {
    ours_with(directory, &FileOptions::default())
}

fn ours_with(directory: &Path, options: &FileOptions) -> PathBuf {
    let path = directory.join("ours.h5");
    let builder = Builder::create_with(&path, true, options).unwrap();
    let byte = Datatype::Number(NumberType::U8, ByteOrder::Little);
    let dataset = builder.dataset(DatasetSpec::new(byte, &[3])).unwrap();
    builder.write(&dataset, &hyperslab::Selection::all(&[3]), &[7, 8, 9]).unwrap();
    let list = vec![bytes("first", &[1]), bytes("größe", &[2, 3]), bytes("long", &[7; 600])];
    let links = vec![LinkSpec::hard("v", builder.add_dataset(dataset, &[3], list).unwrap())];
    let root = builder.add_group(&GroupSpec { links, ..GroupSpec::default() }).unwrap();
    builder.finish(root).unwrap();
    path
}

fn config() -> Config {
    Config { cases: 24, failure_persistence: Some(Box::new(FileFailurePersistence::Off)), ..Config::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn any_changes_leave_what_they_say(
        old in any::<bool>(),
        publishes in any::<bool>(),
        changes in prop::collection::vec((0u8..12, prop::option::of(prop::collection::vec(any::<u8>(), 0..400))), 1..40),
    ) {
        let directory = tempfile::tempdir().unwrap();
        let (path, object) = match old {
            true => (copy(directory.path(), "attributes_old.h5"), "/"),
            false => (ours(directory.path()), "/v"),
        };
        let mut model = attributes(&path, object);
        let mut editor = Editor::open(&path).unwrap();
        for (name, value) in changes {
            let name = format!("attribute {name}");
            match value {
                Some(value) => {
                    editor.set_attribute(object, &bytes(&name, &value)).unwrap();
                    model.insert(name, value);
                }
                None => prop_assert_eq!(editor.delete_attribute(object, &name).unwrap(), model.remove(&name).is_some()),
            }
            if publishes {
                editor.publish().unwrap();
                prop_assert_eq!(&attributes(&path, object), &model);
            }
        }
        editor.close().unwrap();
        prop_assert_eq!(&attributes(&path, object), &model);
    }
}

/// A Python that has h5py.
fn python() -> Option<String> {
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".into());
    let found = Command::new(&python).args(["-c", "import h5py"]).status().is_ok_and(|status| status.success());
    if !found {
        eprintln!("skipped: {python} has no h5py");
    }
    found.then_some(python)
}

/// What h5py says of the attributes of an object, as hexadecimal digits.
const H5PY: &str = r#"
import sys
import h5py, numpy as np
with h5py.File(sys.argv[1], sys.argv[3]) as f:
    o = f[sys.argv[2]]
    if sys.argv[3] == "r+":
        o.attrs["by h5py"] = np.arange(40, dtype="u1")
        del o.attrs["a1"]
    for name in o.attrs:
        if name.startswith("a") and name[1:].isdigit() or name == "by h5py":
            print(name + "=" + np.asarray(o.attrs[name]).tobytes().hex())
    def visit(name, o):
        if isinstance(o, h5py.Dataset):
            try: o[()]
            except OSError as e: sys.exit(f"{name}: {e}")
    f.visititems(visit)
"#;

#[test]
fn the_reference_implementation_reads_what_was_changed_and_changes_it_again() {
    let Some(python) = python() else { return };
    let directory = tempfile::tempdir().unwrap();
    let names = ["superblock0.h5", "superblock1.h5", "superblock2.h5", "superblock3.h5", "links_compact.h5"];
    let files = names.iter().map(|name| (copy(directory.path(), name), "/"));
    for (path, object) in files.chain([(ours(directory.path()), "/v")]) {
        let mut editor = Editor::open(&path).unwrap();
        let mut expected = BTreeMap::new();
        for n in 0..7u8 {
            // Some fit the first block of the header, others do not.
            let value = vec![n; usize::from(n) * 90];
            editor.set_attribute(object, &bytes(&format!("a{n}"), &value)).unwrap();
            expected.insert(format!("a{n}"), value);
        }
        editor.delete_attribute(object, "a3").unwrap();
        editor.close().unwrap();
        expected.remove("a3");
        for mode in ["r", "r+", "r"] {
            let output =
                Command::new(&python).args(["-c", H5PY, path.to_str().unwrap(), object, mode]).output().unwrap();
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            assert!(output.status.success(), "{path:?}: {}", String::from_utf8_lossy(&output.stderr));
            if mode == "r+" {
                expected.remove("a1");
                expected.insert("by h5py".into(), (0..40).collect());
            }
            let hex = |value: &Vec<u8>| value.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
            let mut found: Vec<&str> = text.lines().collect();
            found.sort_unstable();
            let expected: Vec<String> = expected.iter().map(|(name, value)| format!("{name}={}", hex(value))).collect();
            assert_eq!(found, expected, "{path:?} {mode}");
        }
        let read: BTreeMap<_, _> =
            attributes(&path, object).into_iter().filter(|(name, _)| expected.contains_key(name)).collect();
        assert_eq!(read, expected);
    }
}

/// Makes many groups of both versions of object headers, and tells what attributes they have in the end.
const GROUPS: &str = r#"
import sys
import h5py, numpy as np
path, mode = sys.argv[1:]
if mode == "w":
    with h5py.File(path, "w", libver="earliest" if "old" in path else "latest") as f:
        for n in range(150):
            f.create_group(f"g{n}").attrs["n"] = np.arange(n, dtype="u1")
else:
    with h5py.File(path, mode) as f:
        for n in range(150):
            a = f[f"g{n}"].attrs
            assert a["n"].tolist() == list(range(n))
            values = [a[name] for name in ("new", "text") if name in a]
            print(n, *((v.encode() if isinstance(v, str) else v.tobytes()).hex() for v in values), sep=",")
            if mode == "r+":
                a["by h5py"] = n
"#;

#[test]
fn objects_of_the_reference_implementation_are_changed_wherever_they_lie_or_refused() {
    let Some(python) = python() else { return };
    let directory = tempfile::tempdir().unwrap();
    for name in ["old.h5", "new.h5"] {
        let path = directory.path().join(name);
        let run = |mode| {
            let output = Command::new(&python).args(["-c", GROUPS, path.to_str().unwrap(), mode]).output().unwrap();
            assert!(output.status.success(), "{name} {mode}: {}", String::from_utf8_lossy(&output.stderr));
            String::from_utf8(output.stdout).unwrap()
        };
        run("w");
        let mut editor = Editor::open(&path).unwrap();
        let mut expected = String::new();
        let mut refused = 0;
        for n in 0..150u8 {
            let group = format!("/g{n}");
            let done = editor.set_attribute(&group, &bytes("new", &vec![n; usize::from(n) * 3]));
            let done =
                done.and_then(|()| editor.set_attribute(&group, &AttributeSpec::text("text", "ä".repeat(n.into()))));
            let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
            match done.and_then(|()| editor.publish()) {
                Ok(()) => {
                    let (new, text) = (hex(&vec![n; usize::from(n) * 3]), hex("ä".repeat(n.into()).as_bytes()));
                    expected.push_str(&format!("{n},{new},{text}\n"));
                }
                Err(e) => {
                    assert!(e.kind() == Kind::Unsupported && e.to_string().contains("end of a sector"), "{e}");
                    assert!(e.to_string().contains(&group), "{e}");
                    refused += 1;
                    expected.push_str(&format!("{n}\n"));
                }
            }
        }
        editor.close().unwrap();
        assert!(refused < 25, "{refused} of 150 refused");
        for mode in ["r", "r+", "r"] {
            assert_eq!(run(mode), expected, "{name} {mode}");
        }
    }
}

#[test]
fn what_cannot_be_changed_is_refused_and_named() {
    let directory = tempfile::tempdir().unwrap();
    let refused = |name: &str, object: &str, attribute: &AttributeSpec| {
        let path = copy(directory.path(), name);
        let before = std::fs::read(&path).unwrap();
        let set = |mut editor: Editor| editor.set_attribute(object, attribute).and_then(|()| editor.close());
        let error = Editor::open(&path).and_then(set).unwrap_err();
        assert!(std::fs::read(&path).unwrap() == before, "{name} was changed");
        (error.kind(), error.to_string())
    };
    let small = bytes("a", &[1]);
    let (kind, text) = refused("superblock0.h5", "/", &bytes("a", &[0; 70_000]));
    assert!(kind == Kind::Unsupported && text.contains("attribute a"), "{text}");
    let (kind, _) = refused("superblock3.h5", "/nothing/there", &small);
    assert_eq!(kind, Kind::NotFound);
    let texts = Datatype::VariableString(StringType { size: 16, padding: Padding::NullTerminated, utf8: true });
    let (kind, text) = refused("superblock3.h5", "/", &AttributeSpec::scalar("a", texts, vec![1; 16]));
    assert!(kind == Kind::Unsupported && text.contains("/: attribute a") && text.contains("addresses"), "{text}");
    let reference = Datatype::Reference { kind: 0, size: 8 };
    let foreign = Builder::in_memory(&hyperslab::Memory::new()).add_group(&GroupSpec::default()).unwrap();
    for (data, expected) in [(vec![1; 8].into(), Kind::Unsupported), (ElementData::objects([foreign]), Kind::Usage)] {
        let (kind, text) = refused("superblock3.h5", "/", &AttributeSpec::scalar("a", reference.clone(), data));
        assert!(kind == expected && text.contains("/: attribute a"), "{text}");
    }
}

/// A file of ours in pages.
fn paged(directory: &Path) -> PathBuf {
    let path = directory.join("paged.h5");
    let pages = Some(PagedSpace { page_size: 4096, metadata: 4096 });
    let builder = Builder::create_with(&path, false, &FileOptions { pages, ..FileOptions::default() }).unwrap();
    let root = builder.add_group(&GroupSpec { attributes: vec![bytes("a", &[7])], ..GroupSpec::default() }).unwrap();
    builder.finish(root).unwrap();
    path
}

#[test]
fn what_cannot_be_changed_where_it_is_is_written_anew() {
    let directory = tempfile::tempdir().unwrap();
    for name in ["user_block_new.h5", "user_block_old.h5", "paged.h5"] {
        let path = if name == "paged.h5" { paged(directory.path()) } else { copy(directory.path(), name) };
        let (before, old) = (std::fs::read(&path).unwrap(), File::open(&path).unwrap());
        let mut editor = Editor::open(&path).unwrap();
        assert!(editor.is_rewritten());
        // Whoever is killed now leaves nothing.
        #[cfg(target_os = "linux")]
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1, "{name} is copied to a file with a name");
        editor.set_attribute("/", &bytes("one", &[1])).unwrap();
        assert!(std::fs::read(&path).unwrap() == before, "{name} is changed too early");
        editor.publish().unwrap();
        editor.set_attribute("/", &bytes("two", &[2])).unwrap();
        editor.publish().unwrap();
        editor.set_attribute("/", &bytes("three", &[3])).unwrap();
        drop(editor);
        let (new, found) = (File::open(&path).unwrap(), attributes(&path, "/"));
        let mut expected: Vec<String> =
            old.root().unwrap().attributes().unwrap().iter().map(|a| a.name().to_owned()).collect();
        expected.extend(["one".to_owned(), "two".to_owned()]);
        expected.sort();
        assert_eq!(found.keys().cloned().collect::<Vec<_>>(), expected, "{name}");
        assert_eq!((&found["one"], &found["two"]), (&vec![1], &vec![2]), "{name}");
        let block = usize::try_from(new.user_block()).unwrap();
        assert!(std::fs::read(&path).unwrap()[..block] == before[..block], "{name}: the user block");
        assert_eq!((new.user_block(), new.page_size()), (old.user_block(), old.page_size()), "{name}");
        let names = |file: &File| file.root().unwrap().links().unwrap().into_iter().map(|l| l.name).collect::<Vec<_>>();
        assert_eq!(names(&new), names(&old), "{name}");
        std::fs::remove_file(&path).unwrap();
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0, "{name} leaves something");
    }
}

#[test]
fn what_is_written_anew_is_broken_off_and_stays_as_it_was() {
    let directory = tempfile::tempdir().unwrap();
    let pages = Some(PagedSpace { page_size: 4096, metadata: 4096 });
    for options in [
        FileOptions { pages, ..FileOptions::default() },
        FileOptions { user_block: vec![7; 512], ..FileOptions::default() },
    ] {
        let path = ours_with(directory.path(), &options);
        let before = std::fs::read(&path).unwrap();
        let is_as_before =
            || std::fs::read(&path).unwrap() == before && std::fs::read_dir(directory.path()).unwrap().count() == 1;
        let netcdf = || {
            let mut editor = netcdf::Editor::open(&path).unwrap();
            editor.set_attribute(Owner::Group(GroupId(0)), "one", Value::text("1")).unwrap();
            editor
        };
        assert!(netcdf().publish_watched(&|_| ControlFlow::Break(())).unwrap().is_break() && is_as_before());
        let mut editor = Editor::open(&path).unwrap();
        editor.set_attribute("/", &bytes("two", &[2])).unwrap();
        assert!(editor.publish_watched(&|_| ControlFlow::Break(())).unwrap().is_break() && is_as_before());
        // What was broken off can be gone on with.
        assert!(editor.is_changed());
        let told = AtomicU64::new(0);
        let watch = |at: hyperslab::hdf5::RepackProgress| {
            told.store(at.bytes, Ordering::Relaxed);
            ControlFlow::Continue(())
        };
        assert!(editor.publish_watched(&watch).unwrap().is_continue() && !editor.is_changed());
        assert!(told.into_inner() >= 3 && attributes(&path, "/") == BTreeMap::from([("two".to_owned(), vec![2])]));
        drop(editor);
        let done = netcdf().publish_watched(&|_| ControlFlow::Continue(())).unwrap().continue_value().unwrap().done;
        assert!(done == netcdf::Done::Rewritten && attributes(&path, "/").len() == 2 && !is_as_before());
    }
}

#[test]
fn dense_attributes_are_changed_renamed_and_deleted() {
    let directory = tempfile::tempdir().unwrap();
    let path = copy(directory.path(), "attributes_dense.h5");
    let objects: Vec<String> =
        File::open(&path).unwrap().root().unwrap().links().unwrap().into_iter().map(|l| l.name).collect();
    let mut models = Vec::new();
    let mut editor = Editor::open(&path).unwrap();
    for object in &objects {
        let mut model = attributes(&path, object);
        editor.set_attribute(object, &bytes("small", &[1])).unwrap();
        editor.set_attribute(object, &bytes("large", &[7; 70_000])).unwrap();
        model.extend([("small".to_owned(), vec![1]), ("large".to_owned(), vec![7; 70_000])]);
        let first = model.keys().next().unwrap().clone();
        editor.rename_attribute(object, &first, "renamed").unwrap();
        let value = model.remove(&first).unwrap();
        model.insert("renamed".to_owned(), value);
        let last = model.keys().next_back().unwrap().clone();
        assert!(editor.delete_attribute(object, &last).unwrap());
        model.remove(&last);
        models.push(model);
    }
    editor.close().unwrap();
    for (object, model) in objects.iter().zip(&models) {
        assert!(attributes(&path, object) == *model, "{object}");
    }
}

#[test]
fn links_are_added_renamed_moved_and_deleted() {
    let directory = tempfile::tempdir().unwrap();
    let path = ours(directory.path());
    let mut editor = Editor::open(&path).unwrap();
    editor.add_link("w", "/v").unwrap();
    editor.add_soft_link("soft", "/w").unwrap();
    editor.add_external_link("other", "elsewhere.h5", "/x").unwrap();
    editor.rename_link("/v", "first").unwrap();
    editor.publish().unwrap();
    let names =
        || File::open(&path).unwrap().root().unwrap().links().unwrap().into_iter().map(|l| l.name).collect::<Vec<_>>();
    assert_eq!(names(), ["first", "w", "soft", "other"]);
    assert_eq!(attributes(&path, "soft")["long"], [7; 600]);
    editor.delete_link("first").unwrap();
    editor.delete_link("other").unwrap();
    assert_eq!(editor.delete_link("other").unwrap_err().kind(), Kind::NotFound);
    assert_eq!(editor.rename_link("w", "soft").unwrap_err().kind(), Kind::Usage);
    editor.close().unwrap();
    assert_eq!(names(), ["w", "soft"]);
    assert_eq!(File::open(&path).unwrap().object("w").unwrap().dataset().unwrap().read_all::<u8>().unwrap(), [7, 8, 9]);
}
