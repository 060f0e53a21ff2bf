//! `slotbridge keygen`

use crate::failure::Failure;
use crate::out::say;
use crate::{serve, system};
use clap::ValueEnum;
use slotbridge_domain::keys::KeyKind;

const AFTER: &str = "\
Examples:
  (umask 077; slotbridge keygen master-key > /etc/slotbridge/master-key)
  slotbridge keygen operator-token";

/// Makes a key for the settings master_key or operator_token
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub(super) struct Args {
    /// What the key is for
    kind: Kind,
}

#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    /// The key that wraps all keys of personal data
    MasterKey,
    /// A token for the admin API
    OperatorToken,
}

/// Prints a new key.
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let random = system::random();
    match args.kind {
        Kind::MasterKey => say!("{}", serve::new_master_key(&*random)),
        Kind::OperatorToken => say!("{}", KeyKind::Operator.write(random.bytes())),
    }
    Ok(())
}
