//! Attributes, and the values that words stand for.

use exodus_rs::{Error, Result};
use hyperslab::netcdf::{Editor, Owner, Schema, Value};
use hyperslab::{Context, Element, Number};

use crate::args::edit::{Attr, AttrType};

/// Sets, deletes or renames an attribute.
pub fn change(editor: &mut Editor, attr: &Attr) -> Result<()> {
    match attr {
        Attr::Set { object, name, values, ty } => {
            let owner = owner(editor.schema(), object)?;
            let ty = ty.or_else(|| attribute_type(editor.schema(), owner, name));
            let value = value(values, ty).in_object(object)?;
            editor.set_attribute(owner, name, value)
        }
        Attr::Delete { object, name } => editor.delete_attribute(owner(editor.schema(), object)?, name),
        Attr::Rename { object, old, new } => editor.rename_attribute(owner(editor.schema(), object)?, old, new),
    }
}

/// What has the attributes of an object.
fn owner(schema: &Schema, object: &str) -> Result<Owner> {
    let variable = schema.variable_at(object).map(Owner::Variable);
    let found = variable.or_else(|| schema.group_at(object).map(Owner::Group));
    found.ok_or_else(|| Error::not_found(format!("there is no variable or group {object}")))
}

/// The type of an attribute that is there.
fn attribute_type(schema: &Schema, owner: Owner, name: &str) -> Option<AttrType> {
    let list = match owner {
        Owner::Group(id) => &schema.groups.get(id.0)?.attributes,
        Owner::Variable(id) => &schema.variables.get(id.0)?.attributes,
    };
    Some(match list.iter().find(|attribute| attribute.name == name)?.value {
        Value::Char(_) => AttrType::Char,
        Value::String(_) => AttrType::String,
        Value::Byte(_) => AttrType::Byte,
        Value::Short(_) => AttrType::Short,
        Value::Int(_) => AttrType::Int,
        Value::Int64(_) => AttrType::Int64,
        Value::UByte(_) => AttrType::Ubyte,
        Value::UShort(_) => AttrType::Ushort,
        Value::UInt(_) => AttrType::Uint,
        Value::UInt64(_) => AttrType::Uint64,
        Value::Float(_) => AttrType::Float,
        Value::Double(_) => AttrType::Double,
        Value::User(..) => return None,
    })
}

/// The value that words stand for.
fn value(words: &[String], ty: Option<AttrType>) -> Result<Value> {
    let is_each = |is: fn(&String) -> bool| words.iter().all(is);
    let guess = || match () {
        () if is_each(|word| word.parse::<i32>().is_ok()) => AttrType::Int,
        () if is_each(|word| word.parse::<f64>().is_ok()) => AttrType::Double,
        () => AttrType::Char,
    };
    Ok(match ty.unwrap_or_else(guess) {
        AttrType::Char => match words {
            [text] => Value::text(text),
            _ => return Err(Error::usage("several words for one text: put it in quotes")),
        },
        AttrType::String => Value::String(words.iter().map(|text| Some(text.as_bytes().to_vec())).collect()),
        AttrType::Byte => Value::Byte(numbers(words)?),
        AttrType::Short => Value::Short(numbers(words)?),
        AttrType::Int => Value::Int(numbers(words)?),
        AttrType::Int64 => Value::Int64(numbers(words)?),
        AttrType::Ubyte => Value::UByte(numbers(words)?),
        AttrType::Ushort => Value::UShort(numbers(words)?),
        AttrType::Uint => Value::UInt(numbers(words)?),
        AttrType::Uint64 => Value::UInt64(numbers(words)?),
        AttrType::Float => Value::Float(numbers(words)?),
        AttrType::Double => Value::Double(numbers(words)?),
    })
}

fn numbers<T: Element + std::str::FromStr>(words: &[String]) -> Result<Vec<T>> {
    let number = |word: &String| {
        let name = T::TYPE.name();
        let no_number = |_| Error::usage(format!("{word:?} is no {name}: choose another one with --type"));
        let value: T = word.parse().map_err(no_number)?;
        // Infinity is what was written in letters.
        let is_spelled = !word.contains(|c: char| c.is_ascii_digit());
        match value.to_number() {
            Number::Float(beyond) if beyond.is_infinite() && !is_spelled => {
                Err(Error::usage(format!("{word} does not fit {name}")))
            }
            _ => Ok(value),
        }
    };
    words.iter().map(number).collect()
}
