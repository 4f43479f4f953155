//! Names as the file holds them: bytes in rows of one width.

use hyperslab::netcdf::{Array, Type, Value};
use hyperslab::Selection;

use crate::check::list::List;
use crate::check::{rules, Check};
use crate::names;
use crate::read::file::ExodusFile;

impl Check<'_> {
    /// The rows of a list of names, as bytes.
    pub(in crate::check) fn name_rows(&mut self, file: &ExodusFile, name: &str) {
        let Some(array) = file.array(name).filter(|array| array.variable().ty == Type::Char) else { return };
        let Some(bytes) = self.bytes(array) else { return };
        let allowed = file.attribute(names::MAXIMUM_NAME_LENGTH).and_then(Value::as_i64);
        let allowed = allowed.and_then(|allowed| usize::try_from(allowed).ok());
        let width = array.shape().last().and_then(|&width| usize::try_from(width).ok()).unwrap_or(0);
        for (n, row) in bytes.chunks_exact(width.max(1)).enumerate() {
            let index = Some(n as u64 + 1);
            let text = row.split(|&b| b == 0).next().unwrap_or_default().trim_ascii_end();
            if std::str::from_utf8(text).is_err() {
                let message = || format!("{:?} is not UTF-8", String::from_utf8_lossy(text));
                self.report.add(&rules::NAME_ENCODING, name, index, message);
            }
            if text.len() == width && width > 1 {
                self.report.add(&rules::NAME_END, name, index, || format!("{width} bytes without a NUL at the end"));
            }
            if let Some(allowed) = allowed.filter(|&allowed| text.len() > allowed) {
                let message = || format!("{} bytes, but {} is {allowed}", text.len(), names::MAXIMUM_NAME_LENGTH);
                self.report.add(&rules::NAME_LENGTH, name, index, message);
            }
        }
    }

    fn bytes(&mut self, array: &Array) -> Option<Vec<u8>> {
        match self.is_plausible(&List::stored(array)) {
            true => self.value(&array.variable().name, array.read_bytes(Selection::all(array.shape()))),
            false => None,
        }
    }
}
