//! What names a dimension, a variable or a group of a schema.

/// A dimension of a [`Schema`](super::Schema), by its position there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DimensionId(pub usize);

/// A variable of a [`Schema`](super::Schema), by its position there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VariableId(pub usize);

/// A group of a [`Schema`](super::Schema), by its position there; the root is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupId(pub usize);

impl GroupId {
    /// The root group.
    pub const ROOT: GroupId = GroupId(0);
}
