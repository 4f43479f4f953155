//! The objects of an HDF5 file as JSON.

use std::path::Path;

use exodus_rs::Result;
use hyperslab::digest::{objects, AttributeDigest, Digested, Facts, Found, ObjectDigest};
use hyperslab::hdf5::{Dataset, Fill, IndexKind, Layout, LinkStorage, ObjectKind, Target};
use serde_json::{json, Map, Value};

use super::{digest_and_reason, MOST_BYTES};
use crate::args;
use crate::input;

/// The record of a file.
pub fn record(path: &Path, args: &args::Digest) -> Result<Value> {
    let file = input::hdf5(path, args.no_mmap, args.allow_external)?;
    let (offset, length) = file.widths();
    let mut records = Vec::new();
    let complete = objects(&file, MOST_BYTES, &mut |path, found| records.push(found_json(path, &found)));
    Ok(json!({
        "opens": true,
        "error": null,
        "complete": complete,
        "superblock": file.superblock_version(),
        "userblock": file.user_block(),
        "sizes": [offset, length],
        "objects": records,
    }))
}

fn found_json(path: &str, found: &Found) -> Value {
    let failed = |kind: &str, error: String| json!({"path": path, "kind": kind, "error": error});
    match found {
        Found::Object(object) => object_json(path, object),
        Found::Again { kind, first } => json!({"path": path, "kind": kind.name(), "same_as": first}),
        Found::Link(target) => link(path, target),
        Found::Unopened(error) => failed("open-error", error.to_string()),
        Found::Unlisted(error) => failed("iterate-error", error.to_string()),
        Found::Repeated => failed("link-error", "an earlier link of the group has the same name".to_owned()),
        Found::TooDeep => json!({"path": path, "kind": "depth-limit"}),
    }
}

fn link(path: &str, target: &Target) -> Value {
    match target {
        Target::Hard(address) => json!({"path": path, "kind": "link", "address": address}),
        Target::Soft(target) => json!({"path": path, "kind": "softlink", "target": target}),
        Target::External { file, path: target } => {
            json!({"path": path, "kind": "externallink", "file": file, "target": target})
        }
        Target::User(code, _) => json!({"path": path, "kind": "udlink", "link_type": code}),
    }
}

fn object_json(path: &str, object: &ObjectDigest) -> Value {
    let mut fields = Map::new();
    let mut put = |name: &str, value: Value| drop(fields.insert(name.into(), value));
    put("path", json!(path));
    put("kind", json!(object.kind.name()));
    match &object.facts {
        Facts::Nothing => {}
        Facts::Group(storage) => put("group_storage", json!(storage_name(*storage))),
        Facts::Datatype(datatype) => {
            put("dtype", json!(datatype.to_string()));
            if object.kind == ObjectKind::Datatype {
                put("type_class", json!(datatype.class_name()));
            }
        }
        Facts::Dataset(dataset, digest) => declaration(dataset, digest.as_ref(), &mut put),
    }
    if let Some(error) = &object.error {
        put("error", json!(error.to_string()));
    }
    let attributes = match &object.attributes {
        Ok(attributes) => attributes.iter().map(attribute).collect(),
        Err(error) => json!([{"error": error.to_string()}]),
    };
    put("attributes", attributes);
    Value::Object(fields)
}

fn attribute(AttributeDigest { attribute, digest }: &AttributeDigest) -> Value {
    let (digest, note) = match digest {
        Ok(digest) => digest_and_reason(Some(digest)),
        Err(error) => (Value::Null, Some(("error", json!(error.to_string())))),
    };
    let declared = [
        ("name", json!(attribute.name())),
        ("dtype", json!(attribute.datatype().to_string())),
        ("shape", json!(attribute.shape())),
        ("digest", digest),
    ];
    Value::Object(declared.into_iter().chain(note).map(|(name, value)| (name.to_owned(), value)).collect())
}

fn declaration(dataset: &Dataset, digest: Option<&Digested>, put: &mut dyn FnMut(&str, Value)) {
    let datatype = dataset.datatype();
    put("dtype", json!(datatype.to_string()));
    put("type_class", json!(datatype.class_name()));
    let is_null = dataset.is_null();
    put("shape", json!((!is_null).then(|| dataset.shape())));
    put("maxshape", json!((!is_null).then(|| dataset.max_shape())));
    let layout = match dataset.layout() {
        Layout::Compact => "compact",
        Layout::Contiguous => "contiguous",
        Layout::Virtual => "virtual",
        Layout::External => "external",
        Layout::Chunked { chunk, index } => {
            put("chunk", json!(chunk));
            put("chunk_index", json!(index_name(index)));
            "chunked"
        }
    };
    put("layout", json!(layout));
    let filters: Vec<_> = dataset.filters().iter().map(|f| json!([f.id, u8::from(f.optional), f.parameters])).collect();
    put("filters", json!(filters));
    let fill = match dataset.fill() {
        Fill::Default => "default",
        Fill::Undefined => "undefined",
        Fill::Value(_) => "user",
    };
    put("fill_status", json!(fill));
    let (digest, reason) = digest_and_reason(digest);
    put("digest", digest);
    reason.into_iter().for_each(|(name, reason)| put(name, reason));
}

fn storage_name(storage: LinkStorage) -> &'static str {
    match storage {
        LinkStorage::SymbolTable => "symbol_table",
        LinkStorage::Compact => "compact",
        LinkStorage::Dense => "dense",
    }
}

fn index_name(index: IndexKind) -> &'static str {
    match index {
        IndexKind::BTreeV1 => "btree1",
        IndexKind::Single => "single",
        IndexKind::Implicit => "implicit",
        IndexKind::FixedArray => "fixed_array",
        IndexKind::ExtensibleArray => "extensible_array",
        IndexKind::BTreeV2 => "btree2",
    }
}
