//! Reading: the Exodus names of an open netCDF file.

mod arrays;
mod assemblies;
mod attributes;
pub(crate) mod blocks;
pub(crate) mod coords;
pub(crate) mod entities;
pub(crate) mod file;
mod info;
pub(crate) mod init;
mod maps;
pub(crate) mod records;
pub(crate) mod sets;
pub(crate) mod stream;
mod variables;

pub use blocks::{BlockInfo, Connectivity};
pub use coords::Coords;
pub use entities::Entity;
pub use file::ExodusFile;
pub use info::{Info, VariableInfo};
pub use init::InitParams;
pub use records::QaRecord;
pub use sets::SetInfo;
pub use stream::{PieceValues, Pieces, StepValues, Steps};
