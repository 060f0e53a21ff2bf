//! Lists in which a field must not have the same value twice.

use crate::read::{Faults, FromJson, Json, Node};
use std::{collections::HashMap, hash::Hash};

/// A list while it is being checked: the items that could be read, with their places.
pub(super) struct List<'a, T> {
    items: Vec<(Node<'a>, Option<T>)>,
}

impl<'a, T: FromJson> List<'a, T> {
    /// Reads each item of an array of at most `most`.
    pub(super) fn read(node: &'a Node<'a>, most: usize, faults: &mut Faults) -> Option<Self> {
        let nodes = node.items(most, faults)?;
        let items = nodes
            .into_iter()
            .map(|node| (node, T::from_json(&node, faults)))
            .collect();
        Some(Self { items })
    }

    /// Adds a fault for each item with a `key` that an earlier one has; the fault names the
    /// places of both. `field` is what the key was read from.
    pub(super) fn unique<'i, K: Eq + Hash>(
        &'i self,
        field: &str,
        within: &str,
        key: impl Fn(&'i T) -> K,
        faults: &mut Faults,
    ) {
        let mut seen: HashMap<K, &Node<'a>> = HashMap::with_capacity(self.items.len());
        for (node, item) in &self.items {
            let Some(item) = item else { continue };
            let first = *seen.entry(key(item)).or_insert(node);
            if std::ptr::eq(first, node) {
                continue;
            }
            let value = node.value().get(field).unwrap_or(&Json::Null);
            let (here, there) = (node.key(field, value), first.key(field, value));
            here.fault::<()>(
                faults,
                format_args!(
                    "must be unique{within}, but {} is at {} too",
                    here.shown(),
                    there.path()
                ),
            );
        }
    }

    /// The items, if all of them could be read.
    pub(super) fn finish(self) -> Option<Vec<T>> {
        self.items.into_iter().map(|(_, item)| item).collect()
    }
}
