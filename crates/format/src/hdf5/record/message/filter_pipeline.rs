//! The filter_pipeline message.
