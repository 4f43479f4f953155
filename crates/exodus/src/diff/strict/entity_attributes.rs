//! Attributes of entities as a whole, which users add.

use std::mem::discriminant;

use hyperslab::netcdf::{Attribute, Value};

use super::super::names::Pairs;
use super::Strict;
use crate::kind::EntityType;

/// Every kind that has a list of entities.
fn listed() -> impl Iterator<Item = EntityType> {
    let kinds = EntityType::BLOCKS.into_iter().chain(EntityType::SETS).chain(EntityType::MAPS);
    kinds.chain([EntityType::Assembly, EntityType::Blob])
}

impl Strict<'_, '_, '_> {
    /// Compares the attributes of the model, of the nodes, and of all entities.
    pub(super) fn all_entity_attributes(&mut self) {
        self.entity_attributes(EntityType::Global, [0, 0], "the model");
        self.entity_attributes(EntityType::Nodal, [0, 0], "the nodes");
        let [first, second] = self.models;
        for kind in listed() {
            for entity in first.entities(kind) {
                if let Some(partner) = second.partner(kind, entity) {
                    let of = format!("{} {}", kind.label(), entity.id);
                    self.entity_attributes(kind, [entity.index, partner.index], &of);
                }
            }
        }
    }

    fn entity_attributes(&mut self, kind: EntityType, [index, partner]: [usize; 2], of: &str) {
        let [first, second] = self.models;
        let a = first.mesh.entity_attributes(kind, index);
        let b = second.mesh.entity_attributes(kind, partner);
        let pairs = Pairs::by_key(a, b, |attribute| attribute.name.clone());
        for (one, partner) in a.iter().zip(&pairs.partners) {
            let what = format!("attribute '{}' of {of}", one.name);
            match partner.and_then(|n| b.get(n)) {
                None => self.alone(&what, true),
                Some(other) if is_same(&one.value, &other.value) => {}
                Some(other) => {
                    let [one, other] = [one, other].map(shown);
                    self.differs(format!("The {what} is not the same: {one} and {other}."));
                }
            }
        }
        for (other, _) in b.iter().zip(&pairs.taken).filter(|(_, &taken)| !taken) {
            self.alone(&format!("attribute '{}' of {of}", other.name), false);
        }
    }
}

/// Whether two values are the same, in whatever type their containers hold them.
fn is_same(a: &Value, b: &Value) -> bool {
    if let (Some(a), Some(b)) = (a.as_text(), b.as_text()) {
        return a.trim_end() == b.trim_end();
    }
    match discriminant(a) == discriminant(b) {
        true => a == b,
        false => numbers(a).zip(numbers(b)).is_some_and(|(a, b)| a == b),
    }
}

#[allow(clippy::cast_precision_loss)] // integers above 2^53 are compared as such where their types are the same
fn numbers(value: &Value) -> Option<Vec<f64>> {
    fn list<T: Copy + Into<f64>>(values: &[T]) -> Vec<f64> {
        values.iter().map(|&value| value.into()).collect()
    }
    Some(match value {
        Value::Byte(v) => list(v),
        Value::Short(v) => list(v),
        Value::Int(v) => list(v),
        Value::Float(v) => list(v),
        Value::Double(v) => v.clone(),
        Value::UByte(v) => list(v),
        Value::UShort(v) => list(v),
        Value::UInt(v) => list(v),
        Value::Int64(v) => v.iter().map(|&value| value as f64).collect(),
        Value::UInt64(v) => v.iter().map(|&value| value as f64).collect(),
        Value::Char(_) | Value::String(_) | Value::User(..) => return None,
    })
}

/// A value in few words.
fn shown(attribute: &Attribute) -> String {
    match (attribute.value.as_text(), numbers(&attribute.value).as_deref()) {
        (Some(text), _) => format!("{text:?}"),
        (None, Some(&[value])) => value.to_string(),
        (None, _) => format!("{} values", attribute.value.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_the_same_in_any_type() {
        assert!(is_same(&Value::Int(vec![1, 2]), &Value::Int64(vec![1, 2])));
        assert!(is_same(&Value::Float(vec![0.5]), &Value::Double(vec![0.5])));
        assert!(is_same(&Value::text("a"), &Value::String(vec![Some(b"a".to_vec())])));
        assert!(!is_same(&Value::Int(vec![1, 2]), &Value::Int(vec![1])));
        assert!(!is_same(&Value::Int64(vec![i64::MAX]), &Value::Int64(vec![i64::MAX - 1])));
        assert!(!is_same(&Value::text("1"), &Value::Int(vec![1])));
    }
}
