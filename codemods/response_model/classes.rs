//! The classes that are written for dicts: their names, their fields, and which routes share them.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8Path;

use codemend_engine::facts::Facts;
use codemend_engine::imports::Import;
use codemend_engine::module::is_builtin;
use codemend_engine::syntax::TextSize;
use codemend_engine::syntax::ast::{Expr, Stmt, StmtFunctionDef};

use super::naming::{self, ModelPrefix, OfList};
use super::record::Record;
use super::shape::{Shape, derived_first};
use super::types::{Typed, Types};

/// The classes of one module, in the order in which they were thought of: a class stands behind those that it uses.
pub(super) struct Classes<'m, 'a, 'f> {
    pub(super) types: Types<'m, 'a>,
    pub(super) facts: &'f Facts<'f>,
    pub(super) prefix: ModelPrefix,
    pub(super) written: Vec<Written>,
    /// Shapes that several functions return, and the name that is for none of them alone.
    pub(super) shared: BTreeMap<String, String>,
    /// Names of classes whose parts are being written.
    pub(super) reserved: BTreeSet<String>,
}

/// A class.
pub(super) struct Written {
    pub(super) name: String,
    /// Its shape, without names: equal shapes share one class.
    canonical: String,
    /// Where it goes.
    pub(super) at: TextSize,
    /// Its text, with `\n` between the lines; empty for one that the module has already.
    pub(super) text: String,
    /// The classes that it uses.
    pub(super) uses: BTreeSet<usize>,
    pub(super) imports: BTreeSet<Import>,
    /// A safe change uses it.
    pub(super) is_safe: bool,
    /// A field is `Any`.
    pub(super) has_any: bool,
}

/// Where new classes go, and what their bodies are indented with.
#[derive(Clone, Copy)]
pub(super) struct Spot<'m> {
    pub(super) at: TextSize,
    pub(super) indentation: &'m str,
    /// An expression of the decorator, in whose scope names are looked up.
    pub(super) witness: &'m Expr,
}

impl<'m> Classes<'m, '_, '_> {
    /// Note the shapes that functions of different names return: a short dict is named after its keys then.
    pub(super) fn note_shared<'s, 'db: 's>(
        &mut self,
        answers: impl Iterator<Item = (&'s StmtFunctionDef, &'s Shape<'db>)>,
    ) {
        let mut users: BTreeMap<String, (BTreeSet<String>, Vec<String>)> = BTreeMap::new();
        for (function, shape) in answers {
            for member in shape.members() {
                let record = match member {
                    Shape::Record(record) => record,
                    Shape::List(element) => match &**element {
                        Shape::Record(record) => record,
                        _ => continue,
                    },
                    _ => continue,
                };
                let keys = record.fields().map(|(key, _)| key.to_owned()).collect();
                let entry = users.entry(canonical(&Shape::Record(record.clone())));
                let (functions, known) = entry.or_default();
                functions.insert(function.name.to_string());
                *known = keys;
            }
        }
        let module = stem(self.facts.project().inside(self.types.module.path()));
        for (canonical, (functions, keys)) in users {
            if functions.len() > 1 && keys.len() <= 2 {
                self.shared
                    .insert(canonical, naming::shared(&module, &keys));
            }
        }
    }

    /// What the class for `record`, which `function` returns, is to be called.
    pub(super) fn name_for(&self, record: &Record<'_>, function: &str) -> String {
        if let Some(name) = self.shared.get(&canonical(&Shape::Record(record.clone()))) {
            return name.clone();
        }
        let project = self.facts.project();
        let module = project.module(self.types.module.path());
        match project.is_other_endpoint(module, function) {
            true => naming::response(&format!(
                "{}_{function}",
                stem(self.facts.project().inside(self.types.module.path()))
            )),
            false => naming::response(function),
        }
    }

    /// The class for `record`: one that is there, or a new one named `name`, its parts before it. Gives its index.
    pub(super) fn class(
        &mut self,
        record: &Record<'_>,
        name: &str,
        spot: Spot<'m>,
    ) -> Result<usize, String> {
        let canonical = canonical(&Shape::Record(record.clone()));
        let known = self
            .written
            .iter()
            .position(|one| one.canonical == canonical && one.at <= spot.at);
        if let Some(known) = known {
            return Ok(known);
        }
        let base = naming::free(name, |name| self.is_taken(name));
        let mark = self.written.len();
        self.reserved.insert(base.clone());
        match self.write(record, &base, &canonical, spot) {
            Ok(written) => {
                if let Some(known) = self.there_already(&written, spot) {
                    self.written.truncate(mark);
                    self.written.push(known);
                } else {
                    self.written.push(written);
                }
                Ok(self.written.len() - 1)
            }
            Err(reason) => {
                self.written.truncate(mark);
                Err(reason)
            }
        }
    }

    fn write(
        &mut self,
        record: &Record<'_>,
        name: &str,
        canonical: &str,
        spot: Spot<'m>,
    ) -> Result<Written, String> {
        let mut typed = Typed::default();
        let mut fields = Vec::new();
        let ordered = record.ordered().unwrap_or_default();
        for (key, shape) in ordered {
            let shape = match record.may_lack(key) {
                true => shape.clone().join(Shape::None),
                false => shape.clone(),
            };
            let nested = naming::nested(name, key, OfList::No);
            let listed = naming::nested(name, key, OfList::Yes);
            let text = self.field_type(&shape, &nested, &listed, spot, &mut typed)?;
            fields.push((key, text, record.may_lack(key)));
        }
        let base = self
            .types
            .outside("pydantic", "BaseModel", spot, &mut typed);
        let mut names: Vec<String> = typed.names.iter().cloned().collect();
        names.extend(["None".to_owned(), "Field".to_owned()]);
        let mut lines = vec![format!("class {name}({base}):")];
        for (key, text, is_optional) in fields {
            let field = naming::field(key, self.prefix, |name| {
                names.iter().any(|taken| taken == name)
            });
            let value = match (field != key, is_optional) {
                (false, false) => String::new(),
                (false, true) => " = None".to_owned(),
                (true, optional) => {
                    let made = self.types.outside("pydantic", "Field", spot, &mut typed);
                    let default = if optional { "None, " } else { "" };
                    format!(" = {made}({default}alias={})", quoted(key))
                }
            };
            lines.push(format!("{}{field}: {text}{value}", spot.indentation));
            names.push(field);
        }
        if let Some(late) = &typed.late {
            return Err(late.clone());
        }
        Ok(Written {
            name: name.to_owned(),
            canonical: canonical.to_owned(),
            at: spot.at,
            text: lines.join("\n"),
            uses: typed.classes,
            imports: typed.imports,
            is_safe: false,
            has_any: typed.has_any,
        })
    }

    /// The type of a field.
    fn field_type(
        &mut self,
        shape: &Shape<'_>,
        nested: &str,
        listed: &str,
        spot: Spot<'m>,
        typed: &mut Typed,
    ) -> Result<String, String> {
        match shape {
            Shape::Record(record) => {
                let class = self.class(record, nested, spot)?;
                typed.classes.insert(class);
                Ok(self.written[class].name.clone())
            }
            Shape::List(element) => {
                let element = self.field_type(element, listed, listed, spot, typed)?;
                Ok(self.types.list(&element, spot, typed))
            }
            Shape::Dict(value) => {
                let value = self.field_type(value, nested, listed, spot, typed)?;
                Ok(self.types.dict(&value, spot, typed))
            }
            Shape::Union(members) => {
                let mut texts = Vec::new();
                for member in derived_first(members)
                    .into_iter()
                    .filter(|one| **one != Shape::None)
                {
                    texts.push(self.field_type(member, nested, listed, spot, typed)?);
                }
                let or_none = members.contains(&Shape::None);
                Ok(self.types.union(texts, or_none, spot, typed))
            }
            Shape::Unknown(_) => Ok(self.types.any(spot, typed)),
            plain => self.types.plain(plain, spot, typed),
        }
    }

    fn is_taken(&self, name: &str) -> bool {
        let module = self.types.module;
        let project = self.facts.project();
        is_builtin(name)
            || module.text().contains(name) && contains_word(module.text(), name)
            || self.reserved.contains(name)
            || self.written.iter().any(|one| one.name == name)
            || project.binding_modules(name) > 0
    }

    /// The class of the module that is written like `written`, whatever its name, if it stands above `spot`: made by an
    /// earlier run, by its name.
    fn there_already(&self, written: &Written, spot: Spot<'m>) -> Option<Written> {
        let module = self.types.module;
        // Parts that are new make a class that is new.
        if written
            .uses
            .iter()
            .any(|part| !self.written[*part].text.is_empty())
        {
            return None;
        }
        let body = written.text.split_once('\n')?.1;
        module.suite().iter().find_map(|statement| {
            let Stmt::ClassDef(class) = statement else {
                return None;
            };
            let text = module.slice(class.range).replace("\r\n", "\n");
            let text = text.replace('\r', "\n");
            let (head, own) = text.split_once('\n')?;
            let same_head =
                head.split_once('(')?.1 == written.text.lines().next()?.split_once('(')?.1;
            let is_one = same_head
                && own == body
                && class.name.contains("Response")
                && class.decorator_list.is_empty()
                && class.range.end() <= spot.at
                && self.types.is_only(&class.name, class.range, spot);
            is_one.then(|| Written {
                name: class.name.to_string(),
                canonical: written.canonical.clone(),
                at: class.range.start(),
                text: String::new(),
                uses: BTreeSet::new(),
                imports: BTreeSet::new(),
                is_safe: false,
                has_any: written.has_any,
            })
        })
    }
}

/// What a module is about, by its path in the project: `auth` of `api/auth.py` and of `auth/routes.py`; nothing for
/// `main.py`.
fn stem(path: &Utf8Path) -> String {
    const GENERAL: [&str; 9] = [
        "__init__",
        "api",
        "endpoints",
        "handlers",
        "main",
        "router",
        "routers",
        "routes",
        "views",
    ];
    let own = path.file_stem().unwrap_or_default();
    if !GENERAL.contains(&own) {
        return own.to_owned();
    }
    let folders = path.parent().into_iter().flat_map(Utf8Path::ancestors);
    folders
        .filter_map(Utf8Path::file_name)
        .take(2)
        .find(|name| !GENERAL.contains(name) && *name != "app" && *name != "src")
        .unwrap_or_default()
        .to_owned()
}

/// Whether `word` stands in `text` as a whole word.
fn contains_word(text: &str, word: &str) -> bool {
    let part = |c: char| c == '_' || c.is_alphanumeric();
    text.match_indices(word)
        .any(|(at, _)| !text[..at].ends_with(part) && !text[at + word.len()..].starts_with(part))
}

/// `shape` in a form that equal shapes share.
fn canonical(shape: &Shape<'_>) -> String {
    match shape {
        Shape::Record(record) => {
            let fields = record.ordered().unwrap_or_default().into_iter();
            let fields: Vec<_> = fields
                .map(|(key, shape)| {
                    let optional = if record.may_lack(key) { "?" } else { "" };
                    format!("{}{optional}: {}", quoted(key), canonical(shape))
                })
                .collect();
            format!("{{{}}}", fields.join(", "))
        }
        Shape::List(inner) => format!("[{}]", canonical(inner)),
        Shape::Dict(inner) => format!("dict[{}]", canonical(inner)),
        Shape::Union(members) => members
            .iter()
            .map(canonical)
            .collect::<Vec<_>>()
            .join(" | "),
        Shape::Model(class) => format!(
            "{} at {} in {}",
            class.name,
            class.definition.range().start().to_u32(),
            class.definition.names().path()
        ),
        Shape::Unknown(_) => "Any".to_owned(),
        plain => plain.describe(),
    }
}

/// `text` as a Python literal in double quotes.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                quoted.push('\\');
                quoted.push(c);
            }
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            c if c.is_control() => quoted.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
