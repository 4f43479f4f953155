//! What is thrown into a legal case: faults that every writer must refuse, and oddities that it may refuse.

use hyperslab::hdf5::Filter;
use hyperslab::netcdf::{
    Attribute, Container, DimensionId, Fill, Group, GroupId, Layout, Schema, Type, Value, Variable,
};

use super::choices::Choices;
use super::{names, types};

/// A change; it says whether there was something to change.
type Change = fn(&mut Schema, &mut Choices) -> bool;

/// Nothing of the kind can be written.
pub const FAULTS: [(&str, Change); 23] = [
    ("an impossible name", |schema, choices| rename(schema, choices, names::impossible)),
    ("two dimensions of one name", |schema, choices| twice(schema, choices, 0)),
    ("two variables of one name", |schema, choices| twice(schema, choices, 1)),
    ("two attributes of one name", |schema, choices| twice(schema, choices, 2)),
    ("two groups of one name", |schema, choices| twice(schema, choices, 3)),
    ("two types of one name", |schema, choices| twice(schema, choices, 4)),
    ("a group with the name of a variable", group_and_variable),
    ("a variable in no group", |schema, _| last(&mut schema.variables, |v| v.group = GroupId(77))),
    ("a dimension in no group", |schema, _| last(&mut schema.dimensions, |d| d.group = GroupId(77))),
    ("a group without parent", |schema, _| last(&mut schema.groups[1..], |g| g.parent = None)),
    ("a group whose parent is missing", |schema, _| last(&mut schema.groups[1..], |g| g.parent = Some(GroupId(77)))),
    ("a group before its parent", |schema, _| {
        let own = GroupId(schema.groups.len() - 1);
        last(&mut schema.groups[1..], |g| g.parent = Some(own))
    }),
    ("a dimension that is missing", |schema, _| last(&mut schema.variables, |v| v.dimensions.push(DimensionId(99)))),
    ("a dimension of another group", invisible),
    ("two fill values", |schema, _| numbers(schema, |v| v.fill = Fill::Value(Value::Double(vec![0.0; 2])))),
    ("a fill value of another type", |schema, _| numbers(schema, |v| v.fill = Fill::Value(Value::text("x")))),
    ("chunks of another rank", |schema, _| {
        chunked(schema, |v| v.storage.layout = Layout::Chunked(vec![1; v.dimensions.len() + 1]))
    }),
    ("chunks of nothing", |schema, _| {
        chunked(schema, |v| v.storage.layout = Layout::Chunked(vec![0; v.dimensions.len()]))
    }),
    ("chunks of exabytes", |schema, _| {
        chunked(schema, |v| v.storage.layout = Layout::Chunked(vec![u64::MAX / 3; v.dimensions.len()]))
    }),
    ("deflate of level 10", |schema, _| chunked(schema, |v| v.storage.filters = vec![Filter::new(1, vec![10])])),
    ("a filter that nobody has", |schema, _| chunked(schema, |v| v.storage.filters.push(Filter::new(4242, vec![])))),
    ("33 dimensions", rank),
    ("a type of another container", foreign),
];

/// These may be refused. If they are not, the file is right.
pub const ODDITIES: [(&str, Change); 9] = [
    ("an odd name", |schema, choices| rename(schema, choices, names::odd)),
    ("a fill value by attribute", |schema, choices| {
        let value = Value::Double(vec![choices.below(256) as f64]);
        last(&mut schema.variables, |v| v.attributes.push(Attribute::new("_FillValue", value)))
    }),
    ("an empty attribute", |schema, _| {
        last(&mut schema.groups, |g| g.attributes.push(Attribute::new("empty", Value::Double(vec![]))))
    }),
    ("an empty text", |schema, _| {
        last(&mut schema.groups, |g| g.attributes.push(Attribute::new("text", Value::text(""))))
    }),
    ("large chunks", |schema, _| chunked(schema, |v| v.storage.layout = Layout::Chunked(vec![40; v.dimensions.len()]))),
    ("a fixed dimension of length 0", |schema, _| {
        schema.add_dimension("zero", 0, false);
        true
    }),
    ("filters of strings", |schema, _| {
        let dimensions = schema.variables.last().map(|v| v.dimensions.clone()).unwrap_or_default();
        let mut variable = Variable::new("filtered", Type::String, dimensions);
        variable.storage.filters = vec![Filter::deflate(1)];
        schema.container == Container::NetCdf4
            && variable.dimensions.iter().all(|id| schema.dimensions[id.0].group.0 == 0)
            && {
                schema.add_variable(variable);
                true
            }
    }),
    ("the mark of the classic model", |schema, _| {
        schema.set_attribute("_nc3_strict", Value::Int(vec![1]));
        true
    }),
    ("a long attribute", |schema, _| {
        schema.set_attribute("long", Value::Byte(vec![7; 70_000]));
        true
    }),
];

/// Changes the last of a list.
fn last<T>(list: &mut [T], change: impl FnOnce(&mut T)) -> bool {
    list.last_mut().map(change).is_some()
}

fn numbers(schema: &mut Schema, change: impl FnOnce(&mut Variable)) -> bool {
    schema.variables.iter_mut().find(|v| v.ty.number().is_some()).map(change).is_some()
}

/// Changes a variable that is or may be chunked.
fn chunked(schema: &mut Schema, change: impl FnOnce(&mut Variable)) -> bool {
    let hdf5 = schema.container.is_hdf5();
    let able = |v: &&mut Variable| hdf5 && !v.dimensions.is_empty() && v.ty.number().is_some();
    let Some(variable) = schema.variables.iter_mut().find(able) else { return false };
    variable.storage.layout = Layout::Chunked(vec![1; variable.dimensions.len()]);
    change(variable);
    true
}

fn rename(schema: &mut Schema, choices: &mut Choices, name: fn(&mut Choices) -> String) -> bool {
    let name = name(choices);
    match choices.below(4) {
        0 => last(&mut schema.variables, |v| v.name = name),
        1 => last(&mut schema.groups[1..], |g| g.name = name),
        // "." and ".." are names of attributes in HDF5.
        2 if !name.starts_with('.') && !name.contains('/') => {
            last(&mut schema.groups, |g| g.attributes.push(Attribute::new(name, Value::Int(vec![1]))))
        }
        _ => last(&mut schema.dimensions, |d| d.name = name),
    }
}

fn twice(schema: &mut Schema, choices: &mut Choices, what: usize) -> bool {
    fn double<T: Clone>(list: &mut Vec<T>) -> bool {
        let copy = list.last().cloned();
        list.extend(copy.clone());
        copy.is_some()
    }
    match what {
        0 => double(&mut schema.dimensions),
        1 => double(&mut schema.variables),
        2 if choices.chance(50) => schema.variables.last_mut().is_some_and(|v| double(&mut v.attributes)),
        2 => schema.groups.last_mut().is_some_and(|g| double(&mut g.attributes)),
        3 => schema.groups.len() > 1 && double(&mut schema.groups),
        _ => double(&mut schema.types),
    }
}

fn group_and_variable(schema: &mut Schema, _: &mut Choices) -> bool {
    let Some(variable) = schema.variables.last() else { return false };
    let group = Group { name: variable.name.clone(), parent: Some(variable.group), attributes: Vec::new() };
    schema.groups.push(group);
    true
}

fn invisible(schema: &mut Schema, _: &mut Choices) -> bool {
    let Some(below) = schema.dimensions.iter().position(|d| d.group.0 > 0) else { return false };
    schema.add_variable(Variable::new("elsewhere", Type::Int, vec![DimensionId(below)]));
    true
}

fn rank(schema: &mut Schema, _: &mut Choices) -> bool {
    let one = schema.add_dimension("one more", 1, false);
    schema.add_variable(Variable::new("rank", Type::Int, vec![one; 33]));
    schema.container.is_hdf5()
}

fn foreign(schema: &mut Schema, _: &mut Choices) -> bool {
    let Some(ty) = types::foreign(schema.container) else { return false };
    schema.add_variable(Variable::new("foreign", ty, vec![]));
    true
}
