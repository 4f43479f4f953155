//! The misc message.
