//! Applies a list of edits to a file, as one transaction or several: `edits FILE < LIST`. One edit a line, its words between tabs;
//! tests make such lists.

use std::io::BufRead;
use std::str::FromStr;

use hyperslab::hdf5::Filter;
use hyperslab::netcdf::{Dimension, Editor, Field, Group, GroupId, Owner, Type, UserClass, UserType, Value, Variable};
use hyperslab::{Error, Kind, Result, Selection};

fn main() -> Result<()> {
    let path = std::env::args().nth(1).ok_or_else(|| Error::usage("edits FILE < LIST"))?;
    let mut editor = Editor::open(&path)?;
    for line in std::io::stdin().lock().lines() {
        let line = line.map_err(|e| Error::io("cannot read the list", e))?;
        let words: Vec<&str> = line.split('\t').collect();
        if words == ["publish"] {
            println!("{:?}", editor.publish()?.done);
            editor = Editor::open(&path)?;
        } else {
            apply(&mut editor, &words)?;
        }
    }
    println!("{:?}", editor.publish()?.done);
    Ok(())
}

fn apply(editor: &mut Editor, words: &[&str]) -> Result<()> {
    let schema = editor.schema();
    let missing = || Error::usage(format!("{words:?} names nothing"));
    let owner = |path: &str| {
        let variable = schema.variable_at(path).map(Owner::Variable);
        variable.or_else(|| schema.group_at(path).map(Owner::Group)).ok_or_else(missing)
    };
    let variable = |path: &str| schema.variable_at(path).ok_or_else(missing);
    let dimension = |path: &str| schema.dimension_at(path).ok_or_else(missing);
    let group = |path: &str| schema.group_at(path).ok_or_else(missing);
    match *words {
        ["set", path, name, ty, list] => editor.set_attribute(owner(path)?, name, value(ty, list)?),
        ["unset", path, name] => editor.delete_attribute(owner(path)?, name),
        ["rename attribute", path, old, new] => editor.rename_attribute(owner(path)?, old, new),
        ["rename variable", path, new] => editor.rename_variable(variable(path)?, new),
        ["rename dimension", path, new] => editor.rename_dimension(dimension(path)?, new),
        ["rename group", path, new] => editor.rename_group(group(path)?, new),
        ["add dimension", above, name, length] => {
            let (group, unlimited) = (group(above)?, length == "unlimited");
            let length = if unlimited { 0 } else { one(length)? };
            editor.add_dimension(Dimension { name: name.into(), length, unlimited, group }).map(drop)
        }
        ["delete dimension", path] => editor.delete_dimension(dimension(path)?),
        ["resize", path, length] => editor.resize_dimension(dimension(path)?, one(length)?),
        ["add variable", above, name, ty, axes, deflated] => {
            let axes = axes.split(',').filter(|axis| !axis.is_empty()).map(dimension).collect::<Result<Vec<_>>>()?;
            let ty = schema.type_at(ty).map_or_else(|| type_of(ty), |user| Ok(Type::User(user.clone())))?;
            let mut new = Variable { group: group(above)?, ..Variable::new(name, ty, axes) };
            if deflated == "1" {
                new.storage.filters = vec![Filter::shuffle(), Filter::deflate(1)];
            }
            editor.add_variable(new).map(drop)
        }
        ["delete variable", path] => editor.delete_variable(variable(path)?),
        ["add group", above, name] => {
            let parent = Some(group(above)?);
            editor.add_group(Group { name: name.into(), parent, attributes: Vec::new() }).map(drop)
        }
        ["delete group", path] => editor.delete_group(group(path)?),
        ["refused", ..] => {
            let before = schema.clone();
            match apply(editor, words.get(1..).unwrap_or_default()) {
                Err(error) if error.kind() == Kind::Usage && *editor.schema() == before => Ok(()),
                other => Err(Error::usage(format!("{words:?}: {other:?}"))),
            }
        }
        ["put", path, start, count, list] => {
            let id = variable(path)?;
            let values = value(schema.variable(id)?.ty.name(), list)?;
            editor.write_values(id, &Selection::block(many(start)?, many(count)?), &values)
        }
        _ => apply_to_types(editor, words),
    }
}

fn apply_to_types(editor: &mut Editor, words: &[&str]) -> Result<()> {
    let schema = editor.schema();
    let missing = || Error::usage(format!("{words:?} names nothing"));
    match *words {
        ["add type", above, name, class, parts] => {
            let user = user_type(schema.group_at(above).ok_or_else(missing)?, name, class, parts)?;
            editor.add_type(user).map(drop)
        }
        ["rename type", path, new] => {
            let user = schema.type_at(path).ok_or_else(missing)?.clone();
            editor.rename_type(&user, new).map(drop)
        }
        ["delete type", path] => {
            let user = schema.type_at(path).ok_or_else(missing)?.clone();
            editor.delete_type(&user)
        }
        _ => Err(missing()),
    }
}

/// A type of two members or fields, or of lists.
fn user_type(group: GroupId, name: &str, class: &str, parts: &str) -> Result<UserType> {
    let parts: Vec<&str> = parts.split(',').collect();
    let names = || parts.iter().map(|part| (*part).to_owned());
    let field = |name, offset, ty| Field { name, offset, ty, dims: Vec::new() };
    let (size, class) = match class {
        "enum" => (1, UserClass::Enum { base: Type::Byte, members: names().zip(0..).collect() }),
        "compound" => {
            let types = [(0, Type::Double), (8, Type::Int)];
            (16, UserClass::Compound(names().zip(types).map(|(name, (at, ty))| field(name, at, ty)).collect()))
        }
        "vlen" => (16, UserClass::Vlen(type_of(parts.first().copied().unwrap_or_default())?)),
        _ => return Err(Error::usage(format!("{class} is no class of such types"))),
    };
    Ok(UserType { name: name.into(), group, size, class })
}

fn one<T: FromStr>(word: &str) -> Result<T> {
    word.parse().map_err(|_| Error::usage(format!("{word:?} is no number of its type")))
}

fn many<T: FromStr>(words: &str) -> Result<Vec<T>> {
    words.split(',').filter(|word| !word.is_empty()).map(one).collect()
}

fn type_of(name: &str) -> Result<Type> {
    value(name, "").map(|value| value.ty())
}

fn value(ty: &str, list: &str) -> Result<Value> {
    Ok(match ty {
        "char" => Value::text(list),
        "string" => {
            Value::String(list.split(',').filter(|word| !word.is_empty()).map(|word| Some(word.into())).collect())
        }
        "byte" => Value::Byte(many(list)?),
        "short" => Value::Short(many(list)?),
        "int" => Value::Int(many(list)?),
        "int64" => Value::Int64(many(list)?),
        "float" => Value::Float(many(list)?),
        "double" => Value::Double(many(list)?),
        "ubyte" => Value::UByte(many(list)?),
        _ => return Err(Error::usage(format!("{ty} is no type of such a list"))),
    })
}
