//! The rules of the file: how it declares a model. They hold for a model that is a file, and for no other.

mod lists;
mod names;
mod nemesis;
mod results;
mod schema;
