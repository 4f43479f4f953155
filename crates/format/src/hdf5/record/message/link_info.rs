//! The link_info message.
