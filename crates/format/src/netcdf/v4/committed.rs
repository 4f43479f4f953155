//! The user-defined types of a file being written: each is committed to its group, as netCDF-C does it.

use std::collections::HashMap;
use std::sync::Arc;

use super::encode;
use crate::element::ByteOrder;
use crate::error::{Context, Error, Result};
use crate::hdf5::builder::{Builder, LinkSpec, StoredType};
use crate::hdf5::Editor;
use crate::netcdf::ids::GroupId;
use crate::netcdf::retyped::Retyped;
use crate::netcdf::schema::Schema;
use crate::netcdf::types::Type;
use crate::netcdf::types::UserType;

/// The committed datatypes by the types of the schema.
#[derive(Debug, Default)]
pub(super) struct CommittedTypes {
    by_type: HashMap<Arc<UserType>, StoredType>,
    /// In the order of definition: the group, and the link in it.
    links: Vec<(GroupId, LinkSpec)>,
}

impl CommittedTypes {
    /// Commits all types of a schema.
    ///
    /// # Errors
    /// [`Kind::Limit`](crate::Kind::Limit) when the file would exceed 2^63 bytes.
    pub fn commit(builder: &Builder, schema: &Schema) -> Result<Self> {
        let mut types = CommittedTypes::default();
        for user in &schema.types {
            let datatype = encode::datatype(&Type::User(user.clone()), ByteOrder::Little)?;
            let stored = builder.commit_datatype(datatype).in_object(&user.name)?;
            if let Some(address) = stored.address() {
                types.links.push((user.group, LinkSpec::hard(user.name.clone(), address)));
            }
            types.by_type.entry(user.clone()).or_insert(stored);
        }
        Ok(types)
    }

    /// The types of a file that is there: where each one is.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for an enumeration of something else than integers.
    pub fn existing(editor: &Editor, found: &[(Arc<UserType>, u64)]) -> Result<Self> {
        let mut types = CommittedTypes::default();
        for (user, object) in found {
            let datatype = encode::datatype(&Type::User(user.clone()), ByteOrder::Little)?;
            types.by_type.entry(user.clone()).or_insert_with(|| editor.committed(datatype, *object));
        }
        Ok(types)
    }

    /// Adds a type of a file that is there.
    pub fn add(&mut self, user: Arc<UserType>, stored: StoredType) {
        self.by_type.entry(user).or_insert(stored);
    }

    /// Has types be called what they have become.
    pub fn retype(&mut self, new: &Retyped) {
        let old: Vec<_> = new.iter().filter_map(|(old, new)| Some((new.clone(), self.by_type.remove(old)?))).collect();
        self.by_type.extend(old);
    }

    /// How elements of a type are stored; `order` is that of plain numbers.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for a type that the schema does not declare.
    pub fn stored_type(&self, ty: &Type, order: ByteOrder) -> Result<StoredType> {
        match ty {
            Type::User(user) => {
                let found = self.by_type.get(user).cloned();
                found.ok_or_else(|| Error::usage(format!("the type {} is not declared", user.name)))
            }
            plain => Ok(encode::datatype(plain, order)?.into()),
        }
    }

    /// The links of a group to its types.
    pub fn links(&self, group: GroupId) -> impl Iterator<Item = LinkSpec> + '_ {
        self.links.iter().filter(move |(owner, _)| *owner == group).map(|(_, link)| link.clone())
    }
}
