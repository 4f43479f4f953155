//! fractal_heap.
