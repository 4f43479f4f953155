//! Groups: their links, in the header or beside it.

use std::collections::HashSet;

use super::attributes::{self, AttributeSpec};
use super::dense_links;
use super::file::FileWriter;
use super::object::{Describe, ObjectAddress};
use crate::error::{Context, Error, Result};
use crate::hdf5::object::header::{ObjectHeader, ObjectKind};
use crate::hdf5::object::message::Message;
use crate::hdf5::record::message::link::{Link, LinkTarget};
use crate::hdf5::record::message::link_info::{GroupInfo, LinkInfo};
use crate::hdf5::record::message::{flags, MessageType};
use crate::wire::width::{Addr, Widths};

/// Groups with more links keep them beside the header, where a name is found without reading all of them.
const MAX_COMPACT: usize = 32;
/// The most links in a header, and the fewest beside it, of groups that say nothing about it.
pub(in crate::hdf5) const PHASE_CHANGE: [u16; 2] = [8, 6];

/// A group to write.
#[derive(Debug, Clone, Default)]
pub struct GroupSpec {
    /// Its links, in the order of their creation. Names are not empty, differ, and have no `/`.
    pub links: Vec<LinkSpec>,
    /// Its attributes.
    pub attributes: Vec<AttributeSpec>,
}

/// A link of a group that is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkSpec {
    /// The name.
    pub name: String,
    /// What it leads to.
    pub to: LinkTo,
}

/// What a link leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkTo {
    /// An object of this file.
    Object(ObjectAddress),
    /// Whatever has this path.
    Path(String),
    /// Whatever has a path in another file.
    File {
        /// The name of the file.
        file: String,
        /// The path of the object there.
        path: String,
    },
}

impl LinkSpec {
    /// A hard link.
    pub fn hard(name: impl Into<String>, object: ObjectAddress) -> Self {
        LinkSpec { name: name.into(), to: LinkTo::Object(object) }
    }

    /// Refuses what no reader finds again.
    fn check(&self) -> Result<()> {
        let LinkSpec { name, to } = self;
        if name.is_empty() || name.contains(['/', '\0']) {
            return Err(Error::usage(format!("a link cannot be named {name:?}")));
        }
        let nowhere = |text: &String| text.is_empty() || text.contains('\0');
        match to {
            LinkTo::Path(path) if nowhere(path) => Err(Error::usage(format!("the link {name} leads to {path:?}"))),
            LinkTo::File { file, path } if nowhere(file) || nowhere(path) => {
                Err(Error::usage(format!("the link {name} leads to {path:?} of {file:?}")))
            }
            _ => Ok(()),
        }
    }

    /// The record; with the file that it is written to, if there is one.
    fn to_link(&self, order: i64, file: Option<&FileWriter>) -> Result<Link> {
        let bytes = |text: &String| text.as_bytes().to_vec();
        let target = match &self.to {
            LinkTo::Object(object) => {
                LinkTarget::Hard(Addr(file.map_or(Ok(object.offset()), |file| file.add_link(*object))?))
            }
            LinkTo::Path(path) => LinkTarget::Soft(bytes(path)),
            LinkTo::File { file, path } => LinkTarget::External { file: bytes(file), path: bytes(path) },
        };
        Ok(Link::new(&self.name, target, order))
    }
}

impl GroupSpec {
    /// Refuses names that no reader finds again.
    fn check(&self) -> Result<()> {
        let mut names = HashSet::new();
        for link in &self.links {
            link.check()?;
            if !names.insert(link.name.as_str()) {
                return Err(Error::usage(format!("two links of one group are named {:?}", link.name)));
            }
        }
        Ok(())
    }
}

impl Describe for GroupSpec {
    fn kind(&self) -> ObjectKind {
        ObjectKind::Group
    }

    fn header(&self, file: Option<&FileWriter>) -> Result<ObjectHeader> {
        self.check()?;
        let to_link =
            |(link, order): (&LinkSpec, i64)| link.to_link(order, file).in_object(&format!("link {}", link.name));
        let links = self.links.iter().zip(0..).map(to_link);
        let links = links.collect::<Result<Vec<Link>>>()?;
        let dense = links.len() > MAX_COMPACT;
        let info = match file.filter(|_| dense) {
            Some(file) => dense_links::write(file, &links)?,
            None => compact_info(links.len()),
        };
        let mut header = ObjectHeader::new();
        header.messages.push(Message::new(MessageType::LINK_INFO, 0, &info, Widths::WIDE)?);
        let [compact, minimum] = PHASE_CHANGE;
        let count = u16::try_from(links.len()).unwrap_or(u16::MAX);
        let phase_change = (!dense && count > compact).then_some([count, minimum]);
        let group = GroupInfo { version: 0, flags: u8::from(phase_change.is_some()), phase_change, estimate: None };
        header.messages.push(Message::new(MessageType::GROUP_INFO, flags::CONSTANT, &group, ())?);
        for link in links.iter().filter(|_| !dense) {
            header.messages.push(Message::new(MessageType::LINK, 0, link, Widths::WIDE)?);
        }
        header.messages.extend(attributes::messages(file, &self.attributes)?);
        Ok(header)
    }
}

/// The message of a group whose links lie in its header and have an order.
pub(in crate::hdf5) fn compact_info(links: usize) -> LinkInfo {
    LinkInfo {
        version: 0,
        flags: 3,
        next_index: Some(links as u64),
        fractal_heap: Addr::UNDEFINED,
        name_index: Addr::UNDEFINED,
        order_index: Some(Addr::UNDEFINED),
    }
}
