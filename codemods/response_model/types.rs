//! How types are written in a module: `list[X]` or `List[X]`, `X | None` or `Optional[X]`, `Item` or `schemas.Item`.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use codemend_engine::imports::{Import, spell};
use codemend_engine::module::Module;
use codemend_engine::semantic::{Meaning, Where};
use codemend_engine::syntax::ast::visitor::{Visitor, walk_expr};
use codemend_engine::syntax::ast::{Expr, Stmt};
use codemend_engine::syntax::{Ranged, TextRange, TextSize, parse_expression};
use codemend_engine::target::PythonVersion;

use super::classes::Spot;
use super::shape::{Class, Rewritten, Shape};

/// The types of one module.
#[derive(Clone)]
pub(super) struct Types<'m, 'a> {
    pub(super) module: &'m Module<'a>,
    /// The dotted names of the module, by their last part.
    dotted: Rc<BTreeMap<String, BTreeSet<String>>>,
}

impl<'m, 'a> Types<'m, 'a> {
    pub(super) fn of(module: &'m Module<'a>) -> Self {
        let mut dotted = Dotted {
            module,
            found: BTreeMap::new(),
        };
        dotted.visit_body(module.suite());
        Self {
            module,
            dotted: Rc::new(dotted.found),
        }
    }
}

/// What the text of a type uses.
#[derive(Default)]
pub(super) struct Typed {
    pub(super) imports: BTreeSet<Import>,
    /// New classes, by index.
    pub(super) classes: BTreeSet<usize>,
    /// The names in it: a field of the same class must not hide them.
    pub(super) names: BTreeSet<String>,
    pub(super) has_any: bool,
    /// Why it cannot be written at the place.
    pub(super) late: Option<String>,
}

impl<'m, 'a> Types<'m, 'a> {
    /// How the module writes `name` of the library module `from`, for a place at `spot`.
    pub(super) fn outside(
        &self,
        from: &'static str,
        name: &'static str,
        spot: Spot<'m>,
        typed: &mut Typed,
    ) -> String {
        let named = spell(self.module, from, name, &[]);
        let root = root(&named.text).to_owned();
        let is_there = match &named.import {
            None => self.is_bound_above(&root, spot.at),
            Some(_) => !self.module.suite().iter().any(|statement| {
                matches!(statement, Stmt::ImportFrom(import)
                    if import.module.as_deref() == Some(from) && import.start() >= spot.at)
            }),
        };
        if !is_there {
            let reason = format!("`{root}` is bound only below the route");
            typed.late.get_or_insert(reason);
        }
        let is_new_module = named
            .import
            .as_ref()
            .is_some_and(|import| import.name.is_none());
        if self.is_defined(&root, spot)
            || (is_new_module && self.module.names().is_bound_anywhere(&root))
        {
            let reason = format!("`{root}` means something else in this module");
            typed.late.get_or_insert(reason);
        }
        typed.imports.extend(named.import);
        typed.names.insert(root);
        named.text
    }

    pub(super) fn list(&self, element: &str, spot: Spot<'m>, typed: &mut Typed) -> String {
        let name = self.generic("list", "List", spot, typed);
        format!("{name}[{element}]")
    }

    pub(super) fn dict(&self, value: &str, spot: Spot<'m>, typed: &mut Typed) -> String {
        let name = self.generic("dict", "Dict", spot, typed);
        typed.names.insert("str".to_owned());
        format!("{name}[str, {value}]")
    }

    /// The capital one where the module has it from typing, or must take it.
    fn generic(
        &self,
        small: &'static str,
        capital: &'static str,
        spot: Spot<'m>,
        typed: &mut Typed,
    ) -> String {
        let named = spell(self.module, "typing", capital, &[]);
        let has_it = named.import.is_none() && !named.text.contains('.');
        let must = self.module.target() < PythonVersion::PY39 || !self.is_builtin(small, spot);
        if has_it || must {
            return self.outside("typing", capital, spot, typed);
        }
        typed.names.insert(small.to_owned());
        small.to_owned()
    }

    pub(super) fn union(
        &self,
        mut members: Vec<String>,
        or_none: bool,
        spot: Spot<'m>,
        typed: &mut Typed,
    ) -> String {
        if members.is_empty() {
            return "None".to_owned();
        }
        if members.len() == 1 && !or_none {
            return members.remove(0);
        }
        if self.module.target() >= PythonVersion::PY310 {
            if or_none {
                members.push("None".to_owned());
            }
            return members.join(" | ");
        }
        let mut text = match members.len() {
            1 => members.remove(0),
            _ => {
                let union = self.outside("typing", "Union", spot, typed);
                format!("{union}[{}]", members.join(", "))
            }
        };
        if or_none {
            let optional = self.outside("typing", "Optional", spot, typed);
            text = format!("{optional}[{text}]");
        }
        text
    }

    pub(super) fn any(&self, spot: Spot<'m>, typed: &mut Typed) -> String {
        typed.has_any = true;
        self.outside("typing", "Any", spot, typed)
    }

    /// A type that is no container.
    pub(super) fn plain(
        &self,
        shape: &Shape<'_>,
        spot: Spot<'m>,
        typed: &mut Typed,
    ) -> Result<String, String> {
        let builtin = match shape {
            Shape::None => return Ok("None".to_owned()),
            Shape::Bool => "bool",
            Shape::Int => "int",
            Shape::Float => "float",
            Shape::Str => "str",
            Shape::Rewritten(Rewritten::Bytes) => "bytes",
            Shape::Date => return Ok(self.outside("datetime", "date", spot, typed)),
            Shape::Uuid => return Ok(self.outside("uuid", "UUID", spot, typed)),
            Shape::Rewritten(class) => {
                let (module, name) = class.path();
                return Ok(self.outside(module, name, spot, typed));
            }
            Shape::Model(class) => {
                let text = self.class(class, spot)?;
                typed.names.insert(root(&text).to_owned());
                return Ok(text);
            }
            other => return Err(other.describe()),
        };
        if !self.is_builtin(builtin, spot) {
            return Err(format!("`{builtin}` means something else in this module"));
        }
        typed.names.insert(builtin.to_owned());
        Ok(builtin.to_owned())
    }

    /// What the text of a name means in the scope of the decorator.
    fn meanings_at(&self, text: &str, spot: Spot<'m>) -> Vec<Meaning<'a>> {
        let Ok(parsed) = parse_expression(text) else {
            return vec![Meaning::Unknown];
        };
        let place = Where {
            witness: Some(spot.witness),
            deferred: false,
        };
        self.module.names().meanings(parsed.expr(), place)
    }

    /// Whether `name` means the class at `range` of the module and nothing else.
    pub(super) fn is_only(&self, name: &str, range: TextRange, spot: Spot<'m>) -> bool {
        let meanings = self.meanings_at(name, spot);
        matches!(&meanings[..], [Meaning::Definition(one)] if one.range() == range)
    }

    /// Whether `name` is bound by a definition of the project, or may be, as seen from `spot`.
    fn is_defined(&self, name: &str, spot: Spot<'m>) -> bool {
        let meanings = self.meanings_at(name, spot);
        meanings
            .iter()
            .any(|one| matches!(one, Meaning::Definition(_)))
    }

    /// Whether `name` means the builtin at `spot`.
    fn is_builtin(&self, name: &str, spot: Spot<'m>) -> bool {
        matches!(&self.meanings_at(name, spot)[..], [Meaning::Builtin(_)])
    }

    /// How the module writes a class that it has at module level above `spot`.
    pub(super) fn class(&self, class: &Class<'_>, spot: Spot<'m>) -> Result<String, String> {
        let name = &class.name;
        let mut bound_late = false;
        for candidate in self.candidates(class) {
            if !self.means(&candidate, class, spot) {
                continue;
            }
            match self.is_bound_above(root(&candidate), spot.at) {
                true => {
                    let lacking = super::complete::missing(self.module, class, spot.at, 6);
                    return match lacking {
                        Some(lacking) => Err(format!(
                            "`{name}` needs `{lacking}`, which is not bound above the route"
                        )),
                        None => Ok(candidate),
                    };
                }
                false => bound_late = true,
            }
        }
        Err(match bound_late {
            true => format!("`{name}` is not bound at module level above the route"),
            false => format!("`{name}` has no name at the level of this module"),
        })
    }

    /// Texts that may mean the class: its name, names that imports give, dotted names in the module.
    fn candidates(&self, class: &Class<'_>) -> Vec<String> {
        let mut found = vec![class.name.clone()];
        for statement in self.module.suite() {
            if let Stmt::ImportFrom(import) = statement {
                let renamed = import
                    .names
                    .iter()
                    .filter_map(|alias| alias.asname.as_ref());
                found.extend(renamed.map(ToString::to_string));
            }
        }
        found.extend(self.dotted.get(&class.name).into_iter().flatten().cloned());
        found
    }

    fn means(&self, text: &str, class: &Class<'_>, spot: Spot<'m>) -> bool {
        let meanings = self.meanings_at(text, spot);
        !meanings.is_empty()
            && meanings
                .iter()
                .all(|one| matches!(one, Meaning::Definition(one) if one.is(&class.definition)))
    }

    /// Whether a statement at module level, under no condition, binds `name` before the byte `at`.
    fn is_bound_above(&self, name: &str, at: TextSize) -> bool {
        let before = |range: TextRange| range.end() <= at;
        self.module.suite().iter().any(|statement| match statement {
            Stmt::ClassDef(class) => class.name.as_str() == name && before(class.range()),
            Stmt::ImportFrom(import) => {
                before(import.range())
                    && import.names.iter().any(|alias| {
                        alias.asname.as_ref().unwrap_or(&alias.name).as_str() == name
                            || &alias.name == "*"
                    })
            }
            Stmt::Import(import) => {
                before(import.range())
                    && import.names.iter().any(|alias| match &alias.asname {
                        Some(own) => own.as_str() == name,
                        None => alias.name.split('.').next() == Some(name),
                    })
            }
            _ => false,
        })
    }
}

/// `schemas` of `schemas.Item`.
pub(super) fn root(text: &str) -> &str {
    text.split(['.', '[']).next().unwrap_or(text)
}

/// The dotted names of a module.
struct Dotted<'v, 'a> {
    module: &'v Module<'a>,
    found: BTreeMap<String, BTreeSet<String>>,
}

impl<'e> Visitor<'e> for Dotted<'_, '_> {
    fn visit_expr(&mut self, expr: &'e Expr) {
        if let Expr::Attribute(attribute) = expr
            && is_dotted(&attribute.value)
        {
            let text = self.module.slice(expr.range());
            if !text.contains(|c: char| c.is_whitespace() || c == '(') {
                let all = self.found.entry(attribute.attr.to_string()).or_default();
                all.insert(text.to_owned());
            }
        }
        walk_expr(self, expr);
    }
}

fn is_dotted(expr: &Expr) -> bool {
    match expr {
        Expr::Name(_) => true,
        Expr::Attribute(attribute) => is_dotted(&attribute.value),
        _ => false,
    }
}
