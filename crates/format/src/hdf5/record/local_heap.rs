//! local_heap.
