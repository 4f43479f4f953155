//! The datatype message.
