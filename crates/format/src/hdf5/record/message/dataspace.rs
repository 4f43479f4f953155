//! The dataspace message.
