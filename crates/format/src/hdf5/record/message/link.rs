//! The link message.
