//! The types of a file, found as netCDF-C finds them: by structure, in the order in which they are met.

use std::collections::HashMap;
use std::sync::Arc;

use super::types;
use crate::element::ByteOrder;
use crate::hdf5::datatype::{Datatype, FloatLayout, Member};
use crate::netcdf::ids::GroupId;
use crate::netcdf::types::Type;
use crate::netcdf::types::{Field, UserClass, UserType};

/// The user-defined types of a file, as far as they were met.
#[derive(Debug, Default)]
pub(super) struct Types {
    /// Those that netCDF shows, in order.
    pub shown: Vec<Arc<UserType>>,
    /// The first type of each structure; `None` for what netCDF does not show.
    by_form: HashMap<Datatype, Option<Arc<UserType>>>,
    anonymous: usize,
}

impl Types {
    /// Adds a committed datatype.
    pub fn commit(&mut self, datatype: &Datatype, name: &str, group: GroupId) -> Option<Arc<UserType>> {
        let user = self.define(datatype, name, group);
        self.add(datatype, user.clone());
        user
    }

    /// The type of a variable. A user-defined one that is not committed gets a name, even if it is not shown after all.
    pub fn of_variable(&mut self, datatype: &Datatype, group: GroupId) -> Option<Type> {
        let plain = match datatype {
            Datatype::String(text) if text.size > 1 => Some(Type::String),
            _ => types::of_numbers(datatype).or_else(|| text(datatype)),
        };
        match datatype {
            _ if plain.is_some() => return plain,
            // Neither references nor numbers that netCDF does not have are types with a name.
            Datatype::Reference { .. } | Datatype::Integer(_) | Datatype::Float(_) => return None,
            _ => {}
        }
        if let Some(known) = self.by_form.get(&form(datatype)) {
            return known.clone().map(Type::User);
        }
        self.anonymous += 1;
        let name = format!("_Anonymous{}{}", class_name(datatype), self.anonymous);
        self.commit(datatype, &name, group).map(Type::User)
    }

    /// The type of an attribute, or of a part of another type: only what is known already.
    pub fn known(&self, datatype: &Datatype) -> Option<Type> {
        match datatype {
            Datatype::Float(layout) if is_half(layout) => None,
            _ => types::of_numbers(datatype).or_else(|| text(datatype)).or_else(|| {
                let user = self.by_form.get(&form(datatype)).cloned().flatten();
                user.map(Type::User)
            }),
        }
    }

    fn add(&mut self, datatype: &Datatype, user: Option<Arc<UserType>>) {
        self.shown.extend(user.clone());
        self.by_form.entry(form(datatype)).or_insert(user);
    }

    /// A user-defined type, if all its parts are known.
    fn define(&self, datatype: &Datatype, name: &str, group: GroupId) -> Option<Arc<UserType>> {
        let class = match datatype {
            Datatype::Enumeration { base, members } => {
                let value = |stored: &Vec<u8>| types::numbers(base, stored).ok()?.to_i64s().first().copied();
                let named = members.iter().map(|(name, stored)| Some((name.clone(), value(stored)?)));
                UserClass::Enum { base: types::of_numbers(base)?, members: named.collect::<Option<_>>()? }
            }
            Datatype::Sequence { base, .. } => UserClass::Vlen(self.known(base)?),
            Datatype::Opaque { .. } => UserClass::Opaque,
            Datatype::Compound { members, .. } => {
                UserClass::Compound(members.iter().map(|member| self.field(member)).collect::<Option<_>>()?)
            }
            _ => return None,
        };
        Some(Arc::new(UserType { name: name.to_owned(), group, size: datatype.size(), class }))
    }

    fn field(&self, member: &Member) -> Option<Field> {
        let (datatype, dims) = match &member.datatype {
            Datatype::Array { dims, base } => (base.as_ref(), dims.clone()),
            single => (single, Vec::new()),
        };
        Some(Field { name: member.name.clone(), offset: member.offset, ty: self.known(datatype)?, dims })
    }
}

fn text(datatype: &Datatype) -> Option<Type> {
    match datatype {
        Datatype::String(_) => Some(Type::Char),
        Datatype::VariableString(_) => Some(Type::String),
        _ => None,
    }
}

/// What the names of types that have none are made of.
fn class_name(datatype: &Datatype) -> &'static str {
    match datatype {
        Datatype::Enumeration { .. } => "Enum",
        Datatype::Compound { .. } => "Compound",
        Datatype::Sequence { .. } => "Vlen",
        Datatype::Opaque { .. } => "Opaque",
        _ => "Unknown",
    }
}

/// What equal types have in common: their structure in the memory of the C library, where byte order and gaps are its own.
fn form(datatype: &Datatype) -> Datatype {
    let nested = |base: &Datatype| Box::new(form(base));
    match datatype {
        Datatype::Enumeration { base, members } => {
            let value = |stored: &Vec<u8>| {
                types::numbers(base, stored).map_or_else(|_| stored.clone(), |value| value.to_bytes(ByteOrder::Little))
            };
            let mut members: Vec<_> = members.iter().map(|(name, stored)| (name.clone(), value(stored))).collect();
            members.sort();
            Datatype::Enumeration { base: nested(base), members }
        }
        Datatype::Compound { members, .. } => {
            let member = |m: &Member| Member { name: m.name.clone(), offset: 0, datatype: form(&m.datatype) };
            Datatype::Compound { size: 0, members: members.iter().map(member).collect() }
        }
        Datatype::Sequence { base, size } => Datatype::Sequence { base: nested(base), size: *size },
        Datatype::Array { dims, base } => Datatype::Array { dims: dims.clone(), base: nested(base) },
        Datatype::Complex(base) => Datatype::Complex(nested(base)),
        Datatype::Float(layout) if is_half(layout) => datatype.clone(),
        other => types::native(other).map_or_else(|| other.clone(), |kind| Datatype::Number(kind, ByteOrder::Little)),
    }
}

/// Numbers of half precision stay what they are in the memory of the C library, and netCDF does not know them.
fn is_half(layout: &FloatLayout) -> bool {
    layout.size <= 2 && layout.exponent_size < 8
}
