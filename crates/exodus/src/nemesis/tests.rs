use hyperslab::netcdf::{Container, Schema, Type, Writer};
use hyperslab::Selection;

use super::{ElementMap, FileType, GlobalBlock, GlobalSet, Nemesis, NodeMap, Processor};
use crate::read::file::ExodusFile;

fn processor(seed: i64) -> Processor {
    Processor {
        internal_nodes: vec![seed, seed + 1],
        border_nodes: vec![seed + 2],
        external_nodes: if seed == 1 { vec![] } else { vec![seed + 3, 9] },
        internal_elements: (1..=seed).collect(),
        border_elements: vec![],
        node_maps: vec![
            NodeMap { id: 7, nodes: vec![3, 4, seed], processors: vec![1, 1, 1] },
            NodeMap { id: 8, nodes: vec![], processors: vec![] },
        ],
        element_maps: (0..seed)
            .map(|id| ElementMap { id, elements: vec![id + 1], sides: vec![4], processors: vec![id] })
            .collect(),
    }
}

fn model(processors: i64) -> Nemesis {
    Nemesis {
        file_version: Some(2.5),
        api_version: Some(9.0),
        num_processors: 5,
        file_type: FileType::Parallel,
        num_nodes_global: 100,
        num_elements_global: 81,
        element_blocks: vec![GlobalBlock { id: 10, len: 80 }, GlobalBlock { id: 3, len: 1 }],
        node_sets: vec![GlobalSet { id: 1, len: 9, num_factors: 0 }],
        side_sets: vec![GlobalSet { id: 2, len: 4, num_factors: 8 }, GlobalSet { id: 5, len: 0, num_factors: 0 }],
        processors: (1..=processors).map(processor).collect(),
    }
}

fn schema(container: Container) -> Schema {
    let mut schema = Schema::new(container);
    schema.add_dimension("num_nodes", 9, false);
    schema.add_dimension("num_el_blk", 2, false);
    schema
}

fn write(nemesis: &Nemesis, mut schema: Schema, int64: bool, change: impl Fn(&str, &mut Vec<i64>)) -> ExodusFile {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.exo");
    nemesis.declare(&mut schema, int64);
    let writer = Writer::create(&path, schema, false).unwrap();
    for (name, mut values) in nemesis.values() {
        change(name, &mut values);
        let id = writer.schema().find_variable(name).unwrap();
        let shape = writer.schema().shape(id).unwrap();
        writer.write(id, &Selection::all(&shape), &values).unwrap();
    }
    writer.finish().unwrap();
    let source = hyperslab::Source::from_bytes(std::fs::read(&path).unwrap());
    ExodusFile::from_netcdf(hyperslab::netcdf::File::from_source(source).unwrap()).unwrap()
}

#[test]
fn what_is_written_is_read() {
    let scalar = Nemesis {
        file_type: FileType::Scalar,
        num_processors: 1,
        processors: vec![processor(2)],
        ..Nemesis::default()
    };
    let versions =
        Nemesis { file_version: Some(f64::from(2.6f32)), api_version: Some(f64::from(9.06f32)), ..scalar.clone() };
    for (container, int64) in [(Container::Cdf2, false), (Container::Cdf5, true), (Container::NetCdf4Classic, false)] {
        for model in [model(1), model(3)] {
            let file = write(&model, schema(container), int64, |_, _| {});
            assert_eq!(file.nemesis().unwrap().unwrap(), model);
        }
        assert_eq!(write(&scalar, schema(container), int64, |_, _| {}).nemesis().unwrap().unwrap(), versions);
    }
}

#[test]
fn integers_are_as_wide_as_asked() {
    for (int64, expected) in [(false, Type::Int), (true, Type::Int64)] {
        let mut schema = schema(Container::NetCdf4);
        model(2).declare(&mut schema, int64);
        let ty = |name| schema.variables[schema.find_variable(name).unwrap().0].ty.clone();
        assert_eq!((ty("node_mapi"), ty("node_mapi_idx"), ty("int_n_stat")), (expected.clone(), expected, Type::Int));
    }
}

#[test]
fn a_whole_model_has_none() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.exo");
    Writer::create(&path, schema(Container::Cdf2), false).unwrap().finish().unwrap();
    assert_eq!(ExodusFile::open(&path).unwrap().nemesis().unwrap(), None);
}

#[test]
fn parts_that_do_not_follow_each_other_are_refused() {
    for (variable, values) in [
        ("node_mapi_idx", vec![4, 2, 6]),
        ("node_mapi_idx", vec![2, 4, 7]),
        ("node_mapi_idx", vec![-1, 4, 6]),
        ("n_comm_data_idx", vec![3, 3, 6, 6, 9, 10]),
        ("e_comm_info_idx", vec![1, 3, 8]),
    ] {
        let file = write(&model(3), schema(Container::Cdf2), false, |name, list| {
            if name == variable {
                assert_ne!(*list, values);
                list.clone_from(&values);
            }
        });
        let error = file.nemesis().unwrap_err();
        assert_eq!(error.location().object.as_deref(), Some(format!("/{variable}").as_str()), "{error}");
    }
}

#[test]
fn a_status_of_zero_hides_the_part() {
    let file = write(&model(2), schema(Container::Cdf2), false, |name, list| {
        if name == "int_n_stat" || name == "n_comm_stat" {
            list[0] = 0;
        }
    });
    let mut expected = model(2);
    expected.processors[0].internal_nodes.clear();
    expected.processors[0].node_maps[0] = NodeMap { id: 7, ..NodeMap::default() };
    assert_eq!(file.nemesis().unwrap().unwrap(), expected);
}
