//! Joins the files of a decomposed run into one.
//!
//! `cargo run --example join -- out.e.4.0 joined.e`

use exodus_rs::parallel::ParallelFile;
use exodus_rs::{CreateOptions, Error, ExodusFile, Result};

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (Some(member), Some(output)) = (arguments.next(), arguments.next()) else {
        return Err(Error::usage("join MEMBER OUTPUT"));
    };
    let model = ParallelFile::open(member)?;
    let options = model.members().first().map_or_else(CreateOptions::default, ExodusFile::create_options);
    let size = model.join(output, &options)?;
    println!("{} members, {size} bytes", model.members().len());
    Ok(())
}
