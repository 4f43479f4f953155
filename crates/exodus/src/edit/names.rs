//! Names and records of a model that is changed.

use hyperslab::netcdf::{GroupId, Owner, Type, Value};
use hyperslab::{Error, Result};

use super::ModelEditor;
use crate::ids::Which;
use crate::kind::EntityType;
use crate::mesh::QaRecord;
use crate::names::{
    ENTITY_NAME, FOUR, INFO_RECORDS, LEN_LINE, LEN_NAME, LEN_STRING, MAXIMUM_NAME_LENGTH, NUM_INFO, NUM_QA_REC,
    QA_RECORDS,
};

/// The lengths of texts in new files, the NUL at their end included.
const TEXT: [u64; 2] = [33, 81];

/// The length of names that readers expect where a file says nothing of it.
const NAME_BYTES: i64 = 32;

impl ModelEditor {
    /// Gives a block, a set, a map, an assembly or a blob another name.
    ///
    /// # Errors
    /// [`Kind::NotFound`](crate::Kind::NotFound) if there is none; [`Kind::Usage`](crate::Kind::Usage) for a kind without entities, and for
    /// a name that another entity of the kind has; otherwise as [`ModelEditor::put`].
    pub fn rename_entity<'w>(&mut self, kind: EntityType, which: impl Into<Which<'w>>, name: &str) -> Result<()> {
        let at = self.mesh.position(kind, which)?;
        let names: Vec<String> = self.mesh.entities(kind).map(|(_, name, _)| name.to_owned()).collect();
        let row = kind.names().ok_or_else(|| Error::usage(format!("renaming a {}", kind.label())))?;
        match row.names.is_empty() {
            true => self.rename_by_attribute(kind, row.entries, &names, at, name)?,
            false => self.rename(row.count, row.names, &names, at, name)?,
        }
        match kind {
            EntityType::Assembly => {
                self.mesh.assemblies.iter_mut().skip(at).take(1).for_each(|e| name.clone_into(&mut e.name));
            }
            EntityType::Blob => self.mesh.blobs.iter_mut().skip(at).take(1).for_each(|e| name.clone_into(&mut e.name)),
            _ if EntityType::BLOCKS.contains(&kind) => {
                self.mesh.blocks.of_mut(kind).iter_mut().skip(at).take(1).for_each(|e| name.clone_into(&mut e.name));
            }
            _ if EntityType::SETS.contains(&kind) => {
                self.mesh.sets.of_mut(kind).iter_mut().skip(at).take(1).for_each(|e| name.clone_into(&mut e.name));
            }
            _ => self.mesh.maps.of_mut(kind).iter_mut().skip(at).take(1).for_each(|e| name.clone_into(&mut e.name)),
        }
        Ok(())
    }

    /// Gives a variable of a kind another name.
    ///
    /// # Errors
    /// As [`ModelEditor::rename_entity`].
    pub fn rename_variable<'w>(&mut self, kind: EntityType, which: impl Into<Which<'w>>, name: &str) -> Result<()> {
        let at = self.mesh.variable_position(kind, which)?;
        let names = self.mesh.variables.get(&kind).cloned().unwrap_or_default();
        let row = kind.variables().ok_or_else(|| Error::usage(format!("a {} has no variables", kind.label())))?;
        self.rename(row.count, row.names, &names, at, name)?;
        let list = self.mesh.variables.entry(kind).or_default();
        list.iter_mut().skip(at).take(1).for_each(|old| name.clone_into(old));
        Ok(())
    }

    /// Gives a reduction variable of a kind another name.
    ///
    /// # Errors
    /// As [`ModelEditor::rename_entity`].
    pub fn rename_reduction<'w>(&mut self, kind: EntityType, which: impl Into<Which<'w>>, name: &str) -> Result<()> {
        let names = self.mesh.reductions.get(&kind).cloned().unwrap_or_default();
        let which = which.into();
        let missing =
            || Error::not_found(format!("there is no reduction variable {which} of the kind {}", kind.label()));
        let at = which.find(names.iter().map(|name| (None, name.as_str()))).ok_or_else(missing)?;
        let row = kind.reductions().ok_or_else(missing)?;
        self.rename(row.count, row.names, &names, at, name)?;
        let list = self.mesh.reductions.entry(kind).or_default();
        list.iter_mut().skip(at).take(1).for_each(|old| name.clone_into(old));
        Ok(())
    }

    /// Names what has its name in an attribute of a variable of its own.
    fn rename_by_attribute(
        &mut self,
        kind: EntityType,
        prefix: &str,
        names: &[String],
        at: usize,
        name: &str,
    ) -> Result<()> {
        check_free(names, at, name)?;
        let missing =
            || Error::not_found(format!("the file has no variable of {}", self.mesh.describe_entity(kind, at)));
        let number = self.mesh.number(kind, at).ok_or_else(missing)?;
        let id = self.find_variable(&format!("{prefix}{number}")).ok_or_else(missing)?;
        // libexodus counts the NUL.
        let value = Value::Char([name.as_bytes(), &[0]].concat());
        self.editor.set_attribute(Owner::Variable(id), ENTITY_NAME, value)?;
        self.tell_length(name)
    }

    /// Lets the file say that it has a name as long as this one: readers cut off what is longer. libexodus has it for all models of
    /// a file in the root; a group that says so for itself goes on with it.
    fn tell_length(&mut self, name: &str) -> Result<()> {
        let length = i32::try_from(name.len()).map_err(|_| Error::usage("a name of more than 2 GiB"))?;
        for group in [GroupId::ROOT, self.group] {
            let found = self.editor.schema().groups.get(group.0).into_iter().flat_map(|group| &group.attributes);
            let found =
                found.filter(|attribute| attribute.name == MAXIMUM_NAME_LENGTH).map(|found| &found.value).next();
            let told = match found {
                Some(value) => value.as_i64().unwrap_or(0),
                None if group == GroupId::ROOT => NAME_BYTES,
                None => continue,
            };
            if told < i64::from(length) {
                self.editor.set_attribute(Owner::Group(group), MAXIMUM_NAME_LENGTH, Value::Int(vec![length]))?;
            }
        }
        Ok(())
    }

    /// Puts a name into a list of names, which is added where there is none.
    pub(super) fn rename(&mut self, count: &str, list: &str, names: &[String], at: usize, name: &str) -> Result<()> {
        check_free(names, at, name)?;
        let [width, ..] = TEXT;
        let (count, len_name) = (self.dimension(count, names.len() as u64)?, self.dimension(LEN_NAME, width)?);
        let id = self.variable(list, Type::Char, &[count, len_name])?;
        let room = self.editor.schema().dimension(len_name)?.length;
        let is_own = self.editor.schema().variable(id)?.dimensions.last() == Some(&len_name);
        if is_own && name.len() as u64 >= room {
            self.resize(len_name, name.len() as u64 + 1)?;
        }
        self.row(id, &[at as u64], name, false)?;
        self.tell_length(name)
    }

    /// Adds a QA record behind those that are there.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for a text that has no room in its field of 33 bytes; otherwise as [`ModelEditor::put`].
    pub fn add_qa_record(&mut self, record: QaRecord) -> Result<()> {
        let at = self.mesh.qa_records.len() as u64;
        let [width, ..] = TEXT;
        let count = self.count(NUM_QA_REC, at + 1)?;
        let (four, len_string) = (self.dimension(FOUR, 4)?, self.dimension(LEN_STRING, width)?);
        let id = self.variable(QA_RECORDS, Type::Char, &[count, four, len_string])?;
        let texts = [&record.code, &record.version, &record.date, &record.time];
        for (field, text) in (0..).zip(texts) {
            self.row(id, &[at, field], text, true)?;
        }
        self.mesh.qa_records.push(record);
        Ok(())
    }

    /// Adds a line of free text behind those that are there.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for a line of more than 80 bytes, or than the lines of the file
    /// have; otherwise as [`ModelEditor::put`].
    pub fn add_info_record(&mut self, line: &str) -> Result<()> {
        let at = self.mesh.info_records.len() as u64;
        let [_, width] = TEXT;
        let (count, len_line) = (self.count(NUM_INFO, at + 1)?, self.dimension(LEN_LINE, width)?);
        let id = self.variable(INFO_RECORDS, Type::Char, &[count, len_line])?;
        self.row(id, &[at], line, false)?;
        self.mesh.info_records.push(line.to_owned());
        Ok(())
    }
}

/// Refuses a name that another one of a list has.
fn check_free(names: &[String], at: usize, name: &str) -> Result<()> {
    match names.iter().enumerate().any(|(n, other)| n != at && !name.is_empty() && other == name) {
        true => Err(Error::usage(format!("the name {name} is taken"))),
        false => Ok(()),
    }
}
