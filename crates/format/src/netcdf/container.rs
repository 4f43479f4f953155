//! A schema in another container.

use super::fill;
use super::ids::GroupId;
use super::schema::{Container, Fill, Schema, Storage, Variable};
use super::types::Type;
use super::value::{Attribute, Value};
use crate::element::{self, ByteOrder, Element};
use crate::error::{Context, Error, Result};

impl Schema {
    /// The same declarations in another container.
    ///
    /// Integer types that the container does not have become the next one that it has; a [`Transfer`](super::Transfer)
    /// then checks that every value fits. Layouts and filters survive between the two HDF5 containers, but for filters that
    /// would change values: [`Storage::without_loss`].
    ///
    /// # Errors
    /// [`Kind::Unsupported`](crate::Kind::Unsupported), naming the object, for text of any length, user-defined types
    /// and attribute values that the container cannot hold.
    pub fn in_container(&self, container: Container) -> Result<Schema> {
        let mut schema = self.clone();
        schema.variables.iter_mut().for_each(|variable| variable.storage = variable.storage.without_loss());
        if container == self.container {
            return Ok(schema);
        }
        schema.container = container;
        for (n, group) in schema.groups.iter_mut().enumerate() {
            group.attributes = attributes(&group.attributes, &self.group_path(GroupId(n)), container)?;
        }
        for variable in &mut schema.variables {
            let path = self.path(variable);
            convert(variable, &path, self.container, container).in_object(&path)?;
        }
        Ok(schema)
    }
}

fn convert(variable: &mut Variable, path: &str, from: Container, to: Container) -> Result<()> {
    let ty = narrowed(&variable.ty, to)?;
    variable.attributes = attributes(&variable.attributes, path, to)?;
    if !(from.is_hdf5() && to.is_hdf5()) {
        variable.storage = Storage::default();
    }
    let order = match (from.is_hdf5(), to.is_hdf5()) {
        (_, false) => ByteOrder::Big,
        (true, true) => variable.order,
        (false, true) => ByteOrder::Little,
    };
    if let Fill::Value(fill) = &variable.fill {
        // The default of a type stands for no value; the narrower type has its own.
        let is_default = ty != variable.ty && fill::default(&variable.ty).as_ref() == Some(fill);
        variable.fill = if is_default { Fill::Default } else { Fill::Value(value(fill, to)?) };
    }
    variable.ty = ty;
    variable.order = order;
    Ok(())
}

/// The type that a container has in place of another.
fn narrowed(ty: &Type, container: Container) -> Result<Type> {
    let lost = || Err(Error::unsupported(format!("the type {} in the container {}", ty.name(), container.name())));
    match (container, ty) {
        (Container::NetCdf4, _) => Ok(ty.clone()),
        (_, Type::String | Type::User(..)) => lost(),
        (Container::Cdf5, _) => Ok(ty.clone()),
        (_, Type::UByte) => Ok(Type::Short),
        (_, Type::UShort | Type::UInt | Type::Int64 | Type::UInt64) => Ok(Type::Int),
        _ => Ok(ty.clone()),
    }
}

fn attributes(list: &[Attribute], owner: &str, container: Container) -> Result<Vec<Attribute>> {
    let convert = |attribute: &Attribute| {
        let value = value(&attribute.value, container).in_object(&format!("{owner}: attribute {}", attribute.name))?;
        Ok(Attribute { name: attribute.name.clone(), value })
    };
    list.iter().map(convert).collect()
}

fn value(value: &Value, container: Container) -> Result<Value> {
    let ty = narrowed(&value.ty(), container)?;
    match (ty == value.ty(), ty, value.ty().number()) {
        (true, ..) => Ok(value.clone()),
        (_, Type::Short, Some(number)) => list(value, number).map(Value::Short),
        (_, Type::Int, Some(number)) => list(value, number).map(Value::Int),
        _ => Err(Error::unsupported(format!("the type {} in the container {}", value.ty().name(), container.name()))),
    }
}

fn list<T: Element>(value: &Value, number: crate::NumberType) -> Result<Vec<T>> {
    let mut target = vec![T::default(); value.len()];
    element::convert(number, ByteOrder::NATIVE, &value.to_bytes(ByteOrder::NATIVE), &mut target)?;
    Ok(target)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_fill_value_of_a_wide_type_becomes_that_of_the_narrow_one() {
        let mut schema = Schema::new(Container::NetCdf4);
        for (name, fill) in [("default", fill::default(&Type::Int64).unwrap()), ("own", Value::Int64(vec![-1]))] {
            let mut variable = Variable::new(name, Type::Int64, Vec::new());
            variable.fill = Fill::Value(fill);
            schema.add_variable(variable);
        }
        let narrow = schema.in_container(Container::Cdf1).unwrap();
        assert_eq!(narrow.variables[0].fill, Fill::Default);
        assert_eq!(narrow.variables[1].fill, Fill::Value(Value::Int(vec![-1])));
        schema.variables[1].fill = Fill::Value(Value::Int64(vec![1 << 40]));
        let error = schema.in_container(Container::Cdf1).unwrap_err().to_string();
        assert!(error.contains("/own") && error.contains("1099511627776"), "{error}");
        schema.variables[1].attributes.push(Attribute::new("wide", Value::Int64(vec![1 << 41])));
        let error = schema.in_container(Container::Cdf1).unwrap_err().to_string();
        assert_eq!(error, "/own: attribute wide: 2199023255552 cannot be held exactly by int");
    }
}
