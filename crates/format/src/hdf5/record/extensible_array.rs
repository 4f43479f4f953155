//! extensible_array.
