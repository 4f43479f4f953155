//! Writing the numbers of one model.

use std::borrow::Cow;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hyperslab::netcdf::{GroupId, VariableId, Writer};
use hyperslab::{Element, Error, NumberType, Result, Selection};

use super::complete::Owed;
use super::put;
use super::step::StepWriter;
use crate::catalog::Catalog;
use crate::data::{Address, Data, Part};
use crate::ids::Which;
use crate::kind::EntityType;
use crate::mesh::Mesh;
use crate::numbers::{each, Numbers};

/// One of the models of a file that is being written: that of the file itself, or that of a group.
#[derive(Debug)]
pub struct ModelWriter {
    pub(super) writer: Arc<Writer>,
    pub(super) catalog: Catalog,
    /// What names and identifiers mean.
    pub(super) mesh: Mesh,
    next_step: AtomicU64,
    /// The arrays that have values in each step, in the order of the mesh.
    stepwise: Vec<Data>,
    /// What the mesh declares and nobody has put yet; where a model is written as a whole, nothing.
    owed: Mutex<Owed>,
    /// After how many steps what was put becomes part of a file that was there before.
    every: Option<u64>,
    complete: AtomicU64,
}

/// Where an array is: in a variable of this shape.
struct Place {
    id: VariableId,
    address: Address,
    shape: Vec<u64>,
}

impl ModelWriter {
    /// The writer of the model in a group; writes everything that its mesh itself says.
    pub(super) fn new(writer: &Arc<Writer>, group: GroupId, mesh: &Mesh) -> Result<Self> {
        let model = Self::of(writer, group, mesh);
        put::declared(&model, mesh)?;
        Ok(model)
    }

    fn of(writer: &Arc<Writer>, group: GroupId, mesh: &Mesh) -> Self {
        let catalog = Catalog::new(writer.schema(), group);
        let mut model = ModelWriter {
            writer: Arc::clone(writer),
            catalog,
            mesh: Mesh { groups: Vec::new(), ..mesh.clone() },
            next_step: AtomicU64::new(0),
            stepwise: Vec::new(),
            owed: Mutex::default(),
            every: None,
            complete: AtomicU64::new(0),
        };
        let stepwise = mesh.stepwise_data().into_iter().filter(|&data| data != Data::Times && model.has_room(data));
        model.stepwise = stepwise.collect();
        model
    }

    /// The writer of a model that has so many steps; what is put is published after so many more.
    pub(crate) fn going_on(
        writer: &Arc<Writer>,
        group: GroupId,
        mesh: &Mesh,
        steps: u64,
        every: Option<u64>,
    ) -> ModelWriter {
        let model = ModelWriter { every, next_step: AtomicU64::new(steps), ..Self::of(writer, group, mesh) };
        model.owe_steps(steps);
        model
    }

    /// The netCDF writer below.
    pub(crate) fn netcdf(&self) -> &Writer {
        &self.writer
    }

    pub(crate) fn into_netcdf(self) -> Arc<Writer> {
        self.writer
    }

    /// Whether the mesh declares an array.
    pub fn has(&self, data: Data) -> bool {
        self.place(data).is_some()
    }

    /// Puts a part of an array; a step or a range of steps that is not there yet is added. Floating-point numbers are rounded
    /// to the precision of the file; integers have to fit.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) if the mesh declares no such array, for values that are too many or too few
    /// or do not fit, [`Kind::Io`](crate::Kind::Io).
    pub fn put<T: Element>(&self, part: impl Into<Part>, values: &[T]) -> Result<()> {
        self.put_by(part.into(), values.len(), &|id, region| self.writer.write_rounded(id, region, values))
    }

    /// As [`ModelWriter::put`], for those who must not lose a digit.
    ///
    /// # Errors
    /// As [`ModelWriter::put`], and for a number that the file cannot hold exactly.
    pub fn put_exact<T: Element>(&self, part: impl Into<Part>, values: &[T]) -> Result<()> {
        self.put_by(part.into(), values.len(), &|id, region| self.writer.write(id, region, values))
    }

    /// Puts numbers as a model gives them; floating-point numbers are rounded to the precision of the file.
    ///
    /// # Errors
    /// As [`ModelWriter::put`].
    pub fn put_numbers(&self, part: impl Into<Part>, numbers: &Numbers<'_>) -> Result<()> {
        let part = part.into();
        each!(numbers, values => match values.as_slice() {
            Some(slice) => self.put(part, slice),
            None => self.put(part, &values.iter().collect::<Vec<_>>()),
        })
    }

    fn put_by(&self, part: Part, values: usize, write: &dyn Fn(VariableId, &Selection) -> Result<()>) -> Result<()> {
        let data = part.data();
        if values == 0 && self.mesh.is_of_nothing(data) {
            return Ok(());
        }
        let missing = || Error::usage(format!("the mesh declares no {}", self.mesh.describe(data)));
        let known = |error: Error| error.known_as(self.mesh.describe(data));
        let Place { id, address, shape } = self.place(data).ok_or_else(missing)?;
        let mut room = address.shape(&shape).into_owned();
        // Steps that are not there yet are added.
        room.first_mut().into_iter().filter(|_| data.is_stepwise()).for_each(|steps| *steps = u64::MAX);
        let region = part.check(&room).and_then(|()| part.region(&address, &shape)).map_err(known)?;
        let wanted = region.count.iter().product::<u64>();
        if wanted != values as u64 {
            return Err(
                Error::usage(format!("{values} values where {wanted} are wanted")).known_as(self.mesh.describe(data))
            );
        }
        write(id, &region).map_err(known)?;
        if data == Data::Times {
            let steps = region.start.first().zip(region.count.first()).map_or(0, |(start, count)| start + count);
            self.next_step.fetch_max(steps, Ordering::Relaxed);
        }
        // Of what several arrays share, that of this one.
        let [start, count, shape] = [&region.start, &region.count, &shape].map(|list| match data.whole() == data {
            true => address.shape(list),
            false => Cow::Borrowed(list.as_slice()),
        });
        let complete = self.owed().put(data, [&start, &count, &shape]);
        complete.map_or(Ok(()), |begun| self.complete_step(begun.step, begun.time))
    }

    /// The lengths of an array, steps first (as many as there are so far); `None` if the mesh does not declare it.
    pub fn shape(&self, data: Data) -> Option<Vec<u64>> {
        self.place(data).map(|Place { address, shape, .. }| address.shape(&shape).into_owned())
    }

    /// The type of the numbers of an array; `None` if the mesh does not declare it.
    pub fn number_type(&self, data: Data) -> Option<NumberType> {
        self.place(data).and_then(|place| self.writer.schema().variable(place.id).ok()?.ty.number())
    }

    fn place(&self, data: Data) -> Option<Place> {
        let addresses = data.addresses(&|kind, index| self.catalog.number(kind, index));
        addresses.into_iter().find_map(|address| {
            let id = self.catalog.variable(&address.name)?;
            let shape = self.writer.schema().shape(id).ok()?;
            address.is_in(&shape).then_some(Place { id, address, shape })
        })
    }

    /// The address of a variable on an entity.
    pub(super) fn variable<'v, 'e>(
        &self,
        kind: EntityType,
        variable: impl Into<Which<'v>>,
        entity: impl Into<Which<'e>>,
    ) -> Result<Data> {
        let variable = self.mesh.variable_position(kind, variable)?;
        Ok(Data::Variable(kind, variable, self.mesh.position(kind, entity)?))
    }

    /// What the writer was created with.
    pub fn mesh(&self) -> &Mesh {
        &self.mesh
    }

    /// Starts the next step. It has its time once all its values are put: until then there is no such step.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) if the step before is not complete, [`Kind::Io`](crate::Kind::Io).
    pub fn next_step(&self, time: f64) -> Result<StepWriter<'_>> {
        let mut owed = self.owed();
        owed.check_begun(&self.mesh)?;
        let step = self.next_step.load(Ordering::Relaxed);
        let waits = owed.begin(step, time, self.stepwise.iter().copied());
        drop(owed);
        if !waits {
            self.complete_step(step, time)?;
        }
        Ok(StepWriter::new(self, step))
    }

    /// Gives a step its time, of which everything else is there.
    fn complete_step(&self, step: u64, time: f64) -> Result<()> {
        self.put_time(step, time)?;
        let complete = self.complete.fetch_add(1, Ordering::Relaxed) + 1;
        match self.every {
            Some(every) if complete.is_multiple_of(every.max(1)) => self.writer.publish(),
            _ => Ok(()),
        }
    }

    pub(super) fn owed(&self) -> MutexGuard<'_, Owed> {
        self.owed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
