//! `unreachable-code`: statements of a function that cannot run go.
//!
//! Dead code is read, kept up to date and translated to new versions like any other. What can run is decided by the
//! flow of control alone, block by block, and by what is known of the calls and context managers in it; never by what a
//! type checker believes of a condition, which depends on the platform and on promises.

mod calls;
mod dedent;
mod extent;
mod judge;
mod jumps;
mod lines;
mod listed;
mod managers;
mod mend;
mod parts;
mod scope;
mod table;
mod words;

use std::cell::LazyCell;
use std::collections::{BTreeSet, HashSet};

use camino::Utf8Path;
use codemend_engine::change::{Changes, Safety};
use codemend_engine::codemod::{
    About, Codemod, Deed, Gathering, OptionAbout, OptionKind, Scope as Sight,
};
use codemend_engine::config::OptionValue;
use codemend_engine::facts::Facts;
use codemend_engine::imports::import_lists;
use codemend_engine::module::Module;
use codemend_engine::project::is_standard;
use codemend_engine::syntax::ast::StmtFunctionDef;
use codemend_engine::target::PythonVersion;

use calls::{Calls, is_log};
use judge::Judge;
use jumps::Jumps;
use lines::{has_renamed, may_have_dead};
use listed::{NO_RETURN, classes_with};
use parts::{Search, outer_functions};
use table::Table;

pub struct UnreachableCode;

const NAME: &str = "unreachable-code";

/// Rules of other tools that find the same.
const RULES: &[&str] = &["PLW0101", "W0101", "unreachable"];

impl Codemod for UnreachableCode {
    fn about(&self) -> About {
        About {
            name: NAME,
            summary: "statements of functions that can never run are removed",
            deed: Deed {
                one: "remove 1 piece of code that cannot run",
                many: "remove {n} pieces of code that cannot run",
            },
            page: include_str!("README.md"),
            ceiling: Safety::Unsafe,
            scope: Sight::File,
            since: PythonVersion::PY37,
            rules: RULES,
            options: &[OptionAbout {
                name: "never-returns",
                kind: OptionKind::List { default: &[] },
                summary: "more functions that never come back: `app.errors.fail`",
            }],
        }
    }

    fn triggers(&self) -> &'static [&'static str] {
        &["def"]
    }

    fn gatherings(&self) -> &'static [Gathering] {
        &[NO_RETURN]
    }

    fn concerns(&self, path: &Utf8Path, text: &str, facts: &Facts<'_>) -> bool {
        let added = self.added(path, facts);
        let listed = facts.gathered(&NO_RETURN);
        let table = Table::shipped();
        let receivers = LazyCell::new(|| ReceiversIn::of(text));
        let ends = |on: Option<&str>, name: &str| {
            let is_last = |one: &String| one.rsplit('.').next() == Some(name);
            let is_method = || table.has_method(name) && on.is_none_or(|on| receivers.have(on));
            let is_listed = |listed: &BTreeSet<String>| {
                listed.contains(name)
                    && on.is_none_or(|on| on.is_empty() || receivers.have_listed(on, name, listed))
            };
            table.has_call(name)
                || listed.is_some_and(is_listed)
                || added.iter().any(is_last)
                || is_method()
        };
        has_renamed(text, &ends) || may_have_dead(text, &ends)
    }

    fn rewrite(&self, module: &Module<'_>, facts: &Facts<'_>, changes: &mut Changes) {
        if module.is_stub() {
            return;
        }
        let added = self.added(module.path(), facts);
        let calls = Calls::of(module, facts, added);
        let jumps = Jumps { calls: &calls };
        let mut functions = Vec::new();
        outer_functions(module.suite(), &mut functions);
        while let Some(function) = functions.pop() {
            functions.extend(look(module, &jumps, function, changes));
        }
    }
}

/// The names in a file that may be objects whose methods never return, by its words alone.
struct ReceiversIn<'t> {
    text: &'t str,
    /// The file speaks of a class of the table.
    knows_classes: bool,
    /// What it imports, other than by `import` with the name of a module of the standard library.
    imported: HashSet<&'t str>,
    has_star: bool,
}

impl<'t> ReceiversIn<'t> {
    fn of(text: &'t str) -> Self {
        let mut receivers = Self {
            text,
            knows_classes: Table::shipped().has_class_in(text),
            imported: HashSet::new(),
            has_star: false,
        };
        for (start, list) in import_lists(text) {
            receivers.has_star |= list.contains('*');
            let line = text[..start].rfind(['\n', '\r']).map_or(0, |end| end + 1);
            let is_plain = text[line..start].trim() == "import" && !list.contains(" as ");
            let words = list.split(|c: char| !c.is_alphanumeric() && c != '_');
            let words = words.filter(|word| !is_plain || !is_standard(word));
            receivers.imported.extend(words);
        }
        receivers
    }

    fn imports(&self, receiver: &str) -> bool {
        let root = receiver.split('.').next().unwrap_or_default();
        self.imported.contains(root.trim())
    }

    /// Whether the name or dotted name `receiver` may be an object of a class of the table. What is called like a log is
    /// none.
    fn have(&self, receiver: &str) -> bool {
        let last = receiver.rsplit('.').next().unwrap_or_default();
        let may_be = self.knows_classes || self.imports(receiver);
        may_be && !receiver.is_empty() && !is_log(last)
    }

    /// Whether `receiver` may have a method `name`, or be a module with a function, that `listed`, the project, has: it is
    /// imported, the file defines one itself, or it speaks of a class that has one.
    fn have_listed(&self, receiver: &str, name: &str, listed: &BTreeSet<String>) -> bool {
        self.has_star
            || self.imports(receiver)
            || (NO_RETURN.may)(self.text)
            || classes_with(listed, name).any(|class| self.text.contains(class))
    }
}

impl UnreachableCode {
    /// The functions that the user names, for the file at `path`.
    fn added(&self, path: &Utf8Path, facts: &Facts<'_>) -> Vec<String> {
        match facts.option(path, &self.about(), "never-returns") {
            Some(OptionValue::List(names)) => names,
            _ => Vec::new(),
        }
    }
}

/// Look at `function`. Gives the functions in the parts of it that stay.
fn look<'f>(
    module: &Module<'_>,
    jumps: &Jumps<'_, '_, '_>,
    function: &'f StmtFunctionDef,
    changes: &mut Changes,
) -> Vec<&'f StmtFunctionDef> {
    let Search {
        mut parts,
        mut inner,
        ..
    } = Search::of(jumps, function);
    let mut judge = Judge::of(module, function);
    while !parts.is_empty() {
        let left = judge.judge(&parts, changes);
        for body in left.whole {
            outer_functions(body, &mut inner);
        }
        let deeper = Search::below(jumps, function, left.perhaps);
        inner.extend(deeper.inner);
        parts = deeper.parts;
    }
    inner
}
