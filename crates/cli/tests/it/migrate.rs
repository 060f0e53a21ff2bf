//! `slotbridge migrate`

use crate::support::{Ended, run, slotbridge};

fn migrate(folder: &std::path::Path, more: &[&str]) -> Ended {
    let mut command = slotbridge(&["migrate", "--data-dir"]);
    run(command.arg(folder).args(more))
}

#[test]
fn a_store_is_brought_to_the_schema_without_serving_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("slotbridge.sqlite");
    let dry = migrate(folder.path(), &["--dry-run"]).good();
    assert!(
        dry.starts_with("The schema would go from nothing to "),
        "{dry}"
    );
    assert!(!file.exists(), "nothing is made");

    let made = migrate(folder.path(), &[]).good();
    assert!(
        made.starts_with("The schema went from nothing to "),
        "{made}"
    );
    let again = migrate(folder.path(), &[]).good();
    assert!(again.ends_with(": there is nothing to do.\n"), "{again}");
}

#[test]
fn the_statements_for_citus_are_printed_without_a_store() {
    let text = run(&mut slotbridge(&["migrate", "--print-distribution"])).good();
    for statement in [
        "create_reference_table('consumers');",
        "create_distributed_table('practices', 'practice_id', colocate_with => 'none');",
        "create_distributed_table('bookings', 'practice_id', colocate_with => 'practices');",
    ] {
        assert!(text.contains(statement), "{text}");
    }
}
