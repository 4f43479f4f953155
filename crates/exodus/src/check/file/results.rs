//! Results as the file holds them: truth tables, and all variables of results.

use hyperslab::netcdf::Type;

use crate::check::list::List;
use crate::check::model::cell_of;
use crate::check::{rules, Check};
use crate::data::Data;
use crate::kind::EntityType;
use crate::names;
use crate::read::file::ExodusFile;

impl Check<'_> {
    /// The table says which variables exist.
    pub(in crate::check) fn stored_table(&mut self, file: &ExodusFile, kind: EntityType) {
        let Some(row) = kind.variables() else { return };
        let Some((name, table)) = row.table.and_then(|name| Some((name, file.array(name)?))) else { return };
        let (count, table, entities) = (file.dimension(row.count), List::stored(table), self.all(kind));
        if table.shape() != [entities.len() as u64, count] {
            let message = || format!("of shape {:?}, not [{}, {count}]", table.shape(), entities.len());
            self.report.add(&rules::SHAPE, name, None, message);
            return;
        }
        self.stream(&table, |report, offset, cells: &[i64]| {
            for (n, &cell) in (offset..).zip(cells) {
                let (entity, variable) = (n / count.max(1), n % count.max(1));
                let at = |n: u64| usize::try_from(n).ok();
                let Some((entity, variable)) = at(entity).and_then(|n| entities.get(n)).zip(at(variable)) else {
                    continue;
                };
                let exists = file.shape(Data::Variable(kind, variable, entity.index));
                cell_of((report, "file"), kind, entity, variable, (cell != 0, exists));
            }
        });
    }

    /// The variables that hold results, also those that no name leads to.
    pub(in crate::check) fn stored_results<'m>(&self, file: &'m ExodusFile) -> Vec<List<'m>> {
        let group = file.group_id();
        let all = file.schema().variables.iter().filter(|v| v.group == group && names::is_result(&v.name));
        let results = all.filter(|v| matches!(v.ty, Type::Float | Type::Double));
        results.filter_map(|v| file.array(&v.name)).map(List::stored).collect()
    }
}
