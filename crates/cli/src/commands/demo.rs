//! `slotbridge demo`

use crate::demo::{self, Options};
use crate::failure::Failure;
use std::net::SocketAddr;
use std::path::PathBuf;

const AFTER: &str = "\
Everything is real: HTTP over loopback, a durable store, the rules. The practice's PMS is an
appointment book in one file, with `slotbridge agent` between it and the hub.

Exit codes of --once: 0 all of it held; 1 an expectation failed (it says which) or the demo could
not start; 2 the command line is wrong.

Examples:
  slotbridge demo                       a practice to go on with by hand, until Ctrl-C
  slotbridge demo --once                the whole story, each step checked; about 30 seconds
  slotbridge demo --data-dir ./demo     keep what happens; start again to go on";

/// Shows the main job: free times, a booking, its confirmation, a cancellation
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub(super) struct Args {
    /// The address on which the hub answers [default: 127.0.0.1:8080, with --once any free port]
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,

    /// Keep the store in this folder [default: a fresh temporary one]
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,

    /// Play the booking story to its end, check each step, and exit
    #[arg(long)]
    once: bool,
}

/// Plays it.
pub(super) fn run(args: Args) -> Result<(), Failure> {
    demo::run(Options {
        listen: args.listen,
        data_dir: args.data_dir,
        once: args.once,
    })
}
