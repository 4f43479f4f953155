//! superblock.
