//! Groups that go with all that is in them, and user-defined types.

use std::sync::Arc;

use super::Editor;
use crate::error::{Context, Error, Result};
use crate::netcdf::ids::{DimensionId, GroupId, VariableId};
use crate::netcdf::plan;
use crate::netcdf::schema::Variable;
use crate::netcdf::types::{Type, UserClass, UserType};
use crate::netcdf::value::Attribute;

impl Editor {
    /// Takes a group away, with everything in it and below. What was behind anything of that has the identifiers before its
    /// own then, and types are of the groups that theirs have become.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for the root, and for a group with a dimension or a type that something elsewhere has, which
    /// is named; [`Kind::Unsupported`](crate::Kind::Unsupported) for a group that has several names.
    pub fn delete_group(&mut self, id: GroupId) -> Result<()> {
        self.check_group(id)?;
        let path = self.schema.group_path(id);
        self.remove_group(id).in_object(&path).in_file(&self.path)
    }

    fn remove_group(&mut self, id: GroupId) -> Result<()> {
        if id == GroupId::ROOT {
            return Err(Error::usage("the root group stays"));
        }
        let inside = |group: GroupId| self.schema.encloses(id, group);
        let groups: Vec<GroupId> = (0..self.schema.groups.len()).map(GroupId).filter(|&group| inside(group)).collect();
        self.check_needed(&groups)?;
        self.existing.check_groups(&groups)?;
        let is_inside = |group: GroupId| groups.contains(&group);
        for n in (0..self.schema.variables.len()).rev() {
            if is_inside(self.schema.variable(VariableId(n))?.group) {
                self.delete_variable(VariableId(n))?;
            }
        }
        for n in (0..self.schema.dimensions.len()).rev() {
            if is_inside(self.schema.dimension(DimensionId(n))?.group) {
                self.remove_dimension(DimensionId(n))?;
            }
        }
        // Those that are below come behind those that they are below.
        for &group in groups.iter().rev() {
            self.existing.delete_group(&self.schema, group)?;
            self.schema.remove_group(group);
        }
        self.is_changed = true;
        Ok(())
    }

    /// Refuses groups that have what something elsewhere needs.
    fn check_needed(&self, groups: &[GroupId]) -> Result<()> {
        let is_inside = |group: GroupId| groups.contains(&group);
        for variable in self.schema.variables.iter().filter(|variable| !is_inside(variable.group)) {
            for &id in &variable.dimensions {
                let dimension = self.schema.dimension(id)?;
                if is_inside(dimension.group) {
                    let (user, name) = (self.schema.path(variable), &dimension.name);
                    return Err(Error::usage(format!("the variable {user} has its dimension {name}")));
                }
            }
        }
        for user in self.schema.types.iter().filter(|user| is_inside(user.group)) {
            if let Some(other) = self.user_of(user, groups) {
                return Err(Error::usage(format!("{other} is of its type {}", user.name)));
            }
        }
        Ok(())
    }

    /// What is of a type, or made of it, and not in any of these groups.
    fn user_of(&self, user: &UserType, apart: &[GroupId]) -> Option<String> {
        let is_it = |ty: &Type| matches!(ty, Type::User(other) if **other == *user);
        let has = |list: &[Attribute]| list.iter().any(|attribute| is_it(&attribute.value.ty()));
        let is_elsewhere = |group: GroupId| !apart.contains(&group);
        let of_it =
            |variable: &&Variable| is_elsewhere(variable.group) && (is_it(&variable.ty) || has(&variable.attributes));
        let made_of_it = |other: &&Arc<UserType>| is_elsewhere(other.group) && is_made_of(other, &is_it);
        let groups = self.schema.groups.iter().enumerate().map(|(n, group)| (GroupId(n), group));
        let mut groups = groups.filter(|(id, group)| is_elsewhere(*id) && has(&group.attributes));
        let variable = self.schema.variables.iter().find(of_it).map(|variable| self.schema.path(variable));
        let variable = variable.or_else(|| groups.next().map(|(id, _)| self.schema.group_path(id)));
        variable.or_else(|| self.schema.types.iter().find(made_of_it).map(|other| format!("the type {}", other.name)))
    }

    /// Adds a user-defined type; returns it as variables and attributes have it.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for a name that is taken, or that no type can have, and for a type that contradicts itself or
    /// is made of one that is not there; [`Kind::Unsupported`](crate::Kind::Unsupported) for a container without such types.
    pub fn add_type(&mut self, user: UserType) -> Result<Arc<UserType>> {
        let user = Arc::new(user);
        let add = |editor: &mut Self| {
            editor.check_group(user.group)?;
            plan::user_type(&editor.schema, &user)?;
            editor.check_name("type", &user.name, editor.names(user.group))?;
            editor.existing.add_type(&editor.schema, &user)
        };
        add(self).in_object(&format!("type {}", user.name)).in_file(&self.path)?;
        self.schema.types.push(user.clone());
        self.is_changed = true;
        Ok(user)
    }

    /// Gives a user-defined type another name; returns it as variables and attributes have it from now on.
    ///
    /// # Errors
    /// As [`Editor::add_type`]; [`Kind::Unsupported`](crate::Kind::Unsupported) for a type that the file does not name.
    pub fn rename_type(&mut self, user: &UserType, name: &str) -> Result<Arc<UserType>> {
        let rename = |editor: &mut Self| {
            let at = editor.position(user)?;
            if user.name != name {
                editor.check_name("type", name, editor.names(user.group))?;
                editor.existing.rename_type(&editor.schema, user, name)?;
                editor.schema.change_types(&|other| {
                    if other == user {
                        name.clone_into(&mut other.name);
                    }
                });
                editor.is_changed = true;
            }
            editor.schema.types.get(at).cloned().ok_or_else(|| missing(user))
        };
        rename(self).in_object(&format!("type {}", user.name)).in_file(&self.path)
    }

    /// Takes a user-defined type away that nothing is of.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for a type that something is of or made of, which is named;
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) for a type that the file does not name.
    pub fn delete_type(&mut self, user: &UserType) -> Result<()> {
        let delete = |editor: &mut Self| match editor.user_of(user, &[]) {
            Some(other) => Err(Error::usage(format!("{other} is of it"))),
            None => {
                let at = editor.position(user)?;
                editor.existing.delete_type(&editor.schema, user)?;
                editor.schema.types.remove(at);
                editor.is_changed = true;
                Ok(())
            }
        };
        delete(self).in_object(&format!("type {}", user.name)).in_file(&self.path)
    }

    fn position(&self, user: &UserType) -> Result<usize> {
        self.schema.types.iter().position(|other| **other == *user).ok_or_else(|| missing(user))
    }
}

fn is_made_of(user: &UserType, is_it: &dyn Fn(&Type) -> bool) -> bool {
    match &user.class {
        UserClass::Vlen(base) => is_it(base),
        UserClass::Compound(fields) => fields.iter().any(|field| is_it(&field.ty)),
        UserClass::Enum { .. } | UserClass::Opaque => false,
    }
}

fn missing(user: &UserType) -> Error {
    Error::not_found(format!("there is no type {}", user.name))
}
