//! global_heap.
