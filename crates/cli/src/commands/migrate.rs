//! `slotbridge migrate`

use super::backup::Which;
use crate::config::resolve;
use crate::failure::Failure;
use crate::out::say;
use crate::serve;
use slotbridge_store::{Upgrade, distribution, look_at_upgrade, upgrade};

const AFTER: &str = "\
A hub brings its store to its own schema whenever it starts; this does the same without serving: in the
first step of an upgrade of several nodes, or under another role of the database (the one that nodes connect
as then needs no right to change tables). It needs no master key. On PostgreSQL it waits for no table for more than
two seconds at a time, so that nodes that serve go on.

--print-distribution writes the statements that spread the tables over Citus by practice, for psql.
It touches no store.

Exit codes: 0 done, or nothing to do; 1 it failed, and the store is as it was; 2 the command line is wrong.

Examples:
  slotbridge migrate --dry-run
  SLOTBRIDGE_DATABASE_URL=postgres://slotbridge@db/slotbridge slotbridge migrate
  slotbridge migrate --print-distribution | psql -v ON_ERROR_STOP=1 slotbridge";

/// Brings a store to this version's schema, without serving it
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub(super) struct Args {
    #[command(flatten)]
    store: Which,

    /// Say what would be done, and whether nodes of before may serve meanwhile
    #[arg(long)]
    dry_run: bool,

    /// Write the statements that distribute the tables over Citus
    #[arg(long, conflicts_with_all = ["dry_run", "data_dir", "database_url", "config"])]
    print_distribution: bool,
}

/// Does it, or says what it would do.
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    if args.print_distribution {
        say!("{}", distribution()?.trim_end());
        return Ok(());
    }
    let location = serve::location(&resolve(&args.store.flags())?.settings);
    let words = if args.dry_run {
        told(look_at_upgrade(&location)?, "would go")
    } else {
        told(upgrade(&location)?, "went")
    };
    say!("{words}");
    Ok(())
}

fn told(upgrade: Upgrade, went: &str) -> String {
    let Upgrade { from, to, rolls } = upgrade;
    if from == to {
        return format!("The schema is {to}: there is nothing to do.");
    }
    if from == 0 {
        return format!("The schema {went} from nothing to {to}.");
    }
    let nodes = if rolls {
        "go on serving beside it: replace them one after the other"
    } else {
        "must not run beside it: stop them first"
    };
    format!("The schema {went} from {from} to {to}. Nodes of the version before {nodes}.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_whether_nodes_of_before_may_run_beside_the_new_schema() {
        let (from, to) = (12, 13);
        let words = |rolls| told(Upgrade { from, to, rolls }, "would go");
        assert_eq!(
            words(true),
            "The schema would go from 12 to 13. Nodes of the version before go on serving beside it: \
             replace them one after the other."
        );
        assert!(words(false).ends_with("must not run beside it: stop them first."));
    }
}
