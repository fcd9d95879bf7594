//! What must have happened before an import: changes of the path, of the environment, of other modules.

use codemend_engine::module::Module;
use codemend_engine::semantic::Where;
use codemend_engine::syntax::ast::visitor::{Visitor, walk_expr, walk_stmt};
use codemend_engine::syntax::ast::{Expr, Stmt};
use codemend_engine::syntax::{Ranged, TextRange, TextSize};

use super::candidate::Candidate;

/// What kind of thing is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Where modules are found.
    Path,
    /// Other modules are patched: gevent, eventlet.
    Patch,
    /// The environment, the working directory, a framework's set-up.
    Other,
}

/// One change of what imports depend on.
#[derive(Debug, Clone)]
pub(super) struct Change {
    pub(super) kind: Kind,
    pub(super) range: TextRange,
    /// As it is written: `load_dotenv`.
    pub(super) what: String,
}

/// # Errors
/// The reason, when the function changes the environment before `candidate`.
pub(super) fn check_function(module: &Module<'_>, candidate: &Candidate<'_>) -> Result<(), String> {
    let start = candidate.range().start();
    for function in &candidate.functions {
        let changes = changes(module, &function.body, Some(start));
        if let Some(change) = changes.first() {
            return Err(format!(
                "`{}` comes before it in the function and may decide what is imported",
                change.what
            ));
        }
    }
    Ok(())
}

/// The changes that the module level makes, in source order. Functions are not looked into.
pub(super) fn of_module(module: &Module<'_>) -> Vec<Change> {
    let mut finder = Finder {
        module,
        until: None,
        in_functions: false,
        found: Vec::new(),
    };
    finder.visit_body(module.suite());
    finder.found
}

fn changes(module: &Module<'_>, body: &[Stmt], until: Option<TextSize>) -> Vec<Change> {
    let mut finder = Finder {
        module,
        until,
        in_functions: true,
        found: Vec::new(),
    };
    finder.visit_body(body);
    finder.found
}

struct Finder<'m> {
    module: &'m Module<'m>,
    until: Option<TextSize>,
    in_functions: bool,
    found: Vec<Change>,
}

impl Finder<'_> {
    fn note(&mut self, kind: Kind, expr: &Expr) {
        let what = self.module.slice(expr.range());
        let what = what.split(['\n', '\r']).next().unwrap_or_default();
        self.found.push(Change {
            kind,
            range: expr.range(),
            what: what.to_owned(),
        });
    }

    /// The qualified name of `expr`, or what it looks like.
    fn name(&self, expr: &Expr) -> String {
        let qualified = self.module.names().qualified_name(expr, Where::default());
        qualified.unwrap_or_else(|| {
            let text = self.module.slice(expr.range());
            text.chars().filter(|c| !c.is_whitespace()).collect()
        })
    }

    /// Something is assigned to or deleted.
    fn target(&mut self, target: &Expr) {
        match target {
            Expr::Tuple(tuple) => tuple.elts.iter().for_each(|one| self.target(one)),
            Expr::Subscript(one) => self.changed(&one.value),
            Expr::Attribute(_) => self.changed(target),
            _ => {}
        }
    }

    fn changed(&mut self, owner: &Expr) {
        match self.name(owner).as_str() {
            "sys.path" | "sys.meta_path" | "sys.path_hooks" => self.note(Kind::Path, owner),
            "sys.modules" | "os.environ" => self.note(Kind::Other, owner),
            _ => {}
        }
    }

    fn called(&mut self, callee: &Expr) {
        let could_matter = match callee {
            Expr::Name(_) => true,
            Expr::Attribute(attribute) => {
                let method = attribute.attr.as_str();
                let changes = matches!(
                    method,
                    "insert"
                        | "reverse"
                        | "sort"
                        | "__setitem__"
                        | "__delitem__"
                        | "append"
                        | "extend"
                        | "remove"
                        | "pop"
                        | "clear"
                        | "update"
                        | "setdefault"
                        | "popitem"
                );
                if changes {
                    return self.changed(&attribute.value);
                }
                true
            }
            _ => false,
        };
        if !could_matter {
            return;
        }
        let name = self.name(callee);
        let last = name.rsplit('.').next().unwrap_or_default();
        match name.as_str() {
            "site.addsitedir" | "site.addpackage" => return self.note(Kind::Path, callee),
            "os.putenv"
            | "os.unsetenv"
            | "os.chdir"
            | "os.fchdir"
            | "os.chroot"
            | "contextlib.chdir"
            | "warnings.filterwarnings"
            | "warnings.simplefilter"
            | "warnings.catch_warnings"
            | "warnings.resetwarnings"
            | "django.setup"
            | "matplotlib.use" => {
                return self.note(Kind::Other, callee);
            }
            _ => {}
        }
        if name.starts_with("importlib.") {
            return self.note(Kind::Other, callee);
        }
        match last {
            "patch_all" | "monkey_patch" => self.note(Kind::Patch, callee),
            "syspath_prepend" => self.note(Kind::Path, callee),
            "__import__" | "load_dotenv" | "find_dotenv" | "setenv" | "delenv" | "chdir" => {
                self.note(Kind::Other, callee)
            }
            _ if name.contains("gevent") && last.starts_with("patch") => {
                self.note(Kind::Patch, callee)
            }
            _ => {}
        }
    }
}

impl<'a> Visitor<'a> for Finder<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if self.until.is_some_and(|until| statement.start() >= until) {
            return;
        }
        match statement {
            Stmt::FunctionDef(_) if !self.in_functions => return,
            Stmt::ClassDef(_) if !self.in_functions => return,
            Stmt::Assign(one) => {
                one.targets.iter().for_each(|target| self.target(target));
                // Under another name it can be changed unseen.
                self.changed(&one.value);
            }
            Stmt::With(one) => {
                let vars = one
                    .items
                    .iter()
                    .filter_map(|item| item.optional_vars.as_deref());
                vars.for_each(|vars| self.target(vars));
            }
            Stmt::AugAssign(one) => self.target(&one.target),
            Stmt::AnnAssign(one) => self.target(&one.target),
            Stmt::Delete(one) => one.targets.iter().for_each(|target| self.target(target)),
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Call(call) = expr {
            self.called(&call.func);
            let arguments = &call.arguments;
            if let Some(first) = arguments.args.first().filter(|_| replaces(&call.func)) {
                self.changed(first);
                let is_sys = matches!(first, Expr::Name(name) if name.id.as_str() == "sys");
                if is_sys {
                    self.note(Kind::Path, &call.func);
                }
            }
        }
        walk_expr(self, expr);
    }
}

/// Whether `callee` is called like what changes its first argument: `setattr`, `patch.dict`.
fn replaces(callee: &Expr) -> bool {
    let name = match callee {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        _ => return false,
    };
    matches!(
        name,
        "setattr" | "delattr" | "dict" | "object" | "setitem" | "delitem"
    )
}
