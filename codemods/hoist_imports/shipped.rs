//! Functions whose source is sent elsewhere, or whose own namespace is looked at.

use codemend_engine::module::Module;
use codemend_engine::semantic::Where;
use codemend_engine::syntax::Ranged;
use codemend_engine::syntax::ast::visitor::{Visitor, walk_expr};
use codemend_engine::syntax::ast::{Expr, ExprCall, StmtFunctionDef};

use super::candidate::Candidate;
use super::surroundings::Surroundings;

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
pub(super) fn check(
    surroundings: &Surroundings<'_>,
    candidate: &Candidate<'_>,
) -> Result<(), String> {
    let module = surroundings.module;
    if let Some(what) = surroundings.ships {
        return Err(format!(
            "the module {what}: functions may run without its names"
        ));
    }
    for function in &candidate.functions {
        if let Some(decorator) = isolating_decorator(module, function) {
            return Err(format!(
                "`{}` is sent to another process by `@{decorator}`, without this module's names",
                function.name
            ));
        }
    }
    let sent = surroundings.senders.iter().find(|(name, _)| {
        let mut around = candidate.functions.iter();
        around.any(|function| function.name.as_str() == *name)
    });
    if let Some((function, sender)) = sent {
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

/// The functions of `module` whose source a call takes, each with what takes it.
pub(super) fn senders<'m>(module: &'m Module<'_>) -> Vec<(&'m str, &'static str)> {
    let mut finder = Finder(Vec::new());
    if SENDING.iter().any(|name| module.text().contains(name)) {
        finder.visit_body(module.suite());
    }
    finder.0
}

struct Finder<'a>(Vec<(&'a str, &'static str)>);

impl<'a> Finder<'a> {
    fn call(&mut self, call: &'a ExprCall) {
        let last = match &*call.func {
            Expr::Name(name) => name.id.as_str(),
            Expr::Attribute(attribute) => attribute.attr.as_str(),
            _ => return,
        };
        let Some(sender) = SENDING.iter().find(|one| **one == last) else {
            return;
        };
        let keywords = call.arguments.keywords.iter().map(|keyword| &keyword.value);
        for argument in call.arguments.args.iter().chain(keywords) {
            match argument {
                Expr::Name(name) => self.0.push((name.id.as_str(), sender)),
                Expr::Attribute(attribute) => self.0.push((attribute.attr.as_str(), sender)),
                _ => {}
            }
        }
    }
}

impl<'a> Visitor<'a> for Finder<'a> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Call(call) = expr {
            self.call(call);
        }
        walk_expr(self, expr);
    }
}

/// How `module` sends functions elsewhere, when it deals in that at all: by which name it does so can be anything.
pub(super) fn ships(module: &Module<'_>) -> Option<&'static str> {
    let text = module.text();
    let imports = |package: &str| {
        [format!("import {package}"), format!("from {package}")]
            .iter()
            .any(|word| text.contains(word))
    };
    let isolated =
        || ISOLATED.iter().any(|word| text.contains(word)) || text.contains("VirtualenvOperator");
    match () {
        () if imports("kfp") => Some("builds Kubeflow components"),
        () if imports("modal") => Some("builds Modal functions"),
        () if imports("airflow") && isolated() => {
            Some("builds Airflow tasks that run in another interpreter")
        }
        () if text.contains("getsource") => Some("takes the source of functions"),
        () => None,
    }
}

/// Finds a use of a builtin that sees names.
struct Looks(Option<&'static str>);

impl<'a> Visitor<'a> for Looks {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Attribute(attribute) = expr {
            let seen = ["f_locals", "f_globals", "currentframe", "_getframe"];
            let seen = seen.into_iter().find(|one| *one == attribute.attr.as_str());
            let owner =
                matches!(&*attribute.value, Expr::Name(name) if name.id.as_str() == "builtins");
            let looking = LOOKING
                .into_iter()
                .find(|one| owner && *one == attribute.attr.as_str());
            self.0 = self.0.or(seen).or(looking);
        }
        if let Expr::Name(name) = expr {
            let looking = LOOKING.iter().find(|one| **one == name.id.as_str());
            self.0 = self.0.or(looking.copied());
        }
        walk_expr(self, expr);
    }
}
