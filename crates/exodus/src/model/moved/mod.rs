//! Coordinates, and what goes with them.

mod fields;
mod image;
mod mirrored;

use hyperslab::{Error, Result};

use super::missing::{refuse_packed, Missing};
use super::{affine, inherited, Model, Numbers, Stored};
use crate::data::{describe, Data, Part};
use crate::ids::Which;
use crate::kind::EntityType;
use crate::mesh::Mesh;
use crate::topology::Topology;
use crate::transform::Transform;
use fields::Turning;

/// A model whose coordinates go through an affine map, and coordinate frames with them. Results stay as they are, unless
/// [`vector`](Moved::vector) or [`tensor`](Moved::tensor) says that they turn along. Elements that are mirrored get their nodes in
/// the order that keeps them from being inside out, and side sets the sides and factors that belong to it.
///
/// ```
/// # fn main() -> exodus_rs::Result<()> {
/// use exodus_rs::model::{Model, Moved};
/// use exodus_rs::transform::Transform;
/// use exodus_rs::{Data, EntityType, ExodusFile};
/// # use exodus_rs::{CreateOptions, MeshBuilder};
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a.exo");
/// # let writer = MeshBuilder::new("a point").nodes(&[[1.0, 0.0]]).variables(EntityType::Nodal, ["v_x", "v_y"])
/// #     .create(&path, &CreateOptions::default())?;
/// # let step = writer.next_step(0.0)?;
/// # step.put(EntityType::Nodal, 0, 0, &[3.0])?;
/// # step.put(EntityType::Nodal, 1, 0, &[0.0])?;
/// # writer.finish()?;
/// let file = ExodusFile::open(&path)?;
/// let turn = Transform::rotation([0.0, 0.0, 1.0], std::f64::consts::FRAC_PI_2)?;
/// let turned = Moved::new(&file, turn)?.vector(EntityType::Nodal, ["v_x", "v_y"])?;
/// assert_eq!(turned.numbers(&Data::Coordinate(1).into())?.to::<f64>()?, [1.0]);
/// assert_eq!(turned.numbers(&Data::Variable(EntityType::Nodal, 1, 0).step(0))?.to::<f64>()?, [3.0]);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Moved<M> {
    model: M,
    transform: Transform,
    mesh: Mesh,
    turning: Vec<Turning>,
}

impl<M: Model> Moved<M> {
    /// Moves a model.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for a transform that leads out of the dimensions of the mesh, or leaves fewer of them;
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) for elements that cannot be mirrored, which are named.
    pub fn new(model: M, transform: Transform) -> Result<Self> {
        let mut mesh = model.mesh()?.clone();
        if mesh.num_dim > 0 {
            fields::check(dimensions(&mesh), |axes| transform.coords(axes))?;
            transform.check_regular()?;
        }
        for point in mesh.frames.iter_mut().flat_map(|frame| &mut frame.points) {
            *point = transform.point(*point);
        }
        let moved = Moved { model, transform, mesh, turning: Vec::new() };
        if moved.is_mirrored() {
            moved.check_mirrored()?;
        }
        Ok(moved)
    }

    /// Lets the variables that are the components of a vector turn along, or the one that has all of them for each entry, as
    /// displacements do: without the offset.
    ///
    /// # Errors
    /// [`Kind::NotFound`](crate::Kind::NotFound) if there is no such variable; [`Kind::Usage`](crate::Kind::Usage) for another
    /// number of components than the mesh has dimensions.
    pub fn vector<'w, W: Into<Which<'w>>>(
        self,
        kind: EntityType,
        components: impl IntoIterator<Item = W>,
    ) -> Result<Self> {
        self.turn(kind, components, false)
    }

    /// Lets the variables that are the components of a symmetric tensor turn along: XX, YY, ZZ, XY, YZ, ZX, or as
    /// [`Transform::tensors`] has them in two dimensions.
    ///
    /// # Errors
    /// As [`Moved::vector`].
    pub fn tensor<'w, W: Into<Which<'w>>>(
        self,
        kind: EntityType,
        components: impl IntoIterator<Item = W>,
    ) -> Result<Self> {
        self.turn(kind, components, true)
    }

    fn is_mirrored(&self) -> bool {
        let [[a, b, _], [c, d, _], _] = self.transform.matrix();
        match self.mesh.num_dim {
            2 => a * d - b * c < 0.0,
            3 => self.transform.determinant() < 0.0,
            _ => false,
        }
    }

    /// The coordinates of a part, all axes of them.
    fn coordinates(&self, axis: usize, part: &Part) -> Result<Numbers<'_>> {
        let all = (0..dimensions(&self.mesh)).map(Data::Coordinate);
        all.clone().try_for_each(|data| refuse_packed(&self.model, data, "moving"))?;
        let missing: Vec<_> = all.clone().map(|data| Missing::of(&self.model, data)).collect();
        let axes = all.map(|data| self.model.numbers(&part.of(data))).collect::<Result<_>>()?;
        let transform = self.transform;
        let all = fields::all(axes, &missing, |axes| transform.coords(axes), |axes| transform.coords(axes))?;
        all.into_iter().nth(axis).ok_or_else(|| Error::not_found("there is no such coordinate"))
    }
}

impl<M: Model> Model for Moved<M> {
    inherited!(self => self.model);

    fn mesh(&self) -> Result<&Mesh> {
        Ok(&self.mesh)
    }

    fn numbers(&self, part: &Part) -> Result<Numbers<'_>> {
        self.mesh.check_part(part, &self.shape(part.data()).unwrap_or_default())?;
        match part.data() {
            Data::Coordinate(axis) => self.coordinates(axis, part),
            data @ Data::Variable(kind, variable, _) => match self.turning_of(kind, variable) {
                Some((turning, component)) => self.turned(turning, component, data, part),
                None => self.model.numbers(part),
            },
            data if self.is_mirrored() => self.mirrored(data, part),
            _ => self.model.numbers(part),
        }
    }

    fn models(&self) -> Result<Vec<(String, Box<dyn Model + '_>)>> {
        let move_group = |(name, model)| {
            let moved: Box<dyn Model + '_> = Box::new(Moved::new(model, self.transform)?);
            Ok((name, moved))
        };
        self.model.models()?.into_iter().map(move_group).collect()
    }

    fn stored(&self, data: Data) -> Option<Stored<'_>> {
        let stored = self.model.stored(data)?;
        let axis = match data {
            Data::Coordinate(axis) => axis,
            Data::Variable(kind, variable, _) if self.turning_of(kind, variable).is_some() => return None,
            _ if self.is_mirrored() && mirrored::is_changed(data) => return None,
            _ => return Some(stored),
        };
        let matrix = self.transform.matrix();
        let row = matrix.get(axis)?;
        // Only along its own axis the numbers of a coordinate are a function of those numbers.
        let alone = row.iter().enumerate().all(|(n, entry)| n == axis || entry.abs() == 0.0);
        let transform = affine(*row.get(axis)?, *self.transform.offset().get(axis)?);
        let alone = alone && stored.transform == hyperslab::netcdf::Transform::Identity;
        alone.then_some(Stored { transform, ..stored })
    }
}

fn dimensions(mesh: &Mesh) -> usize {
    usize::try_from(mesh.num_dim.min(3)).unwrap_or(3)
}

/// The standard type of a block's elements.
fn topology(mesh: &Mesh, kind: EntityType, block: usize) -> Result<&'static Topology> {
    let missing = || Error::not_found(format!("there is no {}", describe(Data::Connectivity(kind, block))));
    let block = mesh.blocks.of(kind).get(block).ok_or_else(missing)?;
    block.element_type(mesh.num_dim)?.topology()
}
