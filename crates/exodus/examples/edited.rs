//! Changes whatever a model has, in the file where it is, or the one in a group: `edited FILE [GROUP]`. What libexodus reads of it then, tests compare.

use exodus_rs::hyperslab::netcdf::Editor;
use exodus_rs::prelude::*;
use exodus_rs::{Error, ModelEditor, QaRecord, Result};

fn main() -> Result<()> {
    let path = std::env::args().nth(1).ok_or_else(|| Error::usage("edited FILE [GROUP]"))?;
    let file = ExodusFile::open(&path)?;
    let file = std::env::args().nth(2).map_or(Ok(file.clone()), |group| file.group(&group))?;
    let mut model = ModelEditor::on(Editor::open(&path)?, &file)?;
    model.set_title("edited")?;
    let [code, version, date, time] = ["edited", "1", "2020/02/29", "12:00:00"].map(str::to_owned);
    model.add_qa_record(QaRecord { code, version, date, time })?;
    model.add_info_record("a line that was added")?;
    rename(&mut model)?;
    let steps = file.num_steps();
    for kind in EntityType::WITH_VARIABLES {
        let nobody = !matches!(kind, EntityType::Nodal | EntityType::Global) && model.mesh().count(kind) == 0;
        // The library that tests ask knows no variables of those.
        if nobody || matches!(kind, EntityType::Assembly | EntityType::Blob) || model.mesh().num_nodes == 0 {
            continue;
        }
        let at = model.mesh().variables.get(&kind).map_or(0, Vec::len);
        model.add_variables(kind, &["added", "more"])?;
        let data = Data::Variable(kind, at, 0);
        if let (Some(shape), 1..) = (model.mesh().shape(data, steps), steps) {
            let count = shape.iter().skip(1).product::<u64>();
            let values: Vec<f64> = (0..count).map(|n| n as f64 / 4.0).collect();
            if !values.is_empty() {
                model.put(data.step(steps - 1), &values)?;
            }
        }
    }
    if model.mesh().num_dim > 0 && model.mesh().num_nodes > 1 {
        model.put(Data::Coordinate(0).entries(1..2), &[2.5])?;
    }
    println!("{:?}", model.publish()?.done);
    Ok(())
}

/// Gives everything that has a name in a list another one.
fn rename(model: &mut ModelEditor) -> Result<()> {
    let named = [EntityType::Assembly, EntityType::Blob];
    let kinds = [EntityType::BLOCKS.as_slice(), &EntityType::SETS, &EntityType::MAPS, &named].concat();
    for kind in kinds {
        for n in 0..model.mesh().count(kind) {
            model.rename_entity(kind, n, &format!("renamed {}", n + 1))?;
        }
    }
    for kind in EntityType::WITH_VARIABLES {
        for n in 0..model.mesh().variables.get(&kind).map_or(0, Vec::len) {
            model.rename_variable(kind, n, &format!("variable_{}", n + 1))?;
        }
        for n in 0..model.mesh().reductions.get(&kind).map_or(0, Vec::len) {
            model.rename_reduction(kind, n, &format!("reduction_{}", n + 1))?;
        }
    }
    Ok(())
}
