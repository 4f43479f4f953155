//! Types of every kind.

use std::sync::Arc;

use hyperslab::netcdf::{Container, Field, GroupId, Type, UserClass, UserType};

use super::choices::Choices;
use super::names;

const CLASSIC: [Type; 6] = [Type::Double, Type::Byte, Type::Char, Type::Short, Type::Int, Type::Float];
const EXTENDED: [Type; 5] = [Type::UByte, Type::UShort, Type::UInt, Type::Int64, Type::UInt64];
const INTEGERS: [Type; 8] =
    [Type::Int, Type::Byte, Type::Short, Type::Int64, Type::UByte, Type::UShort, Type::UInt, Type::UInt64];

/// The types that a container has without defining them.
pub fn atomic(container: Container) -> Vec<Type> {
    let mut types = CLASSIC.to_vec();
    if matches!(container, Container::Cdf5 | Container::NetCdf4) {
        types.extend(EXTENDED);
    }
    if container == Container::NetCdf4 {
        types.push(Type::String);
    }
    types
}

/// A type that a container does not have.
pub fn foreign(container: Container) -> Option<Type> {
    match container {
        Container::NetCdf4 => None,
        Container::Cdf5 => Some(Type::String),
        _ => Some(Type::UInt64),
    }
}

/// The size of one element in the file.
fn size(ty: &Type) -> u64 {
    if *ty == Type::String {
        16
    } else {
        ty.size()
    }
}

/// A type that the file defines, of atomic ones and those that were defined before. No two have the same structure: readers
/// tell types apart by it.
pub fn defined(choices: &mut Choices, known: &[Arc<UserType>], number: usize, group: GroupId) -> UserType {
    let mut parts = atomic(Container::NetCdf4);
    parts.extend(known.iter().cloned().map(Type::User));
    parts.reverse();
    let name = names::tame(choices, number);
    let (size, class) = match choices.below(4) {
        0 => {
            let base = choices.of(&INTEGERS);
            // All integer types have these values, and each comes once.
            let member = |n: usize| (format!("member {number}.{n}"), i64::try_from(n * 7 % 127).unwrap());
            (base.size(), UserClass::Enum { base, members: (0..1 + choices.below(6)).map(member).collect() })
        }
        1 => (number as u64 * 40 + choices.below(40) as u64, UserClass::Opaque),
        2 => match choices.of(&parts) {
            base if known.iter().any(|user| user.class == UserClass::Vlen(base.clone())) => {
                compound(choices, &parts, number)
            }
            base => (16, UserClass::Vlen(base)),
        },
        _ => compound(choices, &parts, number),
    };
    UserType { name, group, size, class }
}

fn compound(choices: &mut Choices, parts: &[Type], number: usize) -> (u64, UserClass) {
    let mut offset = 0;
    let mut fields = Vec::new();
    for n in 0..1 + choices.below(5) {
        let ty = choices.of(parts);
        let rank = if choices.chance(30) { 1 + choices.below(2) } else { 0 };
        let dims: Vec<u64> = (0..rank).map(|_| 1 + choices.below(3) as u64).collect();
        let bytes = size(&ty) * dims.iter().product::<u64>();
        fields.push(Field { name: format!("field {number}.{n}"), offset, ty, dims });
        offset += bytes;
    }
    (offset, UserClass::Compound(fields))
}
