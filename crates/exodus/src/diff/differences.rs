//! The differences of two files as a model: the mesh of the first one, and its results less those of the second.

use std::fmt::{self, Debug, Formatter};
use std::sync::{Mutex, MutexGuard, PoisonError};

use hyperslab::{Error, NumberType, Result};
use ndarray::Array2;

use super::kernel::differences;
use super::results::{nans, Buffers, Plan};
use super::steps::Pair;
use super::{Finding, Teller};
use crate::create::CreateOptions;
use crate::data::{Data, Part};
use crate::kind::EntityType;
use crate::mesh::Mesh;
use crate::model::{self, Model, Numbers, Stored};

/// What a plan compares, as numbers.
pub(super) struct Differences<'d, 'p, 'f, 't> {
    plan: &'d Plan<'p, 'f>,
    mesh: Mesh,
    /// For each variable of the plan its number among its kind.
    numbers: Vec<usize>,
    /// The steps that have a partner.
    pairs: Vec<&'d Pair>,
    state: Mutex<State<'d, 't>>,
}

/// What changes while numbers are asked for.
struct State<'d, 't> {
    teller: &'d mut Teller<'t>,
    buffers: Buffers,
    /// How many steps were told.
    told: usize,
}

impl Debug for Differences<'_, '_, '_, '_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Differences").field("mesh", &self.mesh).finish_non_exhaustive()
    }
}

impl<'d, 'p, 'f, 't> Differences<'d, 'p, 'f, 't> {
    /// The differences that a plan compares. What has to be told of not-a-number is told as the numbers are asked for.
    pub fn new(plan: &'d Plan<'p, 'f>, teller: &'d mut Teller<'t>) -> Result<Self> {
        let [first, _] = plan.models;
        let mut mesh = first.mesh.clone();
        mesh.groups.clear();
        // What is said there of the first file does not hold for differences.
        mesh.qa_records.clear();
        mesh.info_records.clear();
        model::drop_results(&mut mesh);
        let numbers = declare(&mut mesh, plan);
        let state = Mutex::new(State { teller, buffers: Buffers::default(), told: 0 });
        let pairs = plan.pairs.iter().filter(|pair| pair.has_partner()).collect();
        Ok(Differences { plan, mesh, numbers, pairs, state })
    }

    fn state(&self) -> MutexGuard<'_, State<'d, 't>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether nobody wants to be told more.
    pub fn is_stopped(&self) -> bool {
        self.state().teller.stopped
    }

    /// Tells of the steps that no number was asked of.
    pub fn tell_the_rest(&self) {
        self.state().begin(self.plan, &self.pairs);
    }

    /// The differences of one step.
    fn step(&self, data: Data, step: usize) -> Result<Vec<f64>> {
        let pair = *self.pairs.get(step).ok_or_else(|| Error::usage(format!("there is no step {step}")))?;
        let mut state = self.state();
        state.begin(self.plan, self.pairs.get(..=step).unwrap_or_default());
        match data {
            Data::Variable(kind, number, entity) => self.variable(&mut state, pair, (kind, number, entity)),
            _ => self.globals(&mut state, pair),
        }
    }

    fn globals(&self, state: &mut State<'_, '_>, pair: &Pair) -> Result<Vec<f64>> {
        let (mut all, mut one, mut found) = (Vec::new(), Vec::new(), Vec::new());
        self.plan.each_global(pair, &mut state.buffers, &mut |chosen, first, second| {
            let seen = differences(first, second, self.plan.options.written, &mut one)?;
            all.append(&mut one);
            found.extend(nans(chosen, None, seen));
            Ok(())
        })?;
        self.tell(state, found);
        Ok(all)
    }

    fn variable(
        &self,
        state: &mut State<'_, '_>,
        pair: &Pair,
        (kind, number, entity): (EntityType, usize, usize),
    ) -> Result<Vec<f64>> {
        let mut variables = self.plan.variables.iter().zip(&self.numbers);
        let variable = variables.find(|(variable, &own)| own == number && variable.chosen.subject.kind() == kind);
        let carriers = variable.map(|(variable, _)| variable.carriers.as_slice()).unwrap_or_default();
        let found = variable.zip(carriers.iter().find(|carrier| carrier.first == entity));
        let ((variable, _), carrier) = found.ok_or_else(|| Error::not_found("there are no such differences"))?;
        let (mut values, mode) = (Vec::new(), self.plan.options.written);
        let seen = self
            .plan
            .rows(carrier, pair, &mut state.buffers, |a, b| differences(a, b, mode, &mut values))?
            .transpose()?;
        let seen = seen.ok_or_else(|| Error::usage("the second file has no step to be compared with"))?;
        self.tell(state, nans(&variable.chosen, Some(carrier), seen));
        Ok(values)
    }

    /// Tells of not-a-number, unless nobody wants to know.
    fn tell(&self, state: &mut State<'_, '_>, findings: Vec<Finding>) {
        if !self.plan.options.ignore_nans {
            findings.into_iter().for_each(|finding| state.teller.tell(finding));
        }
    }
}

impl State<'_, '_> {
    /// Tells where the last of some steps begins, and those before it, unless that was done.
    fn begin(&mut self, plan: &Plan<'_, '_>, pairs: &[&Pair]) {
        for pair in pairs.get(self.told..).unwrap_or_default() {
            // The times of the second file are nowhere in the output: they need not be the same.
            self.teller.tell(plan.heading(&Pair { timed: false, ..**pair }));
        }
        self.told = self.told.max(pairs.len());
    }
}

impl Model for Differences<'_, '_, '_, '_> {
    fn mesh(&self) -> Result<&Mesh> {
        Ok(&self.mesh)
    }

    fn shape(&self, data: Data) -> Option<Vec<u64>> {
        if data == Data::Times && self.plan.models[0].is_untimed {
            return None;
        }
        match data.is_stepwise() {
            true => self.mesh.shape(data, self.num_steps()),
            false => self.plan.models[0].file.shape(data),
        }
    }

    fn number_type(&self, data: Data) -> Option<NumberType> {
        match data.is_stepwise() {
            true => self.shape(data).map(|_| NumberType::F64),
            false => self.plan.models[0].file.number_type(data),
        }
    }

    fn numbers(&self, part: &Part) -> Result<Numbers<'_>> {
        let (data, [first, _]) = (part.data(), self.plan.models);
        if !data.is_stepwise() {
            return first.read(|file| file.numbers(part));
        }
        let steps = part.steps_of(self.num_steps()).filter_map(|step| usize::try_from(step).ok());
        if data == Data::Times {
            let times = steps.filter_map(|step| self.pairs.get(step)).map(|pair| first.time(pair.first));
            let times = times.collect::<Option<Vec<_>>>();
            return Ok(Numbers::F64(times.ok_or_else(|| Error::not_found("the first file has no times"))?.into()));
        }
        let entries = |values: Vec<f64>| {
            let range = part.entries_of(values.len() as u64);
            let inside = |n: usize| range.contains(&(n as u64));
            values.into_iter().enumerate().filter(move |(n, _)| inside(*n)).map(|(_, value)| value).collect::<Vec<_>>()
        };
        let all = steps.map(|step| self.step(data, step).map(entries)).collect::<Result<Vec<_>>>()?;
        Ok(Numbers::F64(all.concat().into()))
    }

    fn num_steps(&self) -> u64 {
        self.pairs.len() as u64
    }

    fn unit(&self) -> u64 {
        // Both files are read step by step, whatever is asked of it.
        u64::MAX
    }

    fn stored(&self, data: Data) -> Option<Stored<'_>> {
        Some(data).filter(|data| !data.is_stepwise()).and_then(|data| self.plan.models[0].file.stored(data))
    }

    fn create_options(&self) -> CreateOptions {
        let [one, two] = self.plan.models.each_ref().map(|model| model.file.create_options());
        CreateOptions { word_size: one.word_size.min(two.word_size), overwrite: true, ..one }
    }
}

/// Adds the variables of a plan to a mesh without any; returns for each its number among its kind.
fn declare(mesh: &mut Mesh, plan: &Plan<'_, '_>) -> Vec<usize> {
    if !plan.globals.is_empty() {
        mesh.set_variables(EntityType::Global, plan.globals.iter().map(|chosen| chosen.name.as_str()));
    }
    let mut numbers = Vec::new();
    for variable in &plan.variables {
        let names = mesh.variables.entry(variable.chosen.subject.kind()).or_default();
        numbers.push(names.len());
        names.push(variable.chosen.name.clone());
        // The name of a component is longer than any of the first file.
        mesh.text.name = mesh.text.name.max(variable.chosen.name.len() as u64 + 1);
    }
    let kinds: Vec<_> = mesh.variables.iter().map(|(&kind, names)| (kind, names.len())).collect();
    for (kind, len) in kinds.into_iter().filter(|(kind, _)| !matches!(kind, EntityType::Global | EntityType::Nodal)) {
        let mut table = Array2::from_elem((mesh.count(kind), len), false);
        for (variable, &number) in plan.variables.iter().zip(&numbers) {
            for carrier in variable.carriers.iter().filter(|carrier| carrier.kind == kind) {
                if let Some(has) = table.get_mut((carrier.first, number)) {
                    *has = true;
                }
            }
        }
        mesh.truth_tables.insert(kind, table);
    }
    numbers
}
