//! Copying what a mapping has of a region.

use super::axis::{self, Axis, Steps};
use super::cast::Cast;
use super::hyperslab::{self, HyperslabSelection};
use super::RECORD;
use crate::copy::{self, Side};
use crate::error::{Error, Result};
use crate::hdf5::read::nesting::{Nesting, SourceDataset};
use crate::hdf5::read::pieces::slot;
use crate::hdf5::space::AddressSpace;
use crate::limits;
use crate::shape::{self, Selection};

/// Elements read at once for each that is wanted: reading what lies between them is cheaper than reading piecewise.
const WASTE: u64 = 4;

/// A source dataset, and how its elements become those of the virtual one.
pub(super) struct Transfer<'a> {
    pub space: &'a AddressSpace,
    pub dataset: &'a dyn SourceDataset,
    pub cast: Option<Cast<'a>>,
    /// The size of an element of the virtual dataset.
    pub size: u64,
    pub nesting: &'a Nesting<'a>,
}

/// The region that is read, in an array of this shape, and where it goes.
pub(super) struct Destination<'a> {
    pub shape: &'a [u64],
    pub region: &'a Selection,
    pub target: &'a mut [u8],
}

impl Transfer<'_> {
    /// Copies the elements that `target` selects of the region out of those that `source` selects here.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) when they are not as many, or not there; otherwise what is wrong with the source.
    pub fn copy(
        &self,
        (source, target): (&HyperslabSelection, &HyperslabSelection),
        destination: &mut Destination,
    ) -> Result<()> {
        if !source.fits(self.dataset.shape()) {
            let detail = format!("it selects elements outside of a source of shape {:?}", self.dataset.shape());
            return Err(Error::malformed_data(RECORD, detail));
        }
        let (source, target) = (source.in_extent(self.dataset.shape()), target.in_extent(destination.shape));
        if let (HyperslabSelection::Axes(source), HyperslabSelection::Axes(target)) = (source.as_ref(), target.as_ref())
        {
            check_counts(hyperslab::count(source)?, hyperslab::count(target)?)?;
            if let Some(pairs) = partners(source, target) {
                return self.copy_axes(source, target, &pairs, destination);
            }
        }
        self.copy_runs((&source, &target), destination)
    }

    /// Copies between selections of the same shape.
    fn copy_axes(
        &self,
        source: &[Axis],
        target: &[Axis],
        pairs: &[Option<usize>],
        destination: &mut Destination,
    ) -> Result<()> {
        let Selection { start, count, stride } = destination.region;
        let single = Axis::run(0, 1);
        let mut steps = Vec::with_capacity(target.len());
        for ((((axis, pair), &start), &count), &stride) in target.iter().zip(pairs).zip(start).zip(count).zip(stride) {
            let other = pair.and_then(|n| source.get(n)).unwrap_or(&single);
            steps.push(axis::meet((start, count, stride), axis, other));
        }
        let covered = shape::count(&steps.iter().map(|list| total(list)).collect::<Vec<_>>())?;
        self.nesting.spend(covered)?;
        match covered {
            0 => Ok(()),
            _ => self.transfer(&Pairs { source, pairs }, &mut steps, destination),
        }
    }

    /// Reads the smallest region of the source that has all steps, or several if much of it would be in vain.
    fn transfer(&self, pairs: &Pairs, steps: &mut [Vec<Steps>], destination: &mut Destination) -> Result<()> {
        let bounds: Vec<Bounds> = steps.iter().map(|list| Bounds::of(list)).collect();
        let read = shape::count(&bounds.iter().map(|bounds| bounds.count).collect::<Vec<_>>())?;
        let needed = shape::count(&steps.iter().map(|list| total(list)).collect::<Vec<_>>())?;
        if read > needed.saturating_mul(WASTE) {
            let most = (0..steps.len()).max_by_key(|&n| steps.get(n).map_or(0, Vec::len));
            let Some(list) = most.and_then(|n| steps.get_mut(n)) else { return Ok(()) };
            let (list, most) = (std::mem::take(list), most.unwrap_or(0));
            for &single in &list {
                if let Some(slot) = steps.get_mut(most) {
                    *slot = vec![single];
                }
                self.transfer(pairs, steps, destination)?;
            }
            if let Some(slot) = steps.get_mut(most) {
                *slot = list;
            }
            return Ok(());
        }
        let region = pairs.region(&bounds);
        let count: Vec<u64> = bounds.iter().map(|bounds| bounds.count).collect();
        if let Some(slot) = self.place(steps, destination)? {
            return self.dataset.read_below(self.space, &region, slot, self.nesting);
        }
        let bytes = self.read(&region)?;
        let mut at = Vec::with_capacity(steps.len());
        self.scatter((&bytes, &count), (steps, &bounds), &mut at, destination)
    }

    /// The part of the target that the steps fill in one piece, if the stored elements can go there as they are.
    fn place<'t>(&self, steps: &[Vec<Steps>], destination: &'t mut Destination) -> Result<Option<&'t mut [u8]>> {
        let column = |f: fn(&Steps) -> u64| steps.iter().filter_map(|list| list.first()).map(f).collect::<Vec<_>>();
        if self.cast.is_some() || steps.iter().any(|list| list.len() != 1) {
            return Ok(None);
        }
        let (start, count) = (column(|steps| steps.to), column(|steps| steps.count));
        let len = shape::count(&count)?;
        let region = Selection { start, count, stride: column(|steps| steps.to_step) };
        match copy::single_run(&destination.region.count, &region) {
            Some(first) => slot(destination.target, first, len, self.size).map(Some),
            None => Ok(None),
        }
    }

    /// The elements of a region, converted.
    pub(super) fn read(&self, region: &Selection) -> Result<Vec<u8>> {
        let count = shape::count(&region.count)?;
        let stored = count.checked_mul(self.dataset.datatype().size());
        let bytes = stored.ok_or_else(|| Error::limit("a region of more than 2^64 bytes"))?;
        limits::check("bytes of a source", bytes, self.space.limits.value_bytes)?;
        let mut source = limits::buffer(bytes)?;
        self.dataset.read_below(self.space, region, &mut source, self.nesting)?;
        let Some(cast) = &self.cast else { return Ok(source) };
        let mut converted = limits::buffer(count.saturating_mul(self.size))?;
        cast.apply(&source, &mut converted)?;
        Ok(converted)
    }

    /// Copies every combination of steps out of what was read.
    fn scatter<'s>(
        &self,
        (bytes, count): (&[u8], &[u64]),
        (steps, bounds): (&'s [Vec<Steps>], &[Bounds]),
        at: &mut Vec<&'s Steps>,
        destination: &mut Destination,
    ) -> Result<()> {
        if let Some(list) = steps.get(at.len()) {
            for one in list {
                at.push(one);
                self.scatter((bytes, count), (steps, bounds), at, destination)?;
                at.pop();
            }
            return Ok(());
        }
        let column = |f: fn(&Steps) -> u64| at.iter().map(|steps| f(steps)).collect::<Vec<_>>();
        let inside: Vec<(u64, u64)> = at.iter().zip(bounds).map(|(steps, bounds)| bounds.locate(steps)).collect();
        let (start, stride): (Vec<u64>, Vec<u64>) = inside.into_iter().unzip();
        let from = Side { shape: count, start: &start, stride: &stride };
        let (start, stride) = (column(|steps| steps.to), column(|steps| steps.to_step));
        let to = Side { shape: &destination.region.count, start: &start, stride: &stride };
        copy::copy((bytes, from), (destination.target, to), &column(|steps| steps.count), self.size)
    }
}

/// For each dimension of the target that of the source with the same number of indices; dimensions of one index stand
/// alone. `None` if the selections have different shapes.
fn partners(source: &[Axis], target: &[Axis]) -> Option<Vec<Option<usize>>> {
    let mut free = source.iter().enumerate().filter(|(_, axis)| axis.len() != 1);
    let mut partner = |axis: &Axis| match axis.len() {
        1 => Some(None),
        len => free.next().filter(|(_, other)| other.len() == len).map(|(n, _)| Some(n)),
    };
    let pairs = target.iter().map(&mut partner).collect::<Option<Vec<_>>>()?;
    free.next().is_none().then_some(pairs)
}

/// The dimensions of a source, and which of them belong to those of the target.
struct Pairs<'a> {
    source: &'a [Axis],
    pairs: &'a [Option<usize>],
}

impl Pairs<'_> {
    /// The region of the source that has these indices.
    fn region(&self, bounds: &[Bounds]) -> Selection {
        let start = self.source.iter().map(Axis::start).collect();
        let mut region = Selection::block(start, vec![1; self.source.len()]);
        for (pair, bounds) in self.pairs.iter().zip(bounds) {
            let Some(n) = *pair else { continue };
            let lists = [&mut region.start, &mut region.count, &mut region.stride];
            for (list, value) in lists.into_iter().zip([bounds.start, bounds.count, bounds.stride]) {
                if let Some(entry) = list.get_mut(n) {
                    *entry = value;
                }
            }
        }
        region
    }
}

/// Indices of one dimension of the source that are read together.
struct Bounds {
    start: u64,
    count: u64,
    stride: u64,
}

impl Bounds {
    fn of(steps: &[Steps]) -> Self {
        match steps {
            [] => Bounds { start: 0, count: 0, stride: 1 },
            [only] => Bounds { start: only.from, count: only.count, stride: only.from_step.max(1) },
            [first, .., last] => Bounds { start: first.from, count: last.last() - first.from + 1, stride: 1 },
        }
    }

    /// Where steps start in what was read, and how far they go.
    fn locate(&self, steps: &Steps) -> (u64, u64) {
        let distance = |n: u64| n.checked_div(self.stride).unwrap_or(0);
        (distance(steps.from.saturating_sub(self.start)), distance(steps.from_step).max(1))
    }
}

fn total(steps: &[Steps]) -> u64 {
    steps.iter().map(|steps| steps.count).sum()
}

pub(super) fn check_counts(source: u64, target: u64) -> Result<()> {
    if source == target {
        return Ok(());
    }
    Err(Error::malformed_data(RECORD, format!("{source} elements of a source stand for {target}")))
}
