//! What every object can have beside its contents: a comment, times, attributes in an order.

use super::attributes::Attributes;
use super::object::Output;
use super::options::Level;
use crate::error::{Error, Result};
use crate::hdf5::datatype::{Datatype, IntegerLayout};
use crate::hdf5::object::header::ObjectHeader;
use crate::hdf5::object::message::Message;
use crate::hdf5::record::message::misc::ModificationTime;
use crate::hdf5::record::message::MessageType;
use crate::hdf5::record::object_header::PrefixV2;

pub use crate::hdf5::object::creation::{CreationOrder, Times};

impl CreationOrder {
    /// The order where nobody chose one: it takes the forms of HDF5 1.8.
    pub(super) fn or_default(chosen: Option<CreationOrder>, level: Level) -> Self {
        chosen.unwrap_or(if level == Level::Earliest { CreationOrder::Untracked } else { CreationOrder::Indexed })
    }
}

/// What every object can have beside its contents and attributes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ObjectSpec {
    /// A comment (`H5Oset_comment`).
    pub comment: Option<String>,
    /// Its times, if it has any.
    pub times: Option<Times>,
    /// Whether the order of the attributes is kept. By default it is, and not at [`Level::Earliest`].
    pub attribute_order: Option<CreationOrder>,
}

impl ObjectSpec {
    /// An object header of the oldest version that holds the attributes and a type, if the object has one, without messages.
    pub(super) fn header(&self, to: Output, attributes: &Attributes, datatype: Option<&Datatype>) -> ObjectHeader {
        let order = attributes.order();
        let mut header = ObjectHeader::new();
        let needs_checksum = attributes.need_checksum() || datatype.is_some_and(has_sparse_numbers);
        if to.level == Level::Earliest && !order.is_tracked() && !attributes.is_dense() && !needs_checksum {
            return ObjectHeader { version: 1, flags: 0, ..header };
        }
        header.flags = [
            (order.is_tracked(), PrefixV2::ATTRIBUTE_ORDER_TRACKED),
            (order.is_indexed(), PrefixV2::ATTRIBUTE_ORDER_INDEXED),
            (self.times.is_some(), PrefixV2::TIMES),
        ]
        .into_iter()
        .filter_map(|(is_set, flag)| is_set.then_some(flag))
        .fold(0, |flags, flag| flags | flag);
        header.times = self.times.map(|t| [t.access, t.modification, t.change, t.birth]);
        header
    }

    /// Adds what is not of one kind of object: the attributes, the comment, the time of a header that has no other place for
    /// it.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for a comment that ends early; those of the attributes.
    pub(super) fn complete(&self, header: &mut ObjectHeader, to: Output, attributes: Attributes) -> Result<()> {
        if let (1, Some(times)) = (header.version, self.times) {
            let time = ModificationTime { version: 1, seconds: times.modification };
            header.messages.push(Message::new(MessageType::MODIFICATION_TIME, 0, &time, ())?);
        }
        if let Some(comment) = &self.comment {
            if comment.contains('\0') {
                return Err(Error::usage(format!("the comment {comment:?}")));
            }
            let body = [comment.as_bytes(), b"\0"].concat();
            header.messages.push(Message::from_body(MessageType::COMMENT, 0, body)?);
        }
        header.messages.extend(attributes.messages(to, header.version)?);
        Ok(())
    }
}

/// Whether a type has numbers of which at most half of the bits count. HDF5 2.0 takes those for damage where no checksum
/// says that they are none.
pub(super) fn has_sparse_numbers(datatype: &Datatype) -> bool {
    datatype.any(&|part| match part {
        Datatype::Integer(layout) | Datatype::BitField(layout) => {
            let IntegerLayout { size, precision, .. } = *layout;
            size > 1 && u64::from(precision) <= size.saturating_mul(4)
        }
        Datatype::Float(layout) => layout.size > 1 && u64::from(layout.precision) <= layout.size.saturating_mul(4),
        _ => false,
    })
}
