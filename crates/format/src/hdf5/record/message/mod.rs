//! The messages of object headers (section IV.A.2).

pub(crate) mod attribute;
pub(crate) mod attribute_info;
pub(crate) mod dataspace;
pub(crate) mod datatype;
pub(crate) mod fill_value;
pub(crate) mod filter_pipeline;
pub(crate) mod layout;
pub(crate) mod link;
pub(crate) mod link_info;
pub(crate) mod misc;
pub(crate) mod shared;
