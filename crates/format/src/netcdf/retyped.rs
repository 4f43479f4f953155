//! A schema whose types become other ones: a type holds the types that it is made of, and its group.

use std::collections::HashMap;
use std::sync::Arc;

use super::ids::GroupId;
use super::schema::{Fill, Schema};
use super::types::{Type, UserClass, UserType};
use super::value::{Attribute, UserValue, Value};

/// The types that take the place of others.
pub(crate) type Retyped = HashMap<Arc<UserType>, Arc<UserType>>;

impl Schema {
    /// Changes the types, with all that is made of them; returns which took the place of which.
    pub(crate) fn change_types(&mut self, change: &dyn Fn(&mut UserType)) -> Retyped {
        let mut new = Retyped::new();
        for user in &mut self.types {
            let mut changed = user.as_ref().clone();
            class(&mut changed.class, &new);
            change(&mut changed);
            if changed != **user {
                let changed = Arc::new(changed);
                new.insert(std::mem::replace(user, changed.clone()), changed);
            }
        }
        if !new.is_empty() {
            self.retype(&new);
        }
        new
    }

    fn retype(&mut self, new: &Retyped) {
        let attributes = |list: &mut Vec<Attribute>| list.iter_mut().for_each(|one| value(&mut one.value, new));
        self.groups.iter_mut().for_each(|group| attributes(&mut group.attributes));
        for variable in &mut self.variables {
            ty(&mut variable.ty, new);
            attributes(&mut variable.attributes);
            if let Fill::Value(fill) = &mut variable.fill {
                value(fill, new);
            }
        }
    }

    /// Takes a group away, with the types in it; nothing else is there. Those behind it have the identifiers before theirs then, and types are of those.
    pub(crate) fn remove_group(&mut self, id: GroupId) -> Retyped {
        let path = self.group_path(id);
        let is_below = |hidden: &str| hidden.strip_prefix(&path).is_some_and(|rest| rest.starts_with(['/', '@']));
        self.hidden.retain(|hidden| !is_below(&hidden.path));
        self.groups.remove(id.0);
        self.types.retain(|user| user.group != id);
        let shift = |group: &mut GroupId| group.0 -= usize::from(group.0 > id.0);
        self.groups.iter_mut().filter_map(|group| group.parent.as_mut()).for_each(shift);
        self.dimensions.iter_mut().map(|dimension| &mut dimension.group).for_each(shift);
        self.variables.iter_mut().map(|variable| &mut variable.group).for_each(shift);
        self.change_types(&|user| shift(&mut user.group))
    }
}

fn ty(ty: &mut Type, new: &Retyped) {
    if let Type::User(user) = ty {
        new.get(user).into_iter().for_each(|to| user.clone_from(to));
    }
}

fn class(class: &mut UserClass, new: &Retyped) {
    match class {
        UserClass::Vlen(base) => ty(base, new),
        UserClass::Compound(fields) => fields.iter_mut().for_each(|field| ty(&mut field.ty, new)),
        UserClass::Enum { .. } | UserClass::Opaque => {}
    }
}

fn value(held: &mut Value, new: &Retyped) {
    let Value::User(user, list) = held else { return };
    new.get(user).into_iter().for_each(|to| user.clone_from(to));
    for element in list {
        match element {
            UserValue::Vlen(held) => value(held, new),
            UserValue::Compound(fields) => fields.iter_mut().for_each(|held| value(held, new)),
            UserValue::Enum(_) | UserValue::Opaque(_) => {}
        }
    }
}
