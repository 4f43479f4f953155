//! Declarations: types, dimensions, variables, groups.

use super::name::escape;
use super::number::integer;
use super::Printer;
use crate::error::Result;
use crate::netcdf::ids::{GroupId, VariableId};
use crate::netcdf::schema::Dimension;
use crate::netcdf::types::{Field, UserClass, UserType};

impl Printer<'_, '_> {
    /// Prints everything that a group holds.
    pub fn group(&mut self, id: GroupId) -> Result<()> {
        let members = self.scope.members(id);
        self.types(id, &members.types)?;
        self.section(b"dimensions:\n", members.dimensions.is_empty())?;
        members.dimensions.iter().try_for_each(|dimension| self.dimension(dimension))?;
        self.section(b"variables:\n", members.variables.is_empty())?;
        members.variables.iter().try_for_each(|&variable| self.variable(variable))?;
        self.group_attributes(id)?;
        self.data(&members.variables)?;
        members.children.iter().try_for_each(|&child| self.child(child))
    }

    fn section(&mut self, title: &[u8], is_empty: bool) -> Result<()> {
        if is_empty {
            Ok(())
        } else {
            self.page.line(title)
        }
    }

    fn child(&mut self, id: GroupId) -> Result<()> {
        let mut name = Vec::new();
        if let Some(group) = self.file.schema().groups.get(id.0) {
            escape(&mut name, &group.name);
        }
        self.page.text(b"\n")?;
        self.page.line([b"group: ", name.as_slice(), b" {\n"].concat())?;
        self.page.indent += 2;
        self.group(id)?;
        self.page.line([b"} // group ", name.as_slice(), b"\n"].concat())?;
        self.page.indent -= 2;
        Ok(())
    }

    fn dimension(&mut self, dimension: &Dimension) -> Result<()> {
        let mut text = b"\t".to_vec();
        escape(&mut text, &dimension.name);
        let length = dimension.length;
        text.extend(match dimension.unlimited {
            true => format!(" = UNLIMITED ; // ({length} currently)\n").into_bytes(),
            false => format!(" = {length} ;\n").into_bytes(),
        });
        self.page.line(text)
    }

    fn variable(&mut self, id: VariableId) -> Result<()> {
        let variable = self.file.schema().variable(id)?;
        let mut text = b"\t".to_vec();
        self.scope.type_name(&mut text, variable.group, &variable.ty);
        text.push(b' ');
        escape(&mut text, &variable.name);
        for (index, &dimension) in variable.dimensions.iter().enumerate() {
            text.extend_from_slice(if index == 0 { b"(" } else { b", " });
            self.scope.dimension_name(&mut text, variable.group, dimension)?;
        }
        text.extend_from_slice(if variable.dimensions.is_empty() { b" ;\n" } else { b") ;\n" });
        self.page.line(text)?;
        variable.attributes.iter().try_for_each(|attribute| self.attribute(variable.group, Some(variable), attribute))
    }

    fn types(&mut self, group: GroupId, types: &[&std::sync::Arc<UserType>]) -> Result<()> {
        self.section(b"types:\n", types.is_empty())?;
        self.page.indent += 2;
        types.iter().try_for_each(|user| self.user_type(group, user))?;
        self.page.indent -= 2;
        Ok(())
    }

    fn user_type(&mut self, group: GroupId, user: &UserType) -> Result<()> {
        let mut name = Vec::new();
        escape(&mut name, &user.name);
        match &user.class {
            UserClass::Enum { base, members } => {
                let start = [base.name().as_bytes(), b" enum ", &name, b" {"].concat();
                self.enumeration(&start, members)
            }
            UserClass::Vlen(base) => {
                let mut text = Vec::new();
                self.scope.type_name(&mut text, group, base);
                self.page.line([text.as_slice(), b"(*) ", &name, b" ;\n"].concat())
            }
            UserClass::Opaque => {
                self.page.line([format!("opaque({}) ", user.size).as_bytes(), &name, b" ;\n"].concat())
            }
            UserClass::Compound(fields) => {
                self.page.line([b"compound ", name.as_slice(), b" {\n"].concat())?;
                fields.iter().try_for_each(|field| self.field(group, field))?;
                self.page.line([b"}; // ", name.as_slice(), b"\n"].concat())
            }
        }
    }

    fn enumeration(&mut self, start: &[u8], members: &[(String, i64)]) -> Result<()> {
        self.page.line(b"")?;
        self.page.put(start)?;
        let mut piece = Vec::new();
        for (index, (name, value)) in members.iter().enumerate() {
            piece.clear();
            escape(&mut piece, name);
            piece.extend_from_slice(b" = ");
            integer(&mut piece, value);
            piece.extend_from_slice(if index + 1 < members.len() { b", " } else { b"} ;\n" });
            self.page.put(&piece)?;
        }
        Ok(())
    }

    fn field(&mut self, group: GroupId, field: &Field) -> Result<()> {
        let mut text = b"  ".to_vec();
        self.scope.type_name(&mut text, group, &field.ty);
        text.push(b' ');
        escape(&mut text, &field.name);
        let dims: Vec<String> = field.dims.iter().map(u64::to_string).collect();
        if !dims.is_empty() {
            text.extend(format!("({})", dims.join(", ")).into_bytes());
        }
        text.extend_from_slice(b" ;\n");
        self.page.line(text)
    }
}
