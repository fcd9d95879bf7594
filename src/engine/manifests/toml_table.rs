//! What the manifests in TOML share: places of keys and values, and the tables of Poetry and Pipenv, in which a key is a
//! name and a value says which versions.

use std::ops::Range;

use toml_edit::{Document, Item, Table, TableLike, Value};

use super::model::{Closed, Entry, Kind, LineStyle, Manifest, Shape, Wanted};
use super::requirement::{Requirement, Versions, normalise};
use super::text::line_end;
use crate::problem::{LineColumn, Problem};

pub(super) fn parse(manifest: &Manifest) -> Result<Document<String>, Problem> {
    Document::parse(manifest.text.to_string()).map_err(|error| {
        let message = error.message().trim().replace('\n', "; ");
        let problem = Problem::new(&manifest.path, format!("is not valid TOML: {message}"));
        let problem = problem.help("mend it");
        match error.span() {
            Some(span) => problem.at(LineColumn::of(&manifest.text, span.start)),
            None => problem,
        }
    })
}

/// The item at the end of `keys`.
pub(super) fn item<'a>(document: &'a Document<String>, keys: &[&str]) -> Option<&'a Item> {
    let root = document.as_item();
    keys.iter().try_fold(root, |item, key| item.get(key))
}

/// The tables or arrays below the table at `keys`, with their names.
pub(super) fn below<'a>(
    document: &'a Document<String>,
    keys: &[&str],
) -> impl Iterator<Item = (&'a str, &'a Item)> {
    let table = item(document, keys).and_then(Item::as_table_like);
    table.into_iter().flat_map(|table| table.iter())
}

/// The requirements in the array `item`, each a string of PEP 508. `strict` ones make their project unreadable when
/// they are none; a tool's own tables may hold what only that tool reads.
pub(super) fn strings(
    manifest: &Manifest,
    item: &Item,
    key: &str,
    strict: bool,
) -> Result<(Vec<Requirement>, Shape), Problem> {
    let wrong = |range: Range<usize>, message: String| {
        Problem::new(&manifest.path, message)
            .at(LineColumn::of(&manifest.text, range.start))
            .help("mend it")
    };
    let outer = item.span().unwrap_or_default();
    let Some(array) = item.as_array() else {
        return Err(wrong(outer, format!("`{key}` is no list of requirements")));
    };
    let (mut requirements, mut entries) = (Vec::new(), Vec::new());
    for value in array {
        let range = value.span().unwrap_or_default();
        let line = manifest.line_at(range.start);
        let found = value
            .as_str()
            .and_then(|text| Requirement::parse(text, range.clone(), line));
        if strict && found.is_none() && !value.is_inline_table() {
            let shown = value.as_str().map(str::to_owned);
            let shown = shown.unwrap_or_else(|| value.to_string().trim().to_owned());
            return Err(wrong(range, format!("`{shown}` is no requirement ({key})")));
        }
        entries.push(Entry {
            range,
            name: found.as_ref().map(|one| one.written.clone()),
        });
        requirements.extend(found);
    }
    let what = Wanted::Requirement;
    Ok((
        requirements,
        Shape::Brackets {
            outer,
            entries,
            what,
        },
    ))
}

/// Which tool's table it is: they spell versions differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Poetry,
    Pipenv,
}

/// A table with one requirement per key, split into those that count always and, in Poetry, the optional ones.
pub(super) struct Named {
    pub(super) requirements: Vec<Requirement>,
    pub(super) optional: Vec<Requirement>,
    pub(super) shape: Shape,
}

pub(super) fn table(manifest: &Manifest, item: &Item, dialect: Dialect) -> Option<Named> {
    let table = item.as_table_like()?;
    let text: &str = &manifest.text;
    let (mut requirements, mut optional, mut entries) = (Vec::new(), Vec::new(), Vec::new());
    for (name, value) in table.iter() {
        let Some(key) = table.key(name).and_then(|key| key.span()) else {
            continue;
        };
        let end = value.span().map_or(key.end, |span| span.end);
        let range = key.start..end.max(key.end);
        let is_python = dialect == Dialect::Poetry && normalise(name) == "python";
        if is_entry(value) {
            entries.push(Entry {
                range: range.clone(),
                name: (!is_python).then(|| name.to_owned()),
            });
        }
        if is_python {
            continue;
        }
        let line = manifest.line_at(key.start);
        let found = requirement(name, value, dialect, range, line);
        match field(value, "optional").and_then(Item::as_bool) {
            Some(true) => optional.push(found),
            _ => requirements.push(found),
        }
    }
    let shape = match item {
        Item::Table(table) if !table.is_implicit() && !table.is_dotted() => {
            let head = header_end(text, table);
            let style = LineStyle::KeyValue { optional: false };
            Shape::Lines {
                entries,
                empty_at: head,
                style,
            }
        }
        _ => {
            let line = item.span().map_or(1, |span| manifest.line_at(span.start));
            Shape::Closed(Closed::new(line, "is written as keys of another table"))
        }
    };
    Some(Named {
        requirements,
        optional,
        shape,
    })
}

/// `name = value` on lines of its own; `[table.name]` is none, nor is `name.version = value`.
fn is_entry(value: &Item) -> bool {
    match value {
        Item::Value(Value::InlineTable(table)) => !table.is_dotted(),
        Item::Value(_) => true,
        _ => false,
    }
}

/// The end of the line of `[header]`.
pub(super) fn header_end(text: &str, table: &Table) -> usize {
    let start = table.span().map_or(0, |span| span.start);
    line_end(text, start)
}

fn field<'a>(value: &'a Item, key: &str) -> Option<&'a Item> {
    value.as_table_like()?.get(key)
}

fn requirement(
    name: &str,
    value: &Item,
    dialect: Dialect,
    range: Range<usize>,
    line: usize,
) -> Requirement {
    let text = |key: &str| field(value, key).and_then(Item::as_str);
    let mut found = Requirement::named(name, None, range, line);
    let version = value.as_str().or_else(|| text("version"));
    let several = value.as_array().into_iter().flatten();
    let several = several.filter_map(|one| one.as_inline_table()?.get("version")?.as_str());
    let versions: Vec<&str> = version.into_iter().chain(several).collect();
    let versions = versions.join(" || ");
    found.versions = match dialect {
        Dialect::Poetry => Versions::of_poetry(&versions),
        Dialect::Pipenv => Versions::parse(&versions),
    };
    let extras = field(value, "extras").and_then(Item::as_array);
    let extras = extras.into_iter().flatten().filter_map(Value::as_str);
    found.extras = extras.map(normalise).collect();
    found.url = ["git", "url", "path", "file"]
        .iter()
        .find_map(|key| text(key))
        .map(str::to_owned);
    found.marker = marker(value, dialect);
    found
}

/// What limits the requirement to some environments, as it is written.
fn marker(value: &Item, dialect: Dialect) -> Option<String> {
    if let Some(array) = value.as_array() {
        let all = array.iter().map(|one| {
            let table = one.as_inline_table()?;
            marker_of(table, dialect)
        });
        let all: Option<Vec<String>> = all.collect();
        return all.map(|all| all.join(" or "));
    }
    marker_of(value.as_table_like()?, dialect)
}

fn marker_of(table: &dyn TableLike, dialect: Dialect) -> Option<String> {
    let keys: &[&str] = match dialect {
        Dialect::Poetry => &["markers", "python", "platform"],
        Dialect::Pipenv => &[
            "markers",
            "sys_platform",
            "platform_system",
            "platform_machine",
            "python_version",
            "os_name",
        ],
    };
    let found = keys.iter().find_map(|key| {
        let text = table.get(key)?.as_str()?;
        Some(match *key {
            "markers" => text.to_owned(),
            key => format!("{key} {text}"),
        })
    });
    found.filter(|marker| marker != "python *")
}

/// The kind of the optional requirement `name` of Poetry: the extra that lists it.
pub(super) fn extra_of(document: &Document<String>, name: &str) -> Kind {
    let extras = below(document, &["tool", "poetry", "extras"]);
    let lists = |item: &Item| {
        let mut names = item
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str);
        names.any(|one| normalise(one) == name)
    };
    let extra = extras
        .filter(|(_, item)| lists(item))
        .map(|(extra, _)| normalise(extra));
    Kind::Extra(extra.min().unwrap_or_else(|| "optional".to_owned()))
}
