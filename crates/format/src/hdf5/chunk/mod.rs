//! Chunk indexes: from the position of a chunk to its address.
