//! `slotbridge restore`

use super::backup::Which;
use crate::config::resolve;
use crate::failure::Failure;
use crate::transfer;
use std::path::PathBuf;

const AFTER: &str = "\
The backup may come from either engine. It is restored into a folder or database without a store:
name a new one, or move the old one away first. It needs the master key that the backup was made
with, where `slotbridge serve` looks for it: SLOTBRIDGE_MASTER_KEY, the file that master_key_file
names, or master-key in the folder. A backup of an older version is brought to this one's schema.

Nothing is there before all of it is: a damaged file, a lost connection or a full disk leaves no
store. Run it as the user that the server runs as, then start the server. What fell due since the
backup is done at that start; what happened since is not known.

Exit codes: 0 done; 1 refused or failed, and nothing stored; 2 the command line is wrong.

Examples:
  slotbridge restore hub.sbk --data-dir /var/lib/slotbridge-restored
  slotbridge restore hub.sbk --database-url postgres://slotbridge@db/restored
  ssh old-host slotbridge backup - | slotbridge restore -";

/// Makes a store of a backup, on either engine
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub(super) struct Args {
    /// The backup; - for stdin
    file: PathBuf,

    #[command(flatten)]
    store: Which,

    /// Tell what was done as JSON, for scripts
    #[arg(long)]
    json: bool,
}

/// Restores it.
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let resolved = resolve(&args.store.flags())?;
    transfer::restore(&resolved.settings, &args.file, args.json)
}
