//! One of the two files: what is asked of it again and again.

use std::collections::{BTreeMap, HashSet};
use std::ops::Deref;
use std::path::Path;
use std::sync::Arc;

use hyperslab::{Context, Error, Result, Values};

use super::names::Pairs;
use super::options::Options;
use super::steps::time;
use super::subject::Subject;
use crate::data::{Data, Part};
use crate::kind::EntityType;
use crate::mesh::Entity;
use crate::mesh::InitParams;
use crate::mesh::{Block, Mesh};
use crate::model::{self, ModelExt};
use crate::read::file::ExodusFile;
use crate::topology::ElementNumbers;

/// A block, and what the lists of the file say of it.
#[derive(Debug, Clone)]
pub(super) struct Listed<'f> {
    pub entity: Entity,
    block: &'f Block,
}

impl Deref for Listed<'_> {
    type Target = Block;

    fn deref(&self) -> &Block {
        self.block
    }
}

/// The blocks of a kind.
pub(super) fn listed(mesh: &Mesh, kind: EntityType) -> Vec<Listed<'_>> {
    let both = mesh.blocks.of(kind).iter().zip(mesh.list(kind));
    both.map(|(block, entity)| Listed { entity, block }).collect()
}

/// A file with its lists of entities.
#[derive(Debug)]
pub(super) struct Model<'f> {
    pub file: &'f dyn model::Model,
    /// What it declares.
    pub mesh: &'f Mesh,
    lists: BTreeMap<EntityType, Vec<Entity>>,
    /// What the file is called in errors.
    pub name: Arc<Path>,
    pub counts: InitParams,
    /// The time of each step; its number, counted from 1, where the file has no times.
    pub times: Vec<f64>,
    /// Whether the file has steps and no times.
    pub is_untimed: bool,
    pub blocks: Vec<Listed<'f>>,
    numbers: ElementNumbers,
    /// For the entities of the other file those of this one.
    partners: BTreeMap<EntityType, Pairs>,
}

/// The kinds whose entities are compared one by one.
const PAIRED: [EntityType; 5] =
    [EntityType::ElementBlock, EntityType::NodeSet, EntityType::SideSet, EntityType::EdgeBlock, EntityType::FaceBlock];

/// Those that are compared only if everything is.
const PAIRED_IF_STRICT: [EntityType; 9] = [
    EntityType::EdgeSet,
    EntityType::FaceSet,
    EntityType::ElementSet,
    EntityType::NodeMap,
    EntityType::EdgeMap,
    EntityType::FaceMap,
    EntityType::ElementMap,
    EntityType::Assembly,
    EntityType::Blob,
];

impl<'f> Model<'f> {
    /// Takes a file; errors call it by this name.
    pub fn new(file: &'f dyn model::Model, name: &Path) -> Result<Self> {
        Self::of(file, name.into(), None).in_file(name)
    }

    /// Takes as many steps of a file that is cut off behind them, if no others are asked for.
    pub fn with_steps(file: &'f dyn model::Model, name: &Path, last: Option<u64>) -> Result<Self> {
        Self::of(file, name.into(), last).in_file(name)
    }

    fn of(file: &'f dyn model::Model, name: Arc<Path>, last: Option<u64>) -> Result<Self> {
        let netcdf = file.file().map(ExodusFile::netcdf);
        netcdf.map_or(Ok(()), |netcdf| netcdf.check_records(last.unwrap_or(u64::MAX)))?;
        let cut_off = last.filter(|_| netcdf.is_some_and(|netcdf| netcdf.check_complete().is_err()));
        let mesh = file.mesh()?;
        let mut times = match cut_off.filter(|_| file.has(Data::Times)) {
            Some(last) => file.numbers(&Part::from(Data::Times).steps(0..last))?.to()?,
            None => file.times()?,
        };
        let is_untimed = times.is_empty() && file.num_steps() > 0 && has_results(file, mesh)?;
        if is_untimed {
            times = numbers(cut_off.unwrap_or_else(|| file.num_steps()))?;
        }
        Ok(Model {
            counts: mesh.init_params(),
            times,
            is_untimed,
            blocks: listed(mesh, EntityType::ElementBlock),
            lists: PAIRED.into_iter().chain(PAIRED_IF_STRICT).map(|kind| (kind, mesh.list(kind))).collect(),
            numbers: mesh.element_numbers().clone(),
            partners: BTreeMap::new(),
            name,
            mesh,
            file,
        })
    }

    /// Asks the file; an error says which file it is about.
    pub fn read<T>(&self, what: impl FnOnce(&'f dyn model::Model) -> Result<T>) -> Result<T> {
        what(self.file).in_file(&self.name)
    }

    /// The entities of a kind that is compared.
    pub fn entities(&self, kind: EntityType) -> &[Entity] {
        self.lists.get(&kind).map(Vec::as_slice).unwrap_or_default()
    }

    /// The time of a step; `None` if the file has no times.
    pub fn time(&self, step: u64) -> Option<f64> {
        (!self.is_untimed).then(|| time(&self.times, step))
    }

    /// Finds for all entities of another file those of this one that are the same: by their identifiers or by their names, the
    /// n-th of several with the n-th.
    pub fn pair_with(&mut self, other: &Model<'_>, options: &Options) {
        let more = PAIRED_IF_STRICT.into_iter().filter(|_| options.strict);
        for kind in PAIRED.into_iter().chain(more) {
            let (theirs, own) = (other.entities(kind), self.entities(kind));
            let pairs = match options.by_name {
                true => {
                    let [theirs, own] =
                        [theirs, own].map(|list| list.iter().map(|e| title(kind, e)).collect::<Vec<_>>());
                    Pairs::of_names(&theirs, &own, true)
                }
                false => Pairs::by_key(theirs, own, |entity| entity.id),
            };
            self.partners.insert(kind, pairs);
        }
    }

    /// The entity that is the same as one of the file that this one is [paired with](Self::pair_with).
    pub fn partner(&self, kind: EntityType, of: &Entity) -> Option<&Entity> {
        let partner = self.partners.get(&kind)?.partners.get(of.index).copied().flatten()?;
        self.entities(kind).get(partner)
    }

    /// The entities that the file which this one is [paired with](Self::pair_with) has not.
    pub fn alone(&self, kind: EntityType) -> impl Iterator<Item = &Entity> {
        let taken = self.partners.get(&kind).map(|pairs| pairs.taken.as_slice()).unwrap_or_default();
        self.entities(kind).iter().filter(|entity| taken.get(entity.index) == Some(&false))
    }

    /// The names of a subject's variables; of attributes, those of all blocks together.
    pub fn names(&self, subject: Subject) -> Vec<String> {
        let listed = |names: Option<&Vec<String>>| names.cloned().unwrap_or_default();
        match subject {
            Subject::Reduction(kind) => return listed(self.mesh.reductions.get(&kind)),
            Subject::ElementAttribute => {}
            other => return listed(self.mesh.variables.get(&other.kind())),
        }
        let (mut names, mut seen) = (Vec::new(), HashSet::new());
        for name in (0..self.blocks.len()).flat_map(|block| self.attributes(block)) {
            if seen.insert(name.clone()) {
                names.push(name);
            }
        }
        names
    }

    /// The names of a block's attributes; those without a name are numbered.
    pub fn attributes(&self, block: usize) -> Vec<String> {
        let names = self.attribute_names(EntityType::ElementBlock, block).iter().zip(1..);
        names.map(|(name, n)| if name.is_empty() { format!("attribute_{n}") } else { name.clone() }).collect()
    }

    /// The names of the attributes of an entity's entries, empty or not.
    pub fn attribute_names(&self, kind: EntityType, entity: usize) -> &'f [String] {
        let found = match kind {
            EntityType::Nodal => Some(&self.mesh.nodal_attributes),
            _ => {
                let block = self.mesh.blocks.of(kind).get(entity).map(|block| &block.attributes);
                block.or_else(|| self.mesh.sets.of(kind).get(entity).map(|set| &set.attributes))
            }
        };
        found.map(Vec::as_slice).unwrap_or_default()
    }

    /// How many elements there are before a block.
    pub fn elements_before(&self, block: usize) -> u64 {
        self.numbers.before(block)
    }

    /// Block and position in it of an element, counted from 0 through all blocks.
    pub fn locate(&self, element: u64) -> Option<(usize, usize)> {
        self.numbers.find(i64::try_from(element.checked_add(1)?).ok()?)
    }

    /// The nodes of a block's elements, element by element, and how many an element has. `None` for a block without nodes.
    pub fn connectivity(&self, block: usize) -> Result<Option<(Values<'f, i64>, usize)>> {
        let Some(info) = self.blocks.get(block) else { return Ok(None) };
        if !info.entity.present || info.nodes_per_entry == 0 {
            return Ok(None);
        }
        let found = self.read(|file| file.connectivity::<i64>(EntityType::ElementBlock, block))?;
        Ok(Some((found.nodes, found.nodes_per_entry)))
    }
}

/// The most steps that are counted where no times are.
const MOST_STEPS: u64 = 1 << 24;

/// Whether a model has values at its steps: a number of steps alone may be any, and is not counted up to.
fn has_results(file: &dyn model::Model, mesh: &Mesh) -> Result<bool> {
    let has_values = |data: &Data| file.shape(*data).is_some_and(|shape| !shape.contains(&0));
    let Some(data) = mesh.stepwise_data().into_iter().find(has_values) else { return Ok(false) };
    file.stored(data).map_or(Ok(()), |stored| stored.array.check_written())?;
    Ok(true)
}

/// The numbers of steps in the place of their times.
fn numbers(steps: u64) -> Result<Vec<f64>> {
    match u32::try_from(steps) {
        Ok(steps) if u64::from(steps) <= MOST_STEPS => Ok((1..=steps).map(f64::from).collect()),
        _ => Err(Error::limit(format!("{steps} steps without times"))),
    }
}

/// The name of an entity, made up where it has none.
pub(super) fn title(kind: EntityType, entity: &Entity) -> String {
    match entity.name.is_empty() {
        true => format!("{}_{}", kind.label().replace(' ', "_"), entity.id),
        false => entity.name.clone(),
    }
}

/// The names of everything in a file that is compared by name.
pub(super) fn all_names(file: &dyn model::Model, name: &Path, options: &Options) -> Result<Vec<(Subject, String)>> {
    let model = Model::with_steps(file, name, options.steps.end())?;
    let more = Subject::strict().filter(|_| options.strict);
    let names = |subject| model.names(subject).into_iter().map(move |name| (subject, name));
    Ok(Subject::NAMED.into_iter().chain(more).flat_map(names).collect())
}
