//! `slotbridge serve`

use crate::config::{Flags, resolve};
use crate::failure::Failure;

const AFTER: &str = "\
Every setting can also stand in the environment (SLOTBRIDGE_<NAME>) or in a TOML file; a flag
counts before the environment, and that before the file. `slotbridge config` shows what is in
force and where it comes from, `slotbridge config --template` every setting with its meaning.

The first start makes the store, a master key and an operator token (files of mode 0600 in the
data folder). SIGINT (Ctrl-C) and SIGTERM stop it in order: what was accepted is finished, for at
most 20 seconds. A second signal ends it at once.

Exit codes: 0 stopped in order; 1 could not start; 2 the command line is wrong.

Examples:
  slotbridge serve
  slotbridge serve --data-dir /var/lib/slotbridge --listen 0.0.0.0:8080
  slotbridge serve --sandbox --listen 127.0.0.1:0 --data-dir /tmp/sandbox
  SLOTBRIDGE_DATABASE_URL=postgres://slotbridge:...@db/slotbridge \\
    SLOTBRIDGE_MASTER_KEY=... SLOTBRIDGE_OPERATOR_TOKEN=... slotbridge serve";

/// Runs the hub
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub(super) struct Args {
    #[command(flatten)]
    flags: Flags,
}

/// Runs the hub.
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    crate::serve::run(&resolve(&args.flags)?.settings)
}
