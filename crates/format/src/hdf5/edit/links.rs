//! The links of a group that is changed, wherever they lie.

use crate::error::{Error, Result};
use crate::hdf5::object::header::{ObjectHeader, ObjectKind};
use crate::hdf5::object::message::Message;
use crate::hdf5::record::message::link::{Link, LinkTarget};
use crate::hdf5::record::message::link_info::{GroupInfo, LinkInfo};
use crate::hdf5::record::message::{flags, MessageType};
use crate::hdf5::references::{place, Places};
use crate::hdf5::space::AddressSpace;
use crate::hdf5::walk::links;
use crate::hdf5::write::dense_links;
use crate::hdf5::write::file::FileWriter;
use crate::hdf5::write::group::{info, is_link_name, PHASE_CHANGE};
use crate::hdf5::CreationOrder;
use crate::wire::width::{Addr, Widths};

/// The links of a group.
#[derive(Debug, Default)]
pub(super) struct Links {
    list: Vec<Link>,
    is_changed: bool,
}

impl Links {
    /// Reads the links of an object, if it is a group, and takes those of its header out of there.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn take(space: &AddressSpace, header: &mut ObjectHeader) -> Result<Self> {
        let list = match header.kind() {
            Some(ObjectKind::Group) => links::links(space, header)?,
            _ => Vec::new(),
        };
        header.messages.retain(|message| message.kind != MessageType::LINK);
        Ok(Links { list, is_changed: false })
    }

    /// The hard links: their names, and the objects that they lead to.
    pub fn hard(&self) -> impl Iterator<Item = (&[u8], u64)> + '_ {
        self.list.iter().filter_map(|link| match link.target {
            LinkTarget::Hard(address) => Some((link.name.as_slice(), address.get()?)),
            _ => None,
        })
    }

    /// The objects that hard links lead to.
    pub fn targets(&self) -> impl Iterator<Item = u64> + '_ {
        self.hard().map(|(_, to)| to)
    }

    pub fn is_changed(&self) -> bool {
        self.is_changed
    }

    /// Has them lead to where objects are now.
    pub fn follow(&mut self, places: &Places) {
        for link in &mut self.list {
            if let LinkTarget::Hard(address) = &mut link.target {
                *address = Addr(place(places, address.0));
            }
        }
    }

    /// What a link leads to.
    pub fn get(&self, name: &[u8]) -> Option<&LinkTarget> {
        self.list.iter().find(|link| link.name == name).map(|link| &link.target)
    }

    /// Adds a link; `header` is that of the group, which may count them.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for a name that no reader finds, or that another link has.
    pub fn add(&mut self, header: &mut ObjectHeader, name: &str, target: LinkTarget) -> Result<()> {
        self.check(name)?;
        let order = next_index(header)?;
        self.list.push(named(name, target, order));
        self.is_changed = true;
        Ok(())
    }

    /// Takes a link away; returns where it led.
    pub fn delete(&mut self, name: &[u8]) -> Option<LinkTarget> {
        let at = self.list.iter().position(|link| link.name == name)?;
        self.is_changed = true;
        Some(self.list.remove(at).target)
    }

    /// Gives links other names, all at once: they may change names with each other.
    ///
    /// # Errors
    /// As [`Links::add`]; [`Kind::NotFound`](crate::Kind::NotFound) for a link that is not there.
    pub fn rename_all(&mut self, names: &[(String, String)]) -> Result<()> {
        let mut renamed = Vec::with_capacity(names.len());
        for (old, new) in names {
            let at = self.list.iter().position(|link| link.name == old.as_bytes());
            let at = at.ok_or_else(|| Error::not_found(format!("there is no link {old}")))?;
            renamed.extend(self.list.get(at).map(|link| (at, named(new, link.target.clone(), link.creation_order))));
        }
        let kept: Vec<&Link> = self
            .list
            .iter()
            .enumerate()
            .filter(|(at, _)| renamed.iter().all(|(to, _)| to != at))
            .map(|(_, link)| link)
            .collect();
        for (n, (_, link)) in renamed.iter().enumerate() {
            let name = String::from_utf8_lossy(&link.name);
            let before = renamed.iter().take(n).map(|(_, other)| other);
            legal(&name)?;
            if before.chain(kept.iter().copied()).any(|other| other.name == link.name) {
                return Err(Error::usage(format!("there is a link {name} already")));
            }
        }
        for (at, link) in renamed {
            self.list.iter_mut().skip(at).take(1).for_each(|old| old.clone_from(&link));
        }
        self.is_changed = true;
        Ok(())
    }

    fn check(&self, name: &str) -> Result<()> {
        legal(name)?;
        match self.get(name.as_bytes()) {
            Some(_) => Err(Error::usage(format!("there is a link {name} already"))),
            None => Ok(()),
        }
    }

    /// The messages of a group that lead to its links. What lies beside the header goes into `file`, if there is one; without one
    /// the messages have the size that they will have.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io), [`Kind::Limit`](crate::Kind::Limit) for more links than a heap holds.
    pub fn put(&self, header: &mut ObjectHeader, file: Option<&FileWriter>) -> Result<()> {
        if let Some(at) = header.messages.iter().position(|message| message.kind == MessageType::SYMBOL_TABLE) {
            // A group of the oldest form becomes one of the new; its links have no order.
            let info = info(0, CreationOrder::Untracked);
            let info = Message::new(MessageType::LINK_INFO, 0, &info, Widths::WIDE)?;
            let group = Message::new(MessageType::GROUP_INFO, flags::CONSTANT, &GroupInfo::default(), ())?;
            header.messages.splice(at..=at, [info, group]);
        }
        let Some(at) = header.messages.iter().position(|message| message.kind == MessageType::LINK_INFO) else {
            return Ok(());
        };
        let Some(message) = header.messages.get(at) else { return Ok(()) };
        let old: LinkInfo = message.decode("link info message", Widths::WIDE)?;
        self.list.iter().try_for_each(dense_links::check)?;
        let is_dense = old.fractal_heap.get().is_some() || dense_links::is_needed(&self.list, most_compact(header)?);
        if !is_dense || self.list.is_empty() {
            let (fractal_heap, name_index) = (Addr::UNDEFINED, Addr::UNDEFINED);
            let order_index = old.order_index.map(|_| Addr::UNDEFINED);
            put_info(header, &LinkInfo { fractal_heap, name_index, order_index, ..old })?;
            let link = |link: &Link| Message::new(MessageType::LINK, 0, link, Widths::WIDE);
            let links = self.list.iter().map(link).collect::<Result<Vec<_>>>()?;
            header.messages.splice(at + 1..at + 1, links);
            return Ok(());
        }
        match file {
            Some(file) => put_info(header, &dense_links::write_like(file, &old, &self.list)?),
            None => Ok(()),
        }
    }
}

/// Refuses a name that no reader finds.
fn legal(name: &str) -> Result<()> {
    match name == "." || !is_link_name(name) {
        true => Err(Error::usage(format!("a link cannot be named {name:?}"))),
        false => Ok(()),
    }
}

/// A link that says what it is called, in the smallest form.
fn named(name: &str, target: LinkTarget, order: Option<i64>) -> Link {
    match order {
        Some(order) => Link::new(name, target, order),
        None => Link::new(name, target, 0).without_order(),
    }
}

/// The most links that the header of a group has.
fn most_compact(header: &ObjectHeader) -> Result<usize> {
    let said = header.find(MessageType::GROUP_INFO);
    let said: Option<GroupInfo> = said.map(|message| message.decode("group info message", ())).transpose()?;
    let [most, _] = said.and_then(|info| info.phase_change).unwrap_or(PHASE_CHANGE);
    Ok(most.into())
}

fn put_info(header: &mut ObjectHeader, info: &LinkInfo) -> Result<()> {
    let new = Message::new(MessageType::LINK_INFO, 0, info, Widths::WIDE)?;
    let old = header.messages.iter_mut().find(|message| message.kind == MessageType::LINK_INFO);
    old.into_iter().for_each(|old| old.body.clone_from(&new.body));
    Ok(())
}

/// Takes the next number of a link, where they are counted.
fn next_index(header: &mut ObjectHeader) -> Result<Option<i64>> {
    let Some(message) = header.find(MessageType::LINK_INFO) else { return Ok(None) };
    let mut info: LinkInfo = message.decode("link info message", Widths::WIDE)?;
    let Some(index) = info.next_index else { return Ok(None) };
    let order = i64::try_from(index).map_err(|_| Error::unsupported("more links of a group than can be counted"))?;
    info.next_index = Some(index + 1);
    put_info(header, &info)?;
    Ok(Some(order))
}
