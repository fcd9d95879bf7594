//! The checkout of codemend that a codemod is made in.

use std::fs;

use anyhow::{Context, anyhow, bail};
use camino::{Utf8Path, Utf8PathBuf};
use codemend_engine::source::reason;

use super::catalogue;
use super::name::Name;

/// The package that codemods are part of, in `codemods/`.
const PACKAGE: &str = "codemend-codemods";

/// A file that changes, or is made: its path from the root, and its texts.
#[derive(Debug)]
pub struct Written {
    pub path: String,
    pub before: Option<String>,
    pub after: String,
}

/// The root of a checkout.
#[derive(Debug)]
pub struct Checkout {
    pub root: Utf8PathBuf,
}

impl Checkout {
    /// The one that `directory` lies in.
    ///
    /// # Errors
    /// It lies in none.
    pub fn around(directory: &Utf8Path) -> anyhow::Result<Self> {
        match directory.ancestors().find(|above| is_checkout(above)) {
            Some(root) => Ok(Self {
                root: root.to_owned(),
            }),
            None => bail!(
                "`{directory}` lies in no checkout of codemend (a folder whose `codemods/` is the package {PACKAGE}); \
                 run this in a clone of its repository"
            ),
        }
    }

    /// The files that list the codemods, with `name` among them.
    ///
    /// # Errors
    /// The name is taken, or a list is not laid out as it was when this codemend was built.
    pub fn listing(&self, name: &Name, summary: &str) -> anyhow::Result<Vec<Written>> {
        self.is_free(name)?;
        let lib = self.grown("codemods/lib.rs", |text| catalogue::listed(text, name))?;
        let table = |text: &str| catalogue::in_table(text, name, summary);
        Ok(vec![lib, self.grown("README.md", table)?])
    }

    /// The file at `path` as `grow` changes it.
    fn grown(
        &self,
        path: &str,
        grow: impl Fn(&str) -> anyhow::Result<String>,
    ) -> anyhow::Result<Written> {
        let before = fs::read_to_string(self.root.join(path));
        let before = before
            .map_err(|error| anyhow!(reason(&error)))
            .with_context(|| format!("cannot read `{path}`"))?;
        let after = grow(&before).with_context(|| format!("cannot add to `{path}`"))?;
        Ok(Written {
            path: path.to_owned(),
            before: Some(before),
            after,
        })
    }

    fn is_free(&self, name: &Name) -> anyhow::Result<()> {
        let module = name.module();
        for path in [
            format!("codemods/{module}"),
            format!("codemods/{module}.rs"),
        ] {
            if self.root.join(&path).symlink_metadata().is_ok() {
                let kebab = name.kebab();
                bail!("`{kebab}` is taken: there is `{path}` already; choose another name");
            }
        }
        Ok(())
    }
}

fn is_checkout(directory: &Utf8Path) -> bool {
    let codemods = directory.join("codemods");
    let manifest = fs::read_to_string(codemods.join("Cargo.toml")).unwrap_or_default();
    let manifest: toml::Table = manifest.parse().unwrap_or_default();
    let package = manifest.get("package").and_then(|it| it.get("name"));
    package.and_then(toml::Value::as_str) == Some(PACKAGE) && codemods.join("lib.rs").is_file()
}
