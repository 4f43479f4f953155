//! Names and records of a model that is changed.

use hyperslab::netcdf::Type;
use hyperslab::{Error, Result};

use super::ModelEditor;
use crate::ids::Which;
use crate::kind::EntityType;
use crate::mesh::QaRecord;
use crate::names::{FOUR, INFO_RECORDS, LEN_LINE, LEN_NAME, LEN_STRING, NUM_INFO, NUM_QA_REC, QA_RECORDS};

/// The lengths of texts in new files, the NUL at their end included.
const TEXT: [u64; 2] = [33, 81];

impl ModelEditor {
    /// Gives a block, a set or a map another name.
    ///
    /// # Errors
    /// [`Kind::NotFound`](crate::Kind::NotFound) if there is none; [`Kind::Usage`](crate::Kind::Usage) for a kind whose entities have
    /// no names in a list, and for a name that another entity of the kind has; otherwise as [`ModelEditor::put`].
    pub fn rename_entity<'w>(&mut self, kind: EntityType, which: impl Into<Which<'w>>, name: &str) -> Result<()> {
        let at = self.mesh.position(kind, which)?;
        let names: Vec<String> = self.mesh.entities(kind).map(|(_, name, _)| name.to_owned()).collect();
        let row = kind.names().filter(|row| !row.names.is_empty());
        let row = row.ok_or_else(|| Error::usage(format!("renaming a {}", kind.label())))?;
        self.rename(row.count, row.names, &names, at, name)?;
        match kind {
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

    /// Puts a name into a list of names, which is added where there is none.
    pub(super) fn rename(&mut self, count: &str, list: &str, names: &[String], at: usize, name: &str) -> Result<()> {
        if names.iter().enumerate().any(|(n, other)| n != at && !name.is_empty() && other == name) {
            return Err(Error::usage(format!("the name {name} is taken")));
        }
        let [width, ..] = TEXT;
        let (count, len_name) = (self.dimension(count, names.len() as u64)?, self.dimension(LEN_NAME, width)?);
        let id = self.variable(list, Type::Char, &[count, len_name])?;
        let room = self.editor.schema().dimension(len_name)?.length;
        let is_own = self.editor.schema().variable(id)?.dimensions.last() == Some(&len_name);
        if is_own && name.len() as u64 >= room {
            self.editor.resize_dimension(len_name, name.len() as u64 + 1)?;
        }
        self.row(id, &[at as u64], name, false)
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
    /// [`Kind::Usage`](crate::Kind::Usage) for a line that has no room in 81 bytes; otherwise as [`ModelEditor::put`].
    pub fn add_info_record(&mut self, line: &str) -> Result<()> {
        let at = self.mesh.info_records.len() as u64;
        let [_, width] = TEXT;
        let (count, len_line) = (self.count(NUM_INFO, at + 1)?, self.dimension(LEN_LINE, width)?);
        let id = self.variable(INFO_RECORDS, Type::Char, &[count, len_line])?;
        self.row(id, &[at], line, true)?;
        self.mesh.info_records.push(line.to_owned());
        Ok(())
    }
}
