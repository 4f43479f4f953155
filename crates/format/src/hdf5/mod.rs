//! HDF5: files, objects, datasets and attributes; below them records, navigation, chunks and filters.
//!
//! [`File`] opens, [`Object`] is a group, a dataset or a datatype, [`Dataset`] gives elements.

mod attribute;
pub mod builder;
mod cache_image;
pub(crate) mod chunk;
mod chunk_cache;
pub(crate) mod convert;
pub(crate) mod dataset;
pub(crate) mod datatype;
pub(crate) mod edit;
mod elsewhere;
pub(crate) mod external;
mod file;
pub(crate) mod filter;
pub(crate) mod member_files;
pub(crate) mod object;
pub(crate) mod read;
pub(crate) mod rechunk;
pub(crate) mod record;
pub(crate) mod references;
mod repack;
mod selection;
pub(crate) mod space;
mod strings;
#[cfg(test)]
mod tests;
pub(crate) mod walk;
pub(crate) mod write;

pub use crate::element::Conversion;
pub use attribute::Attribute;
pub use dataset::{Dataset, Fill, IndexKind, Layout};
pub use datatype::{Datatype, FloatLayout, FloatOrder, IntegerLayout, Member, Normalization, Padding, StringType};
pub use edit::Editor;
pub use elsewhere::{ExternalPiece, VirtualMapping};
pub use file::File;
pub use filter::description::{BitshuffleCodec, BloscCodec, BloscShuffle, Filter, ScaleOffset, SzipCoding};
pub use object::creation::{CreationOrder, Times};
pub use object::header::ObjectKind;
pub use object::{Children, Link, LinkStorage, Object, Target};
pub use read::elements::Visitor;
pub use record::message::fill_value::{AllocationTime, FillTime};
pub(crate) use repack::Steps;
pub use repack::{
    DatasetChange, LayoutChoice, Progress as RepackProgress, RechunkPlan, Repack, RepackPlan, Summary as RepackSummary,
};
pub use selection::{DataspaceSelection, RegularBlocks, UNLIMITED};
