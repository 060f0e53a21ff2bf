//! House rules that no compiler checks. Each is a small function from the tree to its complaints;
//! `cargo xtask tidy` runs them, and so do the tests.

mod layers;
mod modules;
mod sql;
mod text;
mod tree;

use std::process::ExitCode;

use crate::Outcome;
use crate::command::workspace_root;
pub(crate) use tree::Tree;

/// A rule answers with one line per place that breaks it.
type Rule = fn(&Tree) -> Vec<String>;

const RULES: [Rule; 7] = [
    text::files_are_short,
    text::nothing_is_left_to_do,
    text::no_path_of_one_machine,
    text::no_large_file,
    layers::arrows_point_down,
    modules::every_file_is_a_module,
    sql::only_the_store_speaks_sql,
];

/// `cargo xtask tidy`
pub(crate) fn run() -> Outcome {
    let tree = Tree::read(&workspace_root())?;
    let complaints: Vec<String> = RULES.iter().flat_map(|rule| rule(&tree)).collect();
    if complaints.is_empty() {
        println!("tidy: {} files keep the house rules", tree.files.len());
        return Ok(ExitCode::SUCCESS);
    }
    Err(format!(
        "the house rules are broken:\n{}",
        complaints.join("\n")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(rule: Rule) {
        let tree = Tree::read(&workspace_root()).unwrap();
        assert!(!tree.files.is_empty());
        let complaints = rule(&tree);
        assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    }

    #[test]
    fn files_are_short() {
        holds(text::files_are_short);
    }

    #[test]
    fn nothing_is_left_to_do() {
        holds(text::nothing_is_left_to_do);
    }

    #[test]
    fn no_path_of_one_machine() {
        holds(text::no_path_of_one_machine);
    }

    #[test]
    fn no_large_file() {
        holds(text::no_large_file);
    }

    #[test]
    fn arrows_point_down() {
        holds(layers::arrows_point_down);
    }

    #[test]
    fn every_file_is_a_module() {
        holds(modules::every_file_is_a_module);
    }

    #[test]
    fn only_the_store_speaks_sql() {
        holds(sql::only_the_store_speaks_sql);
    }
}
