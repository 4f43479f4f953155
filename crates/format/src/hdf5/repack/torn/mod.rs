//! A torn file, written again as far as it can be read.
//!
//! 1. [`Catalog`](super::catalog::Catalog) follows the links from the root. Whatever cannot be read is noted in [`Losses`], and left out.
//! 2. [`indexes`] looks at the indexes beside which all is there: one that is lost is told, whatever took its place.
//! 3. Where anything was lost, [`scan`] goes through the whole file once, and finds what may be object headers and leaves of chunk
//!    indexes by how they begin.
//! 4. [`orphans`] takes in the objects to which no link led; where the root is gone, one of them is the root: an older state of the file.
//!    [`states`] leaves out what is of still older states.
//! 5. [`leaves`] gives leaves to the one torn dataset that they fit.
//! 6. [`steps`] finds the last step that is whole in all datasets along an unlimited dimension: they end there.
//! 7. [`scales`] has what leads to dimensions lead to those that are left.
//! 8. [`salvage`] copies the elements of each dataset that can be read, [`heads`] those of it that lie before the end of the file,
//!    [`blanks`] those that are lost. A [`Translator`](super::elements::Translator) makes a null of what leads to a lost object of a heap.
//!
//! What came of it is in [`Torn`].

mod blanks;
mod found;
mod heads;
pub(super) mod indexes;
mod leaves;
mod orphans;
mod salvage;
mod scales;
mod scan;
mod states;
mod steps;

pub(crate) use blanks::Blanks;
pub(super) use blanks::{blank, null};
pub(super) use found::found_name;
pub(super) use leaves::{any_torn, assigned, Leaves};
pub(super) use salvage::{is_void, joined, Losses};
pub(super) use scales::Scales;
pub(super) use scan::Hits;
pub(super) use states::States;
pub(super) use steps::Cuts;
pub(crate) use steps::Steps;

/// What is missing of a torn file.
#[derive(Debug, Default)]
pub(crate) struct Torn {
    /// Paths of objects, and what of them.
    pub lost: Vec<(String, String)>,
    /// Paths of objects that nothing led to, and what they are.
    pub found: Vec<(String, String)>,
    /// The steps along every unlimited dimension.
    pub steps: Vec<Steps>,
}
