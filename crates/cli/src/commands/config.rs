//! `slotbridge config`

use crate::config::{Flags, json, resolve, table, template};
use crate::failure::Failure;
use crate::out::say;

const AFTER: &str = "\
Give it the same flags, environment and file as `slotbridge serve`. Secrets are hidden.

Examples:
  slotbridge config
  slotbridge config --config /etc/slotbridge.toml --json
  slotbridge config --template > slotbridge.toml";

/// Shows the settings in force and where each comes from
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub(super) struct Args {
    #[command(flatten)]
    flags: Flags,

    /// As JSON, for scripts
    #[arg(long)]
    json: bool,

    /// A settings file with every setting at its default, and what each does
    #[arg(long, conflicts_with = "json")]
    template: bool,
}

/// Shows the settings.
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    if args.template {
        say!("{}", template().trim_end());
        return Ok(());
    }
    let resolved = resolve(&args.flags)?;
    if args.json {
        say!("{:#}", json(&resolved));
    } else {
        say!("{}", table(&resolved).trim_fmt());
    }
    Ok(())
}
