//! No source file that the compiler never reads.

use super::tree::{SourceFile, Tree};

/// Each file below `src` is named as a module by the file above it.
pub(super) fn every_file_is_a_module(tree: &Tree) -> Vec<String> {
    let mut found = Vec::new();
    for file in &tree.files {
        let Some((crate_folder, inside)) = split_at_src(&file.path) else {
            continue;
        };
        if is_root(inside) {
            continue;
        }
        let Some((module, parents)) = module_and_parents(inside) else {
            continue;
        };
        let parents: Vec<String> = parents
            .iter()
            .map(|parent| format!("{crate_folder}/src/{parent}"))
            .collect();
        let named = parents
            .iter()
            .filter_map(|parent| tree.file(parent))
            .any(|parent| names_module(parent, module));
        if !named {
            found.push(format!(
                "{}: no `mod {module};` in {}: the compiler never reads it",
                file.path,
                parents.join(" or ")
            ));
        }
    }
    found
}

/// The folder of the crate, and where in its `src` the file is.
fn split_at_src(path: &str) -> Option<(&str, &str)> {
    let (crate_folder, inside) = path.split_once("/src/")?;
    let in_a_crate = crate_folder == "xtask" || crate_folder.starts_with("crates/");
    (in_a_crate && inside.ends_with(".rs")).then_some((crate_folder, inside))
}

/// Files that Cargo itself finds.
fn is_root(inside: &str) -> bool {
    let parts: Vec<&str> = inside.split('/').collect();
    matches!(
        parts.as_slice(),
        ["lib.rs" | "main.rs"] | ["bin", _] | ["bin", _, "main.rs"]
    )
}

/// What the file is called as a module, and the files (below `src`) that may name it.
fn module_and_parents(inside: &str) -> Option<(&str, Vec<String>)> {
    let mut path = inside.strip_suffix(".rs")?;
    path = path.strip_suffix("/mod").unwrap_or(path);
    Some(match path.rsplit_once('/') {
        None => (path, vec!["lib.rs".to_owned(), "main.rs".to_owned()]),
        Some((folder, module)) => {
            let parents = [".rs", "/mod.rs", "/main.rs"];
            (
                module,
                parents.map(|ending| format!("{folder}{ending}")).to_vec(),
            )
        }
    })
}

fn names_module(parent: &SourceFile, module: &str) -> bool {
    let (plain, raw) = (format!("mod {module};"), format!("mod r#{module};"));
    parent.numbered_lines().any(|(_, line)| {
        let line = line.trim();
        [&plain, &raw].into_iter().any(|wanted| {
            line.strip_suffix(wanted.as_str()).is_some_and(|before| {
                !before.starts_with("//") && (before.is_empty() || before.ends_with(' '))
            })
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_named_by_the_one_above_it_is_alive() {
        let tree = Tree::of(&[
            (
                "crates/hub/src/lib.rs",
                "pub mod a;\npub(crate) mod b;\n#[cfg(test)] mod r#c;\n",
            ),
            ("crates/hub/src/a.rs", "    mod inner;\n"),
            ("crates/hub/src/a/inner.rs", ""),
            ("crates/hub/src/b/mod.rs", "mod inner;"),
            ("crates/hub/src/b/inner.rs", ""),
            ("crates/hub/src/c.rs", ""),
            ("crates/cli/src/main.rs", "mod d;"),
            ("crates/cli/src/d.rs", ""),
            ("crates/cli/src/bin/tool.rs", ""),
            ("crates/cli/tests/anything.rs", ""),
        ]);
        assert_eq!(every_file_is_a_module(&tree), Vec::<String>::new());
    }

    #[test]
    fn a_file_that_nobody_names_is_dead() {
        let tree = Tree::of(&[
            ("crates/hub/src/lib.rs", "mod a;\n// mod b;\nmod other_c;\n"),
            ("crates/hub/src/a.rs", ""),
            ("crates/hub/src/b.rs", ""),
            ("crates/hub/src/c.rs", ""),
            ("crates/hub/src/a/inner.rs", ""),
            ("crates/hub/src/gone/inner.rs", ""),
        ]);
        let found = every_file_is_a_module(&tree);
        let dead: Vec<&str> = found
            .iter()
            .filter_map(|line| line.split(':').next())
            .collect();
        let expected = ["b.rs", "c.rs", "a/inner.rs", "gone/inner.rs"];
        assert_eq!(dead, expected.map(|path| format!("crates/hub/src/{path}")));
    }
}
