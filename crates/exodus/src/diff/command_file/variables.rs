//! Sections of variables: a heading, and a name on each of the indented lines that follow.

use hyperslab::{Error, Result};

use super::tokens::{is_short_for, Words};
use super::tolerances;
use crate::diff::options::Selection;
use crate::diff::subject::Subject;
use crate::diff::tolerance::Tolerance;

/// The subject of a section, if the line is a heading; the words after it are left.
pub(super) fn heading(words: &mut Words<'_>) -> Option<Subject> {
    let mut ahead = words.clone();
    let first = ahead.word()?;
    let mut second = ahead.word()?;
    let is = |whole: &str, least| is_short_for(&first, whole, least);
    let block = (first == "edge" || first == "face") && second == "block";
    if block {
        second = ahead.word()?;
    }
    let variables = is_short_for(&second, "variables", 3);
    let subject = match () {
        () if is("element", 4) && is_short_for(&second, "attributes", 3) => Subject::ElementAttribute,
        () if !variables => return None,
        () if is("global", 4) => Subject::Global,
        () if is("nodal", 4) => Subject::Nodal,
        () if is("element", 4) => Subject::Element,
        () if first == "nodeset" => Subject::NodeSet,
        () if is("sideset", 4) => Subject::SideSet,
        () if is("edgeblock", 5) || block && first == "edge" => Subject::EdgeBlock,
        () if is("faceblock", 5) || block => Subject::FaceBlock,
        () => return None,
    };
    *words = ahead;
    Some(subject)
}

/// Whether a line goes on with the section before it.
pub(super) fn belongs(line: &str) -> bool {
    line.starts_with([' ', '\t']) || line.trim_start().starts_with('#')
}

/// A section being read.
pub(super) struct Section {
    selection: Selection,
}

impl Section {
    /// Reads what stands behind the heading.
    pub(super) fn begin(mut words: Words<'_>, default: Tolerance) -> Result<Self> {
        let all = words.take("(all)", 5) || words.take("all", 3);
        let default = super::tolerance(words.rest(), default)?;
        Ok(Section { selection: Selection { all, ..Selection::none(default) } })
    }

    /// Reads a line with a name.
    pub(super) fn add(&mut self, line: &str) -> Result<()> {
        let mut words = Words::new(line);
        let Some(name) = words.raw() else {
            return Ok(());
        };
        let is_quoted = line.trim_start().starts_with('"');
        match name.strip_prefix('!').filter(|_| !is_quoted) {
            Some("") => {}
            Some(name) => self.selection.excluded.push(name.to_owned()),
            None => {
                let tolerance = tolerances::take(&mut words, self.selection.default)?;
                self.selection.named.push((name.to_owned(), tolerance));
            }
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<Selection> {
        let Selection { all, named, excluded, .. } = &self.selection;
        if !all && !named.is_empty() && !excluded.is_empty() {
            return Err(Error::usage("variables are both named and excluded, which needs (all) behind the heading"));
        }
        self.selection.all |= named.is_empty();
        Ok(self.selection)
    }
}
