//! Rules about single files.

use super::tree::{SourceFile, Tree};

const MOST_LINES: usize = 600;
const LARGEST: u64 = 1024 * 1024;

/// What a person should read in one go.
const SOURCE: [&str; 6] = [".rs", ".sql", ".html", ".css", ".js", ".sh"];

/// Written in two halves, so that this file keeps its own rules.
const UNFINISHED: [&str; 3] = [
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("todo", "!"),
];
const OF_ONE_MACHINE: [&str; 3] = [
    concat!("/wo", "rk/"),
    concat!("/ho", "me/"),
    concat!("/ro", "ot/"),
];

/// No source file is longer than a person reads in one go.
pub(super) fn files_are_short(tree: &Tree) -> Vec<String> {
    let ours = |file: &&SourceFile| {
        (file.path.starts_with("crates/") || file.path.starts_with("xtask/"))
            && SOURCE.iter().any(|ending| file.path.ends_with(ending))
    };
    let lines = |file: &SourceFile| (file.path.clone(), file.numbered_lines().count());
    let counted = tree.files.iter().filter(ours).map(lines);
    counted
        .filter(|(_, lines)| *lines > MOST_LINES)
        .map(|(path, lines)| format!("{path}: {lines} lines, {MOST_LINES} at most: split it"))
        .collect()
}

/// Work that is left lives in issues, not in the source.
pub(super) fn nothing_is_left_to_do(tree: &Tree) -> Vec<String> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    complaints(tree, |line| {
        UNFINISHED
            .into_iter()
            .find(|mark| {
                line.match_indices(mark).any(|(start, _)| {
                    let (before, rest) = line.split_at(start);
                    let after = rest.strip_prefix(mark).unwrap_or_default();
                    !before.ends_with(is_word)
                        && (mark.ends_with('!') || !after.starts_with(is_word))
                })
            })
            .map(|mark| format!("`{mark}`: finish it, or make it an issue"))
    })
}

/// Nothing in the repository knows where it lies on somebody's machine.
pub(super) fn no_path_of_one_machine(tree: &Tree) -> Vec<String> {
    // Further in, as in `example.org/home/`, it is no absolute path.
    let goes_on = |c: char| c.is_alphanumeric() || "._-~*}>".contains(c);
    complaints(tree, |line| {
        OF_ONE_MACHINE
            .into_iter()
            .find(|path| {
                line.match_indices(path)
                    .any(|(start, _)| !line.split_at(start).0.ends_with(goes_on))
            })
            .map(|path| format!("`{path}` is a path of one machine: find it at run time"))
    })
}

/// A large file stays in every clone for good.
pub(super) fn no_large_file(tree: &Tree) -> Vec<String> {
    let large = tree.files.iter().filter(|file| file.size > LARGEST);
    large
        .map(|file| format!("{}: {} bytes, {LARGEST} at most", file.path, file.size))
        .collect()
}

/// One complaint for every line in which `fault` sees one.
fn complaints(tree: &Tree, fault: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let mut found = Vec::new();
    for file in &tree.files {
        for (number, line) in file.numbered_lines() {
            if let Some(fault) = fault(line) {
                found.push(format!("{}:{number}: {fault}", file.path));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(number: usize) -> String {
        "//\n".repeat(number)
    }

    #[test]
    fn the_longest_file_has_600_lines() {
        let (longest, too_long) = (lines(600), lines(601));
        let tree = Tree::of(&[
            ("crates/hub/src/a.rs", &longest),
            ("crates/hub/src/b.rs", &too_long),
            ("crates/hub/tests/samples/c.json", &too_long),
            ("docs/d.md", &too_long),
        ]);
        assert_eq!(
            files_are_short(&tree),
            ["crates/hub/src/b.rs: 601 lines, 600 at most: split it"]
        );
    }

    #[test]
    fn unfinished_work_is_seen_as_a_word() {
        let [first, second, third] = UNFINISHED;
        let text = format!("x\n// {first}: y\n/* {second} */\n{third}()\n");
        let tree = Tree::of(&[
            ("a.rs", &text),
            ("b.md", &format!("{first}S MY_{first} x{third}")),
        ]);
        let found = nothing_is_left_to_do(&tree);
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(found[0].starts_with("a.rs:2: "), "{found:?}");
    }

    #[test]
    fn an_absolute_path_is_told_from_the_path_of_an_address() {
        let [work, home, root] = OF_ONE_MACHINE;
        let good = format!("https://example.org{work}a\n/srv{home}b\n~{root}c\n");
        let bad = format!("cd {work}a\nHOME={home}b\n\"{root}c\"\n{work}d\n");
        let tree = Tree::of(&[("good.md", &good), ("bad.md", &bad)]);
        let found = no_path_of_one_machine(&tree);
        assert_eq!(found.len(), 4, "{found:?}");
        assert!(
            found.iter().all(|line| line.starts_with("bad.md:")),
            "{found:?}"
        );
    }

    #[test]
    fn the_largest_file_has_one_mebibyte() {
        let (largest, too_large) = ("x".repeat(1 << 20), "x".repeat((1 << 20) + 1));
        let tree = Tree::of(&[("a.bin", &largest), ("b.bin", &too_large)]);
        assert_eq!(
            no_large_file(&tree),
            ["b.bin: 1048577 bytes, 1048576 at most"]
        );
    }
}
