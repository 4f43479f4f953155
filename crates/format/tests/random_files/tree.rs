//! Whole files: groups in groups, with links, attributes, comments and committed datatypes.

use std::collections::BTreeMap;
use std::path::Path;

use hyperslab::hdf5::builder::{
    AttributeSpec, Builder, CreationOrder, DatasetSpec, DataspaceSelection, ElementData, ElementValue, FileOptions,
    FillSpec, GroupSpec, LayoutSpec, Level, LinkSpec, LinkTo, ObjectAddress, ObjectSpec, PagedSpace, StoredType, Times,
    VirtualMapping,
};
use hyperslab::hdf5::Datatype;
use hyperslab::{ByteOrder, NumberType, Selection};
use serde_json::{json, Value};

use super::choices::Choices;
use super::values::{self, Targets};
use super::{dataset, types};

const NAMES: [&str; 10] = ["v", "name", "größe", "変数", "a b", "x-y.z", "T", "a:b", "e\u{301}", "-x"];

/// A file being made.
pub struct Tree<'t> {
    builder: &'t Builder,
    choices: &'t mut Choices,
    level: Level,
    targets: Targets,
    committed: Vec<(StoredType, String)>,
    /// What readers must find at each path.
    pub objects: BTreeMap<String, Value>,
    /// Where elements outside of the file go.
    folder: &'t Path,
    number: usize,
}

/// The layout of a whole file.
pub fn options(choices: &mut Choices, level: Level) -> FileOptions {
    let block = if choices.chance(25) { choices.of(&[1, 512, 513, 3000]) } else { 0 };
    let alignment = choices.of(&[64, 1, 8, 512]);
    let paged = level > Level::Earliest && choices.chance(20);
    let pages = paged.then(|| PagedSpace { page_size: choices.of(&[512, 4096]), metadata: choices.of(&[0, 30_000]) });
    FileOptions { level, alignment, user_block: vec![b'u'; block], pages }
}

/// Makes a file; returns what readers must find in it.
pub fn write(choices: &mut Choices, path: &Path, level: Level) -> Value {
    let options = options(choices, level);
    let builder = Builder::create_with(path, false, &options).unwrap();
    let folder = path.parent().unwrap();
    let (targets, committed, objects) = (Targets::default(), Vec::new(), BTreeMap::new());
    let mut tree = Tree { builder: &builder, choices, level, targets, committed, objects, folder, number: 0 };
    let root = tree.group("", 2);
    let objects = std::mem::take(&mut tree.objects);
    builder.finish(root).unwrap();
    let block = options.user_block.len() as u64;
    let block = if block == 0 { 0 } else { block.next_power_of_two().max(512) };
    json!({"level": format!("{level:?}"), "userblock": block, "objects": objects})
}

impl Tree<'_> {
    fn object(&mut self) -> ObjectSpec {
        let comment = self.choices.chance(15).then(|| self.choices.of(&["", "a comment", "größer"]).to_owned());
        let times = Times { access: 1, modification: 1_000_000_000, change: 1_600_000_000, birth: 4 };
        let times = self.choices.chance(20).then_some(times);
        ObjectSpec { comment, times, attribute_order: self.order() }
    }

    fn order(&mut self) -> Option<CreationOrder> {
        self.choices.of(&[
            None,
            Some(CreationOrder::Untracked),
            Some(CreationOrder::Tracked),
            Some(CreationOrder::Indexed),
        ])
    }

    fn name(&mut self) -> String {
        self.number += 1;
        format!("{}{}", self.choices.of(&NAMES), self.number)
    }

    fn attributes(&mut self) -> (Vec<AttributeSpec>, Value) {
        let count = if self.choices.chance(3) { 70 } else { self.choices.below(4) };
        let mut made: Vec<(AttributeSpec, Value)> = (0..count).map(|n| self.attribute(n)).collect();
        if self.choices.chance(3) {
            made.push(large());
        }
        let (specs, mut described): (Vec<_>, Vec<Value>) = made.into_iter().unzip();
        described.sort_by(|a, b| a["name"].as_str().cmp(&b["name"].as_str()));
        (specs, json!(described))
    }

    fn attribute(&mut self, n: usize) -> (AttributeSpec, Value) {
        let name = format!("{}{n}", self.choices.of(&NAMES));
        let stored: StoredType = match self.committed.is_empty() || self.choices.chance(80) {
            true => types::datatype(self.choices, self.level, 2, true).into(),
            false => self.choices.of(&self.committed).0,
        };
        let shape: Option<Vec<u64>> = match self.choices.below(8) {
            0 => None,
            1..=4 => Some(Vec::new()),
            _ => Some((0..=self.choices.below(2)).map(|_| 1 + self.choices.below(3) as u64).collect()),
        };
        let datatype = stored.datatype().clone();
        let count: u64 = shape.as_ref().map_or(0, |shape| shape.iter().product());
        let mut stream = self.choices.stream();
        let elements: Vec<ElementValue> =
            (0..count).map(|_| values::value(&datatype, &mut stream, &self.targets)).collect();
        let digest = values::digest(&datatype, &elements);
        let described = json!({"name": name, "dtype": datatype.to_string(), "shape": shape, "digest": digest});
        (AttributeSpec { name, datatype: stored, shape, data: ElementData::values(elements) }, described)
    }

    fn note(&mut self, path: &str, address: ObjectAddress, description: Value) {
        self.targets.objects.push((address, path.to_owned()));
        let shape: Option<Vec<u64>> = serde_json::from_value(description["shape"].clone()).unwrap_or(None);
        if let Some(shape) = shape.filter(|shape| !shape.is_empty() && !shape.contains(&0)) {
            self.targets.datasets.push((address, path.to_owned(), shape));
        }
        self.objects.insert(path.to_owned(), description);
    }

    fn dataset(&mut self, path: &str) -> ObjectAddress {
        let object = self.object();
        let raw = format!("{}.raw", self.number);
        let mut spec = dataset::spec(self.choices, self.level, &raw, object);
        let is_committed = !self.committed.is_empty() && self.choices.chance(15);
        if is_committed {
            let (stored, _) = self.choices.of(&self.committed);
            spec = DatasetSpec::new(stored, &[3]);
        }
        let made = dataset::write(self.choices, self.builder, spec, &self.targets);
        if let Some(bytes) = made.outside {
            std::fs::write(self.folder.join(raw), bytes).unwrap();
        }
        let (attributes, described) = self.attributes();
        let address = self.builder.add_dataset(made.writer, &made.shape, attributes).unwrap();
        let mut description = made.description;
        description["attributes"] = described;
        self.note(path, address, description);
        if is_committed {
            // h5dump 1.10 crashes where regions lie in datasets of committed types, whoever wrote them.
            self.targets.datasets.retain(|(_, other, _)| other != path);
        }
        address
    }

    fn commit(&mut self, path: &str) -> ObjectAddress {
        let datatype = types::datatype(self.choices, self.level, 2, true);
        let (attributes, described) = self.attributes();
        let object = self.object();
        let stored = self.builder.commit_datatype_with(datatype.clone(), attributes, object).unwrap();
        self.committed.push((stored.clone(), path.to_owned()));
        let address = stored.address().unwrap();
        let description = json!({"kind": "datatype", "dtype": datatype.to_string(), "attributes": described});
        self.note(path, address, description);
        address
    }

    /// A dataset, and a virtual one over it.
    fn mapped(&mut self, path: &str, links: &mut Vec<LinkSpec>) {
        let int = || Datatype::Number(NumberType::I32, ByteOrder::Little);
        let (source, target) = (self.name(), self.name());
        let spec = DatasetSpec::new(int(), &[4]);
        let made = dataset::write(self.choices, self.builder, spec, &self.targets);
        let bytes: Vec<u8> = (0..4i32).flat_map(i32::to_le_bytes).collect();
        self.builder.write(&made.writer, &Selection::all(&[4]), &bytes).unwrap();
        let elements: Vec<ElementValue> = bytes.chunks(4).map(|one| ElementValue::Bytes(one.to_vec())).collect();
        let mut description = made.description;
        description["digest"] = json!(values::digest(&int(), &elements));
        description["attributes"] = json!([]);
        let address = self.builder.add_dataset(made.writer, &[4], Vec::new()).unwrap();
        self.note(&format!("{path}/{source}"), address, description);
        let mapping = VirtualMapping {
            target: DataspaceSelection::block(&[1], &[4]),
            file: ".".into(),
            dataset: format!("{path}/{source}"),
            source: DataspaceSelection::All,
        };
        let spec = DatasetSpec {
            layout: LayoutSpec::Virtual(vec![mapping]),
            fill: FillSpec { value: Some(vec![9; 4]), ..FillSpec::default() },
            ..DatasetSpec::new(int(), &[6])
        };
        let around = ElementValue::Bytes(vec![9; 4]);
        let shown: Vec<_> = [vec![around.clone()], elements, vec![around]].concat();
        let writer = self.builder.dataset(spec).unwrap();
        let other = self.builder.add_dataset(writer, &[6], Vec::new()).unwrap();
        let description = json!({
            "kind": "dataset", "dtype": int().to_string(), "shape": [6], "maxshape": [6], "layout": "virtual",
            "fill_status": "user", "filters": [], "digest": values::digest(&int(), &shown), "attributes": [],
        });
        self.note(&format!("{path}/{target}"), other, description);
        links.extend([LinkSpec::hard(source, address), LinkSpec::hard(target, other)]);
    }

    /// A group with everything below it.
    fn group(&mut self, path: &str, depth: usize) -> ObjectAddress {
        let count = if self.choices.chance(8) { 40 } else { self.choices.below(7) };
        let mut links = Vec::new();
        for _ in 0..count {
            let name = self.name();
            let below = format!("{path}/{name}");
            let to = match self.choices.below(12) {
                0 | 1 if depth > 0 => LinkTo::Object(self.group(&below, depth - 1)),
                2 => self.soft(&below),
                3 => self.external(&below),
                4 => match self.again(&below) {
                    Some(to) => to,
                    None => self.soft(&below),
                },
                5 => LinkTo::Object(self.commit(&below)),
                6 if self.level > Level::Earliest => {
                    self.mapped(path, &mut links);
                    continue;
                }
                _ => LinkTo::Object(self.dataset(&below)),
            };
            links.push(LinkSpec { name, to });
        }
        let (attributes, described) = self.attributes();
        let (link_order, object) = (self.order(), self.object());
        let address = self.builder.add_group(&GroupSpec { links, attributes, link_order, object }).unwrap();
        let path = if path.is_empty() { "/" } else { path };
        self.note(path, address, json!({"kind": "group", "attributes": described}));
        address
    }

    fn soft(&mut self, path: &str) -> LinkTo {
        let target = self.choices.of(&["/nowhere", "v1", "/größe2/x"]);
        self.objects.insert(path.to_owned(), json!({"kind": "softlink", "target": target}));
        LinkTo::Path(target.into())
    }

    fn external(&mut self, path: &str) -> LinkTo {
        let (file, target) = ("other.h5", self.choices.of(&["/x", "/größe"]));
        self.objects.insert(path.to_owned(), json!({"kind": "externallink", "file": file, "target": target}));
        LinkTo::File { file: file.into(), path: target.into() }
    }

    /// Another link to an object that is no group: what is below a group has one path.
    fn again(&mut self, path: &str) -> Option<LinkTo> {
        let is_group = |path: &str| self.objects[path]["kind"] == "group";
        let others: Vec<_> = self.targets.objects.iter().filter(|(_, path)| !is_group(path)).cloned().collect();
        let (address, first) = others.get(self.choices.below(others.len()))?.clone();
        self.objects.insert(path.to_owned(), json!({"kind": "again", "of": first}));
        Some(LinkTo::Object(address))
    }
}

/// An attribute that no object header holds.
fn large() -> (AttributeSpec, Value) {
    let int = Datatype::Number(NumberType::I32, ByteOrder::Little);
    let elements: Vec<ElementValue> = (0..20_000i32).map(|n| ElementValue::Bytes(n.to_le_bytes().to_vec())).collect();
    let digest = values::digest(&int, &elements);
    let described = json!({"name": "large", "dtype": int.to_string(), "shape": [20_000], "digest": digest});
    let spec = AttributeSpec {
        shape: Some(vec![20_000]),
        ..AttributeSpec::scalar("large", int, ElementData::values(elements))
    };
    (spec, described)
}
