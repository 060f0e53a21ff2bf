//! `slotbridge backup`

use crate::config::{Flags, resolve};
use crate::failure::Failure;
use crate::transfer;
use std::path::PathBuf;

const AFTER: &str = "\
The server may run meanwhile: a backup is one picture of everything at one moment, and holds up
nobody. It is the same for both engines, so that a restore can also move a hub from SQLite to
PostgreSQL, or back. FILE appears when it is whole, with mode 0600. Personal data are sealed in it
as they are in the store; the master key, the operator's token file and the settings are NOT in it:
keep copies of those elsewhere.

Run it as the user that the server runs as. It needs no master key.

Exit codes: 0 done, or the file is whole; 1 it is not; 2 the command line is wrong.

Examples:
  slotbridge backup hub.sbk                                 the store in ./slotbridge-data
  slotbridge backup --data-dir /var/lib/slotbridge /backups/hub.sbk
  SLOTBRIDGE_DATABASE_URL=postgres://slotbridge@db/slotbridge slotbridge backup - > hub.sbk
  slotbridge backup --verify /backups/hub.sbk               is that file whole?";

/// Writes everything that the hub holds into a file, while it runs; or checks such a file
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub(super) struct Args {
    #[command(flatten)]
    store: Which,

    /// The file; - for stdout (with --verify, stdin)
    file: PathBuf,

    /// Replace a file that is there already
    #[arg(long, conflicts_with = "verify")]
    force: bool,

    /// Check a backup from its first byte to its last, without restoring it
    #[arg(long, conflicts_with_all = ["data_dir", "database_url", "config"])]
    verify: bool,

    /// Tell what was done as JSON, for scripts
    #[arg(long)]
    json: bool,
}

/// Which store: the one that `slotbridge serve` with the same flags, environment and file has.
#[derive(clap::Args)]
pub(super) struct Which {
    /// The folder of the embedded store [default: ./slotbridge-data] [env: SLOTBRIDGE_DATA_DIR]
    #[arg(long, value_name = "DIR")]
    data_dir: Option<String>,

    /// The PostgreSQL database to use instead; other users of this machine can read flags, so a
    /// password is better placed in the environment [env: SLOTBRIDGE_DATABASE_URL]
    #[arg(long, value_name = "URL", conflicts_with = "data_dir")]
    database_url: Option<String>,

    /// A TOML file with settings [env: SLOTBRIDGE_CONFIG]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl Which {
    /// The same as the flags of `serve`.
    pub(super) fn flags(&self) -> Flags {
        Flags {
            data_dir: self.data_dir.clone(),
            database_url: self.database_url.clone(),
            config: self.config.clone(),
            ..Flags::default()
        }
    }
}

/// Makes it, or checks it.
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    if args.verify {
        return transfer::verify(&args.file, args.json);
    }
    let resolved = resolve(&args.store.flags())?;
    transfer::backup(&resolved.settings, &args.file, args.force, args.json)
}
