//! The fill_value message.
