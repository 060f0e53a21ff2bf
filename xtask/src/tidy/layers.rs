//! Which crate may know which: the arrows of the architecture.

use super::tree::{SourceFile, Tree};

/// What each crate may depend on, apart from its tests. A new crate gets a line here.
const ARROWS: [(&str, &[&str]); 18] = [
    ("domain", &[]),
    ("wire", &[]),
    ("store", &["domain"]),
    ("faultfs", &[]),
    ("hub", &["domain", "store"]),
    ("load", &[]),
    ("outbound", &["hub"]),
    ("api", &["domain", "hub", "wire"]),
    ("web", &["domain", "hub"]),
    (
        "bench",
        &["domain", "hub", "load", "outbound", "store", "testkit"],
    ),
    ("client", &["wire"]),
    ("matching", &["domain"]),
    ("agent", &["client", "matching"]),
    ("agent-book", &["agent", "client"]),
    ("agent-folder", &["agent", "client", "matching"]),
    ("agent-fhir", &["agent", "client"]),
    (
        "cli",
        &[
            "agent",
            "agent-book",
            "agent-fhir",
            "agent-folder",
            "api",
            "client",
            "domain",
            "hub",
            "load",
            "matching",
            "outbound",
            "store",
            "web",
        ],
    ),
    (
        "testkit",
        &[
            "api", "client", "domain", "hub", "outbound", "store", "web", "wire",
        ],
    ),
];

/// Each crate depends on those below it and no others. Tests may use any.
pub(super) fn arrows_point_down(tree: &Tree) -> Vec<String> {
    let mut found = Vec::new();
    for manifest in &tree.files {
        let Some(name) = crate_of(&manifest.path) else {
            continue;
        };
        let Some((_, allowed)) = ARROWS.iter().find(|(crate_name, _)| *crate_name == name) else {
            found.push(format!(
                "{}: say in {} which crates it may depend on",
                manifest.path,
                file!()
            ));
            continue;
        };
        for (line, dependency) in dependencies(manifest) {
            if !allowed.contains(&dependency) {
                let allowed = if allowed.is_empty() {
                    "none"
                } else {
                    &allowed.join(", ")
                };
                found.push(format!(
                    "{}:{line}: {name} must not depend on {dependency} (of ours, on {allowed})",
                    manifest.path
                ));
            }
        }
    }
    found
}

/// `crates/hub/Cargo.toml` is the manifest of `hub`.
fn crate_of(path: &str) -> Option<&str> {
    let name = path.strip_prefix("crates/")?.strip_suffix("/Cargo.toml")?;
    (!name.contains('/')).then_some(name)
}

/// The workspace's own crates among what a manifest's dependency tables name, dev-dependencies
/// apart.
fn dependencies(manifest: &SourceFile) -> impl Iterator<Item = (usize, &str)> {
    let mut in_dependencies = false;
    manifest.numbered_lines().filter_map(move |(number, line)| {
        let line = line.split('#').next().unwrap_or_default().trim();
        if let Some(header) = line.strip_prefix('[') {
            let parts: Vec<&str> = header.trim_end_matches(']').split('.').collect();
            let named = parts.last().copied().filter(|_| parts.len() > 1);
            in_dependencies = parts.iter().any(|part| is_dependency_table(part));
            return named
                .filter(|_| in_dependencies)
                .and_then(ours)
                .map(|ours| (number, ours));
        }
        in_dependencies
            .then(|| names(line).find_map(ours))
            .flatten()
            .map(|ours| (number, ours))
    })
}

fn is_dependency_table(part: &str) -> bool {
    matches!(part, "dependencies" | "build-dependencies")
}

/// The key of a line, and the package it stands for where they differ.
fn names(line: &str) -> impl Iterator<Item = &str> {
    let is_name = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    let key = line.split(|c| !is_name(c)).next();
    let renamed = line
        .split_once("package")
        .and_then(|(_, rest)| rest.split('"').nth(1));
    key.into_iter().chain(renamed)
}

/// The crate of ours that a package name means.
fn ours(package: &str) -> Option<&str> {
    match package.strip_prefix("slotbridge") {
        Some("") => Some("cli"),
        Some(rest) => rest.strip_prefix('-'),
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaints(name: &str, manifest: &str) -> Vec<String> {
        arrows_point_down(&Tree::of(&[(
            &format!("crates/{name}/Cargo.toml"),
            manifest,
        )]))
    }

    #[test]
    fn a_crate_may_know_those_below_it() {
        let manifest = "
            [package]
            name = \"slotbridge-api\"
            [dependencies]
            slotbridge-domain.workspace = true
            slotbridge-hub = { workspace = true }
            serde.workspace = true
            [dev-dependencies]
            slotbridge-testkit.workspace = true
            slotbridge.workspace = true
        ";
        assert_eq!(complaints("api", manifest), Vec::<String>::new());
    }

    #[test]
    fn every_way_to_write_a_dependency_is_seen() {
        for dependency in [
            "[dependencies]\nslotbridge-api.workspace = true",
            "[dependencies]\nslotbridge-api = { workspace = true }",
            "[dependencies]\napi = { package = \"slotbridge-api\", path = \"../api\" }",
            "[dependencies.slotbridge-api]\nworkspace = true",
            "[build-dependencies]\nslotbridge-api.workspace = true",
            "[target.'cfg(unix)'.dependencies]\nslotbridge-api.workspace = true",
        ] {
            let found = complaints("store", dependency);
            assert_eq!(found.len(), 1, "{dependency}: {found:?}");
            assert!(
                found[0].contains("store must not depend on api"),
                "{found:?}"
            );
        }
    }

    #[test]
    fn nothing_but_a_test_depends_on_the_binary_or_the_test_kit() {
        let manifest = "[dependencies]\nslotbridge.workspace = true\nslotbridge-testkit = {}\n";
        for name in ["api", "hub", "testkit"] {
            assert!(!complaints(name, manifest).is_empty(), "{name}");
        }
        assert_eq!(
            complaints("cli", "[dependencies]\nslotbridge-testkit = {}").len(),
            1
        );
    }

    #[test]
    fn a_crate_without_a_rule_is_asked_for_one() {
        assert_eq!(complaints("novel", "[package]").len(), 1);
    }
}
