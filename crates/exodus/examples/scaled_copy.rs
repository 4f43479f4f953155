//! Writes a copy of a file with all results times 1.5, step by step, by hand. (`model::Scaled` does it in one line.)

use exodus_rs::{prelude::*, CreateOptions, ExodusWriter, Result};

fn main() -> Result<()> {
    let [input, output] = [1, 2].map(|n| std::env::args().nth(n).unwrap_or("cube.exo".into()));
    let file = ExodusFile::open(&input)?;
    let (mesh, options) = (file.mesh()?, CreateOptions { overwrite: true, ..file.create_options() });
    let writer = ExodusWriter::create(&output, mesh, &options)?;
    for data in mesh.static_data().into_iter().filter(|&data| file.has(data)) {
        writer.put_numbers(data, &file.numbers(&data.into())?)?;
    }
    for step in 0..file.num_steps() {
        for data in mesh.stepwise_data().into_iter().filter(|&data| file.has(data)) {
            let factor = if data == Data::Times { 1.0 } else { 1.5 };
            writer.put_numbers(data.step(step), &file.numbers(&data.step(step))?.map(|value| factor * value)?)?;
        }
    }
    writer.finish().map(|size| println!("{size} bytes"))
}
