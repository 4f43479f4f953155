//! The layout message.
