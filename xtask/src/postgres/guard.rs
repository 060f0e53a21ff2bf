//! The process that owns a cluster and outlives the task that wanted it just long enough to clean
//! up.

use std::io::Write;
use std::process::ExitCode;

use super::binaries::Binaries;
use super::cluster::{self, Cluster, Purpose};
use crate::Outcome;

/// Asks for a cluster that writes as one in earnest does.
pub(super) const DURABLE: &str = "durable";
/// Asks for one that can be killed, and can be the standby of another.
const ORDEAL: &str = "ordeal";

/// Starts a cluster, says its port in one line, does what it is told in lines, and cleans up once
/// standard input closes. Each line is answered by one: `ok`, or what went wrong.
pub(crate) fn run(args: &[String]) -> Outcome {
    cluster::remove_abandoned();
    let purpose = match args {
        [purpose] if purpose == DURABLE => Purpose::Bench,
        [purpose] if purpose == ORDEAL => Purpose::Ordeal,
        _ => Purpose::Tests,
    };
    let mut cluster = Cluster::start(Binaries::find()?, purpose)?;

    say(&cluster.port().to_string());
    for line in std::io::stdin().lines().map_while(Result::ok) {
        match obey(&mut cluster, &line) {
            Ok(()) => say("ok"),
            Err(why) => say(&why.replace('\n', " ")),
        }
    }

    drop(cluster);
    Ok(ExitCode::SUCCESS)
}

fn obey(cluster: &mut Cluster, line: &str) -> Result<(), String> {
    let words: Vec<&str> = line.split_whitespace().collect();
    match words.as_slice() {
        ["kill"] => cluster.kill(),
        ["start"] => cluster.start_again(),
        ["follow", port] => {
            let port = port.parse().map_err(|_| format!("no port: {port}"))?;
            cluster.follow(port)
        }
        _ => Err(format!("no such order: {line}")),
    }
}

/// Whether the task still listens does not matter: if not, standard input is closed too.
fn say(words: &str) {
    let mut stdout = std::io::stdout();
    let _ = writeln!(stdout, "{words}").and_then(|()| stdout.flush());
}
