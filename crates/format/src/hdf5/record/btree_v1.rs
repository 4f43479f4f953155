//! btree_v1.
