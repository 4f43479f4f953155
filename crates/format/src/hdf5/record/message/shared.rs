//! The shared message.
