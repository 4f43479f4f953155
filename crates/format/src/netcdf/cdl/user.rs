//! Values of user-defined types.

use std::io::Write;

use super::cell::Cell;
use super::text::{self, Place};
use crate::netcdf::types::{Field, UserClass, UserType};
use crate::netcdf::value::UserValue;
use crate::netcdf::value::Value;
use crate::text::until_nul;

/// Calls `$body` with the list of numbers in a value, as `$list`; what is no list of numbers is `$other`.
macro_rules! numbers {
    ($value:expr, $list:pat => $body:expr, $($other:tt)*) => {
        match $value {
            Value::Byte($list) => $body,
            Value::Short($list) => $body,
            Value::Int($list) => $body,
            Value::Float($list) => $body,
            Value::Double($list) => $body,
            Value::UByte($list) => $body,
            Value::UShort($list) => $body,
            Value::UInt($list) => $body,
            Value::Int64($list) => $body,
            Value::UInt64($list) => $body,
            $($other)*
        }
    };
}
pub(super) use numbers;

/// Appends an element of a user-defined type.
pub(super) fn show(out: &mut Vec<u8>, user: &UserType, value: &UserValue) {
    match value {
        UserValue::Enum(number) => out.extend_from_slice(member(user, *number).as_bytes()),
        UserValue::Opaque(bytes) => {
            out.extend_from_slice(b"0X");
            for byte in bytes {
                // Writing to a vector cannot fail.
                let _ = write!(out, "{byte:02X}");
            }
        }
        UserValue::Vlen(Value::Char(list)) => braced(out, |out| {
            // Outside of records characters have no quotes, and a NUL is nothing.
            separated(out, list.chunks(1), |out, one| out.extend_from_slice(text::without_padding(one)));
        }),
        UserValue::Vlen(list) => braced(out, |out| elements(out, list)),
        UserValue::Compound(values) => braced(out, |out| match &user.class {
            UserClass::Compound(fields) => {
                separated(out, fields.iter().zip(values), |out, (field, value)| show_field(out, field, value));
            }
            _ => separated(out, values, elements),
        }),
    }
}

/// The name of a number in an enumeration; numbers without one stand for themselves, but for zero, which is what was
/// never written.
pub(super) fn member(user: &UserType, number: i64) -> String {
    let members = match &user.class {
        UserClass::Enum { members, .. } => members.as_slice(),
        _ => &[],
    };
    match members.iter().find(|(_, value)| *value == number) {
        Some((name, _)) => name.clone(),
        None if number == 0 => "_UNDEFINED".to_owned(),
        None => number.to_string(),
    }
}

/// Appends a text of any length, up to its first NUL.
pub(super) fn show_text(out: &mut Vec<u8>, text: Option<&[u8]>, place: Place) {
    match text {
        Some(text) => text::quote(out, until_nul(text), place),
        None => out.extend_from_slice(b"NIL"),
    }
}

fn show_field(out: &mut Vec<u8>, field: &Field, value: &Value) {
    match (field.dims.last(), value) {
        (None, value) => elements(out, value),
        (Some(&length), Value::Char(text)) => braced(out, |out| {
            let length = usize::try_from(length).unwrap_or(usize::MAX).max(1);
            separated(out, text.chunks(length), |out, row| {
                text::quote(out, text::without_padding(row), Place::Member);
            });
        }),
        (Some(_), value) => braced(out, |out| elements(out, value)),
    }
}

/// Appends all elements of a list.
fn elements(out: &mut Vec<u8>, list: &Value) {
    numbers!(list, list => separated(out, list, |out, number| number.show(out)),
        Value::Char(text) => separated(out, text.chunks(1), |out, one| {
            text::quote(out, text::without_padding(one), Place::Member);
        }),
        Value::String(list) => separated(out, list, |out, text| show_text(out, text.as_deref(), Place::String)),
        Value::User(user, list) => separated(out, list, |out, value| show(out, user, value)),
    );
}

fn braced(out: &mut Vec<u8>, inside: impl FnOnce(&mut Vec<u8>)) {
    out.push(b'{');
    inside(out);
    out.push(b'}');
}

fn separated<T>(out: &mut Vec<u8>, list: impl IntoIterator<Item = T>, mut one: impl FnMut(&mut Vec<u8>, T)) {
    for (index, item) in list.into_iter().enumerate() {
        if index > 0 {
            out.extend_from_slice(b", ");
        }
        one(out, item);
    }
}

/// Whether an element is the fill value.
pub(super) fn is_fill(value: &UserValue, fill: &UserValue) -> bool {
    match (value, fill) {
        (UserValue::Vlen(value), UserValue::Vlen(fill)) => are_fill(value, fill),
        (UserValue::Compound(values), UserValue::Compound(fills)) => {
            values.len() == fills.len() && values.iter().zip(fills).all(|(value, fill)| are_fill(value, fill))
        }
        _ => value == fill,
    }
}

fn are_fill(values: &Value, fills: &Value) -> bool {
    fn all<T: Cell>(values: &[T], fills: &[T]) -> bool {
        values.len() == fills.len() && values.iter().zip(fills).all(|(value, fill)| value.is_fill(*fill))
    }
    match (values, fills) {
        (Value::Float(values), Value::Float(fills)) => all(values, fills),
        (Value::Double(values), Value::Double(fills)) => all(values, fills),
        (Value::User(_, values), Value::User(_, fills)) => {
            values.len() == fills.len() && values.iter().zip(fills).all(|(value, fill)| is_fill(value, fill))
        }
        _ => values == fills,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::netcdf::ids::GroupId;
    use crate::netcdf::types::Type;

    fn user(class: UserClass) -> UserType {
        UserType { name: "t".to_owned(), group: GroupId::ROOT, size: 8, class }
    }

    fn shown(user: &UserType, value: &UserValue) -> String {
        let mut out = Vec::new();
        show(&mut out, user, value);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn numbers_of_an_enumeration_have_names() {
        let members = vec![("a b".to_owned(), 1), ("c".to_owned(), -1)];
        let user = user(UserClass::Enum { base: Type::Byte, members });
        for (number, text) in [(1, "a b"), (-1, "c"), (0, "_UNDEFINED"), (7, "7")] {
            assert_eq!(shown(&user, &UserValue::Enum(number)), text);
        }
    }

    #[test]
    fn lists_and_bytes() {
        let list = user(UserClass::Vlen(Type::Float));
        assert_eq!(shown(&list, &UserValue::Vlen(Value::Float(vec![1.0, f32::NAN]))), "{1, NaNf}");
        assert_eq!(shown(&list, &UserValue::Vlen(Value::Float(vec![]))), "{}");
        assert_eq!(
            shown(&user(UserClass::Vlen(Type::Char)), &UserValue::Vlen(Value::Char(b"a\"\0".to_vec()))),
            "{a, \", }"
        );
        assert_eq!(shown(&user(UserClass::Opaque), &UserValue::Opaque(vec![0, 0xab])), "0X00AB");
    }

    #[test]
    fn records_nest() {
        let field = |name: &str, ty, dims| Field { name: name.to_owned(), offset: 0, ty, dims };
        let list = Arc::new(user(UserClass::Vlen(Type::String)));
        let record = user(UserClass::Compound(vec![
            field("a", Type::Int, vec![]),
            field("b", Type::Char, vec![2, 3]),
            field("c", Type::Char, vec![]),
            field("d", Type::Short, vec![2, 2]),
            field("e", Type::User(list.clone()), vec![]),
        ]));
        let value = UserValue::Compound(vec![
            Value::Int(vec![-1]),
            Value::Char(b"ab\0c\n\xff".to_vec()),
            Value::Char(b"\0".to_vec()),
            Value::Short(vec![1, 2, 3, 4]),
            Value::User(list, vec![UserValue::Vlen(Value::String(vec![Some(b"x\ny".to_vec()), None]))]),
        ]);
        assert_eq!(shown(&record, &value), "{-1, {\"ab\", \"c\\\n\\377\"}, \"\", {1, 2, 3, 4}, {\"x\\ny\", NIL}}");
    }

    #[test]
    fn fill_values_are_met_member_by_member() {
        let value = |number| UserValue::Compound(vec![Value::Double(vec![number]), Value::Int(vec![1])]);
        assert!(is_fill(&value(1.0), &value(1.0 + f64::EPSILON)));
        assert!(!is_fill(&value(1.0), &value(1.5)));
    }
}
