//! A change of a file: bytes that nothing leads to yet, and the few that make them part of the file.

use super::file::FileWriter;
use super::space::Extent;
use crate::error::Result;

/// Changes that become part of the file together.
///
/// Fresh bytes go where nothing reachable is, so that they may be written at once; a crash leaves the file as it was.
/// [`Tx::commit`] makes them durable, then writes what publishes them, one after the other, each durable before the next.
/// What the change made unreachable is given back after that.
#[derive(Debug)]
pub(crate) struct Tx<'f> {
    file: &'f FileWriter,
    publish: Vec<(u64, Vec<u8>)>,
    unreachable: Vec<Extent>,
}

impl<'f> Tx<'f> {
    pub fn new(file: &'f FileWriter) -> Self {
        Tx { file, publish: Vec::new(), unreachable: Vec::new() }
    }

    /// Takes over bytes that overwrite reachable ones, in the order of publication. Each must lie in one sector of the disk,
    /// so that it is written whole or not at all.
    pub fn publish(&mut self, address: u64, bytes: Vec<u8>) {
        self.publish.push((address, bytes));
    }

    /// Notes what nothing leads to once the change is published.
    pub fn unreachable(&mut self, extent: Extent) {
        self.unreachable.push(extent);
    }

    /// Publishes the change.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io); then the file is as it was, or as it will be.
    pub fn commit(self) -> Result<()> {
        // What was allocated last may never have been written.
        self.file.fit()?;
        self.file.barrier()?;
        self.file.keep();
        for (address, bytes) in &self.publish {
            self.file.write(*address, bytes)?;
            self.file.barrier()?;
        }
        self.unreachable.into_iter().for_each(|extent| self.file.free(extent));
        Ok(())
    }
}
