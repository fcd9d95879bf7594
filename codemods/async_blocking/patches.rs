//! Tests that replace `time.sleep` where a module calls it.

use std::collections::BTreeSet;

use codemend_engine::codemod::{Gathering, List};
use codemend_engine::module::Module;
use codemend_engine::semantic::{Meaning, Where};
use codemend_engine::syntax::ast::visitor::{Visitor, walk_expr, walk_stmt};
use codemend_engine::syntax::ast::{Expr, ExprCall, Stmt};

use super::blocks::last_name;

/// The modules whose `sleep` is replaced somewhere in the project, by their dotted names.
pub const PATCHES: Gathering = Gathering {
    key: "async-blocking/patches",
    may: |text| text.contains("sleep") && (text.contains("patch") || text.contains("setattr")),
    list: List::OfModule(patched),
    fold: std::convert::identity,
};

/// Whether `list`, of modules whose `sleep` is replaced, has `module`. The top of its name may be left out.
pub fn has(list: &BTreeSet<String>, module: &str) -> bool {
    let ends = |long: &str, short: &str| {
        let head = long.strip_suffix(short);
        head.is_some_and(|head| head.is_empty() || head.ends_with('.'))
    };
    let mut all = list.iter();
    all.any(|one| ends(one, module) || ends(module, one))
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
    fn text(&mut self, text: &str) {
        let Some(owner) = text.strip_suffix(".sleep") else {
            return;
        };
        match owner.strip_suffix(".time") {
            Some(module) => self.found.push(module.to_owned()),
            None if owner == "time" => self.everywhere = true,
            None => self.found.push(owner.to_owned()),
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

    fn call(&mut self, call: &ExprCall) {
        let args = &call.arguments.args;
        match (args.first(), args.get(1)) {
            (Some(Expr::StringLiteral(text)), _) => self.text(text.value.to_str()),
            (Some(owner), Some(Expr::StringLiteral(name))) if name.value.to_str() == "sleep" => {
                self.object(owner);
            }
            _ => {}
        }
    }
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
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Call(call) = expr
            && matches!(last_name(&call.func), Some("patch" | "object" | "setattr"))
        {
            self.call(call);
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
