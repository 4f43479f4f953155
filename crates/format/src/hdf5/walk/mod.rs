//! Navigation: from an address to the things that hang off it. Nothing here decodes raw data.

pub(crate) mod attributes;
pub(crate) mod btree_v1;
pub(crate) mod btree_v2;
mod datatype;
mod dense;
pub(crate) mod fractal_heap;
pub(crate) mod global_heap;
pub(crate) mod links;
pub(crate) mod local_heap;
pub(crate) mod object;
pub(crate) mod path;
pub(crate) mod shared;
#[cfg(test)]
pub(crate) mod testing;
pub(crate) mod visited;
