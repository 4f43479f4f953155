//! `append FILE STEPS EVERY`: appends steps to a file of its own making, and says after each publication how many there
//! are. Whoever kills it finds at least those.

use std::io::Write;
use std::path::Path;

use exodus_rs::{Container, CreateOptions, EntityType, Error, ExodusAppender, MeshBuilder, Result, SyncPolicy};

const NODES: usize = 500;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [path, steps, every] = arguments.as_slice() else {
        return Err(Error::usage("append FILE STEPS EVERY"));
    };
    let number = |text: &str| text.parse::<u64>().map_err(|_| Error::usage(format!("{text} is no number")));
    let (path, steps, every) = (Path::new(path), number(steps)?, number(every)?);
    if !path.exists() {
        create(path)?;
    }
    let file = ExodusAppender::open_with(path, SyncPolicy::EveryN(every))?;
    let there = file.num_steps();
    for step in there..there + steps {
        let value = step as f64;
        let next = file.next_step(value / 8.0)?;
        next.put_global("step", value)?;
        next.put_nodal("v", &vec![-value; NODES])?;
        // The last value of a step makes it complete.
        next.put_nodal("u", &vec![value; NODES])?;
        if (step + 1 - there) % every == 0 {
            let mut out = std::io::stdout().lock();
            let told = writeln!(out, "{}", step + 1).and_then(|()| out.flush());
            told.map_err(|e| Error::io("cannot write to standard output", e))?;
        }
    }
    file.finish().map(drop)
}

/// A line of nodes without steps.
fn create(path: &Path) -> Result<()> {
    let container = match path.extension().and_then(|extension| extension.to_str()) {
        Some("cdf1") => Container::Cdf1,
        Some("cdf5") => Container::Cdf5,
        Some("nc4") => Container::NetCdf4,
        Some("nc4c") => Container::NetCdf4Classic,
        _ => Container::Cdf2,
    };
    let nodes: Vec<[f64; 1]> = (0..NODES).map(|n| [n as f64]).collect();
    let mesh = MeshBuilder::new("appended").nodes(&nodes).variables(EntityType::Nodal, ["u", "v"]);
    let mesh = mesh.variables(EntityType::Global, ["step"]);
    mesh.create(path, &CreateOptions { container, ..CreateOptions::default() })?.finish().map(drop)
}
