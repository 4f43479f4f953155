//! The attribute message.
