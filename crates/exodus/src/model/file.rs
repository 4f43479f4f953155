//! A file, or one of the models in its groups, as a model.

use hyperslab::netcdf::{Array, Transform, Variable};
use hyperslab::{Error, Number, NumberType, Result, Selection};

use super::{Model, Numbers, Stored};
use crate::create::CreateOptions;
use crate::data::{describe, Data, Part};
use crate::kind::EntityType;
use crate::mesh::Mesh;
use crate::numbers::widened;
use crate::read::file::ExodusFile;

impl Model for ExodusFile {
    fn mesh(&self) -> Result<&Mesh> {
        ExodusFile::mesh(self)
    }

    fn shape(&self, data: Data) -> Option<Vec<u64>> {
        ExodusFile::shape(self, data)
    }

    fn number_type(&self, data: Data) -> Option<NumberType> {
        self.place(data)?.0.number().map(widened)
    }

    fn numbers(&self, part: &Part) -> Result<Numbers<'_>> {
        let known = |error: Error| error.known_as(self.described(part.data()));
        let (array, region) = self.located(part)?;
        view(array, &region, part.data()).map_err(known)
    }

    fn num_steps(&self) -> u64 {
        ExodusFile::num_steps(self)
    }

    fn check_complete(&self) -> Result<()> {
        self.netcdf().check_complete()
    }

    fn models(&self) -> Result<Vec<(String, Box<dyn Model + '_>)>> {
        Ok(self.models().map(|(name, model)| (name.to_owned(), Box::new(model) as Box<dyn Model>)).collect())
    }

    fn id_map(&self, kind: EntityType) -> Result<Vec<i64>> {
        ExodusFile::id_map(self, kind)
    }

    fn missing(&self, data: Data) -> Vec<Number> {
        self.place(data).map(|(array, _)| array.variable().missing_values()).unwrap_or_default()
    }

    fn stored(&self, data: Data) -> Option<Stored<'_>> {
        let (array, address) = self.place(data)?;
        let alone = address.shared.is_none() && array.number().is_some();
        alone.then_some(Stored { array, rows: None, transform: Transform::Identity })
    }

    fn origin(&self, data: Data) -> Option<&Variable> {
        self.place(data).map(|(array, _)| array.variable())
    }

    fn file(&self) -> Option<&ExodusFile> {
        Some(self)
    }

    fn as_file(&self) -> Option<&ExodusFile> {
        Some(self)
    }

    fn create_options(&self) -> CreateOptions {
        ExodusFile::create_options(self)
    }
}

fn view<'f>(array: &'f Array, region: &Selection, data: Data) -> Result<Numbers<'f>> {
    Ok(match array.number().map(widened) {
        Some(NumberType::F32) => Numbers::F32(array.view(region)?),
        Some(NumberType::F64) => Numbers::F64(array.view(region)?),
        Some(NumberType::I64) => Numbers::I64(array.view(region)?),
        Some(_) => Numbers::I32(array.view(region)?),
        None => return Err(Error::usage(format!("{} are no numbers", describe(data))).in_object(array.path())),
    })
}
