//! The attribute_info message.
