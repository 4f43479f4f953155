//! What this library reads, in the words of the descriptions.

use std::collections::BTreeMap;
use std::path::Path;

use hyperslab::digest::{objects, Digested, Facts, Found, ObjectDigest};
use hyperslab::hdf5::{Dataset, File, Fill, Layout, ObjectKind, Target};
use hyperslab::OpenOptions;
use serde_json::{json, Value};

/// Everything in a file by its path.
pub fn read(path: &Path) -> Value {
    let file = File::open_with(path, &OpenOptions::new().beside()).unwrap();
    let mut found = BTreeMap::new();
    let complete = objects(&file, u64::MAX, &mut |path, object| {
        found.insert(path.to_owned(), describe(object));
    });
    assert!(complete, "{found:?}");
    json!({"userblock": file.user_block(), "objects": found})
}

fn describe(found: Found) -> Value {
    match found {
        Found::Object(object) => object_of(&object),
        Found::Again { first, .. } => json!({"kind": "again", "of": first}),
        Found::Link(Target::Soft(target)) => json!({"kind": "softlink", "target": target}),
        Found::Link(Target::External { file, path }) => json!({"kind": "externallink", "file": file, "target": path}),
        other => panic!("{other:?}"),
    }
}

fn digest_of(digest: &Digested) -> Option<String> {
    match digest {
        Digested::Of(digest) => Some(digest.clone()),
        Digested::References | Digested::TooLarge => None,
    }
}

fn object_of(object: &ObjectDigest) -> Value {
    let mut value = match (&object.facts, object.kind) {
        (Facts::Dataset(dataset, digest), _) => dataset_of(dataset, digest.as_ref()),
        (Facts::Datatype(datatype), ObjectKind::Datatype) => json!({"kind": "datatype", "dtype": datatype.to_string()}),
        (Facts::Group(_), _) => json!({"kind": "group"}),
        (other, _) => panic!("{other:?} {:?}", object.error),
    };
    let attributes = object.attributes.as_ref().unwrap().iter().map(|one| {
        let (name, datatype, shape) = (one.attribute.name(), one.attribute.datatype(), one.attribute.shape());
        let digest = digest_of(one.digest.as_ref().unwrap());
        json!({"name": name, "dtype": datatype.to_string(), "shape": shape, "digest": digest})
    });
    value["attributes"] = attributes.collect();
    value
}

fn dataset_of(dataset: &Dataset, digest: Option<&Digested>) -> Value {
    let there = !dataset.is_null();
    let mut value = json!({
        "kind": "dataset", "dtype": dataset.datatype().to_string(), "shape": there.then(|| dataset.shape()),
        "maxshape": there.then(|| dataset.max_shape()),
        "filters": dataset.filters().iter().map(|filter| filter.id).collect::<Vec<_>>(),
        "fill_status": match dataset.fill() {
            Fill::Default => "default",
            Fill::Undefined => "undefined",
            Fill::Value(_) => "user",
        },
        "digest": digest.and_then(digest_of),
    });
    value["layout"] = json!(match dataset.layout() {
        Layout::Compact => "compact",
        Layout::Contiguous => "contiguous",
        Layout::Virtual => "virtual",
        Layout::External => "external",
        Layout::Chunked { chunk, index } => {
            value["chunk"] = json!(chunk);
            value["chunk_index"] = json!(super::index_name(index));
            "chunked"
        }
    });
    value
}
