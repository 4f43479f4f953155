//! How a file like this one is written.

use hyperslab::netcdf::Type;

use crate::create::{CreateOptions, Int64};
use crate::data::Data;
use crate::kind::EntityType;
use crate::names;
use crate::read::file::ExodusFile;

impl ExodusFile {
    /// The options with which a file like this one is written, wide enough for the models in its groups as well; those of
    /// filters are not among them.
    pub fn create_options(&self) -> CreateOptions {
        let mut options = self.own_options();
        for (_, model) in self.models() {
            let below = model.create_options();
            options.word_size = options.word_size.max(below.word_size);
            options.int64 = options.int64.or(below.int64);
            options.large_model &= below.large_model;
        }
        options
    }

    fn own_options(&self) -> CreateOptions {
        let wide = |data: &mut dyn Iterator<Item = Data>| {
            data.filter_map(|data| self.place(data)).any(|(array, _)| array.variable().ty.size() == 8)
        };
        let each = |kind: EntityType| {
            // A count that is out of bounds is refused when the model is gathered.
            (0..self.count(kind).unwrap_or(0)).map(move |n| (kind, n))
        };
        let mut maps = EntityType::MAPS.into_iter().flat_map(each).map(|(kind, n)| Data::NumMap(kind, n));
        let mut id_maps = EntityType::MAPS.into_iter().map(Data::IdMap).chain([Data::OrderMap]);
        let mut blocks = EntityType::BLOCKS.into_iter().flat_map(each).map(|(kind, n)| Data::Connectivity(kind, n));
        let mut sets = EntityType::SETS.into_iter().flat_map(each).map(|(kind, n)| Data::Members(kind, n));
        let lists = EntityType::BLOCKS.into_iter().chain(EntityType::SETS).chain(EntityType::MAPS);
        let mut lists = lists.filter_map(|kind| self.array(kind.names()?.ids));
        CreateOptions {
            container: self.schema().container,
            word_size: if self.word_size() == 4 && !self.has_doubles() { 4 } else { 8 },
            int64: Int64 {
                maps: wide(&mut maps) || wide(&mut id_maps),
                ids: lists.any(|array| array.variable().ty.size() == 8),
                bulk: wide(&mut blocks) || wide(&mut sets),
            },
            large_model: self.array(names::COORD).is_none() && self.array(names::VALS_NOD_VAR).is_none(),
            ..CreateOptions::default()
        }
    }

    /// Whether any number of the model is of double precision; some writers mix, and nothing must be lost.
    fn has_doubles(&self) -> bool {
        let own = self.schema().variables.iter().filter(|variable| variable.group == self.group_id());
        let known = |name: &str| names::is_result(name) || names::is_superseded(name) || name == names::TIME_WHOLE;
        own.into_iter().any(|variable| variable.ty == Type::Double && known(&variable.name))
    }
}
