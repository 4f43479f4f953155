//! What it means for the models of a file that coordinates change.

use super::Options;
use crate::names;
use crate::read::file::ExodusFile;

/// A file and the models in its groups, taken together.
#[derive(Debug, Default)]
pub(super) struct Space {
    /// The dimensions of the model that has most of them.
    pub num_dim: u64,
    /// Whether any model is mirrored.
    pub mirrored: bool,
    /// The coordinate frames of all models.
    pub frames: u64,
}

impl Space {
    pub fn of(file: &ExodusFile, options: &Options) -> Self {
        let num_dim = file.dimension(names::NUM_DIM);
        // Models that do not say how many dimensions they have may have all.
        let axes = usize::try_from(num_dim).ok().filter(|&axes| axes > 0).unwrap_or(3);
        let mirrored = options.coord_scale.iter().take(axes).product::<f64>() < 0.0;
        // The count alone may be that of a model above.
        let has_frames = file.array(names::FRAME_COORDINATES).is_some();
        let own = Space {
            num_dim,
            mirrored: mirrored && file.dimension(names::NUM_NODES) > 0,
            frames: if has_frames { file.dimension(names::NUM_FRAMES) } else { 0 },
        };
        file.models().map(|(_, model)| Space::of(&model, options)).fold(own, Space::and)
    }

    fn and(self, other: Space) -> Self {
        Space {
            num_dim: self.num_dim.max(other.num_dim),
            mirrored: self.mirrored || other.mirrored,
            frames: self.frames.saturating_add(other.frames),
        }
    }
}
