//! The sources of virtual datasets, which may be virtual themselves: what they are, how deep they may go, and how much
//! work they may make.

use std::cell::Cell;
use std::fmt::Debug;
use std::sync::Arc;

use crate::error::{Error, Result};
use crate::hdf5::datatype::Datatype;
use crate::hdf5::space::AddressSpace;
use crate::limits;
use crate::shape::Selection;

/// Virtual datasets inside each other.
const DEEPEST: u64 = 16;

/// Elements copied, and mappings looked at, for each element that is asked for: more means that mappings lie on top of
/// each other again and again.
const PER_ELEMENT: u64 = 64;

/// Work that any reading may take.
const LEAST: u64 = 16 << 20;

/// A dataset whose elements are those of a virtual one.
pub(crate) trait SourceDataset: Debug + Send + Sync {
    fn shape(&self) -> &[u64];

    fn datatype(&self) -> &Datatype;

    /// Fills `target` with the stored bytes of a region, in C order.
    fn read_below(&self, space: &AddressSpace, region: &Selection, target: &mut [u8], nesting: &Nesting) -> Result<()>;
}

/// Opens the dataset whose header is at an address.
pub(crate) type OpenSource = fn(&AddressSpace, u64, &Nesting) -> Result<Arc<dyn SourceDataset>>;

/// What one virtual dataset is known by: its file, and its mappings in it.
type Key = (usize, u64, u32);

/// The work that is left to a reading.
#[derive(Debug)]
pub(crate) struct Budget(Cell<u64>);

impl Budget {
    /// The budget for a number of elements.
    pub fn new(elements: u64) -> Self {
        Budget(Cell::new(elements.saturating_mul(PER_ELEMENT).saturating_add(LEAST)))
    }
}

/// The virtual datasets that led to where a reading is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Nesting<'a> {
    budget: &'a Budget,
    pub open: OpenSource,
    above: Option<(&'a Nesting<'a>, Key)>,
    depth: u64,
}

impl<'a> Nesting<'a> {
    /// No virtual dataset so far.
    pub fn new(budget: &'a Budget, open: OpenSource) -> Self {
        Nesting { budget, open, above: None, depth: 0 }
    }

    /// Goes into the virtual dataset whose mappings are the object `index` of a collection.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) when it is its own source, [`Kind::Limit`](crate::Kind::Limit) when it lies too deep.
    pub fn enter(&'a self, space: &AddressSpace, collection: u64, index: u32) -> Result<Nesting<'a>> {
        // The space lives as long as this reading is in it.
        let key = (std::ptr::from_ref(space).addr(), collection, index);
        let mut above = self.above;
        while let Some((nesting, other)) = above {
            if other == key {
                let offset = space.offset(collection);
                return Err(Error::malformed("virtual dataset", offset, "it is its own source"));
            }
            above = nesting.above;
        }
        limits::check("virtual datasets of virtual datasets", self.depth + 1, DEEPEST)?;
        Ok(Nesting { above: Some((self, key)), depth: self.depth + 1, ..*self })
    }

    /// Whether this is the virtual dataset that was asked for.
    pub fn is_outermost(&self) -> bool {
        self.depth <= 1
    }

    /// Announces work.
    ///
    /// # Errors
    /// [`Kind::Limit`](crate::Kind::Limit) when it is more than what was asked for can need.
    pub fn spend(&self, work: u64) -> Result<()> {
        let left = self.budget.0.get().checked_sub(work);
        left.map(|left| self.budget.0.set(left))
            .ok_or_else(|| Error::limit("the mappings of a virtual dataset lie on top of each other too often"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hdf5::walk::testing::Image;
    use crate::Kind;

    #[test]
    fn circles_depth_and_work_end() {
        let space = Image::default().space();
        let budget = Budget::new(1);
        let top = Nesting::new(&budget, |_, _, _| Err(Error::usage("nothing is opened here")));
        let first = top.enter(&space, 8, 1).unwrap();
        let second = first.enter(&space, 8, 2).unwrap();
        assert!(first.is_outermost() && !second.is_outermost());
        assert_eq!(second.enter(&space, 8, 1).unwrap_err().kind(), Kind::Malformed);
        assert!(second.enter(&Image::default().space(), 8, 1).is_ok());
        fn deeper(space: &AddressSpace, nesting: &Nesting, n: u32) -> Result<()> {
            deeper(space, &nesting.enter(space, 0, n)?, n + 1)
        }
        assert_eq!(deeper(&space, &top, 0).unwrap_err().kind(), Kind::Limit);
        second.spend(LEAST).unwrap();
        assert!(first.spend(PER_ELEMENT).is_ok() && top.spend(1).is_err());
    }
}
