//! Changing an HDF5 file where it is.

mod attributes;
mod create;
mod detached;
mod elements;
mod freed;
mod graph;
pub(crate) mod growing;
mod heaps;
mod links;
mod node;
mod objects;
mod publish;
mod referring;
pub(crate) mod session;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use self::detached::{now, Detached};
use self::node::Node;
use self::session::Session;
use super::builder::{AttributeSpec, DatasetWriter, ObjectAddress};
use super::object::header::ObjectKind;
use super::record::message::link::LinkTarget;
use super::repack::Progress;
use super::write::file::FileWriter;
use crate::error::{Context, Error, Result};
use crate::sink::InPlace;
use crate::watched::Watched;
use crate::wire::width::Addr;

/// An HDF5 file that is changed: any number of changes, which become part of the file together.
///
/// Nothing that a reader can reach is written over. [`Editor::publish`] writes what is new beside what is there, makes it durable,
/// and then publishes it within one sector of the disk: a crash leaves the file as it was, or as it shall be. An editor that is
/// dropped without it leaves the file as it was. A change of the attributes of one object is published by the first block of its
/// header, where that is possible; otherwise the objects that change get another place, with all that leads to them.
///
/// A file with a user block, with space that is managed in it (pages among them), or with a metadata cache image is written anew:
/// a copy beside it is changed, and written again in the place of the file, in one step. It has the user block and the pages then.
///
/// ```
/// use hyperslab::hdf5::builder::{AttributeSpec, Builder, GroupSpec};
/// use hyperslab::hdf5::{Datatype, Editor, File};
/// use hyperslab::{ByteOrder, NumberType};
///
/// # fn main() -> hyperslab::Result<()> {
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a.h5");
/// let builder = Builder::create(&path, false)?;
/// let root = builder.add_group(&GroupSpec::default())?;
/// builder.finish(root)?;
/// let double = Datatype::Number(NumberType::F64, ByteOrder::Little);
/// let mut editor = Editor::open(&path)?;
/// editor.set_attribute("/", &AttributeSpec::scalar("scale", double, 2.5f64.to_le_bytes().to_vec()))?;
/// editor.rename_attribute("/", "scale", "factor")?;
/// editor.close()?;
/// assert!(File::open(&path)?.root()?.attribute("factor")?.is_some());
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Editor {
    path: PathBuf,
    file: FileWriter,
    session: Session,
    /// The datasets whose elements are changed, and the lengths that they get.
    datasets: BTreeMap<u64, (DatasetWriter, Vec<u64>)>,
    /// The datasets that were written anew as a whole.
    reshaped: BTreeSet<u64>,
    /// The copy that is changed, where the file cannot be.
    detached: Option<Detached>,
}

impl Editor {
    /// Opens a file for change, and locks it against other writers.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io) if it cannot be opened or another program writes to it;
    /// [`Kind::Malformed`](crate::Kind::Malformed) when it is no HDF5 file; [`Kind::Unsupported`](crate::Kind::Unsupported) for a file
    /// of several members, that was not closed by its last writer, or with addresses of other than 8 bytes, and for one that is to
    /// be written anew and has what a copy cannot have.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        InPlace::open(path).and_then(|sink| Self::on(path, Box::new(sink))).in_file(path)
    }

    /// An object as it is until the changes are published, for links and references to it.
    ///
    /// # Errors
    /// [`Kind::NotFound`](crate::Kind::NotFound) if there is none.
    pub fn object(&mut self, path: &str) -> Result<ObjectAddress> {
        self.find(path).in_file(&self.path)
    }

    fn find(&mut self, path: &str) -> Result<ObjectAddress> {
        let address = self.session.graph().find(path).in_object(path)?;
        let kind = self.session.graph().node(address)?.header.kind().unwrap_or(ObjectKind::Dataset);
        Ok(self.file.object_at(address, kind))
    }

    /// Gives an object an attribute, in place of the one that has its name.
    ///
    /// # Errors
    /// [`Kind::NotFound`](crate::Kind::NotFound) without such an object; [`Kind::Usage`](crate::Kind::Usage) for elements
    /// that are not of their type; [`Kind::Unsupported`](crate::Kind::Unsupported) for bytes of a type that holds addresses;
    /// [`Kind::Io`](crate::Kind::Io).
    pub fn set_attribute(&mut self, object: &str, attribute: &AttributeSpec) -> Result<()> {
        let place = format!("{object}: attribute {}", attribute.name);
        let set = |editor: &mut Self| {
            let address = editor.session.graph().find(object)?;
            editor.set_attribute_of(address, attribute)
        };
        set(self).in_object(&place).in_file(&self.path)
    }

    /// Takes an attribute away from an object; returns whether there was one.
    ///
    /// # Errors
    /// [`Kind::NotFound`](crate::Kind::NotFound) without such an object.
    pub fn delete_attribute(&mut self, object: &str, name: &str) -> Result<bool> {
        let mut delete = || {
            let address = self.session.graph().find(object)?;
            self.delete_attribute_of(address, name)
        };
        delete().in_object(object).in_file(&self.path)
    }

    /// Gives an attribute of an object another name; it keeps its place among the others.
    ///
    /// # Errors
    /// [`Kind::NotFound`](crate::Kind::NotFound) without such an object or attribute; [`Kind::Usage`](crate::Kind::Usage) for a name
    /// that is taken, empty, or has a NUL.
    pub fn rename_attribute(&mut self, object: &str, old: &str, new: &str) -> Result<()> {
        let mut rename = || {
            if new.is_empty() || new.contains('\0') {
                return Err(Error::usage(format!("an attribute named {new:?}")));
            }
            let address = self.session.graph().find(object)?;
            match self.rename_attribute_of(address, old, new)? {
                true => Ok(()),
                false => Err(Error::not_found(format!("there is no attribute {old}"))),
            }
        };
        rename().in_object(object).in_file(&self.path)
    }

    /// Adds a hard link to an object.
    ///
    /// # Errors
    /// [`Kind::NotFound`](crate::Kind::NotFound) without the object, or the group that `path` names; [`Kind::Usage`](crate::Kind::Usage)
    /// for a name that is taken, or that no link can have.
    pub fn add_link(&mut self, path: &str, object: &str) -> Result<()> {
        let mut add = || {
            let to = self.session.graph().find(object)?;
            self.link(path, LinkTarget::Hard(Addr(to)))
        };
        add().in_object(path).in_file(&self.path)
    }

    /// Adds a link to whatever has a path when it is followed.
    ///
    /// # Errors
    /// As [`Editor::add_link`].
    pub fn add_soft_link(&mut self, path: &str, to: &str) -> Result<()> {
        self.link(path, LinkTarget::Soft(to.as_bytes().to_vec())).in_object(path).in_file(&self.path)
    }

    /// Adds a link to whatever has a path in another file.
    ///
    /// # Errors
    /// As [`Editor::add_link`].
    pub fn add_external_link(&mut self, path: &str, file: &str, to: &str) -> Result<()> {
        let target = LinkTarget::External { file: file.as_bytes().to_vec(), path: to.as_bytes().to_vec() };
        self.link(path, target).in_object(path).in_file(&self.path)
    }

    /// Takes an object away with everything that is below it alone, by the last link of a path.
    ///
    /// # Errors
    /// [`Kind::NotFound`](crate::Kind::NotFound) without such a link; [`Kind::Usage`](crate::Kind::Usage) with the path of an object
    /// that stays and has a datatype or refers to an object that would be gone.
    pub fn delete(&mut self, path: &str) -> Result<()> {
        let mut delete = || {
            let (group, name) = self.group(path)?;
            match self.session.graph().needing(group, name.as_bytes()) {
                Some(user) => Err(Error::usage(format!("{user} needs it"))),
                None => self.unlink(path).map(drop),
            }
        };
        delete().in_object(path).in_file(&self.path)
    }

    /// Takes a link away; what no other link leads to is gone with it. Datatypes that are in use stay, without a name, and
    /// references to what is gone lead nowhere.
    ///
    /// # Errors
    /// [`Kind::NotFound`](crate::Kind::NotFound) without such a link.
    pub fn delete_link(&mut self, path: &str) -> Result<()> {
        self.unlink(path).in_object(path).in_file(&self.path).map(drop)
    }

    /// Gives a link another name, or a place in another group. What it leads to stays the same.
    ///
    /// # Errors
    /// [`Kind::NotFound`](crate::Kind::NotFound) without such a link, or the group of the new one; [`Kind::Usage`](crate::Kind::Usage)
    /// for a name that is taken, or that no link can have, and for a group that would be below itself.
    pub fn rename_link(&mut self, old: &str, new: &str) -> Result<()> {
        self.move_link(old, new).in_object(old).in_file(&self.path)
    }

    fn move_link(&mut self, old: &str, new: &str) -> Result<()> {
        let ((from, old_name), (to, new_name)) = (self.group(old)?, self.group(new)?);
        if from == to {
            return self.rename_in(from, &[(old_name.to_owned(), new_name.to_owned())]);
        }
        let whole = |path: &str| format!("/{}/", path.trim_matches('/'));
        if whole(new).starts_with(&whole(old)) {
            return Err(Error::usage("a group cannot be below itself"));
        }
        let target = self.session.graph().node(from)?.links.get(old_name.as_bytes()).cloned();
        let target = target.ok_or_else(missing_link)?;
        self.link(new, target)?;
        self.unlink(old).map(drop)
    }

    fn link(&mut self, path: &str, target: LinkTarget) -> Result<()> {
        let (group, name) = self.group(path)?;
        let Node { header, links, .. } = self.session.graph().change(group)?;
        links.add(header, name, target)
    }

    fn unlink(&mut self, path: &str) -> Result<LinkTarget> {
        let (group, name) = self.group(path)?;
        self.session.graph().change(group)?.links.delete(name.as_bytes()).ok_or_else(missing_link)
    }

    /// The group of a link, and its name there.
    fn group<'p>(&mut self, path: &'p str) -> Result<(u64, &'p str)> {
        let (group, name) = path.rsplit_once('/').unwrap_or(("", path));
        let address = self.session.graph().find(&format!("{group}/"))?;
        match self.session.graph().node(address)?.header.kind() {
            Some(ObjectKind::Group) => Ok((address, name)),
            _ => Err(Error::usage(format!("{group} is no group"))),
        }
    }

    /// Whether the file is written anew when the changes are published, because it cannot be changed where it is.
    pub fn is_rewritten(&self) -> bool {
        self.detached.is_some()
    }

    /// Whether anything is changed that is not published.
    pub fn is_changed(&mut self) -> bool {
        let is_ahead = self.detached.as_ref().is_some_and(|copy| copy.is_ahead);
        is_ahead || !self.datasets.is_empty() || self.session.graph().is_changed()
    }

    /// Makes all changes so far part of the file: durable first, then visible, all of them at once.
    ///
    /// # Errors
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) where objects move to which references lead that cannot follow: they lie in
    /// other files or datasets, or are changed themselves; [`Kind::Io`](crate::Kind::Io). Then the file is as it was.
    pub fn publish(&mut self) -> Result<()> {
        self.publish_to(&Watched::by_nobody())
    }

    /// [`Editor::publish`], which tells `watch` how far it has come where the file is written anew. Where `watch` breaks, so does
    /// this: the file is as it was, and the changes wait for the next publication.
    ///
    /// # Errors
    /// As [`Editor::publish`].
    pub fn publish_watched(&mut self, watch: &(dyn Fn(Progress) -> ControlFlow<()> + Sync)) -> Result<ControlFlow<()>> {
        let watched = Watched::new(watch);
        watched.end(self.publish_to(&watched))
    }

    /// [`Editor::publish_watched`], which ends with an error where it is broken off.
    pub(crate) fn publish_to(&mut self, watched: &Watched<Progress>) -> Result<()> {
        let mut publish = || {
            self.settle()?;
            if self.session.graph().is_changed() {
                self.publish_changes()?;
            }
            let path = &self.path;
            self.detached.as_mut().map_or(Ok(()), |copy| copy.replace(path, watched))
        };
        publish().in_file(&self.path)
    }

    /// Makes all changes part of what is changed: the file, or its copy.
    fn publish_changes(&mut self) -> Result<()> {
        let dropped: HashSet<u64> = self.session.graph().unreachable().into_iter().collect();
        let gone = self.gone(&dropped);
        if !self.session.publish_in_place(&self.file)? {
            self.session.publish(&self.file)?;
            self.session.release_now(&self.file);
        }
        self.detached.iter_mut().for_each(|copy| copy.is_ahead = true);
        let changed = std::mem::take(&mut self.datasets).into_iter();
        let mut free = gone;
        for (_, (dataset, _)) in changed.filter(|(object, _)| !dropped.contains(object)) {
            free.extend(dataset.published(&self.file)?);
        }
        free.into_iter().for_each(|extent| self.file.free(extent));
        self.reshaped.clear();
        // Objects are called by where they are now.
        self.session = Session::open(now(self.detached.as_ref(), &self.path)?)?;
        Ok(())
    }

    /// Publishes all changes and closes the file.
    ///
    /// # Errors
    /// As [`Editor::publish`].
    pub fn close(mut self) -> Result<()> {
        self.publish()?;
        self.file.close()
    }
}

fn missing_link() -> Error {
    Error::not_found("there is no such link")
}
