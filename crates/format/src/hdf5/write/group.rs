//! Groups: their links, in the header or beside it.

use std::collections::HashSet;

use super::attributes::{AttributeSpec, Attributes};
use super::dense_links;
use super::file::FileWriter;
use super::object::{Describe, ObjectAddress, Output};
use super::object_spec::{CreationOrder, ObjectSpec};
use super::options::Level;
use super::symbol_table;
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
    /// Whether the order of the links is kept. By default it is, and not at [`Level::Earliest`].
    pub link_order: Option<CreationOrder>,
    /// What else there is of it.
    pub object: ObjectSpec,
}

/// A link of a group that is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkSpec {
    /// The name.
    pub name: String,
    /// What it leads to.
    pub to: LinkTo,
}

/// Whether readers find a link of this name.
pub(in crate::hdf5) fn is_link_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(['/', '\0'])
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
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage).
    pub(in crate::hdf5) fn check(&self) -> Result<()> {
        let LinkSpec { name, to } = self;
        if !is_link_name(name) {
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
    fn to_link(&self, order: Option<i64>, file: Option<&FileWriter>) -> Result<Link> {
        let bytes = |text: &String| text.as_bytes().to_vec();
        let target = match &self.to {
            LinkTo::Object(object) => {
                LinkTarget::Hard(Addr(file.map_or(Ok(object.offset()), |file| file.add_link(*object))?))
            }
            LinkTo::Path(path) => LinkTarget::Soft(bytes(path)),
            LinkTo::File { file, path } => LinkTarget::External { file: bytes(file), path: bytes(path) },
        };
        let link = Link::new(&self.name, target, order.unwrap_or(0));
        Ok(if order.is_some() { link } else { link.without_order() })
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

    fn links(&self, order: CreationOrder, file: Option<&FileWriter>) -> Result<Vec<Link>> {
        let to_link = |(link, n): (&LinkSpec, i64)| {
            link.to_link(order.is_tracked().then_some(n), file).in_object(&format!("link {}", link.name))
        };
        self.links.iter().zip(0..).map(to_link).collect()
    }
}

impl Describe for GroupSpec {
    fn kind(&self) -> ObjectKind {
        ObjectKind::Group
    }

    fn header(&self, to: Output) -> Result<ObjectHeader> {
        self.check()?;
        if let Some(file) = to.file {
            file.add_users(&self.attributes)?;
        }
        let order = CreationOrder::or_default(self.link_order, to.level);
        let links = self.links(order, to.file)?;
        let attributes = Attributes::encode(to, &self.attributes, self.object.attribute_order)?;
        let mut header = self.object.header(to, &attributes, None);
        let early = to.level == Level::Earliest && !order.is_tracked();
        header.messages = match early && links.iter().all(symbol_table::holds) {
            true => vec![symbol_table_message(to, &links)?],
            false => link_messages(to, &links, order)?,
        };
        self.object.complete(&mut header, to, attributes)?;
        Ok(header)
    }
}

fn symbol_table_message(to: Output, links: &[Link]) -> Result<Message> {
    Message::new(MessageType::SYMBOL_TABLE, 0, &symbol_table::write(to.file, links)?, Widths::WIDE)
}

/// The messages of links, in the header or beside it.
fn link_messages(to: Output, links: &[Link], order: CreationOrder) -> Result<Vec<Message>> {
    links.iter().try_for_each(dense_links::check)?;
    let dense = dense_links::is_needed(links, MAX_COMPACT);
    let info = info(links.len(), order);
    let info = match to.file.filter(|_| dense) {
        Some(file) => dense_links::write_like(file, &info, links)?,
        None => info,
    };
    let mut messages = vec![Message::new(MessageType::LINK_INFO, 0, &info, Widths::WIDE)?];
    let [compact, minimum] = PHASE_CHANGE;
    let count = u16::try_from(links.len()).unwrap_or(u16::MAX);
    let phase_change = (!dense && count > compact).then_some([count, minimum]);
    let group = GroupInfo { version: 0, flags: u8::from(phase_change.is_some()), phase_change, estimate: None };
    messages.push(Message::new(MessageType::GROUP_INFO, flags::CONSTANT, &group, ())?);
    for link in links.iter().filter(|_| !dense) {
        messages.push(Message::new(MessageType::LINK, 0, link, Widths::WIDE)?);
    }
    Ok(messages)
}

/// The message of so many links that are in the header.
pub(in crate::hdf5) fn info(links: usize, order: CreationOrder) -> LinkInfo {
    LinkInfo {
        version: 0,
        flags: order.flags(),
        next_index: order.is_tracked().then_some(links as u64),
        fractal_heap: Addr::UNDEFINED,
        name_index: Addr::UNDEFINED,
        order_index: order.is_indexed().then_some(Addr::UNDEFINED),
    }
}
