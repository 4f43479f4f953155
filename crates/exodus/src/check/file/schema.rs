//! What the file declares: types, dimensions, names of variables.

use hyperslab::netcdf::{Type, Value, Variable};

use crate::check::{rules, Check};
use crate::kind::EntityType;
use crate::{names, nemesis};

/// The bits of `int64_status`.
const MAPS: i64 = 0x400;
const IDS: i64 = 0x800;
const BULK: i64 = 0x1000;

impl Check<'_> {
    pub(in crate::check) fn schema(&mut self) {
        let Some(file) = self.file() else { return };
        let (schema, group) = (file.schema(), file.group_id());
        let time = schema.dimensions.iter().find(|d| d.name == names::TIME_STEP);
        if time.is_some_and(|time| !time.unlimited) {
            self.report.add(&rules::TIME_UNLIMITED, names::TIME_STEP, None, || "is of fixed length".to_owned());
        }
        for name in [names::LEN_STRING, names::LEN_LINE] {
            if file.dimension(name) == 0 {
                self.report.add(&rules::TEXT_WIDTHS, name, None, || "is not defined".to_owned());
            }
        }
        let declared = |name: &str, old: &str| file.attribute(name).or_else(|| file.attribute(old));
        let word_size = declared(names::WORD_SIZE, names::OLD_WORD_SIZE).and_then(Value::as_i64);
        if word_size.is_none() {
            self.report.add(&rules::WORD_SIZE, names::WORD_SIZE, None, || "there is no such attribute".to_owned());
        }
        let status = file.attribute(names::INT64_STATUS).and_then(Value::as_i64).unwrap_or(0);
        for variable in schema.variables.iter().filter(|variable| variable.group == group) {
            if !is_known(&variable.name) {
                self.report
                    .add(&rules::UNKNOWN_VARIABLE, &variable.name, None, || "is not part of the format".to_owned());
                continue;
            }
            self.float_width(variable, word_size);
            self.integer_width(variable, status);
        }
    }

    fn float_width(&mut self, variable: &Variable, word_size: Option<i64>) {
        let own = variable.ty.size();
        if let (Type::Float | Type::Double, Some(word_size)) = (&variable.ty, word_size) {
            if i64::try_from(own) != Ok(word_size) {
                let message = || format!("{own} bytes a number, but {} is {word_size}", names::WORD_SIZE);
                self.report.add(&rules::WORD_SIZE, &variable.name, None, message);
            }
        }
    }

    fn integer_width(&mut self, variable: &Variable, status: i64) {
        let wide = match variable.ty {
            Type::Int => false,
            Type::Int64 => true,
            _ => return,
        };
        let Some((bit, what)) = class(&variable.name) else { return };
        if wide != (status & bit != 0) {
            let (own, other) = if wide { (64, 32) } else { (32, 64) };
            let message = || format!("{own} bits a number, but {} says {other} for {what}", names::INT64_STATUS);
            self.report.add(&rules::INT64_STATUS, &variable.name, None, message);
        }
    }
}

/// Every kind that has a row in the table.
fn rows() -> impl Iterator<Item = (EntityType, &'static crate::kind::Names)> {
    let by_id = EntityType::BY_ID;
    let kinds = EntityType::BLOCKS.into_iter().chain(EntityType::SETS).chain(EntityType::MAPS).chain(by_id);
    kinds.filter_map(|kind| Some((kind, kind.names()?)))
}

/// A name without the number at its end.
fn stem(name: &str) -> &str {
    name.trim_end_matches(|c: char| c.is_ascii_digit())
}

/// Which bit of `int64_status` says how wide a variable is, and what the bit is about.
fn class(name: &str) -> Option<(i64, &'static str)> {
    if EntityType::MAPS.iter().any(|kind| kind.id_map() == Some(name)) {
        return Some((MAPS, "maps"));
    }
    rows().find_map(|(kind, row)| match stem(name) {
        _ if name == row.ids => Some((IDS, "identifiers")),
        // Maps of users are made in more ways than one.
        stem if stem == row.entries && !kind.is_map() && !kind.is_by_id() => Some((BULK, "lists")),
        stem if Some(stem) == row.extra => Some((BULK, "lists")),
        _ => None,
    })
}

/// Whether a variable belongs to the format.
fn is_known(name: &str) -> bool {
    const OTHERS: [&str; 18] = [
        names::TIME_WHOLE,
        names::COORD,
        names::COORDS[0],
        names::COORDS[1],
        names::COORDS[2],
        names::COOR_NAMES,
        names::QA_RECORDS,
        names::INFO_RECORDS,
        names::ELEM_MAP,
        names::EDGE_CONNECTIVITY,
        names::FACE_CONNECTIVITY,
        names::NODAL_ATTRIBUTES,
        names::NODAL_ATTRIBUTE_NAMES,
        names::FRAME_COORDINATES,
        names::FRAME_IDS,
        names::FRAME_TAGS,
        names::BLOB_ENTITY,
        names::VALS_NOD_VAR,
    ];
    let stem = stem(name);
    let of_row = |row: &crate::kind::Names| {
        let whole = [row.status, Some(row.ids), Some(row.names)];
        let [_, values, list] = row.attributes.unwrap_or_default();
        let stems = [Some(row.properties), Some(row.entries), row.extra, row.factors, Some(values), Some(list)];
        whole.contains(&Some(name)) || (!stem.is_empty() && stems.contains(&Some(stem)))
    };
    OTHERS.contains(&name)
        || OTHERS.contains(&stem)
        || EntityType::MAPS.iter().any(|kind| kind.id_map() == Some(name))
        || EntityType::BLOCKS.iter().any(|&kind| kind.entity_counts() == Some(stem))
        || crate::kind::is_of_results(name)
        || nemesis::is_variable(name)
        || rows().any(|(_, row)| of_row(row))
}
