use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::*;
use crate::netcdf::{Array, Container, File, Layout, Schema, Type, Variable, VariableId, Writer};
use crate::shape::Selection;
use crate::source::Source;

/// A file in memory, and where it lies there.
fn opened(path: &Path) -> Option<(File, Arc<[u8]>)> {
    let bytes: Arc<[u8]> = std::fs::read(path).ok()?.into();
    Some((File::from_source(Source::from_bytes(bytes.clone())).ok()?, bytes))
}

fn fixtures() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    let files = ["exodus", "netcdf", "hdf5"].into_iter().flat_map(|d| std::fs::read_dir(root.join(d)).unwrap());
    files.map(|entry| entry.unwrap().path()).collect()
}

/// Where the first element of a view lies.
fn address<T: Element>(view: &Strided<T>) -> usize {
    match view {
        Strided::Native(view) => view.as_ptr() as usize,
        Strided::Little(view) => view.as_ptr() as usize,
        Strided::Big(view) => view.as_ptr() as usize,
    }
}

/// Checks a variable if it can be viewed; returns whether it can.
fn check<T: Element>(array: &Array, bytes: &[u8]) -> bool {
    let Ok(view) = array.strided::<T>() else { return false };
    let whole = bytes.as_ptr() as usize..=bytes.as_ptr() as usize + bytes.len();
    // Compact data are a copy already.
    let compact = array.variable().storage.layout == Layout::Compact;
    assert!(array.is_empty() || compact || whole.contains(&address(&view)));
    let (values, read): (Vec<T>, Vec<T>) = (view.iter().collect(), array.read_all().unwrap());
    // Byte by byte: NaN is not equal to itself.
    assert_eq!(bytemuck::cast_slice::<T, u8>(&values), bytemuck::cast_slice::<T, u8>(&read));
    assert_eq!(view.shape().iter().map(|&n| n as u64).collect::<Vec<_>>(), array.shape());
    let owned = view.to_owned().into_raw_vec_and_offset().0;
    assert_eq!(bytemuck::cast_slice::<T, u8>(&owned), bytemuck::cast_slice::<T, u8>(&read));
    true
}

#[test]
fn views_of_all_fixtures_equal_what_is_read() {
    let (mut viewed, mut in_pieces) = (0, 0);
    for path in fixtures() {
        let Some((file, bytes)) = opened(&path) else { continue };
        for id in (0..file.schema().variables.len()).map(VariableId) {
            let array = file.array(id).unwrap();
            let good = match &array.variable().ty {
                Type::Double => check::<f64>(array, &bytes),
                Type::Float => check::<f32>(array, &bytes),
                Type::Int => check::<i32>(array, &bytes),
                Type::Short => check::<i16>(array, &bytes),
                _ => continue,
            };
            viewed += u32::from(good);
            in_pieces +=
                u32::from(good && array.borrow_bytes(..).is_err_and(|e| e.reason() == Some(NotBorrowable::Scattered)));
        }
    }
    assert!(viewed > 500 && in_pieces > 50, "{viewed} views, {in_pieces} of several pieces");
}

/// Steps of two variables that take turns, and their times.
fn results(container: Container, steps: u64, chunk: Option<Vec<u64>>) -> (File, Arc<[u8]>) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.nc");
    let mut schema = Schema::new(container);
    let time = schema.add_dimension("time", if container.is_hdf5() { steps } else { 0 }, true);
    let nodes = schema.add_dimension("nodes", 5, false);
    schema.add_variable(Variable::new("t", Type::Double, vec![time]));
    for name in ["u", "v"] {
        let mut variable = Variable::new(name, Type::Double, vec![time, nodes]);
        if let Some(chunk) = &chunk {
            variable.storage.layout = Layout::Chunked(chunk.clone());
        }
        schema.add_variable(variable);
    }
    let writer = Writer::create(&path, schema, false).unwrap();
    for step in 0..steps {
        writer.write(VariableId(0), &Selection::block(vec![step], vec![1]), &[step as f64]).unwrap();
        for id in 1..3 {
            let values: Vec<f64> = (0..5).map(|n| (step * 100 + n * 10) as f64 + id as f64).collect();
            writer.write(VariableId(id), &Selection::block(vec![step, 0], vec![1, 5]), &values).unwrap();
        }
    }
    writer.finish().unwrap();
    opened(&path).unwrap()
}

#[test]
fn steps_are_one_view_in_every_container() {
    for container in [Container::Cdf1, Container::Cdf2, Container::Cdf5, Container::NetCdf4] {
        let (file, bytes) = results(container, 2500, container.is_hdf5().then(|| vec![1, 5]));
        for id in 0..3 {
            assert!(check::<f64>(file.array(VariableId(id)).unwrap(), &bytes), "{container:?} {id}");
        }
        let view = file.array(VariableId(2)).unwrap().strided::<f64>().unwrap();
        let order = if container.is_hdf5() { ByteOrder::Little } else { ByteOrder::Big };
        let native = order == ByteOrder::NATIVE && address(&view).is_multiple_of(align_of::<f64>());
        let form = match &view {
            Strided::Native(_) => None,
            Strided::Little(_) => Some(ByteOrder::Little),
            Strided::Big(_) => Some(ByteOrder::Big),
        };
        assert_eq!(form, (!native).then_some(order), "{container:?}");
        assert_eq!(view.get(&[2499, 4]), Some(249_942.0));
        assert_eq!(view.get(&[2500, 0]), None);
        let (first, distance) = (address(&view), address(&view.clone().index_axis(0, 1).unwrap()) - address(&view));
        let node = view.index_axis(1, 3).unwrap();
        assert_eq!(address(&node) - first, 24);
        assert_eq!(node.iter().collect::<Vec<_>>(), (0..2500).map(|n| f64::from(n * 100 + 32)).collect::<Vec<_>>());
        assert_eq!(address(&node.index_axis(0, 2000).unwrap()), first + 2000 * distance + 24);
    }
}

#[test]
fn what_cannot_be_one_view_says_why() {
    let (file, _) = results(Container::NetCdf4, 4, Some(vec![1, 2]));
    let reason = |file: &File| file.array(VariableId(1)).unwrap().strided::<f64>().unwrap_err().reason().unwrap();
    assert_eq!(reason(&file), NotBorrowable::Scattered);
    let (file, _) = results(Container::NetCdf4, 4, Some(vec![3, 5]));
    assert_eq!(reason(&file), NotBorrowable::Scattered);
    let (file, bytes) = results(Container::NetCdf4, 4, Some(vec![1, 5]));
    assert_eq!(file.array(VariableId(1)).unwrap().strided::<f32>().unwrap_err().reason().unwrap(), NotBorrowable::Type);
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.nc");
    std::fs::write(&path, &bytes).unwrap();
    assert_eq!(reason(&File::open(&path).unwrap()), NotBorrowable::NotMapped);
}

#[test]
fn variables_at_a_constant_distance_are_one_stack() {
    let (file, _) = results(Container::Cdf2, 3, None);
    let arrays = [1, 2].map(|id| &**file.array(VariableId(id)).unwrap());
    let stack = Strided::<f64>::stack(&arrays).unwrap().reversed_axes();
    assert_eq!(stack.shape(), [5, 3, 2]);
    assert_eq!(stack.get(&[3, 1, 0]), Some(131.0));
    assert_eq!(stack.get(&[3, 1, 1]), Some(132.0));
    let mixed = [0, 1].map(|id| &**file.array(VariableId(id)).unwrap());
    assert_eq!(Strided::<f64>::stack(&mixed).map_err(Error::from).unwrap_err().kind(), crate::Kind::Usage);
    let (other, _) = results(Container::Cdf2, 3, None);
    let mixed = [&**file.array(VariableId(1)).unwrap(), &**other.array(VariableId(2)).unwrap()];
    assert_eq!(Strided::<f64>::stack(&mixed).map_err(Error::from).unwrap_err().kind(), crate::Kind::Usage);
    assert!(Strided::<f64>::stack(&[]).is_err());
}

#[test]
fn every_piece_is_where_the_file_says() {
    let (mut pieces, mut several) = (0, 0);
    for path in fixtures() {
        let Some((file, bytes)) = opened(&path) else { continue };
        for id in (0..file.schema().variables.len()).map(VariableId) {
            let array = file.array(id).unwrap();
            if array.is_filtered() {
                continue;
            }
            let Ok(chunks) = array.chunks() else { continue };
            pieces += chunks.len();
            several += u32::from(chunks.len() > 1);
            for chunk in chunks {
                let (region, info) = (chunk.region(), chunk.info());
                // Chunks at the edge hold more than there is.
                if crate::bytes(region.shape(), array.variable().ty.size()).unwrap() < info.size {
                    continue;
                }
                let read = array.read_bytes(&region).unwrap();
                let start = usize::try_from(info.offset).unwrap();
                let there = &bytes[start.min(bytes.len())..];
                let there = &there[..usize::try_from(info.size).unwrap().min(there.len())];
                assert!(read.starts_with(there), "{path:?} {}", array.path());
            }
        }
    }
    assert!(pieces > 1000 && several > 50, "{pieces} pieces, {several} variables in several");
}
