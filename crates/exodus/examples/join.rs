//! Joins the files of a decomposed run into one.
//!
//! `cargo run --example join -- out.e.4.0 joined.e`

use exodus_rs::model::{write, WriteOptions};
use exodus_rs::parallel::ParallelFile;
use exodus_rs::{Error, Result};

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (Some(member), Some(output)) = (arguments.next(), arguments.next()) else {
        return Err(Error::usage("join MEMBER OUTPUT"));
    };
    let model = ParallelFile::open(member)?;
    let size = write(&model, output, &WriteOptions::like(&model))?;
    println!("{} members, {size} bytes", model.members().len());
    Ok(())
}
