//! Names that change: links, and which dataset stands for which dimension.
//!
//! A variable with the name of its first dimension is the dimension scale of it. One that gets such a name becomes that, one
//! that loses it gives way to a dataset without data, and all variables of the dimension refer to the one that is there now.

use std::collections::BTreeSet;

use super::Changed;
use crate::error::{Context, Result};
use crate::netcdf::ids::GroupId;
use crate::netcdf::schema::Schema;
use crate::netcdf::v4::scales::{self, Named, Object};
use crate::netcdf::v4::{attributes, names, placement};

/// What stands for the things of a schema, and how it is called.
struct Links<'s> {
    schema: &'s Schema,
    roles: Vec<Object>,
}

impl<'s> Links<'s> {
    fn of(schema: &'s Schema) -> Self {
        Links { schema, roles: scales::of_dimensions(schema) }
    }

    /// The names of the links of all variables.
    fn variables(&self) -> Vec<String> {
        let dimensions = self.schema.dimensions.iter().zip(&self.roles);
        let named: Named = dimensions.map(|(d, role)| ((d.group, d.name.as_str()), *role)).collect();
        self.schema.variables.iter().enumerate().map(|(n, v)| scales::dataset_name(&named, n, v)).collect()
    }
}

impl Changed {
    /// Has the names in the file, and all that follows from them, be those of a schema.
    pub(super) fn rename(&mut self, schema: &Schema) -> Result<()> {
        let before = self.before.clone();
        let (old, new) = (Links::of(&before), Links::of(schema));
        let changed: Vec<usize> =
            (0..old.roles.len()).filter(|&d| old.roles.get(d) != new.roles.get(d) && self.has_scale(d)).collect();
        for &d in &changed {
            self.undress(&before, d, old.roles.get(d).copied())?;
        }
        self.rename_links(&old, &new)?;
        for &d in &changed {
            self.dress(schema, d, new.roles.get(d).copied())?;
        }
        self.retitle(&old, &new)?;
        self.refer(schema, &old, &new, &changed)
    }

    fn has_scale(&self, d: usize) -> bool {
        self.objects.dimensions.get(d).is_some_and(Option::is_some)
    }

    /// Takes a dimension away from what stands for it.
    fn undress(&mut self, before: &Schema, d: usize, role: Option<Object>) -> Result<()> {
        let (Some(Some((object, _))), Some(dimension)) =
            (self.objects.dimensions.get(d).copied(), before.dimensions.get(d))
        else {
            return Ok(());
        };
        match role {
            Some(Object::Variable(_)) => {
                for name in [names::CLASS, names::NAME, names::DIMID, names::REFERENCE_LIST] {
                    self.editor.delete_attribute_of(object, name)?;
                }
            }
            _ => {
                let group = self.group(dimension.group)?;
                self.editor.unlink_in(group, &dimension.name)?;
            }
        }
        Ok(())
    }

    /// Has something else stand for a dimension.
    fn dress(&mut self, schema: &Schema, d: usize, role: Option<Object>) -> Result<()> {
        let (Some(Some((_, id))), Some(dimension)) =
            (self.objects.dimensions.get(d).copied(), schema.dimensions.get(d))
        else {
            return Ok(());
        };
        let number = usize::try_from(id).unwrap_or(usize::MAX);
        self.tell_numbers()?;
        let object = match role {
            Some(Object::Variable(n)) => {
                let (object, title) = (self.variable(n)?, dimension.name.as_str());
                self.editor.delete_attribute_of(object, names::DIMENSION_LIST)?;
                self.set_scale(object, title, number)?;
                self.coordinates(schema, n, object)?;
                object
            }
            _ => {
                let dataset = placement::scale(self.editor.file(), dimension.length, dimension.unlimited)?;
                let object = self.editor.add_dataset_of(&dataset, &[dimension.length])?;
                self.set_scale(object, &names::placeholder(dimension.length), number)?;
                let group = self.group(dimension.group)?;
                self.editor.link_in(group, &dimension.name, object)?;
                object
            }
        };
        self.objects.dimensions.iter_mut().skip(d).take(1).for_each(|place| *place = Some((object, id)));
        Ok(())
    }

    /// Has the file tell the numbers of all its dimensions: netCDF-C mistakes some where others have one.
    pub(super) fn tell_numbers(&mut self) -> Result<()> {
        for (object, number) in self.objects.dimensions.clone().into_iter().flatten() {
            if self.editor.has_attribute(object, names::CLASS)? && !self.editor.has_attribute(object, names::DIMID)? {
                let [_, _, told] = attributes::scale("", usize::try_from(number).unwrap_or(usize::MAX));
                self.editor.set_attribute_of(object, &told)?;
            }
        }
        Ok(())
    }

    fn set_scale(&mut self, object: u64, title: &str, number: usize) -> Result<()> {
        attributes::scale(title, number)
            .iter()
            .try_for_each(|attribute| self.editor.set_attribute_of(object, attribute))
    }

    /// Says which dimensions a variable has that refers to none any more, if it has several.
    fn coordinates(&mut self, schema: &Schema, n: usize, object: u64) -> Result<()> {
        let Some(variable) = schema.variables.get(n).filter(|variable| variable.dimensions.len() > 1) else {
            return Ok(());
        };
        let ids: Vec<usize> = variable.dimensions.iter().map(|id| self.number(id.0)).collect();
        self.editor.set_attribute_of(object, &attributes::coordinates(&ids))
    }

    /// Gives links the names that variables, dimensions and groups have now.
    fn rename_links(&mut self, old: &Links, new: &Links) -> Result<()> {
        let mut names = vec![Vec::new(); old.schema.groups.len()];
        let mut add = |group: Option<GroupId>, old: &str, new: &str| {
            let list = group.and_then(|group| names.get_mut(group.0)).filter(|_| old != new);
            list.into_iter().for_each(|list: &mut Vec<_>| list.push((old.to_owned(), new.to_owned())));
        };
        for (n, (before, after)) in old.variables().iter().zip(&new.variables()).enumerate() {
            add(old.schema.variables.get(n).map(|variable| variable.group), before, after);
        }
        for (d, (before, after)) in old.schema.dimensions.iter().zip(&new.schema.dimensions).enumerate() {
            let is_own = |roles: &[Object]| matches!(roles.get(d), Some(Object::Dimension(_)));
            if is_own(&old.roles) && is_own(&new.roles) {
                add(Some(before.group), &before.name, &after.name);
            }
        }
        for (before, after) in old.schema.groups.iter().zip(&new.schema.groups) {
            add(before.parent, &before.name, &after.name);
        }
        for (n, names) in names.iter().enumerate().filter(|(_, names)| !names.is_empty()) {
            let group = self.group(GroupId(n))?;
            self.editor.rename_in(group, names).in_object(&old.schema.group_path(GroupId(n)))?;
        }
        Ok(())
    }

    /// Tells coordinate variables that stay ones what they are called now.
    fn retitle(&mut self, old: &Links, new: &Links) -> Result<()> {
        for (d, (before, after)) in old.schema.dimensions.iter().zip(&new.schema.dimensions).enumerate() {
            let (Some(Object::Variable(_)), true) = (new.roles.get(d), before.name != after.name) else { continue };
            let Some(Some((object, id))) = self.objects.dimensions.get(d).copied() else { continue };
            if old.roles.get(d) == new.roles.get(d) {
                let [_, title, _] = attributes::scale(&after.name, usize::try_from(id).unwrap_or(usize::MAX));
                self.editor.set_attribute_of(object, &title)?;
            }
        }
        Ok(())
    }

    /// Has scales and variables refer to each other, where they changed.
    fn refer(&mut self, schema: &Schema, old: &Links, new: &Links, changed: &[usize]) -> Result<()> {
        let roles = changed.iter().flat_map(|&d| [old.roles.get(d), new.roles.get(d)]).flatten();
        let variables = roles.filter_map(|role| match role {
            Object::Variable(n) => schema.variables.get(*n),
            Object::Dimension(_) => None,
        });
        let others = variables.flat_map(|variable| &variable.dimensions).map(|id| id.0);
        let affected: BTreeSet<usize> = changed.iter().copied().chain(others).collect();
        let users = scales::users(schema, &new.roles);
        self.list_users(schema, &affected)?;
        let using: BTreeSet<usize> = changed.iter().filter_map(|&d| users.get(d)).flatten().map(|&(n, _)| n).collect();
        using.into_iter().try_for_each(|n| self.refer_to_scales(schema, n))
    }

    /// Has the scales of some dimensions say which variables use them.
    pub(super) fn list_users(&mut self, schema: &Schema, dimensions: &BTreeSet<usize>) -> Result<()> {
        let users = scales::users(schema, &scales::of_dimensions(schema));
        for (d, users) in users.iter().enumerate().filter(|(d, _)| dimensions.contains(d)) {
            let Some(Some((scale, _))) = self.objects.dimensions.get(d).copied() else { continue };
            let objects = users.iter().map(|&(n, axis)| Ok((self.variable(n)?, axis))).collect::<Result<Vec<_>>>()?;
            self.editor.delete_attribute_of(scale, names::REFERENCE_LIST)?;
            if let Some(list) = attributes::reference_list(&objects) {
                self.editor.set_attribute_of(scale, &list)?;
            }
        }
        Ok(())
    }

    /// Has a variable refer to the scales of its dimensions, if all of them have one.
    pub(super) fn refer_to_scales(&mut self, schema: &Schema, n: usize) -> Result<()> {
        let Some(variable) = schema.variables.get(n).filter(|variable| !variable.dimensions.is_empty()) else {
            return Ok(());
        };
        let scale = |d: usize| self.objects.dimensions.get(d).copied().flatten().map(|(object, _)| object);
        let Some(to) = variable.dimensions.iter().map(|id| scale(id.0)).collect::<Option<Vec<_>>>() else {
            return Ok(());
        };
        let object = self.variable(n)?;
        let blank = vec![0; to.len() * attributes::REFERENCE];
        self.editor.set_references_of(object, &attributes::dimension_list(&blank), &to)
    }

    /// What the file calls a dimension.
    pub(super) fn number(&self, d: usize) -> usize {
        let number = self.objects.dimensions.get(d).copied().flatten();
        number.and_then(|(_, number)| usize::try_from(number).ok()).unwrap_or(d)
    }

    /// Has variables get back the names that a dimension had, which is gone.
    pub(super) fn rename_links_from(&mut self, before: &Schema, after: &Schema) -> Result<()> {
        let (old, new) = (Links::of(before).variables(), Links::of(after).variables());
        for (n, (old, new)) in old.iter().zip(&new).enumerate().filter(|(_, (old, new))| old != new) {
            let Some(variable) = after.variables.get(n) else { continue };
            let group = self.group(variable.group)?;
            self.editor.rename_in(group, &[(old.clone(), new.clone())])?;
        }
        Ok(())
    }

    pub(super) fn variable(&self, n: usize) -> Result<u64> {
        self.object(crate::netcdf::Owner::Variable(crate::netcdf::VariableId(n)))
    }

    pub(super) fn group(&self, group: GroupId) -> Result<u64> {
        self.object(crate::netcdf::Owner::Group(group))
    }
}
