//! Attributes.

use super::cell::Cell;
use super::name::{escape, escape_owner};
use super::text::{self, Place};
use super::user::{self, numbers};
use super::Printer;
use crate::error::Result;
use crate::netcdf::ids::GroupId;
use crate::netcdf::schema::{Container, Variable};
use crate::netcdf::types::Type;
use crate::netcdf::types::UserType;
use crate::netcdf::value::UserValue;
use crate::netcdf::value::{Attribute, Value};

impl Printer<'_, '_> {
    /// Prints the attributes of a group, if it has any.
    pub fn group_attributes(&mut self, id: GroupId) -> Result<()> {
        let Some(group) = self.file.schema().groups.get(id.0).filter(|group| !group.attributes.is_empty()) else {
            return Ok(());
        };
        self.page.text(b"\n")?;
        let title = if group.parent.is_none() { "// global attributes:\n" } else { "// group attributes:\n" };
        self.page.line(title)?;
        group.attributes.iter().try_for_each(|attribute| self.attribute(id, None, attribute))
    }

    /// Prints an attribute of a variable, or of a group.
    pub fn attribute(&mut self, group: GroupId, owner: Option<&Variable>, attribute: &Attribute) -> Result<()> {
        let mut text = b"\t\t".to_vec();
        let ty = attribute.value.ty();
        if matches!(ty, Type::String | Type::User(_)) {
            self.scope.type_name(&mut text, group, &ty);
            text.push(b' ');
        }
        if let Some(variable) = owner {
            escape_owner(&mut text, &variable.name);
        }
        text.push(b':');
        escape(&mut text, &attribute.name);
        text.extend_from_slice(b" = ");
        match &attribute.value {
            Value::User(user, list) if !list.is_empty() => {
                self.page.line(text)?;
                self.user_values(user, list)?;
                self.page.text(b" ;\n")
            }
            value => {
                let lines = self.file.schema().container != Container::NetCdf4;
                show(&mut text, value, Place::Attribute { lines });
                text.extend_from_slice(b" ;\n");
                self.page.line(text)
            }
        }
    }

    /// Only lists and records are broken into lines, and what stands before them does not count.
    fn user_values(&mut self, user: &UserType, list: &[UserValue]) -> Result<()> {
        for (index, value) in list.iter().enumerate() {
            let mut text = Vec::new();
            match value {
                UserValue::Enum(number) => escape(&mut text, &user::member(user, *number)),
                value => user::show(&mut text, user, value),
            }
            if index + 1 < list.len() {
                text.extend_from_slice(b", ");
            }
            match value {
                UserValue::Vlen(_) | UserValue::Compound(_) => self.page.put(&text)?,
                UserValue::Enum(_) | UserValue::Opaque(_) => self.page.text(&text)?,
            }
        }
        Ok(())
    }
}

/// Appends the values of an attribute that is of no user-defined type.
fn show(out: &mut Vec<u8>, value: &Value, place: Place) {
    fn list<T>(out: &mut Vec<u8>, values: &[T], one: impl Fn(&mut Vec<u8>, &T)) {
        for (index, value) in values.iter().enumerate() {
            if index > 0 {
                out.extend_from_slice(b", ");
            }
            one(out, value);
        }
    }
    if value.is_empty() {
        return out.extend_from_slice(b"\"\"");
    }
    numbers!(value, numbers => list(out, numbers, |out, number| number.show_typed(out)),
        Value::Char(text) => text::quote(out, text::without_padding(text), place),
        Value::String(texts) => list(out, texts, |out, text| user::show_text(out, text.as_deref(), place)),
        Value::User(..) => {}
    );
}
