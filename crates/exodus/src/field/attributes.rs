//! Fields as attributes: `Field@NAME@type` and its like.

use hyperslab::netcdf::{Attribute, Value};
use hyperslab::{Error, Result};

use super::{FieldMetadata, FieldType, Nesting};

const FIELD: &str = "Field@";
const TYPE: &str = "type";
const TYPE_NAME: &str = "type_name";
const SEPARATOR: &str = "separator";
const CARDINALITY: &str = "cardinality";
const SUFFIXES: &str = "suffices";

impl FieldMetadata {
    /// The field as attributes of an entity, ready for
    /// [`Block::entity_attributes`](crate::Block::entity_attributes) and its like.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for what attributes cannot spell: a separator after a missing one, and names with
    /// commas where there are several.
    pub fn attributes(&self) -> Result<Vec<Attribute>> {
        self.check_spelling()?;
        let named = |what: &str, value: Value| Attribute::new(format!("{FIELD}{}@{what}", self.name), value);
        let mut attributes = vec![named(TYPE, Value::Int(self.nesting.iter().map(|n| n.ty.code()).collect()))];
        if self.nesting.iter().any(|n| !n.type_name.is_empty()) {
            let list: Vec<&str> = self.nesting.iter().map(|n| n.type_name.as_str()).collect();
            attributes.push(named(TYPE_NAME, text(&list.join(","))));
        }
        let separators: String = self.nesting.iter().filter_map(|n| n.separator).collect();
        if separators != "_" {
            attributes.push(named(SEPARATOR, text(&separators)));
        }
        if self.nesting.iter().any(|n| matches!(n.ty, FieldType::UserDefined | FieldType::Sequence)) {
            let open = |n: &Nesting| match n.ty {
                FieldType::UserDefined | FieldType::Sequence => i32::try_from(n.cardinality).unwrap_or(i32::MAX),
                _ => 0,
            };
            attributes.push(named(CARDINALITY, Value::Int(self.nesting.iter().map(open).collect())));
        }
        if !self.suffixes.is_empty() {
            attributes.push(named(SUFFIXES, text(&self.suffixes.join(","))));
        }
        Ok(attributes)
    }

    /// Lists are texts: of separators one character after the other, of names with commas between them.
    fn check_spelling(&self) -> Result<()> {
        let refuse = |what: &str| Err(Error::usage(format!("field {}: {what}", self.name)));
        let mut separators = self.nesting.iter().map(|n| n.separator).skip_while(Option::is_some);
        if separators.any(|separator| separator.is_some()) {
            return refuse("a separator after a missing one cannot be written");
        }
        let mut names = self.nesting.iter().map(|n| &n.type_name).chain(&self.suffixes);
        match names.find(|name| name.contains(',')) {
            Some(name) => refuse(&format!("a name with a comma cannot be written: {name:?}")),
            None => Ok(()),
        }
    }
}

/// The fields that attributes describe, in their order.
pub(super) fn fields(attributes: &[Attribute]) -> Result<Vec<FieldMetadata>> {
    let names = attributes.iter().filter_map(|a| a.name.strip_prefix(FIELD)?.strip_suffix(TYPE)?.strip_suffix('@'));
    names.map(|name| field(name, attributes)).collect()
}

fn field(name: &str, attributes: &[Attribute]) -> Result<FieldMetadata> {
    let find = |what: &str| {
        let wanted = format!("{FIELD}{name}@{what}");
        attributes.iter().find(|a| a.name == wanted).map(|a| &a.value)
    };
    let list = |what: &str| -> Vec<String> {
        let text = find(what).and_then(Value::as_text).unwrap_or_default();
        text.split(',').map(str::to_owned).collect()
    };
    let (types, cardinalities) = (integers(find(TYPE)), integers(find(CARDINALITY)));
    let type_names = list(TYPE_NAME);
    let separators: Option<Vec<char>> = find(SEPARATOR).map(|v| v.as_text().unwrap_or_default().chars().collect());
    let nesting = types.iter().enumerate().map(|(n, &code)| {
        let ty = FieldType::from_code(code)
            .ok_or_else(|| Error::usage(format!("field {name} has no known type: {code}")))?;
        let given = cardinalities.get(n).and_then(|&count| usize::try_from(count).ok()).filter(|&count| count > 0);
        Ok(Nesting {
            ty,
            type_name: type_names.get(n).cloned().unwrap_or_default(),
            cardinality: given.or_else(|| ty.cardinality()).unwrap_or(0),
            // Where nothing is said, the first one is an underscore and the others are missing, as libexodus has it.
            separator: separators.as_ref().map_or((n == 0).then_some('_'), |list| list.get(n).copied()),
        })
    });
    let suffixes = list(SUFFIXES).into_iter().filter(|suffix| !suffix.is_empty()).collect();
    Ok(FieldMetadata { name: name.to_owned(), nesting: nesting.collect::<Result<_>>()?, suffixes })
}

pub(super) fn integers(value: Option<&Value>) -> Vec<i64> {
    match value {
        Some(Value::Int(list)) => list.iter().map(|&n| i64::from(n)).collect(),
        Some(Value::Int64(list)) => list.clone(),
        Some(other) => other.as_i64().into_iter().collect(),
        None => Vec::new(),
    }
}

/// Text with the NUL that libexodus counts.
fn text(text: &str) -> Value {
    Value::Char(text.bytes().chain([0]).collect())
}
