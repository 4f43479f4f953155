//! The rules of the model, whatever it is made of.

mod assemblies;
mod blocks;
mod coordinates;
mod entities;
mod maps;
mod sets;
mod sides;
mod times;
mod values;
mod variables;

pub(super) use variables::cell_of;
