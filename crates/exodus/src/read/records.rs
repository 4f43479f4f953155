//! Who made the file, with what: QA and information records.

use hyperslab::{Result, Selection};

use crate::mesh::QaRecord;
use crate::names;
use crate::read::file::ExodusFile;
use crate::text::text;

impl ExodusFile {
    /// The programs that touched the file, in order.
    ///
    /// # Errors
    /// When the records cannot be read.
    pub fn qa_records(&self) -> Result<Vec<QaRecord>> {
        let Some(array) = self.array(names::QA_RECORDS) else {
            return Ok(Vec::new());
        };
        let &[_, 4, width] = array.shape() else {
            return Ok(Vec::new());
        };
        let Some(width) = usize::try_from(width).ok().filter(|&width| width > 0) else {
            return Ok(Vec::new());
        };
        let bytes = array.read_bytes(Selection::all(array.shape()))?;
        let fields: Vec<String> = bytes.chunks_exact(width).map(text).collect();
        let record = |fields: &[String]| match fields {
            [code, version, date, time] => {
                Some(QaRecord { code: code.clone(), version: version.clone(), date: date.clone(), time: time.clone() })
            }
            _ => None,
        };
        Ok(fields.chunks_exact(4).filter_map(record).collect())
    }

    /// Lines of free text; often the input of the program that made the file.
    ///
    /// # Errors
    /// When the lines cannot be read.
    pub fn info_records(&self) -> Result<Vec<String>> {
        self.names(names::INFO_RECORDS)
    }
}
