//! Joins the files of a decomposed run into one: mesh, sets and results.
//!
//! `cargo run --example join -- out.e.4.0 joined.e`

use exodus_rs::parallel::ParallelFile;
use exodus_rs::{Block, CreateOptions, EntityKind, Error, ExodusWriter, Map, Mesh, Result, Set};

const SETS: [EntityKind; 3] = [EntityKind::NodeSet, EntityKind::SideSet, EntityKind::ElementSet];
const MAPS: [EntityKind; 2] = [EntityKind::NodeMap, EntityKind::ElementMap];

/// What the joined file declares.
fn declare(model: &ParallelFile) -> Result<Mesh> {
    let init = model.init_params()?;
    let mut mesh = Mesh::new(&model.title(), init.num_dim, init.num_nodes);
    for block in model.blocks(EntityKind::ElementBlock)? {
        let id = block.entity.id.0;
        let attributes = model.attribute_names(EntityKind::ElementBlock, block.entity.index)?;
        let (name, len) = (block.entity.name, block.entity.len);
        let declared = Block::new(EntityKind::ElementBlock, id, &block.topology, len, block.nodes_per_entry);
        mesh.blocks.push(Block { name, attributes, ..declared });
    }
    for kind in SETS {
        for set in model.sets(kind)? {
            let declared = Set::new(kind, set.entity.id.0, set.entity.len);
            mesh.sets.push(Set { name: set.entity.name, num_factors: set.num_factors, ..declared });
        }
    }
    for kind in MAPS {
        mesh.id_maps.push(kind);
        let maps = model.entities(kind)?.into_iter();
        mesh.maps.extend(maps.map(|map| Map { kind, id: map.id.0, name: map.name }));
    }
    for kind in EntityKind::WITH_VARIABLES {
        mesh.set_variables(kind, model.variable_names(kind)?);
        if model.entities(kind).is_ok_and(|entities| !entities.is_empty()) {
            mesh.truth_tables.insert(kind, model.truth_table(kind)?);
        }
    }
    (mesh.coord_names, mesh.qa_records) = (model.coord_names()?, model.qa_records()?);
    Ok(mesh)
}

fn put_mesh(model: &ParallelFile, writer: &ExodusWriter) -> Result<()> {
    let axes: Vec<Vec<f64>> = model.coords()?.axes.into_iter().map(|axis| axis.into_vec()).collect();
    writer.put_coords(&axes.iter().map(Vec::as_slice).collect::<Vec<_>>())?;
    for kind in MAPS {
        writer.put_id_map(kind, &model.id_map(kind)?)?;
        (0..model.entities(kind)?.len())
            .try_for_each(|map| writer.put_num_map(kind, map, &model.num_map(kind, map)?))?;
    }
    for block in model.entities(EntityKind::ElementBlock)?.into_iter().filter(|block| block.present) {
        let (kind, index) = (EntityKind::ElementBlock, block.index);
        writer.put_connectivity(kind, index, &model.connectivity::<i64>(kind, index)?.nodes.into_vec())?;
        let attributes = model.attributes_array(kind, index)?;
        if !attributes.is_empty() {
            writer.put_attributes(kind, index, attributes.as_standard_layout().as_slice().unwrap_or_default())?;
        }
    }
    for kind in SETS {
        for set in model.sets(kind)?.into_iter().filter(|set| set.entity.present) {
            let index = set.entity.index;
            let (entries, extra) = (model.set_entries::<i64>(kind, index)?, model.set_extra::<i64>(kind, index)?);
            writer.put_set(kind, index, &entries.into_vec(), &extra.into_vec())?;
            if set.num_factors > 0 {
                writer.put_set_factors(kind, index, &model.set_factors::<f64>(kind, index)?.into_vec())?;
            }
        }
    }
    Ok(())
}

fn put_results(model: &ParallelFile, writer: &ExodusWriter) -> Result<()> {
    for (step, time) in (0..).zip(model.times()?) {
        writer.put_time(step, time)?;
        for kind in EntityKind::WITH_VARIABLES {
            for ((entity, variable), _) in model.truth_table(kind)?.indexed_iter().filter(|(_, has)| **has) {
                let values = model.var(step, kind, variable, entity)?.into_vec();
                writer.put_var(step, kind, variable, entity, &values)?;
            }
        }
    }
    Ok(())
}

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (Some(input), Some(output)) = (arguments.next(), arguments.next()) else {
        return Err(Error::usage("join MEMBER OUTPUT"));
    };
    let model = ParallelFile::open(input)?;
    let writer = ExodusWriter::create(output, &declare(&model)?, &CreateOptions::default())?;
    put_mesh(&model, &writer)?;
    put_results(&model, &writer)?;
    writer.finish()?;
    Ok(())
}
