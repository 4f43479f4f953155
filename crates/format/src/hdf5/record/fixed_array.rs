//! fixed_array.
