//! What several tests need.

use exodus_rs::{Data, EntityType, ModelWriter};

/// Puts ones wherever the mesh declares numbers that do not change from step to step: a file is complete or it is none.
pub fn put_ones(writer: &ModelWriter) {
    for data in writer.mesh().static_data() {
        let count = writer.shape(data).map_or(0, |shape| shape.iter().product::<u64>());
        if count > 0 && !matches!(data, Data::Members(EntityType::Assembly, _)) {
            writer.put(data, &vec![1; usize::try_from(count).unwrap()]).unwrap();
        }
    }
}
