//! Functions whose source is sent elsewhere, or whose own namespace is looked at.

use codemend_engine::module::Module;
use codemend_engine::semantic::Where;
use codemend_engine::syntax::Ranged;
use codemend_engine::syntax::ast::visitor::{Visitor, walk_expr};
use codemend_engine::syntax::ast::{Expr, ExprCall, StmtFunctionDef};

use super::candidate::Candidate;

/// Builtins that see the names of the function that calls them.
const LOOKING: [&str; 6] = ["locals", "vars", "dir", "globals", "exec", "eval"];

/// Last parts of decorators of Airflow tasks that run in another interpreter.
const ISOLATED: [&str; 6] = [
    "virtualenv",
    "external_python",
    "docker",
    "kubernetes",
    "branch_virtualenv",
    "branch_external_python",
];

/// Callables that take a function and send its source to another process.
const SENDING: [&str; 8] = [
    "getsource",
    "getsourcelines",
    "create_component_from_func",
    "func_to_container_op",
    "PythonVirtualenvOperator",
    "ExternalPythonOperator",
    "BranchPythonVirtualenvOperator",
    "BranchExternalPythonOperator",
];

/// # Errors
/// The reason, when the function around `candidate` must keep its imports.
pub(super) fn check(module: &Module<'_>, candidate: &Candidate<'_>) -> Result<(), String> {
    for function in &candidate.functions {
        if let Some(decorator) = isolating_decorator(module, function) {
            return Err(format!(
                "`{}` is sent to another process by `@{decorator}`, without this module's names",
                function.name
            ));
        }
    }
    let mut finder = Finder {
        functions: candidate
            .functions
            .iter()
            .map(|one| one.name.as_str())
            .collect(),
        sender: None,
    };
    if SENDING.iter().any(|name| module.text().contains(name)) {
        finder.visit_body(module.suite());
    }
    if let Some((function, sender)) = finder.sender {
        return Err(format!("the source of `{function}` is taken by `{sender}`"));
    }
    if let Some(function) = candidate.function() {
        let mut looks = Looks(None);
        looks.visit_body(&function.body);
        if let Some(name) = looks.0 {
            return Err(format!(
                "the function calls `{name}`, which may see the name"
            ));
        }
    }
    Ok(())
}

fn isolating_decorator(module: &Module<'_>, function: &StmtFunctionDef) -> Option<String> {
    function.decorator_list.iter().find_map(|decorator| {
        let callee = match &decorator.expression {
            Expr::Call(call) => &*call.func,
            other => other,
        };
        let spelled = module.slice(callee.range()).to_owned();
        let name = module
            .names()
            .qualified_name(callee, Where::default())
            .unwrap_or_else(|| spelled.clone());
        let last = name.rsplit('.').next().unwrap_or_default();
        let is_airflow = ISOLATED.contains(&last)
            && (name.starts_with("airflow") || spelled.starts_with("task."));
        let is_kfp = name.starts_with("kfp.");
        let is_remote = name.starts_with("modal.");
        (is_airflow || is_kfp || is_remote).then_some(spelled)
    })
}

/// Finds a call that takes the source of one of `functions`.
struct Finder<'a> {
    functions: Vec<&'a str>,
    sender: Option<(String, String)>,
}

impl Finder<'_> {
    fn call(&mut self, call: &ExprCall) {
        let last = match &*call.func {
            Expr::Name(name) => name.id.as_str(),
            Expr::Attribute(attribute) => attribute.attr.as_str(),
            _ => return,
        };
        if !SENDING.contains(&last) {
            return;
        }
        let keywords = call.arguments.keywords.iter().map(|keyword| &keyword.value);
        let mut given = call
            .arguments
            .args
            .iter()
            .chain(keywords)
            .filter_map(|argument| match argument {
                Expr::Name(name) => Some(name.id.as_str()),
                Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
                _ => None,
            });
        if let Some(function) = given.find(|name| self.functions.contains(name)) {
            self.sender = Some((function.to_owned(), last.to_owned()));
        }
    }
}

impl<'a> Visitor<'a> for Finder<'_> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Call(call) = expr {
            self.call(call);
        }
        walk_expr(self, expr);
    }
}

/// Finds a use of a builtin that sees names.
struct Looks(Option<&'static str>);

impl<'a> Visitor<'a> for Looks {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Name(name) = expr {
            let looking = LOOKING.iter().find(|one| **one == name.id.as_str());
            self.0 = self.0.or(looking.copied());
        }
        walk_expr(self, expr);
    }
}
