//! Exception classes of libraries that need not be there: those of `classes.toml`, and those of the configuration.

use std::sync::LazyLock;

use serde::Deserialize;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Shipped {
    classes: Vec<String>,
}

/// Dotted names of exception classes.
pub struct Classes<'o> {
    /// Those of the configuration.
    pub own: &'o [String],
}

impl Classes<'_> {
    pub fn has(&self, name: &str) -> bool {
        let mut all = shipped().iter().chain(self.own);
        all.any(|one| one == name)
    }
}

/// Those of `classes.toml`.
pub fn shipped() -> &'static [String] {
    static SHIPPED: LazyLock<Shipped> =
        LazyLock::new(|| toml::from_str(include_str!("classes.toml")).unwrap_or_default());
    &SHIPPED.classes
}
