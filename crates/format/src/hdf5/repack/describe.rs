//! What the objects of a file are, as objects to write.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::catalog::committed_type;
use super::deciding::fill;
use super::elements::Translator;
use crate::error::{Context, Error, Result};
use crate::hdf5::builder::{
    AttributeSpec, DatasetSpec, ElementData, LayoutSpec, LinkSpec, LinkTo, ObjectAddress, ObjectSpec, StoredType,
};
use crate::hdf5::datatype::Datatype;
use crate::hdf5::object::header::{ObjectHeader, ObjectKind};
use crate::hdf5::object::Object;
use crate::hdf5::read::dataset::Dataset;
use crate::hdf5::read::fill::FillStatus;
use crate::hdf5::read::virtual_layout::declared;
use crate::hdf5::record::message::dataspace::Dataspace;
use crate::hdf5::record::message::layout::{DataLayout, Storage};
use crate::hdf5::record::message::link::{Link, LinkTarget};
use crate::hdf5::record::message::MessageType;
use crate::hdf5::references::has_addresses;
use crate::hdf5::space::AddressSpace;
use crate::hdf5::walk::{attributes, links};
use crate::hdf5::write::dense_links;
use crate::hdf5::write::file::FileWriter;
use crate::shape;
use crate::wire::width::Widths;

/// The committed datatypes of the copy, by the addresses of those that were copied.
pub(super) type Types = HashMap<u64, StoredType>;

/// The type of a dataset or an attribute in the copy; where only sizes matter, a committed datatype that has no place yet is
/// `unknown`.
///
/// # Errors
/// [`Kind::Unsupported`](crate::Kind::Unsupported) for elements that hold addresses of other than 8 bytes.
pub(super) fn stored_type(
    space: &AddressSpace,
    types: &Types,
    datatype: &Datatype,
    committed: Option<u64>,
    unknown: Option<ObjectAddress>,
) -> Result<StoredType> {
    if has_addresses(datatype) && space.widths != Widths::WIDE {
        return Err(Error::unsupported("elements with addresses of other than 8 bytes"));
    }
    match committed.map(|address| types.get(&address)) {
        None => Ok(datatype.clone().into()),
        Some(Some(stored)) => Ok(stored.clone()),
        Some(None) if unknown.is_some() => {
            Ok(unknown.map_or_else(|| datatype.clone().into(), |place| StoredType::committed(datatype.clone(), place)))
        }
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
    stored_type(space, types, datatype, committed_type(space, header)?, None)
}

/// Where attributes go: nowhere yet, when only their sizes matter; or into a file.
pub(super) enum Values<'v, 't> {
    /// Committed datatypes without a place stand at this one.
    Sizes(ObjectAddress),
    Into(&'v FileWriter, &'v mut Translator<'t>),
}

/// Changes an attribute before it is copied, if it is.
pub(super) type Keep<'k> = &'k dyn Fn(&mut attributes::Attribute) -> Result<bool>;

/// The attributes of an object that `keep` keeps; of those that cannot be copied `lost` is told, whose error ends it.
///
/// # Errors
/// Those of `lost`.
pub(super) fn attributes(
    space: &AddressSpace,
    types: &Types,
    (header, keep): (&ObjectHeader, Keep),
    values: &mut Values,
    lost: &mut dyn FnMut(Error) -> Result<()>,
) -> Result<Vec<AttributeSpec>> {
    let (mut copies, mut names) = (Vec::new(), HashSet::new());
    for mut attribute in attributes::readable(space, header, lost)? {
        match keep(&mut attribute) {
            Ok(true) => {}
            Ok(false) => continue,
            Err(error) => {
                lost(error)?;
                continue;
            }
        }
        let name = attribute.name.clone();
        if name.is_empty() || !names.insert(attribute.raw_name.clone()) {
            lost(Error::malformed_data("attribute message", format!("another attribute named {name:?}")))?;
            continue;
        }
        match one_attribute(space, types, attribute, values, lost).in_object(&format!("attribute {name}")) {
            Ok(copy) => copies.push(copy),
            Err(error) => lost(error)?,
        }
    }
    Ok(copies)
}

fn one_attribute(
    space: &AddressSpace,
    types: &Types,
    attribute: attributes::Attribute,
    values: &mut Values,
    lost: &mut dyn FnMut(Error) -> Result<()>,
) -> Result<AttributeSpec> {
    let unknown = if let Values::Sizes(place) = values { Some(*place) } else { None };
    let datatype = stored_type(space, types, &attribute.datatype, attribute.committed, unknown)?;
    let data = match values {
        Values::Into(file, translator) => {
            let translated = translator.translate(&attribute.datatype, &attribute.data, file);
            let all = attribute.shape.as_deref().map_or(Ok(0), shape::count)?;
            if let Some(what) = translator.take_nulls().among(all) {
                lost(Error::malformed_data("attribute", what).in_object(format!("attribute {}", attribute.name)))?;
            }
            // The attribute has its place already: elements that cannot be read are empty ones.
            translated.or_else(|error| lost(error).map(|()| vec![0; attribute.data.len()]))?
        }
        Values::Sizes(_) => attribute.data,
    };
    let name = utf8(&attribute.raw_name)?;
    Ok(AttributeSpec { name, datatype, shape: attribute.shape, data: ElementData::encoded(data) })
}

/// What an object has beside its contents and attributes.
///
/// # Errors
/// [`Kind::Unsupported`](crate::Kind::Unsupported) for a comment that is not UTF-8; what is wrong with the messages.
pub(super) fn object(space: &Arc<AddressSpace>, address: u64) -> Result<(Object, ObjectSpec)> {
    let object = Object::new(space, address, "")?;
    if let Some(message) = object.header().find(MessageType::COMMENT) {
        utf8(message.body.split(|&byte| byte == 0).next().unwrap_or_default())?;
    }
    let attribute_order = Some(object.attribute_order());
    let spec = ObjectSpec { comment: object.comment()?, times: object.times()?, attribute_order };
    Ok((object, spec))
}

/// Whether all of an object of a torn file that a copy needs can be read.
///
/// # Errors
/// What is wrong with it.
pub(super) fn check(space: &Arc<AddressSpace>, header: &ObjectHeader) -> Result<()> {
    let (object, _) = self::object(space, header.address)?;
    match header.kind() {
        Some(ObjectKind::Group) => object.link_order().map(|_| ()),
        Some(ObjectKind::Dataset) => {
            committed_type(space, header)?;
            match Dataset::is_virtual(space, header) {
                true => virtual_dataset(space, &Types::new(), header).map(|_| ()),
                false => check_extent(space, header, &Dataset::from_header(space, header)?),
            }
        }
        Some(ObjectKind::Datatype) => object.datatype().map(|_| ()),
        None => Ok(()),
    }
}

/// Refuses a dataset that has no elements where it has bytes for some: zeros took the place of its lengths.
fn check_extent(space: &AddressSpace, header: &ObjectHeader, dataset: &Dataset) -> Result<()> {
    let layout = header.find(MessageType::LAYOUT);
    let layout: Option<DataLayout> =
        layout.map(|layout| layout.decode("data layout message", space.widths)).transpose()?;
    match layout.map(|layout| layout.storage) {
        Some(Storage::Contiguous { address, size: Some(size), .. })
            if size.0 > 0 && address.get().is_some() && dataset.shape.contains(&0) =>
        {
            let detail = format!("lengths of {:?} where {} bytes are", dataset.shape, size.0);
            Err(Error::malformed_data("dataspace message", detail))
        }
        _ => Ok(()),
    }
}

/// A virtual dataset as it is declared, whose sources nobody opens; none for any other one.
///
/// # Errors
/// What is wrong with the messages.
pub(super) fn virtual_dataset(
    space: &AddressSpace,
    types: &Types,
    header: &ObjectHeader,
) -> Result<Option<DatasetSpec>> {
    if !Dataset::is_virtual(space, header) {
        return Ok(None);
    }
    let lost = || Error::malformed_data("object header", "a virtual dataset without a dataspace, a type or a layout");
    let layout = header.find(MessageType::LAYOUT).ok_or_else(lost)?;
    let mappings = match layout.decode::<DataLayout>("data layout message", space.widths)?.storage {
        Storage::Virtual { collection, index } => {
            collection.get().map_or(Ok(Vec::new()), |collection| declared(space, collection, index))?
        }
        _ => Vec::new(),
    };
    let dataspace = header.resolved(space, MessageType::DATASPACE)?.ok_or_else(lost)?;
    let dataspace = dataspace.decode::<Dataspace>("dataspace message", space.widths)?;
    let shape: Vec<u64> = dataspace.dims.iter().map(|dim| dim.0).collect();
    let most = dataspace.max_dims.as_ref().map(|dims| dims.iter().map(|dim| dim.0).collect());
    let datatype = dataset_type(space, types, header, &header.datatype(space)?.ok_or_else(lost)?)?;
    Ok(Some(DatasetSpec {
        max_shape: most.unwrap_or_else(|| shape.clone()),
        layout: LayoutSpec::Virtual(mappings),
        fill: fill(&FillStatus::from_header(space, header)?),
        ..DatasetSpec::new(datatype, &shape)
    }))
}

/// The links of a group, which lead where `place` says; of those that cannot be copied `lost` is told, whose error ends it.
///
/// # Errors
/// Those of `lost`.
pub(super) fn links(
    space: &AddressSpace,
    header: &ObjectHeader,
    place: &dyn Fn(u64) -> Result<ObjectAddress>,
    lost: &mut dyn FnMut(Error) -> Result<()>,
) -> Result<Vec<LinkSpec>> {
    let (mut copies, mut names) = (Vec::new(), HashSet::new());
    for link in links::readable(space, header, lost)? {
        let copy = match names.insert(link.name.clone()) {
            // A torn file loses the link, not the group.
            true if space.is_torn => dense_links::check(&link).and_then(|()| copied(&link, place)),
            true => copied(&link, place),
            false => Err(Error::malformed_data(
                "link",
                format!("two are named {:?}", crate::hdf5::datatype::text(&link.name)),
            )),
        };
        match copy {
            Ok(copy) => copies.push(copy),
            Err(error) => lost(error)?,
        }
    }
    Ok(copies)
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
    let link = LinkSpec { name, to };
    link.check().map_err(|error| Error::malformed_data("link", error.to_string()))?;
    Ok(link)
}

/// A name, which has to be text.
fn utf8(name: &[u8]) -> Result<String> {
    String::from_utf8(name.to_vec())
        .map_err(|_| Error::unsupported(format!("a name that is not UTF-8: {}", crate::text::shown(name))))
}
