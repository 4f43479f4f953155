//! What the objects of a file are, as objects to write.

use std::collections::HashMap;

use super::catalog::committed_type;
use super::elements::{has_addresses, Translator};
use crate::error::{Context, Error, Result};
use crate::hdf5::builder::{AttributeSpec, ElementData, GroupSpec, LinkSpec, LinkTo, ObjectAddress, StoredType};
use crate::hdf5::datatype::Datatype;
use crate::hdf5::object::header::ObjectHeader;
use crate::hdf5::record::message::link::{Link, LinkTarget};
use crate::hdf5::space::AddressSpace;
use crate::hdf5::walk::{attributes, links};
use crate::hdf5::write::file::FileWriter;
use crate::wire::width::Widths;

/// The committed datatypes of the copy, by the addresses of those that were copied.
pub(super) type Types = HashMap<u64, StoredType>;

/// The type of a dataset or an attribute in the copy.
///
/// # Errors
/// [`Kind::Unsupported`](crate::Kind::Unsupported) for elements that hold addresses of other than 8 bytes.
pub(super) fn stored_type(
    space: &AddressSpace,
    types: &Types,
    datatype: &Datatype,
    committed: Option<u64>,
) -> Result<StoredType> {
    if has_addresses(datatype) && space.widths != Widths::WIDE {
        return Err(Error::unsupported("elements with addresses of other than 8 bytes"));
    }
    match committed.map(|address| types.get(&address)) {
        None => Ok(datatype.clone().into()),
        Some(Some(stored)) => Ok(stored.clone()),
        Some(None) => Err(Error::malformed_data("datatype message", "a committed datatype that is none")),
    }
}

/// The type of a dataset.
///
/// # Errors
/// As [`stored_type`].
pub(super) fn dataset_type(
    space: &AddressSpace,
    types: &Types,
    header: &ObjectHeader,
    datatype: &Datatype,
) -> Result<StoredType> {
    stored_type(space, types, datatype, committed_type(space, header)?)
}

/// Where attributes go: nowhere yet, when only their sizes matter; or into a file.
pub(super) enum Values<'v, 't> {
    Sizes,
    Into(&'v FileWriter, &'v mut Translator<'t>),
}

/// The attributes of an object.
///
/// # Errors
/// As [`stored_type`], and what is wrong with them.
pub(super) fn attributes(
    space: &AddressSpace,
    types: &Types,
    header: &ObjectHeader,
    values: &mut Values,
) -> Result<Vec<AttributeSpec>> {
    let copy = |attribute: attributes::Attribute| {
        let name = attribute.name.clone();
        one_attribute(space, types, attribute, values).in_object(&format!("attribute {name}"))
    };
    attributes::attributes(space, header)?.into_iter().map(copy).collect()
}

fn one_attribute(
    space: &AddressSpace,
    types: &Types,
    attribute: attributes::Attribute,
    values: &mut Values,
) -> Result<AttributeSpec> {
    let datatype = stored_type(space, types, &attribute.datatype, attribute.committed)?;
    let data = match values {
        Values::Into(file, translator) => translator.translate(&attribute.datatype, &attribute.data, file)?,
        Values::Sizes => attribute.data,
    };
    let name = utf8(&attribute.raw_name)?;
    Ok(AttributeSpec { name, datatype, shape: attribute.shape, data: ElementData::encoded(data) })
}

/// A group, whose links lead where `place` says.
///
/// # Errors
/// [`Kind::Unsupported`](crate::Kind::Unsupported) for a link that cannot be written; what is wrong with the links.
pub(super) fn group(
    space: &AddressSpace,
    header: &ObjectHeader,
    place: &dyn Fn(u64) -> Result<ObjectAddress>,
) -> Result<GroupSpec> {
    let links = links::links(space, header)?.into_iter().map(|link| copied(&link, place));
    Ok(GroupSpec { links: links.collect::<Result<_>>()?, ..GroupSpec::default() })
}

fn copied(link: &Link, place: &dyn Fn(u64) -> Result<ObjectAddress>) -> Result<LinkSpec> {
    let name = utf8(&link.name)?;
    let to = match &link.target {
        LinkTarget::Hard(address) => LinkTo::Object(place(address.0)?),
        LinkTarget::Soft(path) => LinkTo::Path(utf8(path)?),
        LinkTarget::External { file, path } => LinkTo::File { file: utf8(file)?, path: utf8(path)? },
        LinkTarget::Other(kind, _) => {
            return Err(Error::unsupported(format!("copying the user-defined link {name} of type {kind}")))
        }
    };
    Ok(LinkSpec { name, to })
}

/// A name, which has to be text.
fn utf8(name: &[u8]) -> Result<String> {
    String::from_utf8(name.to_vec())
        .map_err(|_| Error::unsupported(format!("a name that is not UTF-8: {}", crate::text::shown(name))))
}
