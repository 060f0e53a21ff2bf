//! Where SQL may stand.

use super::tree::{SourceFile, Tree};

/// How a statement begins.
const STATEMENTS: [&str; 4] = ["SELECT", "INSERT INTO", "UPDATE", "DELETE FROM"];

/// The store holds every statement; the test kit may look into a database, and the benchmark
/// speaks to one without the store.
const SPEAKERS: [&str; 5] = [
    // The agent's own state, and the demo's PMS: files of theirs, not the hub's store.
    "crates/agent/",
    "crates/agent-book/",
    "crates/bench/",
    "crates/store/",
    "crates/testkit/",
];

/// Outside those crates, no string literal begins like a statement.
pub(super) fn only_the_store_speaks_sql(tree: &Tree) -> Vec<String> {
    let others = tree.files.iter().filter(|file| {
        file.path.starts_with("crates/")
            && file.path.ends_with(".rs")
            && !SPEAKERS
                .iter()
                .any(|speaker| file.path.starts_with(speaker))
    });
    others.flat_map(statements_in).collect()
}

fn statements_in(file: &SourceFile) -> Vec<String> {
    let text = file.text.as_deref().unwrap_or_default();
    let mut found = Vec::new();
    for (quote, _) in text.match_indices('"') {
        let (before, rest) = text.split_at(quote);
        let literal = rest.trim_start_matches(|c: char| c == '"' || c == '\\' || c.is_whitespace());
        let line = before.lines().count() + usize::from(before.ends_with('\n'));
        let is_comment = before
            .rsplit('\n')
            .next()
            .is_some_and(|l| l.trim().starts_with("//"));
        let statement = STATEMENTS.iter().find(|statement| {
            literal
                .strip_prefix(*statement)
                .is_some_and(|after| after.starts_with(char::is_whitespace))
        });
        if let (Some(statement), false) = (statement, is_comment) {
            found.push(format!(
                "{}:{line}: a string begins with `{statement}`: SQL belongs in crates/store",
                file.path
            ));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPOKEN: &str = "fn f() {\n    a(\"SELECT 1\");\n    b(r#\"\n  DELETE FROM t\"#);\n\
                          c(\"\\\n   UPDATE t SET a = 1\");\n}\n";

    #[test]
    fn a_statement_outside_the_store_is_found_where_its_string_begins() {
        let found = only_the_store_speaks_sql(&Tree::of(&[("crates/hub/src/a.rs", SPOKEN)]));
        let places: Vec<&str> = found
            .iter()
            .filter_map(|line| line.split(": ").next())
            .collect();
        let expected = [
            "crates/hub/src/a.rs:2",
            "crates/hub/src/a.rs:3",
            "crates/hub/src/a.rs:5",
        ];
        assert_eq!(places, expected);
    }

    #[test]
    fn the_store_and_the_test_kit_speak_sql() {
        let tree = Tree::of(&[
            ("crates/store/src/a.rs", SPOKEN),
            ("crates/testkit/src/a.rs", SPOKEN),
            ("crates/hub/README.md", SPOKEN),
        ]);
        assert_eq!(only_the_store_speaks_sql(&tree), Vec::<String>::new());
    }

    #[test]
    fn words_that_only_resemble_statements_are_left_alone() {
        let text = "a(\"UPDATED\", \"SELECTION \", \"please SELECT one\");\n// say \"SELECT 1\"\n";
        let tree = Tree::of(&[("crates/hub/src/a.rs", text)]);
        assert_eq!(only_the_store_speaks_sql(&tree), Vec::<String>::new());
    }
}
