//! object_header.
