//! Selections of elements as files store them: in virtual datasets and in references to regions (appendix D).

use super::record::message::dataspace::MAX_RANK;
use super::record::selection::{Blocks, Hyperslab, Points, StoredSelection};
use super::write::options::Level;
use crate::error::{Error, Result};

pub use super::record::selection::{RegularBlocks, UNLIMITED};

/// Elements of a dataset, as files store the choice of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DataspaceSelection {
    /// None.
    None,
    /// All, however many there are.
    All,
    /// Single elements, in this order.
    Points {
        /// Dimensions.
        rank: usize,
        /// `rank` numbers a point.
        coordinates: Vec<u64>,
    },
    /// Along every dimension blocks at a constant distance.
    Regular(Vec<RegularBlocks>),
    /// Boxes anywhere.
    Boxes {
        /// Dimensions.
        rank: usize,
        /// For each box the first index along every dimension, then the last ones.
        corners: Vec<u64>,
    },
}

impl DataspaceSelection {
    /// A box: the first index along every dimension, and how many there are.
    ///
    /// ```
    /// use hyperslab::hdf5::builder::DataspaceSelection;
    ///
    /// assert_eq!(DataspaceSelection::block(&[2, 0], &[3, 4]).rank(), Some(2));
    /// ```
    pub fn block(start: &[u64], count: &[u64]) -> Self {
        let axis = |(&start, &block): (&u64, &u64)| RegularBlocks { start, stride: 1.max(block), count: 1, block };
        DataspaceSelection::Regular(start.iter().zip(count).map(axis).collect())
    }

    /// The number of dimensions, where the selection says it.
    pub fn rank(&self) -> Option<usize> {
        match self {
            DataspaceSelection::None | DataspaceSelection::All => None,
            DataspaceSelection::Points { rank, .. } | DataspaceSelection::Boxes { rank, .. } => Some(*rank),
            DataspaceSelection::Regular(axes) => Some(axes.len()),
        }
    }

    /// Whether it grows with the dataset.
    pub fn is_unlimited(&self) -> bool {
        let DataspaceSelection::Regular(axes) = self else { return false };
        axes.iter().any(|axis| axis.count == UNLIMITED || axis.block == UNLIMITED)
    }

    /// What a file says.
    pub(crate) fn from_record(stored: &StoredSelection) -> Self {
        let rank = |rank: u32| usize::try_from(rank).unwrap_or(usize::MAX);
        match stored {
            StoredSelection::None => DataspaceSelection::None,
            StoredSelection::All => DataspaceSelection::All,
            StoredSelection::Points(points) => {
                DataspaceSelection::Points { rank: rank(points.rank), coordinates: points.coordinates.clone() }
            }
            StoredSelection::Hyperslab(slab) => match &slab.blocks {
                Blocks::Regular(axes) => DataspaceSelection::Regular(axes.clone()),
                Blocks::Irregular { rank: of, corners } => {
                    DataspaceSelection::Boxes { rank: rank(*of), corners: corners.clone() }
                }
            },
        }
    }

    /// The record, in the oldest form that holds it.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for numbers that are no selection, and for a form that the level lacks.
    pub(in crate::hdf5) fn to_record(&self, level: Level) -> Result<StoredSelection> {
        self.check()?;
        let rank = u32::try_from(self.rank().unwrap_or(0)).unwrap_or(u32::MAX);
        Ok(match self {
            DataspaceSelection::None => StoredSelection::None,
            DataspaceSelection::All => StoredSelection::All,
            DataspaceSelection::Points { coordinates, .. } => {
                let (version, width) = narrow(coordinates, (1, 2), level)?;
                StoredSelection::Points(Points { version, width, rank, coordinates: coordinates.clone() })
            }
            DataspaceSelection::Regular(axes) if level == Level::Earliest => {
                let corners = corners(axes)?;
                let (version, width) = narrow(&corners, (1, 3), level)?;
                StoredSelection::Hyperslab(Hyperslab { version, width, blocks: Blocks::Irregular { rank, corners } })
            }
            DataspaceSelection::Regular(axes) => {
                StoredSelection::Hyperslab(Hyperslab { version: 2, width: 8, blocks: Blocks::Regular(axes.clone()) })
            }
            DataspaceSelection::Boxes { corners, .. } => {
                let (version, width) = narrow(corners, (1, 3), level)?;
                let blocks = Blocks::Irregular { rank, corners: corners.clone() };
                StoredSelection::Hyperslab(Hyperslab { version, width, blocks })
            }
        })
    }

    /// Refuses what is no selection.
    fn check(&self) -> Result<()> {
        let is_rank = |rank: usize| (1..=usize::from(MAX_RANK)).contains(&rank);
        let fits = match self {
            DataspaceSelection::None | DataspaceSelection::All => true,
            DataspaceSelection::Points { rank, coordinates } => {
                is_rank(*rank) && !coordinates.is_empty() && coordinates.len() % rank == 0
            }
            DataspaceSelection::Boxes { rank, corners } => {
                let ordered = |corner: &[u64]| {
                    let (first, last) = corner.split_at(*rank);
                    first.iter().zip(last).all(|(first, last)| first <= last)
                };
                is_rank(*rank)
                    && !corners.is_empty()
                    && corners.len() % (2 * rank) == 0
                    && corners.chunks(2 * rank).all(ordered)
            }
            DataspaceSelection::Regular(axes) => {
                let unlimited = |axis: &&RegularBlocks| axis.count == UNLIMITED || axis.block == UNLIMITED;
                let apart = |axis: &RegularBlocks| {
                    axis.count > 0
                        && axis.block > 0
                        && (axis.count == 1 || axis.stride >= axis.block)
                        && axis.stride > 0
                };
                is_rank(axes.len()) && axes.iter().all(apart) && axes.iter().filter(unlimited).count() <= 1
            }
        };
        match fits {
            true => Ok(()),
            false => Err(Error::usage(format!("no selection: {self:?}"))),
        }
    }
}

/// The version and the width of numbers: the oldest, or where they are too large for it another one.
fn narrow(numbers: &[u64], (oldest, large): (u32, u32), level: Level) -> Result<(u32, u8)> {
    if numbers.iter().all(|&number| u32::try_from(number).is_ok()) {
        return Ok((oldest, 4));
    }
    level.needs(Level::Latest, "a selection of points or boxes beyond 2^32")?;
    Ok((large, 8))
}

/// The most boxes that regular blocks are written as.
const MOST_BOXES: u64 = 1 << 20;

/// Regular blocks as boxes, for libraries that know no others.
fn corners(axes: &[RegularBlocks]) -> Result<Vec<u64>> {
    let count = axes.iter().try_fold(1u64, |count, axis| count.checked_mul(axis.count));
    let unlimited = axes.iter().any(|axis| axis.block == UNLIMITED);
    let count = count.filter(|&count| count <= MOST_BOXES && !unlimited);
    let count = count.ok_or_else(|| Error::usage("a selection of so many blocks needs the level v110"))?;
    let mut corners = Vec::new();
    for n in 0..count {
        let mut rest = n;
        let mut firsts: Vec<u64> = Vec::new();
        for axis in axes.iter().rev() {
            firsts.push((rest % axis.count).saturating_mul(axis.stride).saturating_add(axis.start));
            rest /= axis.count;
        }
        firsts.reverse();
        let last = |(first, axis): (&u64, &RegularBlocks)| first.saturating_add(axis.block - 1);
        let lasts: Vec<u64> = firsts.iter().zip(axes).map(last).collect();
        corners.extend(firsts.into_iter().chain(lasts));
    }
    Ok(corners)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regular_blocks_are_boxes_for_old_libraries() {
        let axes = vec![
            RegularBlocks { start: 1, stride: 4, count: 2, block: 3 },
            RegularBlocks { start: 0, stride: 1, count: 1, block: 2 },
        ];
        assert_eq!(corners(&axes).unwrap(), [1, 0, 3, 1, 5, 0, 7, 1]);
        let slab = DataspaceSelection::Regular(axes);
        assert_eq!(DataspaceSelection::from_record(&slab.to_record(Level::V110).unwrap()), slab);
        let boxes = DataspaceSelection::from_record(&slab.to_record(Level::Earliest).unwrap());
        assert_eq!(boxes, DataspaceSelection::Boxes { rank: 2, corners: vec![1, 0, 3, 1, 5, 0, 7, 1] });
    }

    #[test]
    fn what_is_no_selection_is_refused() {
        let axis = RegularBlocks { start: 0, stride: 2, count: 2, block: 3 };
        for wrong in [
            DataspaceSelection::Regular(vec![axis]),
            DataspaceSelection::Regular(Vec::new()),
            DataspaceSelection::Points { rank: 2, coordinates: vec![1] },
            DataspaceSelection::Boxes { rank: 1, corners: vec![3, 2] },
        ] {
            assert_eq!(wrong.to_record(Level::Latest).unwrap_err().kind(), crate::Kind::Usage);
        }
        let far = DataspaceSelection::Points { rank: 1, coordinates: vec![1 << 40] };
        assert!(far.to_record(Level::V110).is_err() && far.to_record(Level::Latest).is_ok());
    }
}
