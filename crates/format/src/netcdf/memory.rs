//! What elements take in the memory of a program that reads them through netCDF-C.

use super::types::{Type, UserClass, UserType};

/// The layout of a C type.
struct Layout {
    size: u64,
    alignment: u64,
}

impl Type {
    /// The size in bytes of one element in the memory of a C program, where texts and lists of any length are pointers and
    /// compounds have gaps.
    pub fn memory_size(&self) -> u64 {
        element(self).size
    }
}

impl UserType {
    /// The size in bytes of one element in the memory of a C program: see [`Type::memory_size`].
    pub fn memory_size(&self) -> u64 {
        layout(self).size
    }
}

fn layout(user: &UserType) -> Layout {
    match &user.class {
        UserClass::Enum { base, .. } => element(base),
        UserClass::Vlen(_) => Layout { size: 16, alignment: 8 },
        UserClass::Opaque => Layout { size: user.size, alignment: 1 },
        UserClass::Compound(fields) => {
            let mut whole = Layout { size: 0, alignment: 1 };
            for field in fields {
                let one = element(&field.ty);
                let size = field.dims.iter().fold(one.size, |size, &dim| size.saturating_mul(dim));
                let start = whole.size.checked_next_multiple_of(one.alignment).unwrap_or(u64::MAX);
                whole.size = start.saturating_add(size);
                whole.alignment = whole.alignment.max(one.alignment);
            }
            whole.size = whole.size.checked_next_multiple_of(whole.alignment).unwrap_or(u64::MAX);
            whole
        }
    }
}

fn element(ty: &Type) -> Layout {
    match ty {
        Type::User(user) => layout(user),
        Type::String => Layout { size: 8, alignment: 8 },
        other => Layout { size: other.size(), alignment: other.size() },
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::ids::GroupId;
    use super::super::types::Field;
    use super::*;

    fn user(class: UserClass, size: u64) -> UserType {
        UserType { name: "t".into(), group: GroupId::ROOT, size, class }
    }

    #[test]
    fn fields_are_aligned_and_arrays_of_structures_have_no_gaps_between_them() {
        let field = |name: &str, ty, dims| Field { name: name.into(), offset: 0, ty, dims };
        let inner =
            user(UserClass::Compound(vec![field("a", Type::Byte, vec![]), field("b", Type::Short, vec![3])]), 7);
        assert_eq!(inner.memory_size(), 8);
        let fields = vec![
            field("x", Type::Char, vec![]),
            field("text", Type::String, vec![]),
            field("inner", Type::User(Arc::new(inner)), vec![2]),
            field("end", Type::Byte, vec![]),
        ];
        assert_eq!(user(UserClass::Compound(fields), 32).memory_size(), 40);
        assert_eq!(user(UserClass::Vlen(Type::Byte), 16).memory_size(), 16);
        assert_eq!(user(UserClass::Opaque, 11).memory_size(), 11);
    }
}
