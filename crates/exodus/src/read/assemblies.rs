//! Assemblies, blobs and coordinate frames.

use hyperslab::netcdf::Value;
use hyperslab::{Error, Result, Selection};

use crate::data::{describe, Data};
use crate::ids::EntityId;
use crate::kind::EntityType;
use crate::mesh::{Assembly, Blob, CoordinateFrame};
use crate::names;
use crate::read::file::ExodusFile;

impl ExodusFile {
    /// The groups of entities.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) for members of no known kind; otherwise when they cannot be read.
    pub fn assemblies(&self) -> Result<Vec<Assembly>> {
        let assembly = |entity: &crate::Entity| {
            let all = self.entity_attributes_all(EntityType::Assembly, entity.index);
            let code = all.iter().find(|a| a.name == names::MEMBER_TYPE).and_then(|a| a.value.as_i64());
            let kind = code.and_then(EntityType::from_code);
            let kind = kind.ok_or_else(|| Error::usage(format!("assembly {}: members of no known kind", entity.id)))?;
            Ok(Assembly {
                id: entity.id,
                name: entity.name.clone(),
                kind,
                members: self.members_of_assembly(entity.index)?,
                entity_attributes: self.entity_attributes(EntityType::Assembly, entity.index),
            })
        };
        self.entities(EntityType::Assembly)?.iter().map(assembly).collect()
    }

    /// No view: its errors name arrays by the mesh, and the mesh has the assemblies.
    fn members_of_assembly(&self, index: usize) -> Result<Vec<EntityId>> {
        let data = Data::Members(EntityType::Assembly, index);
        let (array, _) = self.place(data).ok_or_else(|| Error::not_found(format!("no {}", describe(data))))?;
        Ok(array.read_all()?.into_iter().map(EntityId).collect())
    }

    /// The data that belong to nothing in the mesh.
    ///
    /// # Errors
    /// None at present.
    pub fn blobs(&self) -> Result<Vec<Blob>> {
        let blob = |entity: &crate::Entity| Blob {
            id: entity.id,
            name: entity.name.clone(),
            len: entity.len,
            entity_attributes: self.entity_attributes(EntityType::Blob, entity.index),
        };
        Ok(self.entities(EntityType::Blob)?.iter().map(blob).collect())
    }

    /// The coordinate systems.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn frames(&self) -> Result<Vec<CoordinateFrame>> {
        let (Some(points), Some(tags)) = (self.array(names::FRAME_COORDINATES), self.array(names::FRAME_TAGS)) else {
            return Ok(Vec::new());
        };
        let points: Vec<f64> = points.read_all()?;
        let tags = tags.read_bytes(Selection::all(tags.shape()))?;
        let ids = self.integers(names::FRAME_IDS)?.unwrap_or_default();
        let point = |p: &[f64]| <[f64; 3]>::try_from(p).ok();
        let frame = |((id, tag), points): ((i64, u8), &[f64])| {
            let mut points = points.chunks_exact(3).filter_map(point);
            let points = [points.next()?, points.next()?, points.next()?];
            Some(CoordinateFrame { id: EntityId(id), tag: char::from(tag), points })
        };
        Ok(ids.into_iter().zip(tags).zip(points.chunks_exact(9)).filter_map(frame).collect())
    }

    /// The time after which steps are not complete: a program that updates it after every step was broken off.
    pub fn last_written_time(&self) -> Option<f64> {
        self.attribute(names::LAST_WRITTEN_TIME).and_then(Value::as_f64)
    }
}
