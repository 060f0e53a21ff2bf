//! `slotbridge rotate-master-key`

use super::backup::Which;
use crate::config::resolve;
use crate::failure::Failure;
use crate::out::say;
use crate::{serve, system};

const AFTER: &str = "\
For the embedded store, while no server runs on it. A crash in between loses nothing: the next start,
or this command again, goes on with it. Backups that were made before are still restored with the old
key; destroy it when the last of them is gone, and nothing erased before can be read again by anybody.

Where the master key comes from the settings, as it always does with PostgreSQL, give the new one as
the master key and the present one as SLOTBRIDGE_PREVIOUS_MASTER_KEY, and start every node again.

Exit codes: 0 done; 1 not done, with the old key still in force; 2 the command line is wrong.

Examples:
  slotbridge rotate-master-key
  slotbridge rotate-master-key --data-dir /var/lib/slotbridge";

/// Gives the embedded store a new master key
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub(super) struct Args {
    #[command(flatten)]
    store: Which,
}

/// Puts a new key beside the old one and opens the store once, which changes to it.
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let settings = resolve(&args.store.flags())?.settings;
    serve::prepare_new_master_key(&settings, &*system::random())?;
    let runtime = serve::runtime()?;
    let opened = runtime.block_on(serve::open(&settings))?;
    drop(runtime);
    drop(opened);
    say!("The store has a new master key. Keep a copy of it apart from the backups.");
    Ok(())
}
