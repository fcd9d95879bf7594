//! What the codemod knows of libraries, read from `never.toml`, and the functions that a user adds.

use std::collections::{BTreeSet, HashSet};
use std::sync::LazyLock;

use serde::Deserialize;

/// Qualified names; `never.toml` says of what.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    pub calls: BTreeSet<String>,
    pub methods: BTreeSet<String>,
    pub managers: BTreeSet<String>,
}

static SHIPPED: LazyLock<Table> =
    LazyLock::new(|| toml::from_str(include_str!("never.toml")).unwrap_or_default());

impl Table {
    /// The table that comes with codemend.
    pub fn shipped() -> &'static Self {
        &SHIPPED
    }

    /// Whether some function of it is called `member`.
    pub fn has_call(&self, member: &str) -> bool {
        LASTS.calls.contains(member)
    }

    /// Whether some method of it is called `member`.
    pub fn has_method(&self, member: &str) -> bool {
        LASTS.methods.contains(member)
    }

    /// Whether `text` may make an object of one of its classes, or derive from one.
    pub fn has_class_in(&self, text: &str) -> bool {
        LASTS.packages.iter().any(|package| text.contains(package))
    }
}

/// The last parts of the names in the table, and the packages of its classes.
#[derive(Default)]
struct Lasts {
    calls: HashSet<&'static str>,
    methods: HashSet<&'static str>,
    packages: BTreeSet<&'static str>,
}

static LASTS: LazyLock<Lasts> = LazyLock::new(|| {
    let last = |name: &'static String| name.rsplit('.').next();
    let first = |name: &'static String| name.split('.').next();
    Lasts {
        calls: SHIPPED.calls.iter().filter_map(last).collect(),
        methods: SHIPPED.methods.iter().filter_map(last).collect(),
        packages: SHIPPED.methods.iter().filter_map(first).collect(),
    }
});

#[cfg(test)]
mod tests {
    use super::Table;

    #[test]
    fn the_table_can_be_read() {
        let table = Table::shipped();
        assert!(table.calls.contains("sys.exit"));
        assert!(table.has_method("skipTest") && table.has_call("exit"));
        assert!(table.has_class_in("import argparse") && !table.has_class_in("import os"));
        assert!(table.managers.contains("_io.TextIOWrapper"));
    }
}
