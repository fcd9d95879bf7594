//! The table of what raises what, read from `raises.toml`, and the rows that a user adds.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::Deserialize;

use super::signature::{Signature, parse};

/// The rows and the exceptions that they name.
#[derive(Debug, Clone, Default)]
pub struct Table {
    rows: BTreeMap<String, Vec<Row>>,
    /// By canonical name.
    exceptions: BTreeMap<String, Exception>,
    /// From every name that an exception can be imported by to the canonical one.
    places: BTreeMap<String, String>,
    pub joins: Vec<Join>,
    /// What is wrong with it.
    pub faults: Vec<String>,
}

/// What one way of calling something raises.
#[derive(Debug, Clone)]
pub struct Row {
    /// `None` for an attribute.
    pub given: Option<Signature>,
    pub raises: Vec<String>,
    /// What a keyword adds, unless it is passed as `False` or `None`.
    pub keywords: BTreeMap<String, String>,
    pub gives: Option<String>,
    pub doubt: Option<Doubt>,
    /// What is added when the receiver is a path that is not written out.
    pub odd_path: Option<String>,
    /// What a keyword adds that is not a number in the source.
    pub loose: BTreeMap<String, Vec<String>>,
    /// Pairs of keywords of which a call may have one.
    pub either: Vec<(String, String)>,
    /// What the receiver must hold.
    pub needs: Option<String>,
}

/// Why narrowing by a row is not safe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doubt {
    /// Said of the first argument.
    Operand(String),
    /// Known of released versions of this library.
    Library(String),
    /// The user says so.
    Configured,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Exception {
    name: String,
    parent: Option<String>,
    #[serde(default)]
    places: Vec<String>,
    /// Another name of the parent.
    #[serde(default)]
    same: bool,
}

/// Exceptions that become one when all of them are possible.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Join {
    pub of: Vec<String>,
    pub into: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    exception: Vec<Exception>,
    join: Vec<Join>,
    row: Vec<Written>,
}

/// A row as it stands in the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    calls: Vec<String>,
    given: Option<String>,
    raises: Vec<String>,
    #[serde(default)]
    keywords: BTreeMap<String, String>,
    gives: Option<String>,
    unproven: Option<String>,
    library: Option<String>,
    odd_path: Option<String>,
    #[serde(default)]
    loose: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    either: Vec<(String, String)>,
    needs: Option<String>,
    source: String,
}

static SHIPPED: LazyLock<Table> = LazyLock::new(|| Table::read(include_str!("raises.toml")));

impl Table {
    /// The table that comes with codemend.
    pub fn shipped() -> &'static Self {
        &SHIPPED
    }

    /// The shipped table with the user's `rows`: `mylib.fetch = mylib.FetchError, OSError`.
    ///
    /// # Errors
    /// What is wrong with a row, naming it.
    pub fn with(rows: &[String]) -> Result<Self, String> {
        let mut table = Self::shipped().clone();
        for row in rows {
            table.add(row)?;
        }
        Ok(table)
    }

    /// The rows for `call`, a qualified name; those for `owner.*` when it has none of its own.
    pub fn rows(&self, call: &str) -> &[Row] {
        let own = self.rows.get(call);
        let wild = || {
            let (owner, member) = call.rsplit_once('.')?;
            let hidden = member.starts_with('_');
            self.rows.get(&format!("{owner}.*")).filter(|_| !hidden)
        };
        own.or_else(wild).map_or(&[], Vec::as_slice)
    }

    /// Whether rows speak of members of `class`.
    pub fn has_members(&self, class: &str) -> bool {
        let prefix = format!("{class}.");
        let mut below = self.rows.range(prefix.clone()..);
        below
            .next()
            .is_some_and(|(call, _)| call.starts_with(&prefix))
    }

    /// The canonical name of the exception that is imported as `qualified` (`builtins.ValueError`).
    pub fn exception(&self, qualified: &str) -> Option<&str> {
        let name = qualified.strip_prefix("builtins.").unwrap_or(qualified);
        self.places.get(name).map(String::as_str)
    }

    /// Every dotted name that the exception `name` can be imported by, its own first.
    pub fn places<'t>(&'t self, name: &'t str) -> Vec<&'t str> {
        let others = self.exceptions.get(name).map(|one| one.places.as_slice());
        let others = others.unwrap_or_default().iter().map(String::as_str);
        std::iter::once(name).chain(others).collect()
    }

    /// Whether a handler for `caught` catches `raised`.
    pub fn catches(&self, caught: &str, raised: &str) -> bool {
        let mut at = Some(raised);
        while let Some(name) = at {
            if name == caught {
                return true;
            }
            at = self
                .exceptions
                .get(name)
                .and_then(|one| one.parent.as_deref());
        }
        caught == "BaseException"
    }

    fn read(text: &str) -> Self {
        let mut table = Self::default();
        let data: Data = match toml::from_str(text) {
            Ok(data) => data,
            Err(error) => {
                table.faults.push(error.to_string());
                return table;
            }
        };
        table.joins = data.join;
        for exception in data.exception {
            table.declare(exception);
        }
        for written in data.row {
            table.take(written);
        }
        table
    }

    fn declare(&mut self, exception: Exception) {
        let canonical = match (&exception.parent, exception.same) {
            (Some(parent), true) => parent.clone(),
            _ => exception.name.clone(),
        };
        for place in exception.places.iter().chain([&exception.name]) {
            self.places.insert(place.clone(), canonical.clone());
        }
        if !exception.same {
            self.exceptions.insert(exception.name.clone(), exception);
        }
    }

    fn take(&mut self, written: Written) {
        let given = match written.given.as_deref().map(parse).transpose() {
            Ok(given) => given,
            Err(error) => return self.faults.push(error),
        };
        if written.source.is_empty() || written.calls.is_empty() {
            self.faults
                .push(format!("a row for {:?} has no source", written.calls));
        }
        let unknown: BTreeSet<&String> = written
            .raises
            .iter()
            .chain(written.keywords.values())
            .chain(&written.odd_path)
            .chain(written.loose.values().flatten())
            .filter(|name| !self.exceptions.contains_key(*name))
            .collect();
        for name in unknown {
            self.faults
                .push(format!("{name} is no exception of the table"));
        }
        let doubt = written.unproven.map(Doubt::Operand);
        let row = Row {
            given,
            raises: written.raises,
            keywords: written.keywords,
            gives: written.gives,
            doubt: doubt.or(written.library.map(Doubt::Library)),
            odd_path: written.odd_path,
            loose: written.loose,
            either: written.either,
            needs: written.needs,
        };
        for call in written.calls {
            self.rows.entry(call).or_default().push(row.clone());
        }
    }

    fn add(&mut self, text: &str) -> Result<(), String> {
        let wrong = || {
            format!(
                "`{text}` is no row of `raises`: write `module.function = module.Error, OSError`"
            )
        };
        let (call, raises) = text.split_once('=').ok_or_else(wrong)?;
        let call = call.trim();
        let stem = call.strip_suffix(".*").unwrap_or(call);
        if !is_dotted(stem) || !stem.contains('.') {
            return Err(wrong());
        }
        let mut names = Vec::new();
        for name in raises.split(',').map(str::trim) {
            if !is_dotted(name) {
                return Err(wrong());
            }
            names.push(self.exception_named(name).ok_or_else(wrong)?);
        }
        let row = Row {
            given: parse("*any, **any").ok(),
            raises: names,
            keywords: BTreeMap::new(),
            gives: None,
            doubt: Some(Doubt::Configured),
            odd_path: None,
            loose: BTreeMap::new(),
            either: Vec::new(),
            needs: None,
        };
        self.rows.entry(call.to_owned()).or_default().insert(0, row);
        Ok(())
    }

    /// The exception `name` of a user's row; one that the table does not know is a plain `Exception` of its module.
    fn exception_named(&mut self, name: &str) -> Option<String> {
        if let Some(known) = self.exception(name) {
            return Some(known.to_owned());
        }
        if !name.contains('.') {
            return None;
        }
        self.declare(Exception {
            name: name.to_owned(),
            parent: Some("Exception".to_owned()),
            places: Vec::new(),
            same: false,
        });
        Some(name.to_owned())
    }

    #[cfg(test)]
    pub fn calls(&self) -> impl Iterator<Item = (&String, &Vec<Row>)> {
        self.rows.iter()
    }

    #[cfg(test)]
    pub fn hierarchy(&self) -> Vec<(String, Option<String>)> {
        let all = self.exceptions.values();
        all.map(|one| (one.name.clone(), one.parent.clone()))
            .collect()
    }
}

/// `a.b.c`, made of identifiers.
fn is_dotted(name: &str) -> bool {
    name.split('.').all(|part| {
        let mut letters = part.chars();
        letters
            .next()
            .is_some_and(|one| one.is_alphabetic() || one == '_')
            && letters.all(|one| one.is_alphanumeric() || one == '_')
    })
}
