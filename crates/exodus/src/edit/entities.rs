//! Attributes and distribution factors that blocks and sets get.

use hyperslab::netcdf::{DimensionId, Type};
use hyperslab::{Error, Result};

use super::ModelEditor;
use crate::data::Data;
use crate::ids::Which;
use crate::kind::{EntityType, Names};
use crate::names::numbered;

impl ModelEditor {
    /// Adds attributes to the entries of a block or a set, behind those that they have. They have fill values until others are
    /// put: [`Data::Attributes`] has all of them, a row an entry.
    ///
    /// # Errors
    /// [`Kind::NotFound`](crate::Kind::NotFound) if there is no such entity; [`Kind::Usage`](crate::Kind::Usage) for a kind whose
    /// entries have no attributes, an entity without entries, and for a name that is taken; otherwise as [`ModelEditor::put`].
    pub fn add_attributes<'w>(&mut self, kind: EntityType, which: impl Into<Which<'w>>, names: &[&str]) -> Result<()> {
        let at = self.mesh.position(kind, which)?;
        let ([count, values, list], row) = attributes_of(kind)?;
        let entries = self.entries(row, at)?;
        let old = self.attribute_names(kind, at);
        let all: Vec<String> = old.iter().cloned().chain(names.iter().map(|&name| name.to_owned())).collect();
        let (count, list) = (numbered(count, at), numbered(list, at));
        let columns = self.count(&count, all.len() as u64)?;
        self.floats(&numbered(values, at), &[entries, columns])?;
        for (n, name) in all.iter().enumerate().skip(old.len()) {
            self.rename(&count, &list, all.get(..n).unwrap_or_default(), n, name)?;
        }
        self.set_attribute_names(kind, at, all);
        Ok(())
    }

    /// Gives an attribute of the entries of a block or a set another name.
    ///
    /// # Errors
    /// [`Kind::NotFound`](crate::Kind::NotFound) if there is no such entity or attribute; otherwise as
    /// [`ModelEditor::add_attributes`].
    pub fn rename_attribute<'w, 'a>(
        &mut self,
        kind: EntityType,
        which: impl Into<Which<'w>>,
        attribute: impl Into<Which<'a>>,
        name: &str,
    ) -> Result<()> {
        let at = self.mesh.position(kind, which)?;
        let ([count, _, list], _) = attributes_of(kind)?;
        let mut names = self.attribute_names(kind, at);
        let attribute = attribute.into();
        let found = attribute.find(names.iter().map(|name| (None, name.as_str())));
        let what = || format!("{} has no attribute {attribute}", self.mesh.describe_entity(kind, at));
        let n = found.ok_or_else(|| Error::not_found(what()))?;
        self.rename(&numbered(count, at), &numbered(list, at), &names, n, name)?;
        names.iter_mut().skip(n).take(1).for_each(|old| name.clone_into(old));
        self.set_attribute_names(kind, at, names);
        Ok(())
    }

    /// Puts the distribution factors of a set; one that has none gets as many as there are values: of a side set one for each
    /// node of each side, of all others one for each entry.
    ///
    /// # Errors
    /// [`Kind::NotFound`](crate::Kind::NotFound) if there is no such set; [`Kind::Usage`](crate::Kind::Usage) for an entity that is no
    /// set, or has no entries, and for more or fewer values than it has; otherwise as [`ModelEditor::put`].
    pub fn set_factors<'w>(&mut self, kind: EntityType, which: impl Into<Which<'w>>, values: &[f64]) -> Result<()> {
        let at = self.mesh.position(kind, which)?;
        let no_set = || Error::usage(format!("a {} has no distribution factors", kind.label()));
        let row = kind.names().ok_or_else(no_set)?;
        let prefix = row.factors.ok_or_else(no_set)?;
        let entries = self.entries(row, at)?;
        let has_none = self.mesh.sets.of(kind).get(at).is_some_and(|set| set.num_factors == 0);
        if has_none {
            let len = self.editor.schema().dimension(entries)?.length;
            let count = match row.factor_count {
                Some(count) => self.count(&numbered(count, at), values.len() as u64)?,
                None if len == values.len() as u64 => entries,
                None => return Err(Error::usage(format!("{} distribution factors for {len} entries", values.len()))),
            };
            self.floats(&numbered(prefix, at), &[count])?;
            let sets = self.mesh.sets.of_mut(kind).iter_mut();
            sets.skip(at).take(1).for_each(|set| set.num_factors = values.len() as u64);
        }
        self.put(Data::Factors(kind, at), values)
    }

    /// The dimension of the entries of a block or a set.
    fn entries(&self, row: &Names, at: usize) -> Result<DimensionId> {
        let entries = self.find_dimension(&numbered(row.size, at));
        entries.ok_or_else(|| Error::usage("it has no entries"))
    }

    /// Adds floating-point numbers of the precision of the file, if they are not there.
    fn floats(&mut self, name: &str, dimensions: &[DimensionId]) -> Result<()> {
        if self.find_variable(name).is_none() {
            let float = if self.word_size == 4 { Type::Float } else { Type::Double };
            self.editor.add_variable(self.declared(name, float, dimensions))?;
        }
        Ok(())
    }

    fn attribute_names(&self, kind: EntityType, at: usize) -> Vec<String> {
        let block = self.mesh.blocks.of(kind).get(at).map(|block| block.attributes.clone());
        block.or_else(|| self.mesh.sets.of(kind).get(at).map(|set| set.attributes.clone())).unwrap_or_default()
    }

    fn set_attribute_names(&mut self, kind: EntityType, at: usize, names: Vec<String>) {
        if let Some(block) = self.mesh.blocks.of_mut(kind).get_mut(at) {
            block.attributes = names;
        } else if let Some(set) = self.mesh.sets.of_mut(kind).get_mut(at) {
            set.attributes = names;
        }
    }
}

/// What the attributes of the entries of a kind are called: their number, values and names.
fn attributes_of(kind: EntityType) -> Result<([&'static str; 3], &'static Names)> {
    let row = kind.names().and_then(|row| Some((row.attributes?, row)));
    row.filter(|_| kind != EntityType::Nodal)
        .ok_or_else(|| Error::usage(format!("the entries of a {} have no attributes", kind.label())))
}
