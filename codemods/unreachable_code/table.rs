//! What the codemod knows of libraries, read from `never.toml`, and the functions that a user adds.

use std::collections::BTreeSet;
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

    /// The last parts of the names of everything that never comes back.
    pub fn members(&self) -> impl Iterator<Item = &str> {
        let names = self.calls.iter().chain(&self.methods);
        names.filter_map(|name| name.rsplit('.').next())
    }
}

#[cfg(test)]
mod tests {
    use super::Table;

    #[test]
    fn the_table_can_be_read() {
        let table = Table::shipped();
        assert!(table.calls.contains("sys.exit"));
        assert!(table.members().any(|member| member == "skipTest"));
        assert!(table.managers.contains("_io.TextIOWrapper"));
    }
}
