//! Lists of entities: identifiers, names, status, properties.

use hyperslab::netcdf::{Array, Type, Value};
use hyperslab::Selection;

use super::{label, name_of, repeated, rules, Check};
use crate::data::Data;
use crate::kind::{EntityType, Names};
use crate::mesh::Entity;
use crate::names;
use crate::text::counted;

/// The identifier of what was declared, but never defined.
const UNDEFINED: i64 = -1;

impl Check<'_> {
    pub(super) fn entities(&mut self) {
        for kind in EntityType::BLOCKS.into_iter().chain(EntityType::SETS).chain(EntityType::MAPS) {
            let (Some(row), list) = (kind.names(), self.list(kind)) else { continue };
            if self.file.dimension(row.count) > 0 {
                self.lists(row);
                self.identity(kind, &list);
                self.status(kind, row, &list);
            }
        }
        for kind in EntityType::BY_ID {
            let list = self.list(kind);
            self.identity(kind, &list);
        }
        self.all_names();
    }

    /// The lists of a kind have one entry for each entity.
    fn lists(&mut self, row: &Names) {
        let count = self.file.dimension(row.count);
        let properties = (1..).map(|n| format!("{}{n}", row.properties));
        let properties: Vec<String> = properties.take_while(|name| self.file.array(name).is_some()).collect();
        let whole = [Some(row.ids), row.status, Some(row.names)].into_iter().flatten().map(str::to_owned);
        for name in whole.chain(properties) {
            let own = self.file.array(&name).map(|array| array.shape().first().copied().unwrap_or(1));
            if own.is_some_and(|own| own != count) {
                let message =
                    || format!("{}, but {} is {count}", counted(own.unwrap_or(0), "entry", "entries"), row.count);
                self.report.add(&rules::SHAPE, &name, None, message);
            }
        }
        if self.file.array(row.ids).is_none() {
            self.report.add(&rules::SHAPE, row.ids, None, || "the identifiers are missing".to_owned());
        }
    }

    fn identity(&mut self, kind: EntityType, list: &[Entity]) {
        for entity in list.iter().filter(|entity| entity.id.0 <= 0) {
            let message = || match entity.id.0 {
                UNDEFINED => "was declared, but never defined".to_owned(),
                id => format!("the identifier is {id}"),
            };
            self.report.add(&rules::ID_POSITIVE, &label(kind, entity), Some(entity.index as u64 + 1), message);
        }
        let defined: Vec<&Entity> = list.iter().filter(|entity| entity.id.0 != UNDEFINED).collect();
        for (n, id) in repeated(defined.iter().map(|entity| entity.id)) {
            let index = defined.get(n).map(|entity| entity.index as u64 + 1);
            let message = || format!("the identifier {id} is there more than once");
            self.report.add(&rules::DUPLICATE_ID, kind.label(), index, message);
        }
        let named: Vec<&Entity> = list.iter().filter(|entity| !entity.name.is_empty()).collect();
        for (n, name) in repeated(named.iter().map(|entity| &entity.name)) {
            let index = named.get(n).map(|entity| entity.index as u64 + 1);
            self.report.add(&rules::DUPLICATE_NAME, kind.label(), index, || {
                format!("the name {name:?} is there more than once")
            });
        }
    }

    fn status(&mut self, kind: EntityType, row: &Names, list: &[Entity]) {
        let Some(name) = row.status else { return };
        let status = self.file.integers(name);
        let Some(status) = self.value(name, status).flatten() else { return };
        for (entity, status) in list.iter().zip(status) {
            let message = match (status != 0, entity.len > 0) {
                (true, false) => "the status is 1, but there are no entries".to_owned(),
                (false, true) => format!("the status is 0, with {}", counted(entity.len, "entry", "entries")),
                _ => continue,
            };
            self.report.add(&rules::STATUS, &label(kind, entity), Some(entity.index as u64 + 1), || message);
        }
    }

    /// Attributes are as many as are declared, for each entry.
    pub(super) fn attributes(&mut self, kind: EntityType, entity: &Entity) {
        let counts = kind.names().and_then(|row| row.attributes);
        let count = counts.map_or(0, |[count, ..]| self.file.numbered_dimension(count, kind, entity.index));
        let shape = self.file.shape(Data::Attributes(kind, entity.index));
        if let Some(shape) = shape.filter(|shape| *shape != [entity.len, count]) {
            let message = || format!("attributes of shape {shape:?}, not [{}, {count}]", entity.len);
            self.report.add(&rules::SHAPE, &label(kind, entity), None, message);
        }
    }

    /// Every list of names that the file has.
    fn all_names(&mut self) {
        let allowed = self.file.attribute(names::MAXIMUM_NAME_LENGTH).and_then(Value::as_i64);
        let allowed = allowed.and_then(|allowed| usize::try_from(allowed).ok());
        let kinds = EntityType::BLOCKS.into_iter().chain(EntityType::SETS).chain(EntityType::MAPS);
        for name in kinds.filter_map(|kind| Some(kind.names()?.names)) {
            self.name_rows(name, allowed);
        }
        for kind in EntityType::WITH_VARIABLES {
            for name in
                [kind.variables().map(|row| row.names), kind.reductions().map(|row| row.names)].into_iter().flatten()
            {
                self.name_rows(name, allowed);
                let list = self.file.names(name);
                let repeated = repeated(self.value(name, list).unwrap_or_default());
                for (n, repeated) in repeated.into_iter().filter(|(_, name)| !name.is_empty()) {
                    let message = || format!("the name {repeated:?} is there more than once");
                    self.report.add(&rules::DUPLICATE_NAME, name, Some(n as u64 + 1), message);
                }
            }
        }
    }

    /// The rows of a list of names, as bytes.
    fn name_rows(&mut self, name: &str, allowed: Option<usize>) {
        let Some(array) = self.file.array(name).filter(|array| array.variable().ty == Type::Char) else { return };
        let Some(bytes) = self.bytes(array) else { return };
        let width = array.shape().last().and_then(|&width| usize::try_from(width).ok()).unwrap_or(0);
        for (n, row) in bytes.chunks_exact(width.max(1)).enumerate() {
            let index = Some(n as u64 + 1);
            let text = row.split(|&b| b == 0).next().unwrap_or_default().trim_ascii_end();
            if std::str::from_utf8(text).is_err() {
                let message = || format!("{:?} is not UTF-8", String::from_utf8_lossy(text));
                self.report.add(&rules::NAME_ENCODING, name, index, message);
            }
            if text.len() == width && width > 1 {
                self.report.add(&rules::NAME_END, name, index, || format!("{width} bytes without a NUL at the end"));
            }
            if let Some(allowed) = allowed.filter(|&allowed| text.len() > allowed) {
                let message = || format!("{} bytes, but {} is {allowed}", text.len(), names::MAXIMUM_NAME_LENGTH);
                self.report.add(&rules::NAME_LENGTH, name, index, message);
            }
        }
    }

    fn bytes(&mut self, array: &Array) -> Option<Vec<u8>> {
        match self.is_plausible(array) {
            true => self.value(&name_of(array), array.read_bytes(Selection::all(array.shape()))),
            false => None,
        }
    }
}
