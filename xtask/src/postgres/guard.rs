//! The process that owns a cluster and outlives the task that wanted it just long enough to clean
//! up.

use std::io::{Read, Write};
use std::process::ExitCode;

use super::binaries::Binaries;
use super::cluster::{self, Cluster};
use crate::Outcome;

/// Asks for a cluster that writes as one in earnest does.
pub(super) const DURABLE: &str = "durable";

/// Starts a cluster, says its port in one line, and cleans up once standard input closes.
pub(crate) fn run(args: &[String]) -> Outcome {
    cluster::remove_abandoned();
    let durable = args == [DURABLE];
    let cluster = Cluster::start(Binaries::find()?, durable)?;

    // Whether the task still listens does not matter: if not, standard input is closed too.
    let mut stdout = std::io::stdout();
    let _ = writeln!(stdout, "{}", cluster.port()).and_then(|()| stdout.flush());
    let _ = std::io::stdin().read_to_end(&mut Vec::new());

    drop(cluster);
    Ok(ExitCode::SUCCESS)
}
