//! Values of every type: random ones, parts of them, and their canonical bytes.

use std::sync::Arc;

use hyperslab::netcdf::{Attribute, Fill, Quantization, Type, UserClass, UserType, UserValue, Value, Variable};

use super::choices::Stream;

const TEXTS: [&str; 6] = ["", "one", "größe", "a longer text with spaces in it", "変数", "\n"];

/// Random elements of a type.
pub fn random(ty: &Type, count: usize, stream: &mut Stream) -> Value {
    let mut bits = stream.by_ref().take(count);
    macro_rules! list {
        ($convert:expr) => {
            bits.map($convert).collect()
        };
    }
    match ty {
        Type::Byte => Value::Byte(list!(|bits| bits as i8)),
        Type::Char => Value::Char(list!(|bits| bits as u8)),
        Type::Short => Value::Short(list!(|bits| bits as i16)),
        Type::Int => Value::Int(list!(|bits| bits as i32)),
        Type::Float => Value::Float(list!(|bits| bits as i32 as f32 / 64.0)),
        Type::Double => Value::Double(list!(|bits| bits as i64 as f64 / 1e6)),
        Type::UByte => Value::UByte(list!(|bits| bits as u8)),
        Type::UShort => Value::UShort(list!(|bits| bits as u16)),
        Type::UInt => Value::UInt(list!(|bits| bits as u32)),
        Type::Int64 => Value::Int64(list!(|bits| bits as i64)),
        Type::UInt64 => Value::UInt64(list!(|bits| bits)),
        Type::String => Value::String(list!(|bits| Some(TEXTS[bits as usize % TEXTS.len()].into()))),
        Type::User(user) => {
            let _ = bits.next();
            Value::User(user.clone(), (0..count).map(|_| element(user, stream)).collect())
        }
    }
}

fn element(user: &Arc<UserType>, stream: &mut Stream) -> UserValue {
    match &user.class {
        UserClass::Enum { members, .. } => UserValue::Enum(members[stream.below(members.len() as u64) as usize].1),
        UserClass::Opaque => UserValue::Opaque((0..user.size).map(|_| stream.draw() as u8).collect()),
        UserClass::Vlen(base) => {
            let count = stream.below(4) as usize;
            UserValue::Vlen(random(base, count, stream))
        }
        UserClass::Compound(fields) => {
            let count = |dims: &[u64]| dims.iter().product::<u64>() as usize;
            UserValue::Compound(fields.iter().map(|f| random(&f.ty, count(&f.dims), stream)).collect())
        }
    }
}

/// Some of the elements.
pub fn pick(value: &Value, places: &[usize]) -> Value {
    fn of<T: Clone>(list: &[T], places: &[usize]) -> Vec<T> {
        places.iter().map(|&place| list[place].clone()).collect()
    }
    match value {
        Value::Byte(v) => Value::Byte(of(v, places)),
        Value::Char(v) => Value::Char(of(v, places)),
        Value::Short(v) => Value::Short(of(v, places)),
        Value::Int(v) => Value::Int(of(v, places)),
        Value::Float(v) => Value::Float(of(v, places)),
        Value::Double(v) => Value::Double(of(v, places)),
        Value::UByte(v) => Value::UByte(of(v, places)),
        Value::UShort(v) => Value::UShort(of(v, places)),
        Value::UInt(v) => Value::UInt(of(v, places)),
        Value::Int64(v) => Value::Int64(of(v, places)),
        Value::UInt64(v) => Value::UInt64(of(v, places)),
        Value::String(v) => Value::String(of(v, places)),
        Value::User(user, v) => Value::User(user.clone(), of(v, places)),
    }
}

/// Gives some of the elements the value of another one.
pub fn overwrite(value: &mut Value, places: &[usize], one: &Value) {
    fn set<T: Clone>(list: &mut [T], places: &[usize], one: &[T]) {
        places.iter().for_each(|&place| list[place] = one[0].clone());
    }
    match (value, one) {
        (Value::Byte(v), Value::Byte(one)) => set(v, places, one),
        (Value::Char(v), Value::Char(one)) => set(v, places, one),
        (Value::Short(v), Value::Short(one)) => set(v, places, one),
        (Value::Int(v), Value::Int(one)) => set(v, places, one),
        (Value::Float(v), Value::Float(one)) => set(v, places, one),
        (Value::Double(v), Value::Double(one)) => set(v, places, one),
        (Value::UByte(v), Value::UByte(one)) => set(v, places, one),
        (Value::UShort(v), Value::UShort(one)) => set(v, places, one),
        (Value::UInt(v), Value::UInt(one)) => set(v, places, one),
        (Value::Int64(v), Value::Int64(one)) => set(v, places, one),
        (Value::UInt64(v), Value::UInt64(one)) => set(v, places, one),
        (Value::String(v), Value::String(one)) => set(v, places, one),
        (Value::User(_, v), Value::User(_, one)) => set(v, places, one),
        (value, one) => panic!("{one:?} among {value:?}"),
    }
}

/// What unwritten elements read as, where that is determined (the default fill values are those of netcdf.h).
pub fn fill(variable: &Variable) -> Option<Value> {
    let attribute = variable.attributes.iter().find(|a| a.name == "_FillValue").map(|a| &a.value);
    if let Some(value) = attribute.filter(|value| variable.fill != Fill::None && value.ty() == variable.ty) {
        return Some(value.clone());
    }
    match &variable.fill {
        Fill::Value(value) => return Some(value.clone()),
        Fill::None => return None,
        Fill::Default => {}
    }
    default(&variable.ty)
}

/// Adds the attributes that a writer adds: where values are rounded, and where the fill value is not the default.
pub fn tell(variable: &mut Variable) {
    tell_fill(variable);
    if let Some(Quantization { mode, digits }) = variable.quantization {
        variable.attributes.insert(0, Attribute::new(mode.attribute(), Value::Int(vec![digits.into()])));
    }
}

fn tell_fill(variable: &mut Variable) {
    let Fill::Value(value) = &variable.fill else { return };
    let is_default = default(&variable.ty).as_ref() == Some(value) || *value == Value::String(vec![Some(vec![])]);
    if !is_default && variable.attribute("_FillValue").is_none() {
        variable.attributes.insert(0, Attribute::new("_FillValue", value.clone()));
    }
}

fn default(ty: &Type) -> Option<Value> {
    Some(match ty {
        Type::Byte => Value::Byte(vec![-127]),
        Type::Char => Value::Char(vec![0]),
        Type::Short => Value::Short(vec![-32767]),
        Type::Int => Value::Int(vec![-2_147_483_647]),
        Type::Float => Value::Float(vec![f32::from_bits(0x7cf0_0000)]),
        Type::Double => Value::Double(vec![f64::from_bits(0x479e_0000_0000_0000)]),
        Type::UByte => Value::UByte(vec![255]),
        Type::UShort => Value::UShort(vec![65535]),
        Type::UInt => Value::UInt(vec![u32::MAX]),
        Type::Int64 => Value::Int64(vec![-9_223_372_036_854_775_806]),
        Type::UInt64 => Value::UInt64(vec![u64::MAX - 1]),
        Type::String => Value::String(vec![None]),
        Type::User(_) => return None,
    })
}

/// The elements one after the other, numbers little-endian, the length before every text and list.
pub fn canonical(value: &Value) -> Vec<u8> {
    match value {
        Value::Byte(v) => v.iter().map(|&v| v as u8).collect(),
        Value::Char(v) | Value::UByte(v) => v.clone(),
        Value::Short(v) => v.iter().flat_map(|v| v.to_le_bytes()).collect(),
        Value::Int(v) => v.iter().flat_map(|v| v.to_le_bytes()).collect(),
        Value::Float(v) => v.iter().flat_map(|v| v.to_le_bytes()).collect(),
        Value::Double(v) => v.iter().flat_map(|v| v.to_le_bytes()).collect(),
        Value::UShort(v) => v.iter().flat_map(|v| v.to_le_bytes()).collect(),
        Value::UInt(v) => v.iter().flat_map(|v| v.to_le_bytes()).collect(),
        Value::Int64(v) => v.iter().flat_map(|v| v.to_le_bytes()).collect(),
        Value::UInt64(v) => v.iter().flat_map(|v| v.to_le_bytes()).collect(),
        Value::String(v) => v.iter().flat_map(|v| counted(v.as_deref().unwrap_or_default())).collect(),
        Value::User(user, v) => v.iter().flat_map(|v| canonical_element(user, v)).collect(),
    }
}

fn counted(text: &[u8]) -> Vec<u8> {
    [&(text.len() as u64).to_le_bytes(), text].concat()
}

fn canonical_element(user: &UserType, value: &UserValue) -> Vec<u8> {
    match (&user.class, value) {
        (UserClass::Enum { base, .. }, UserValue::Enum(number)) => {
            number.to_le_bytes()[..base.size() as usize].to_vec()
        }
        (_, UserValue::Opaque(bytes)) => bytes.clone(),
        (_, UserValue::Vlen(list)) => [&(list.len() as u64).to_le_bytes(), &canonical(list)[..]].concat(),
        (_, UserValue::Compound(fields)) => fields.iter().flat_map(canonical).collect(),
        (class, value) => panic!("{value:?} of {class:?}"),
    }
}
