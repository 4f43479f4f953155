//! Whether elements can be borrowed from a file, and how.

use super::ByteOrder;
use crate::error::Result;

/// Why a dataset cannot be borrowed as a plain slice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NotBorrowable {
    /// The source reads instead of mapping.
    NotMapped,
    /// The data lie in more than one chunk or record.
    Scattered,
    /// The data pass through filters.
    Filtered,
    /// The data were never written: they read as the fill value.
    NotAllocated,
    /// The bytes are in the other order; a view still borrows them.
    ByteOrder,
    /// The address is not a multiple of the alignment; a view still borrows them.
    Misaligned,
    /// The stored type is another one.
    Type,
}

impl std::fmt::Display for NotBorrowable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            NotBorrowable::NotMapped => "the file is read, not mapped",
            NotBorrowable::Scattered => "the data lie in several places",
            NotBorrowable::Filtered => "the data are filtered",
            NotBorrowable::NotAllocated => "the data were never written",
            NotBorrowable::ByteOrder => "the bytes are in the other order",
            NotBorrowable::Misaligned => "the address is not aligned",
            NotBorrowable::Type => "the stored type is another one",
        })
    }
}

impl std::error::Error for NotBorrowable {}

/// How elements can be borrowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Borrowable {
    /// As a slice of this machine's numbers.
    Native,
    /// As little-endian numbers at any address.
    LittleEndian,
    /// As big-endian numbers at any address.
    BigEndian,
    /// Not at all, and why.
    No(NotBorrowable),
}

impl Borrowable {
    /// This machine's numbers at any address.
    const MISALIGNED: Borrowable = match ByteOrder::NATIVE {
        ByteOrder::Little => Borrowable::LittleEndian,
        ByteOrder::Big => Borrowable::BigEndian,
    };

    /// The strongest form of stored elements of `size` bytes; 0 is a size that differs from element to element.
    pub fn of(stored: Result<&[u8], NotBorrowable>, size: u64, order: ByteOrder) -> Self {
        match stored {
            Err(reason) => Borrowable::No(reason),
            Ok(_) if size == 0 => Borrowable::No(NotBorrowable::Type),
            Ok(_) if size > 1 && order != ByteOrder::NATIVE => match order {
                ByteOrder::Big => Borrowable::BigEndian,
                ByteOrder::Little => Borrowable::LittleEndian,
            },
            Ok(bytes) if (bytes.as_ptr().addr() as u64).is_multiple_of(size) => Borrowable::Native,
            Ok(_) => Borrowable::MISALIGNED,
        }
    }
}

impl std::fmt::Display for Borrowable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Borrowable::Native => f.write_str("native slice"),
            Borrowable::LittleEndian => f.write_str("little-endian slice"),
            Borrowable::BigEndian => f.write_str("big-endian slice"),
            Borrowable::No(reason) => write!(f, "copied: {reason}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misaligned_numbers_of_this_machine_are_borrowed_in_its_order() {
        let bytes = [0u64; 2];
        let bytes: &[u8] = bytemuck::cast_slice(&bytes);
        let expected = match ByteOrder::NATIVE {
            ByteOrder::Little => Borrowable::LittleEndian,
            ByteOrder::Big => Borrowable::BigEndian,
        };
        assert_eq!(Borrowable::of(Ok(&bytes[1..9]), 8, ByteOrder::NATIVE), expected);
        assert_eq!(Borrowable::of(Ok(&bytes[..8]), 8, ByteOrder::NATIVE), Borrowable::Native);
    }
}
