//! Stored elements as netCDF values of any type.

use std::sync::Arc;

use super::types;
use crate::error::{Error, Result};
use crate::hdf5::datatype::Datatype;
use crate::hdf5::read::elements::{part, Elements};
use crate::limits;
use crate::netcdf::types::Type;
use crate::netcdf::types::{Field, UserClass, UserType};
use crate::netcdf::value::UserValue;
use crate::netcdf::value::Value;
use crate::shape;

/// Makes values out of stored elements.
#[derive(Debug)]
pub(super) struct Values<'a, 's>(&'a mut Elements<'s>);

impl<'a, 's> Values<'a, 's> {
    pub fn new(elements: &'a mut Elements<'s>) -> Self {
        Values(elements)
    }

    /// The elements of `stored`, whose type is `ty` in netCDF and `datatype` in the file.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) when data of variable length are not there;
    /// [`Kind::Limit`](crate::Kind::Limit) when there is no memory for the values.
    pub fn read(&mut self, ty: &Type, datatype: &Datatype, stored: &[u8]) -> Result<Value> {
        let elements = || -> Result<_> { Ok(stored.chunks_exact(limits::to_usize(datatype.size())?.max(1))) };
        match (ty, datatype) {
            (Type::User(user), _) => {
                let mut values = Vec::new();
                limits::reserve(&mut values, elements()?.len())?;
                for element in elements()? {
                    values.push(self.user(user, datatype, element)?);
                }
                Ok(Value::User(user.clone(), values))
            }
            (_, Datatype::VariableString(_)) => {
                let mut texts = Vec::new();
                limits::reserve(&mut texts, elements()?.len())?;
                for element in elements()? {
                    texts.push(self.0.whole_string(element)?.map(<[u8]>::to_vec));
                }
                Ok(Value::String(texts))
            }
            (Type::Char, _) => Ok(Value::Char(stored.to_vec())),
            (Type::String, _) => Ok(Value::String(elements()?.map(|text| Some(types::until_nul(text))).collect())),
            _ => types::numbers(datatype, stored),
        }
    }

    fn user(&mut self, user: &Arc<UserType>, datatype: &Datatype, element: &[u8]) -> Result<UserValue> {
        Ok(match (&user.class, datatype) {
            (UserClass::Enum { .. }, Datatype::Enumeration { base, .. }) => {
                UserValue::Enum(types::numbers(base, element)?.to_i64s().first().copied().unwrap_or(0))
            }
            (UserClass::Vlen(ty), Datatype::Sequence { base, .. }) => {
                let (count, held) = self.0.list(base, element)?;
                UserValue::Vlen(single_bytes(self.read(ty, base, &held)?, count)?)
            }
            (UserClass::Opaque, _) => UserValue::Opaque(element.to_vec()),
            (UserClass::Compound(fields), Datatype::Compound { members, .. }) => {
                let fields = fields.iter().zip(members).map(|(field, member)| {
                    let bytes = part(element, member.offset, member.datatype.size())?;
                    self.field(field, &member.datatype, bytes)
                });
                UserValue::Compound(fields.collect::<Result<_>>()?)
            }
            _ => return Err(Error::usage(format!("elements of {datatype} are none of {}", user.name))),
        })
    }

    fn field(&mut self, field: &Field, datatype: &Datatype, stored: &[u8]) -> Result<Value> {
        let base = match datatype {
            Datatype::Array { base, .. } => base,
            single => single,
        };
        single_bytes(self.read(&field.ty, base, stored)?, shape::count(&field.dims)?)
    }
}

/// netCDF takes one byte for every text inside of another type.
fn single_bytes(value: Value, count: u64) -> Result<Value> {
    Ok(match value {
        Value::Char(mut bytes) => {
            bytes.truncate(limits::to_usize(count)?);
            Value::Char(bytes)
        }
        other => other,
    })
}
