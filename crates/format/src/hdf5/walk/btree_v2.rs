//! btree_v2.
