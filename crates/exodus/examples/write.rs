//! `write create FILE STEPS NODES LEVEL` writes four variables step by step, with shuffle and deflate of a level that is not negative;
//! `write append FILE STEPS NODES EVERY` adds steps to a file that has some, and publishes every so many. What `bench/write.py` measures.

use std::path::Path;

use exodus_rs::hyperslab::hdf5::Filter;
use exodus_rs::hyperslab::netcdf::{Container, Layout, Schema, Type, Variable, Writer};
use exodus_rs::hyperslab::Selection;
use exodus_rs::{Error, ExodusAppender, Result, SyncPolicy};

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [what, path, steps, nodes, last] = arguments.as_slice() else {
        return Err(Error::usage("write create|append FILE STEPS NODES LEVEL|EVERY"));
    };
    let number = |text: &str| text.parse::<i64>().map_err(|_| Error::usage(format!("{text} is no number")));
    let (steps, nodes, last) = (number(steps)?.unsigned_abs(), number(nodes)?.unsigned_abs(), number(last)?);
    match what.as_str() {
        "create" => create(Path::new(path), steps, nodes, u8::try_from(last).ok()),
        _ => append(Path::new(path), steps, nodes, last.unsigned_abs()),
    }
}

/// Twice as many values as there are nodes, of which each step has some neighbours.
#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
fn values(nodes: u64) -> Vec<f64> {
    let noise = |n: u64| (n.wrapping_mul(2_654_435_761) % (1 << 32) % 1024) as f64 / 1024.0;
    (0..2 * nodes).map(|n| f64::from(((n as f64 * 1e-4).sin() * 300.0 + noise(n)) as f32)).collect()
}

fn part(values: &[f64], nodes: u64, first: u64) -> Result<&[f64]> {
    let start = usize::try_from(first % nodes).ok();
    let part = start.zip(usize::try_from(nodes).ok()).and_then(|(start, len)| values.get(start..)?.get(..len));
    part.ok_or_else(|| Error::usage("more values than there is memory"))
}

fn create(path: &Path, steps: u64, nodes: u64, level: Option<u8>) -> Result<()> {
    let mut schema = Schema::new(Container::NetCdf4);
    let (time, node) = (schema.add_dimension("time", 0, true), schema.add_dimension("node", nodes, false));
    let ids: Vec<_> = (0..4)
        .map(|n| {
            let mut variable = Variable::new(format!("u{n}"), Type::Double, vec![time, node]);
            variable.storage.layout = Layout::Chunked(vec![1, nodes]);
            variable.storage.filters =
                level.map_or(Vec::new(), |level| vec![Filter::shuffle(), Filter::deflate(level)]);
            schema.add_variable(variable)
        })
        .collect();
    let writer = Writer::create(path, schema, true)?;
    let values = values(nodes);
    for step in 0..steps {
        for (v, &id) in (0..).zip(&ids) {
            let values = part(&values, nodes, step * 7919 + v * 104_729)?;
            writer.write(id, &Selection::block(vec![step, 0], vec![1, nodes]), values)?;
        }
    }
    writer.finish().map(drop)
}

#[allow(clippy::cast_precision_loss)]
fn append(path: &Path, steps: u64, nodes: u64, every: u64) -> Result<()> {
    let policy = if every > steps { SyncPolicy::OnClose } else { SyncPolicy::EveryN(every) };
    let file = ExodusAppender::open_with(path, policy)?;
    let values = values(nodes);
    for n in 0..steps {
        let step = file.next_step(n as f64)?;
        step.put_global("step", n as f64)?;
        step.put_nodal("u", part(&values, nodes, n)?)?;
        step.put_nodal("v", part(&values, nodes, n * 7)?)?;
    }
    file.finish().map(drop)
}
