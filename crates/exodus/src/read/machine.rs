//! How much memory reading may take, by the kind of machine.
//!
//! Measured (`bench/README.md`): a compressed step of a million nodes read in 16 pieces takes a sixth of the time with the cache.
//!
//! ```
//! # fn main() -> exodus_rs::Result<()> {
//! # use exodus_rs::{CreateOptions, MeshBuilder};
//! use exodus_rs::{CacheConfig, ExodusFile, NodeType};
//! # let directory = tempfile::tempdir().unwrap();
//! # let path = directory.path().join("a.exo");
//! # MeshBuilder::new("node").nodes(&[[1.0]]).create(&path, &CreateOptions::default())?.finish()?;
//! let cache = CacheConfig::of(NodeType::detect());
//! let file = ExodusFile::open_with(&path, &cache.into())?;
//! # Ok(())
//! # }
//! ```

use std::path::Path;

use hyperslab::{Limits, OpenOptions};

/// Who gives out the nodes of a cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // proper names
pub enum Scheduler {
    Slurm,
    Pbs,
    Lsf,
    Flux,
}

/// The kind of machine that a program runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NodeType {
    /// A node of a cluster that belongs to a job.
    Compute(Scheduler),
    /// A node of a cluster that many people share.
    Login(Scheduler),
    /// A machine without a scheduler.
    Workstation,
}

/// What tells of a scheduler: a variable that only jobs have, variables and files that its machines have.
const SIGNS: [(Scheduler, &str, &[&str], &[&str]); 4] = [
    (Scheduler::Slurm, "SLURM_JOB_ID", &["SLURM_CONF"], &["/etc/slurm/slurm.conf", "/run/slurm/conf/slurm.conf"]),
    (Scheduler::Pbs, "PBS_JOBID", &["PBS_CONF_FILE", "PBS_EXEC"], &["/etc/pbs.conf"]),
    (Scheduler::Lsf, "LSB_JOBID", &["LSF_ENVDIR", "LSF_SERVERDIR"], &["/etc/lsf.conf"]),
    (Scheduler::Flux, "FLUX_JOB_ID", &["FLUX_URI"], &["/etc/flux/system/conf.d"]),
];

impl NodeType {
    /// The kind of this machine, as environment and files tell it.
    pub fn detect() -> Self {
        Self::from_signs(&|name| std::env::var_os(name).is_some(), &|path| Path::new(path).exists())
    }

    fn from_signs(has_variable: &dyn Fn(&str) -> bool, has_file: &dyn Fn(&str) -> bool) -> Self {
        let job = SIGNS.iter().find(|(_, job, ..)| has_variable(job)).map(|sign| NodeType::Compute(sign.0));
        let cluster = SIGNS.iter().find(|(_, _, variables, files)| {
            variables.iter().any(|name| has_variable(name)) || files.iter().any(|path| has_file(path))
        });
        job.or(cluster.map(|sign| NodeType::Login(sign.0))).unwrap_or(NodeType::Workstation)
    }
}

/// How much memory decoded chunks may take that are read in several parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CacheConfig {
    /// Bytes, at most.
    pub bytes: u64,
}

impl Default for CacheConfig {
    fn default() -> Self {
        CacheConfig { bytes: Limits::default().cached_bytes }
    }
}

impl CacheConfig {
    /// What suits a machine: little where many people share it, an eighth of the free memory inside a job.
    pub fn of(node: NodeType) -> Self {
        match node {
            NodeType::Login(_) => CacheConfig { bytes: 16 << 20 },
            NodeType::Workstation => CacheConfig::default(),
            NodeType::Compute(_) => CacheConfig { bytes: (free_memory() / 8).clamp(64 << 20, 4 << 30) },
        }
    }
}

/// Bytes of memory that are free; 0 where nothing says so.
fn free_memory() -> u64 {
    let text = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or(0).saturating_mul(1024)
}

impl From<CacheConfig> for OpenOptions {
    fn from(cache: CacheConfig) -> Self {
        OpenOptions::new().cache(cache.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detect(variables: &[&str], files: &[&str]) -> NodeType {
        NodeType::from_signs(&|name| variables.contains(&name), &|path| files.contains(&path))
    }

    #[test]
    fn jobs_login_nodes_and_workstations_are_told_apart() {
        for (scheduler, job, variables, files) in SIGNS {
            assert_eq!(detect(&[job], &[]), NodeType::Compute(scheduler));
            assert_eq!(detect(&[job, variables[0]], files), NodeType::Compute(scheduler));
            assert_eq!(detect(variables, &[]), NodeType::Login(scheduler));
            assert_eq!(detect(&[], files), NodeType::Login(scheduler));
        }
        assert_eq!(detect(&["HOME"], &["/etc/passwd"]), NodeType::Workstation);
        // A job inside a cluster of another kind is that job's.
        assert_eq!(detect(&["FLUX_JOB_ID"], &["/etc/slurm/slurm.conf"]), NodeType::Compute(Scheduler::Flux));
    }

    #[test]
    fn login_nodes_keep_little_and_jobs_much() {
        let bytes = |node| CacheConfig::of(node).bytes;
        assert!(bytes(NodeType::Login(Scheduler::Slurm)) < bytes(NodeType::Workstation));
        assert!(bytes(NodeType::Workstation) < bytes(NodeType::Compute(Scheduler::Slurm)));
    }
}
