//! Writes one block of a file, given by its name, with its nodes, sets and results.

use exodus_rs::model::{write, Subset, WriteOptions};
use exodus_rs::{prelude::*, Result};

fn main() -> Result<()> {
    let [input, output, name] = [1, 2, 3].map(|n| std::env::args().nth(n).unwrap_or_default());
    let file = ExodusFile::open(&input)?;
    let part = Subset::of(&file).blocks([name.as_str()])?.build()?;
    write(&part, &output, &WriteOptions::like(&part)).map(|size| println!("{size} bytes"))
}
