//! Types that come and go, and groups that do.

use std::sync::Arc;

use super::Changed;
use crate::element::ByteOrder;
use crate::error::{Error, Result};
use crate::netcdf::ids::GroupId;
use crate::netcdf::retyped::Retyped;
use crate::netcdf::schema::Schema;
use crate::netcdf::types::{Type, UserType};
use crate::netcdf::v4::encode;

impl Changed {
    pub(super) fn new_type(&mut self, schema: &Schema, user: &Arc<UserType>) -> Result<()> {
        self.settle(schema)?;
        let datatype = encode::datatype(&Type::User(user.clone()), ByteOrder::Little)?;
        let object = self.editor.add_datatype_of(&datatype)?;
        let group = self.group(user.group)?;
        self.editor.link_in(group, &user.name, object)?;
        self.types.add(user.clone(), self.editor.committed(datatype, object));
        self.objects.types.push((user.clone(), object));
        self.before.types.push(user.clone());
        Ok(())
    }

    pub(super) fn call_type(&mut self, schema: &Schema, user: &UserType, name: &str) -> Result<()> {
        self.settle(schema)?;
        self.position(user)?;
        let group = self.group(user.group)?;
        self.editor.rename_in(group, &[(user.name.clone(), name.to_owned())])?;
        let new = self.before.change_types(&|other| {
            if other == user {
                name.clone_into(&mut other.name);
            }
        });
        self.retype(&new);
        Ok(())
    }

    pub(super) fn drop_type(&mut self, schema: &Schema, user: &UserType) -> Result<()> {
        self.settle(schema)?;
        let (at, group) = (self.position(user)?, self.group(user.group)?);
        if let Some(needing) = self.editor.needing(group, &user.name) {
            return Err(Error::usage(format!("{needing} is of it")));
        }
        self.editor.unlink_in(group, &user.name)?;
        self.objects.types.remove(at);
        self.before.types.retain(|other| **other != *user);
        Ok(())
    }

    /// Refuses groups that something else leads to as well: what is in them would be gone there, too.
    pub(super) fn check_names(&self, ids: &[GroupId]) -> Result<()> {
        for &id in ids {
            let object = self.group(id)?;
            if self.objects.groups.iter().filter(|&&other| other == object).count() > 1 {
                return Err(Error::unsupported("deleting a group that has several names"));
            }
        }
        Ok(())
    }

    pub(super) fn drop_group(&mut self, schema: &Schema, id: GroupId) -> Result<()> {
        self.settle(schema)?;
        let group = self.before.groups.get(id.0).ok_or_else(|| Error::usage("a group of another file"))?;
        let (parent, name) = (group.parent.unwrap_or(GroupId::ROOT), group.name.clone());
        let parent = self.group(parent)?;
        self.editor.unlink_in(parent, &name)?;
        self.objects.groups.remove(id.0);
        self.objects.types.retain(|(user, _)| user.group != id);
        let new = self.before.remove_group(id);
        self.retype(&new);
        Ok(())
    }

    fn retype(&mut self, new: &Retyped) {
        self.types.retype(new);
        for (user, _) in &mut self.objects.types {
            new.get(user).into_iter().for_each(|to| user.clone_from(to));
        }
    }

    fn position(&self, user: &UserType) -> Result<usize> {
        let at = self.objects.types.iter().position(|(other, _)| **other == *user);
        at.ok_or_else(|| Error::unsupported("changing a type that the file does not name"))
    }
}
