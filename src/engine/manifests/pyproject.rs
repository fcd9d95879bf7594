//! `pyproject.toml`: the standard's tables, and those of the tools that have their own.

use toml_edit::{Document, Item};

use super::model::{Closed, Include, Kind, LineStyle, Manifest, MissingStyle, Shape, Wanted};
use super::requirement::{Requirement, normalise};
use super::text::line_end;
use super::toml_table::{Dialect, below, extra_of, header_end, item, parse, strings, table};
use crate::problem::Problem;

/// Fill `manifest` from its text. Without `[project]` and without `[tool.poetry]` it is no project.
///
/// # Errors
/// It is no TOML, or a list of the standard holds what is no requirement.
pub(super) fn read(manifest: &mut Manifest) -> Result<(), Problem> {
    let document = parse(manifest)?;
    let poetry = item(&document, &["tool", "poetry"]).is_some_and(Item::is_table_like);
    if let Some(project) = document.get("project") {
        standard(manifest, &document, project, poetry)?;
        manifest.is_project = true;
    }
    if poetry {
        poetry_tables(manifest, &document);
        manifest.is_project = true;
    }
    groups(manifest, &document)
}

/// [PEP 621](https://peps.python.org/pep-0621/), and where a dynamic list comes from.
fn standard(
    manifest: &mut Manifest,
    document: &Document<String>,
    project: &Item,
    poetry: bool,
) -> Result<(), Problem> {
    match project.get("dependencies") {
        Some(list) => {
            let (requirements, shape) = strings(manifest, list, "project.dependencies", true)?;
            manifest.push(Kind::Runtime, requirements, shape);
        }
        None if is_dynamic(project, "dependencies") => dynamic(manifest, document, project)?,
        None if poetry && item(document, POETRY).is_some() => {}
        None => {
            let shape = match project {
                Item::Table(table) if !table.is_implicit() && !table.is_dotted() => {
                    Shape::Missing {
                        at: last_line(&manifest.text, table),
                        style: MissingStyle::Toml,
                    }
                }
                _ => Shape::Closed(Closed::new(
                    line_of(manifest, project),
                    "has no `[project]` table",
                )),
            };
            manifest.push(Kind::Runtime, Vec::new(), shape);
        }
    }
    for (extra, list) in below(document, &["project", "optional-dependencies"]) {
        let (requirements, shape) = strings(manifest, list, extra, true)?;
        manifest.push(Kind::Extra(normalise(extra)), requirements, shape);
    }
    Ok(())
}

const POETRY: &[&str] = &["tool", "poetry", "dependencies"];

fn is_dynamic(project: &Item, key: &str) -> bool {
    let names = project.get("dynamic").and_then(Item::as_array);
    let mut names = names.into_iter().flatten();
    names.any(|name| name.as_str() == Some(key))
}

/// Setuptools reads the files that its own table names; Hatch has a plugin that does.
fn dynamic(
    manifest: &mut Manifest,
    document: &Document<String>,
    project: &Item,
) -> Result<(), Problem> {
    let setuptools = item(document, &["tool", "setuptools", "dynamic", "dependencies"]);
    let hatch = item(document, HATCH_FILES);
    let files = setuptools.and_then(|item| item.get("file")).or(hatch);
    if let Some(files) = files {
        include(manifest, files, &Kind::Runtime);
    } else if let Some(list) = setuptools.filter(|item| item.is_array()) {
        let (requirements, shape) = strings(manifest, list, "dependencies", true)?;
        manifest.push(Kind::Runtime, requirements, shape);
    } else if item(document, POETRY).is_none() {
        let line = project
            .get("dynamic")
            .map_or(1, |item| line_of(manifest, item));
        let shape = Shape::Closed(Closed::new(line, "computes its dependencies (`dynamic`)"));
        manifest.push(Kind::Runtime, Vec::new(), shape);
    }
    for (extra, list) in below(document, DYNAMIC_EXTRAS) {
        if let Some(files) = list.get("file") {
            include(manifest, files, &Kind::Extra(normalise(extra)));
        }
    }
    Ok(())
}

const HATCH_FILES: &[&str] = &[
    "tool",
    "hatch",
    "metadata",
    "hooks",
    "requirements_txt",
    "files",
];
const DYNAMIC_EXTRAS: &[&str] = &["tool", "setuptools", "dynamic", "optional-dependencies"];

/// `"requirements.txt"` or `["a.txt", "b.txt"]`
fn include(manifest: &mut Manifest, files: &Item, kind: &Kind) {
    let array = files.as_array().into_iter().flatten();
    let several = array.filter_map(|file| Some((file.as_str()?, file.span()?)));
    let one = files.as_str().zip(files.span());
    let all: Vec<_> = one.into_iter().chain(several).collect();
    for (target, range) in all {
        let line = manifest.line_at(range.start);
        manifest.includes.push(Include {
            target: target.to_owned(),
            kind: kind.clone(),
            range,
            line,
        });
    }
}

/// The end of the last line of what stands directly below the header of `table`.
fn last_line(text: &str, table: &toml_edit::Table) -> usize {
    let end = own_end(table).unwrap_or(0);
    line_end(text, end.max(header_end(text, table)))
}

/// The end of the last value that `table` has without another header.
fn own_end(table: &toml_edit::Table) -> Option<usize> {
    let ends = table.iter().filter_map(|(_, item)| match item {
        Item::Table(inner) if inner.is_dotted() => own_end(inner),
        Item::Value(value) => match value.as_inline_table().filter(|table| table.is_dotted()) {
            Some(inner) => inner
                .iter()
                .filter_map(|(_, value)| Some(value.span()?.end))
                .max(),
            None => value.span().map(|span| span.end),
        },
        _ => None,
    });
    ends.max()
}

/// Poetry's own tables. Next to `[project].dependencies` the main one only adds to what stands there.
fn poetry_tables(manifest: &mut Manifest, document: &Document<String>) {
    let adds = document
        .get("project")
        .is_some_and(|project| project.get("dependencies").is_some());
    let main = match adds {
        true => Kind::Constraint,
        false => Kind::Runtime,
    };
    match item(document, POETRY).and_then(|item| table(manifest, item, Dialect::Poetry)) {
        Some(found) => {
            poetry_extras(manifest, document, &found.optional, &found.shape);
            manifest.push(main, found.requirements, found.shape);
        }
        None if document.get("project").is_none() => {
            let line =
                item(document, &["tool", "poetry"]).map_or(1, |poetry| line_of(manifest, poetry));
            let shape = Shape::Closed(Closed::new(line, "has no `[tool.poetry.dependencies]`"));
            manifest.push(main, Vec::new(), shape);
        }
        None => {}
    }
    let named = below(document, &["tool", "poetry", "group"])
        .filter_map(|(group, item)| Some((group, item.get("dependencies")?)));
    let old = item(document, &["tool", "poetry", "dev-dependencies"]).map(|item| ("dev", item));
    for (group, item) in named.chain(old) {
        if let Some(found) = table(manifest, item, Dialect::Poetry) {
            let kind = match group {
                "main" => Kind::Runtime,
                _ => Kind::Group(normalise(group)),
            };
            manifest.push(kind, found.requirements, found.shape);
        }
    }
}

/// Optional requirements stand in the main table; `[tool.poetry.extras]` says which extra brings them.
fn poetry_extras(
    manifest: &mut Manifest,
    document: &Document<String>,
    optional: &[Requirement],
    shape: &Shape,
) {
    let mut by_extra = std::collections::BTreeMap::<Kind, Vec<Requirement>>::new();
    for one in optional {
        let kind = extra_of(document, &one.name);
        by_extra.entry(kind).or_default().push(one.clone());
    }
    for (kind, requirements) in by_extra {
        let mut shape = shape.clone();
        if let Shape::Lines { style, .. } = &mut shape {
            *style = LineStyle::KeyValue { optional: true };
        }
        manifest.push(kind, requirements, shape);
    }
}

/// The array of `[tool.poetry.extras]` that lists the requirements of `extra`.
pub(super) fn poetry_extra(manifest: &Manifest, extra: &str) -> Option<Shape> {
    let document = parse(manifest).ok()?;
    let (_, list) = below(&document, &["tool", "poetry", "extras"])
        .find(|(name, _)| normalise(name) == extra)?;
    let (_, shape) = strings(manifest, list, extra, false).ok()?;
    match shape {
        Shape::Brackets { outer, entries, .. } => Some(Shape::Brackets {
            outer,
            entries,
            what: Wanted::Name,
        }),
        _ => None,
    }
}

/// [PEP 735](https://peps.python.org/pep-0735/) groups, and the tables of uv, PDM, Rye and Hatch for the same.
fn groups(manifest: &mut Manifest, document: &Document<String>) -> Result<(), Problem> {
    for (group, list) in below(document, &["dependency-groups"]) {
        let (requirements, shape) = strings(manifest, list, group, true)?;
        manifest.push(Kind::Group(normalise(group)), requirements, shape);
    }
    let mut lists: Vec<(&str, &Item)> = Vec::new();
    for tool in ["uv", "rye"] {
        let list = item(document, &["tool", tool, "dev-dependencies"]);
        lists.extend(list.map(|list| ("dev", list)));
    }
    lists.extend(below(document, &["tool", "pdm", "dev-dependencies"]));
    for (environment, item) in below(document, &["tool", "hatch", "envs"]) {
        let keys = ["dependencies", "extra-dependencies"];
        lists.extend(
            keys.iter()
                .filter_map(|key| Some((environment, item.get(key)?))),
        );
    }
    if let Some(list) = item(document, &["tool", "uv", "constraint-dependencies"])
        && let Ok((requirements, shape)) = strings(manifest, list, "constraint-dependencies", false)
    {
        manifest.push(Kind::Constraint, requirements, shape);
    }
    for (group, list) in lists {
        if let Ok((requirements, shape)) = strings(manifest, list, group, false) {
            manifest.push(Kind::Group(normalise(group)), requirements, shape);
        }
    }
    Ok(())
}

fn line_of(manifest: &Manifest, item: &Item) -> usize {
    let start = item.span().map_or(0, |span| span.start);
    manifest.line_at(start)
}

#[cfg(test)]
#[path = "pyproject_tests.rs"]
mod tests;
