//! Tests that replace `time.sleep` where a module calls it.

use std::collections::BTreeSet;

use codemend_engine::codemod::{Gathering, List};
use codemend_engine::facts::Facts;
use codemend_engine::module::Module;
use codemend_engine::semantic::{Meaning, Where};
use codemend_engine::syntax::ast::visitor::{
    Visitor, walk_expr, walk_interpolated_string_element, walk_stmt,
};
use codemend_engine::syntax::ast::{Expr, ExprCall, InterpolatedStringElement, Stmt};

use super::blocks::last_name;

/// The modules whose `sleep` is replaced somewhere in the project, by their dotted names.
pub const PATCHES: Gathering = Gathering {
    key: "async-blocking/patches",
    may: |text| {
        let words = ["patch", "setattr", "mock"];
        let times = [
            ".time\"",
            ".time'",
            ", \"time\"",
            ", 'time'",
            "=\"time\"",
            "='time'",
        ];
        let assigned = [".sleep = ", ".sleep="];
        assigned.iter().any(|word| text.contains(word))
            || words.iter().any(|word| text.contains(word))
                && (text.contains("sleep") || times.iter().any(|time| text.contains(time)))
    },
    list: List::OfModule(patched),
    fold: std::convert::identity,
};

/// In the list: the modules of the whole project.
const EVERYWHERE: &str = "*";

/// Whether `list`, of modules whose `sleep` is replaced, has `module`. The top of its name may be left out.
pub fn has(list: &BTreeSet<String>, module: &str) -> bool {
    let ends = |long: &str, short: &str| {
        let head = long.strip_suffix(short);
        head.is_some_and(|head| head.is_empty() || head.ends_with('.'))
    };
    let mut all = list.iter();
    list.contains(EVERYWHERE) || all.any(|one| ends(one, module) || ends(module, one))
}

/// Whether a test replaces the `time.sleep` of `module`.
pub fn is_patched(module: &Module<'_>, facts: &Facts<'_>) -> bool {
    let Some(list) = facts.gathered(&PATCHES).filter(|list| !list.is_empty()) else {
        return false;
    };
    let name = module.names().module_name();
    name.is_some_and(|name| has(list, &name))
}

fn patched(module: &Module<'_>) -> Vec<String> {
    let mut finder = Finder {
        module,
        found: Vec::new(),
        imported: Vec::new(),
        everywhere: false,
    };
    finder.visit_body(module.suite());
    // Who replaces it in `time` itself replaces it for all modules that he tests.
    let is_for_all = module.path().file_name() == Some("conftest.py");
    if finder.everywhere && is_for_all {
        finder.found.push(EVERYWHERE.to_owned());
    }
    if finder.everywhere {
        finder.found.append(&mut finder.imported);
    }
    finder.found
}

struct Finder<'m, 'a> {
    module: &'m Module<'a>,
    found: Vec<String>,
    /// Modules that the file imports, as far as one can see.
    imported: Vec<String>,
    everywhere: bool,
}

impl Finder<'_, '_> {
    /// A string anywhere in the file: `"app.poll.time.sleep"`, `"app.poll.time"`.
    fn text(&mut self, text: &str) {
        let ends = [".time.sleep", ".sleep", ".time"];
        let Some(module) = ends.iter().find_map(|end| text.strip_suffix(end)) else {
            if is_dotted(text) {
                self.imported.push(text.to_owned());
            }
            return;
        };
        match module == "time" || !is_dotted(module) {
            true => self.everywhere |= !module.contains(char::is_whitespace),
            false => self.found.push(module.to_owned()),
        }
    }

    /// `patch.object(owner, "sleep")`
    fn object(&mut self, owner: &Expr) {
        let names = self.module.names();
        let module_of = |expr: &Expr| match &names.meanings(expr, Where::default())[..] {
            [Meaning::Module(name)] => Some(name.clone()),
            _ => None,
        };
        if module_of(owner).is_some_and(|name| name == "time") {
            match owner {
                Expr::Attribute(through) => self.found.extend(module_of(&through.value)),
                _ => self.everywhere = true,
            }
        } else if let Some(name) = module_of(owner) {
            self.found.push(name);
        } else if let Expr::Attribute(through) = owner
            && through.attr.as_str() == "time"
        {
            self.found.extend(module_of(&through.value));
        }
    }

    /// Whatever is called: `patch.object(poll.time, "sleep")`, `patch.multiple(poll, time=fake)`.
    fn call(&mut self, call: &ExprCall) {
        let is_it = |name: &str| matches!(name, "sleep" | "time");
        let mut keywords = call.arguments.keywords.iter();
        let is_named = keywords.any(|it| it.arg.as_ref().is_some_and(|arg| is_it(arg)));
        let keywords = call.arguments.keywords.iter().map(|it| &it.value);
        let mut values = call.arguments.args.iter().chain(keywords);
        let Some(owner) = values.next() else {
            return;
        };
        let text = |value: &Expr| match value {
            Expr::StringLiteral(text) => is_it(text.value.to_str()),
            _ => false,
        };
        match owner {
            Expr::StringLiteral(one) => {
                let path = one.value.to_str();
                if is_named && path == "time" {
                    self.everywhere = true;
                } else if is_named && last_name(&call.func) == Some("multiple") {
                    self.found.push(path.to_owned());
                }
            }
            Expr::Name(_) | Expr::Attribute(_) if is_named || values.any(text) => {
                self.object(owner);
            }
            _ => {}
        }
    }
}

/// Whether `text` may be the dotted name of a module.
fn is_dotted(text: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    !text.is_empty()
        && text
            .split('.')
            .all(|part| !part.is_empty() && part.chars().all(is_part))
}

impl<'a> Visitor<'a> for Finder<'_, '_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Import(one) => {
                let names = one.names.iter().map(|alias| alias.name.to_string());
                self.imported.extend(names);
            }
            Stmt::ImportFrom(one) => {
                let from = one.module.as_deref().unwrap_or_default();
                self.imported.push(from.to_owned());
                let names = one.names.iter();
                let names = names.map(|alias| format!("{from}.{}", alias.name));
                self.imported.extend(names);
            }
            // `poll.time.sleep = fake`
            Stmt::Assign(one) => {
                for target in &one.targets {
                    if let Expr::Attribute(it) = target
                        && it.attr.as_str() == "sleep"
                    {
                        self.object(&it.value);
                    }
                }
            }
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_interpolated_string_element(&mut self, element: &'a InterpolatedStringElement) {
        if let InterpolatedStringElement::Literal(text) = element {
            // What stands before it nobody knows.
            self.everywhere |= [".sleep", ".time"]
                .iter()
                .any(|it| text.value.ends_with(it));
        }
        walk_interpolated_string_element(self, element);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Call(call) => self.call(call),
            Expr::StringLiteral(text) => self.text(text.value.to_str()),
            _ => {}
        }
        walk_expr(self, expr);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::has;

    #[test]
    fn the_top_of_a_name_may_be_left_out() {
        let list = BTreeSet::from(["src.app.client".to_owned(), "worker".to_owned()]);
        assert!(has(&list, "app.client"));
        assert!(has(&list, "app.worker"));
        assert!(!has(&list, "client2"));
        assert!(!has(&list, "app"));
    }
}
