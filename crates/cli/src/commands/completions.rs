//! `slotbridge completions`

use super::Cli;
use clap::CommandFactory;
use clap_complete::Shell;

const AFTER: &str = "\
Examples:
  slotbridge completions bash > /etc/bash_completion.d/slotbridge
  slotbridge completions zsh > ~/.zfunc/_slotbridge
  slotbridge completions fish > ~/.config/fish/completions/slotbridge.fish";

/// Prints a script that completes slotbridge's commands in a shell
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub(super) struct Args {
    /// The shell
    shell: Shell,
}

/// Prints the script.
pub(super) fn run(args: &Args) {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "slotbridge", &mut script);
    crate::out::say!("{}", String::from_utf8_lossy(&script).trim_end());
}
