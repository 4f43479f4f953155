//! Writing to disk while the work goes on, so that the last wait is short.
//!
//! A finished file is durable before it is visible. Left to the end, that wait is as long as the disk needs for the whole
//! file; a thread that syncs every few megabytes lets it run beside the work.

use std::fs::File;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{sync_channel, SyncSender, TrySendError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

/// Bytes between two syncs; small files never start the thread.
const INTERVAL: u64 = 16 << 20;

/// Syncs a file in the background. Errors are left to the sync that completes the file.
#[derive(Debug)]
pub(super) struct Writeback {
    file: Arc<File>,
    written: AtomicU64,
    thread: Mutex<Option<(SyncSender<()>, JoinHandle<()>)>>,
}

impl Writeback {
    pub fn new(file: Arc<File>) -> Self {
        Writeback { file, written: AtomicU64::new(0), thread: Mutex::default() }
    }

    /// Counts written bytes; wakes the thread at every interval.
    pub fn wrote(&self, bytes: usize) {
        let bytes = bytes as u64;
        let before = self.written.fetch_add(bytes, Ordering::Relaxed);
        if before / INTERVAL == before.saturating_add(bytes) / INTERVAL {
            return;
        }
        let mut thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((wake, _)) = &*thread {
            // A full channel means that a sync is waiting already.
            let _: Result<(), TrySendError<()>> = wake.try_send(());
            return;
        }
        let (wake, woken) = sync_channel(1);
        let file = self.file.clone();
        let work = move || while woken.recv().is_ok_and(|()| file.sync_data().is_ok()) {};
        *thread = thread::Builder::new().name("writeback".into()).spawn(work).ok().map(|handle| (wake, handle));
    }

    /// Ends the thread after the sync it is in.
    pub fn stop(&self) {
        let running = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((wake, handle)) = running {
            drop(wake);
            let _ = handle.join();
        }
    }
}

impl Drop for Writeback {
    fn drop(&mut self) {
        self.stop();
    }
}
