//! The objects of an HDF5 file, depth first, each with its declaration and its digest.

use std::collections::HashMap;
use std::fmt::Display;
use std::path::Path;

use exodus_rs::Result;
use hyperslab::hdf5::{
    Attribute, Dataset, Datatype, Fill, IndexKind, Layout, Link, LinkStorage, Object, ObjectKind, Target,
};
use serde_json::{json, Map, Value};

use super::MOST_BYTES;
use crate::args;
use crate::input;

/// Groups inside groups that are followed.
const DEEPEST: usize = 200;

/// The record of a file.
pub fn record(path: &Path, args: &args::Digest) -> Result<Value> {
    let file = input::hdf5(path, args.no_mmap, args.allow_external)?;
    let (offset, length) = file.widths();
    let mut walk = Walk { objects: Vec::new(), seen: HashMap::new(), complete: true };
    match file.root() {
        Ok(root) => walk.object(&root, "/", 0),
        Err(error) => walk.failed("/", "open-error", &error),
    }
    Ok(json!({
        "opens": true,
        "error": null,
        "complete": walk.complete,
        "superblock": file.superblock_version(),
        "userblock": file.user_block(),
        "sizes": [offset, length],
        "objects": walk.objects,
    }))
}

struct Walk {
    objects: Vec<Value>,
    /// The first path of every object, by its address.
    seen: HashMap<u64, String>,
    /// Whether everything was read: nothing below has an error.
    complete: bool,
}

impl Walk {
    /// Adds something that could not be read.
    fn failed(&mut self, path: &str, kind: &str, error: &dyn Display) {
        let error = self.told(error);
        self.objects.push(json!({"path": path, "kind": kind, "error": error}));
    }

    /// An error as it stands in a record, which is not complete then.
    fn told(&mut self, error: &dyn Display) -> Value {
        self.complete = false;
        json!(error.to_string())
    }

    fn object(&mut self, object: &Object, path: &str, depth: usize) {
        let kind = object.kind();
        if let Some(first) = self.seen.get(&object.address()) {
            self.objects.push(json!({"path": path, "kind": kind.name(), "same_as": first}));
            return;
        }
        self.seen.insert(object.address(), path.to_owned());
        let mut fields = Map::new();
        fields.insert("path".into(), json!(path));
        fields.insert("kind".into(), json!(kind.name()));
        if let Err(error) = declare(object, &mut fields) {
            fields.insert("error".into(), self.told(&error));
        }
        fields.insert("attributes".into(), self.attributes(object));
        self.objects.push(Value::Object(fields));
        if kind == ObjectKind::Group {
            self.group(object, path, depth);
        }
    }

    fn group(&mut self, group: &Object, path: &str, depth: usize) {
        if depth >= DEEPEST {
            self.objects.push(json!({"path": path, "kind": "depth-limit"}));
            self.complete = false;
            return;
        }
        let mut links = match group.links() {
            Ok(links) => links,
            Err(error) => return self.failed(path, "iterate-error", &error),
        };
        links.sort_by(|a, b| a.raw_name.cmp(&b.raw_name));
        let mut last = None;
        for Link { name, raw_name, target, .. } in links {
            let path = format!("{}/{name}", path.trim_end_matches('/'));
            if last.as_ref() == Some(&raw_name) {
                self.failed(&path, "link-error", &"an earlier link of the group has the same name");
                continue;
            }
            last = Some(raw_name);
            self.link(group, target, &path, depth);
        }
    }

    fn link(&mut self, group: &Object, target: Target, path: &str, depth: usize) {
        let link = match target {
            Target::Hard(address) => {
                match group.file().at(address) {
                    Ok(object) => self.object(&object, path, depth + 1),
                    Err(error) => self.failed(path, "open-error", &error),
                }
                return;
            }
            Target::Soft(target) => json!({"path": path, "kind": "softlink", "target": target}),
            Target::External { file, path: target } => {
                json!({"path": path, "kind": "externallink", "file": file, "target": target})
            }
            Target::User(code, _) => json!({"path": path, "kind": "udlink", "link_type": code}),
        };
        self.objects.push(link);
    }

    /// All attributes, by name.
    fn attributes(&mut self, object: &Object) -> Value {
        let mut attributes = match object.attributes() {
            Ok(attributes) => attributes,
            Err(error) => return json!([{"error": self.told(&error)}]),
        };
        attributes.sort_by(|a, b| a.name().cmp(b.name()));
        attributes.iter().map(|attribute| self.attribute(attribute)).collect()
    }

    fn attribute(&mut self, attribute: &Attribute) -> Value {
        let (digest, note) = match digest(attribute.datatype(), 0, || attribute.digest()) {
            Ok((digest, reason)) => (digest, reason.map(|reason| ("reason", json!(reason)))),
            Err(error) => (None, Some(("error", self.told(&error)))),
        };
        let declared = [
            ("name", json!(attribute.name())),
            ("dtype", json!(attribute.datatype().to_string())),
            ("shape", json!(attribute.shape())),
            ("digest", json!(digest)),
        ];
        Value::Object(declared.into_iter().chain(note).map(|(name, value)| (name.to_owned(), value)).collect())
    }
}

fn declare(object: &Object, fields: &mut Map<String, Value>) -> Result<()> {
    let mut put = |name: &str, value: Value| fields.insert(name.into(), value);
    match object.kind() {
        ObjectKind::Group => {
            let storage = match object.link_storage()? {
                LinkStorage::SymbolTable => "symbol_table",
                LinkStorage::Compact => "compact",
                LinkStorage::Dense => "dense",
            };
            put("group_storage", json!(storage));
        }
        ObjectKind::Datatype => {
            let datatype = object.datatype()?;
            put("dtype", json!(datatype.to_string()));
            put("type_class", json!(datatype.class_name()));
        }
        ObjectKind::Dataset => {
            // The type is known even if the rest is not.
            put("dtype", json!(object.datatype()?.to_string()));
            let dataset = object.dataset()?;
            declaration(&dataset, &mut put);
            match digest(dataset.datatype(), dataset.memory_size()?, || dataset.digest()) {
                Ok((digest, reason)) => {
                    put("digest", json!(digest));
                    reason.and_then(|reason| put("reason", json!(reason)));
                }
                Err(error) => {
                    put("digest", Value::Null);
                    return Err(error);
                }
            }
        }
    }
    Ok(())
}

fn declaration(dataset: &Dataset, put: &mut dyn FnMut(&str, Value) -> Option<Value>) {
    let datatype = dataset.datatype();
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

/// A digest, or the reason why there is none.
fn digest(
    datatype: &Datatype,
    bytes: u64,
    compute: impl FnOnce() -> Result<Option<String>>,
) -> Result<(Option<String>, Option<&'static str>)> {
    if datatype.has_references() {
        return Ok((None, Some("reference")));
    }
    if bytes > MOST_BYTES {
        return Ok((None, Some("larger than 64 MiB")));
    }
    Ok((compute()?, None))
}
