//! The filter pipeline: a static registry, one file a filter, decode and encode side by side.
