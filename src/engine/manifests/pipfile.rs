//! `Pipfile`: `[packages]` is installed, every other table of requirements is for those who work on the project.

use toml_edit::Item;

use super::model::{Closed, Kind, Manifest, Shape};
use super::requirement::normalise;
use super::toml_table::{Dialect, parse, table};
use crate::problem::Problem;

/// Fill `manifest` from its text.
///
/// # Errors
/// It is no TOML.
pub(super) fn read(manifest: &mut Manifest) -> Result<(), Problem> {
    let document = parse(manifest)?;
    manifest.is_project = true;
    for (name, item) in document.iter() {
        let kind = match name {
            "packages" => Kind::Runtime,
            "source" | "requires" | "pipenv" | "scripts" => continue,
            "dev-packages" => Kind::Group("dev".to_owned()),
            name => Kind::Group(normalise(name)),
        };
        if let Some(found) = table(manifest, item, Dialect::Pipenv) {
            manifest.push(kind, found.requirements, found.shape);
        }
    }
    if document.get("packages").is_none_or(Item::is_none) {
        let shape = Shape::Closed(Closed::new(1, "has no `[packages]`"));
        manifest.push(Kind::Runtime, Vec::new(), shape);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifests::model::Format;

    #[test]
    fn packages_are_runtime_and_the_rest_is_not() {
        let text = "[[source]]\nname = \"pypi\"\n\n[packages]\nfastapi = \"*\"\nPydantic = {version = \"<2\", extras = [\"email\"], markers = \"os_name == 'nt'\"}\n\n[dev-packages]\npytest = \"*\"\n\n[docs]\nmkdocs = \"*\"\n";
        let mut manifest = Manifest::new("Pipfile".into(), Format::Pipfile, text.into());
        read(&mut manifest).unwrap();
        let kinds: Vec<_> = manifest
            .lists
            .iter()
            .map(|list| list.kind.clone())
            .collect();
        let group = |name: &str| Kind::Group(name.to_owned());
        assert_eq!(kinds, [Kind::Runtime, group("dev"), group("docs")]);
        let pydantic = manifest.lists[0].find("pydantic").unwrap();
        assert!(!pydantic.versions.allow(">=2"));
        assert_eq!(pydantic.extras, ["email"]);
        assert_eq!(pydantic.marker.as_deref(), Some("os_name == 'nt'"));
        assert_eq!(pydantic.line, 6);
    }
}
