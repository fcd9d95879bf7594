//! Replacements of what requests calls that leave timeouts alone.
//!
//! A project that puts its own function in the place of `requests.Session.request` may set a timeout there, which one at
//! the call would be named beside. Where that function is at hand, only adds arguments of other names, and passes all it
//! is given on to what stood there before, a timeout of the call means what it says.

use codemend_engine::bindings::{Bound, of_body, of_function};
use codemend_engine::semantic::{Names, Where};
use codemend_engine::syntax::Ranged;
use codemend_engine::syntax::ast::visitor::{Visitor, walk_expr, walk_stmt};
use codemend_engine::syntax::ast::{
    Decorator, Expr, ExprAttribute, ExprCall, Stmt, StmtFunctionDef,
};

use super::table::Table;

/// How many arguments by place stand before those of `Session.request` that say how long it waits, with the session.
const BY_PLACE: usize = 4;

/// Whether `target = value`, of the file of `names`, puts a function in the place of one of requests that passes
/// timeouts on and sets none.
pub fn keeps_timeouts(names: &Names<'_>, target: &ExprAttribute, value: &Expr) -> bool {
    let method = target.attr.as_str();
    let methods = &Table::shipped().session.methods;
    if !methods.iter().any(|one| one == method) {
        return false;
    }
    let Some(replaced) = names
        .qualified_name(&target.value, Where::default())
        .map(|owner| plain(&format!("{owner}.{method}")))
    else {
        return false;
    };
    let is_session = replaced.starts_with("requests.Session.");
    (is_session || replaced == format!("requests.{method}"))
        && function(names, value)
            .is_some_and(|function| passes_on(names, function, &replaced, is_session))
}

/// `requests.sessions.Session.get` and `requests.Session.get` are one.
fn plain(name: &str) -> String {
    name.replace(".sessions.", ".").replace(".api.", ".")
}

/// The function of the module that `value` names, and nothing else.
fn function<'n>(names: &'n Names<'_>, value: &Expr) -> Option<&'n StmtFunctionDef> {
    let Expr::Name(name) = value else {
        return None;
    };
    let level = of_body(names.suite());
    let [Bound::Otherwise] = level.get(name.id.as_str())?.as_slice() else {
        return None;
    };
    names.suite().iter().find_map(|one| match one {
        Stmt::FunctionDef(function) if function.name.id == name.id => Some(function),
        _ => None,
    })
}

/// Whether `function`, in the place of `replaced`, gives it every keyword that it is given, and none that says how long.
fn passes_on(
    names: &Names<'_>,
    function: &StmtFunctionDef,
    replaced: &str,
    is_session: bool,
) -> bool {
    let Some(keywords) = &function.parameters.kwarg else {
        return false;
    };
    let bound = of_function(function);
    let once = |name: &str| bound.get(name).is_some_and(|all| all.len() == 1);
    let mut parameters = function.parameters.iter_non_variadic_params();
    let own = parameters.next().filter(|_| is_session);
    let own = own.map(|one| one.parameter.name.as_str());
    let several = function.parameters.vararg.as_deref();
    let several = several.map(|one| one.name.as_str());
    let text = names.text_at(function.range()).to_lowercase();
    let keywords = keywords.name.as_str();
    let mut kept = [Some(keywords), own, several].into_iter().flatten();
    if text.contains("timeout") || function.is_async || !kept.all(once) {
        return false;
    }
    let is_wraps = |one: &Decorator| match &one.expression {
        Expr::Call(call) => {
            let name = names.qualified_name(&call.func, Where::default());
            name.as_deref() == Some("functools.wraps")
        }
        _ => false,
    };
    let level = of_body(names.suite());
    let is_original = |name: &str| {
        !bound.contains_key(name)
            && matches!(level.get(name).map(Vec::as_slice), Some([Bound::Value(value)])
                if names.qualified_name(value, Where::default()).is_some_and(|it| plain(&it) == replaced))
    };
    let mut passes = Passes {
        keywords,
        own,
        several,
        is_original,
        sound: function.decorator_list.iter().all(is_wraps),
        found: false,
    };
    passes.visit_body(&function.body);
    passes.sound && passes.found
}

/// What becomes of what a function is given.
struct Passes<'n, F> {
    keywords: &'n str,
    own: Option<&'n str>,
    several: Option<&'n str>,
    is_original: F,
    sound: bool,
    /// Whether what stood there before is called.
    found: bool,
}

impl<F: Fn(&str) -> bool> Passes<'_, F> {
    fn is_keywords(&self, expr: &Expr) -> bool {
        matches!(expr, Expr::Name(name) if name.id == self.keywords)
    }

    fn is_own(&self, expr: &Expr) -> bool {
        matches!(expr, Expr::Name(name) if Some(name.id.as_str()) == self.own)
    }

    /// `*args`
    fn is_several(&self, expr: &Expr) -> bool {
        matches!(expr, Expr::Starred(one)
            if matches!(&*one.value, Expr::Name(name) if Some(name.id.as_str()) == self.several))
    }

    /// A call of what stood there before.
    fn pass(&mut self, call: &ExprCall) {
        let args = &call.arguments.args;
        let before = match args.split_last() {
            Some((last, before)) if self.is_several(last) => before,
            _ => args,
        };
        let spreads = call.arguments.keywords.iter();
        let mut spreads = spreads.filter(|one| one.arg.is_none());
        let whole = spreads
            .next()
            .is_some_and(|one| self.is_keywords(&one.value));
        self.sound &= whole && spreads.next().is_none() && before.len() <= BY_PLACE;
        self.found = true;
        for (place, one) in before.iter().enumerate() {
            if place > 0 || !self.is_own(one) {
                self.visit_expr(one);
            }
        }
        let named = call.arguments.keywords.iter();
        let named = named.filter(|one| one.arg.is_some());
        named.for_each(|one| self.visit_expr(&one.value));
    }

    /// Whether `call` is one of the keywords with the name of one: `kwargs.setdefault("verify", True)`.
    fn is_of_one(&self, call: &ExprCall) -> bool {
        let Expr::Attribute(method) = &*call.func else {
            return false;
        };
        self.is_keywords(&method.value)
            && matches!(method.attr.as_str(), "get" | "setdefault" | "pop")
            && call.arguments.args.first().is_some_and(is_other)
            && call.arguments.keywords.is_empty()
    }
}

/// Whether `key` is the name of an argument other than `timeout`.
fn is_other(key: &Expr) -> bool {
    matches!(key, Expr::StringLiteral(text) if text.value.to_str() != "timeout")
}

impl<'a, F: Fn(&str) -> bool> Visitor<'a> for Passes<'_, F> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) | Stmt::Global(_) => self.sound = false,
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Call(call) => match &*call.func {
                Expr::Name(name) if (self.is_original)(&name.id) => self.pass(call),
                _ if self.is_of_one(call) => {
                    let rest = call.arguments.args.iter().skip(1);
                    rest.for_each(|one| self.visit_expr(one));
                }
                _ => walk_expr(self, expr),
            },
            Expr::Subscript(one) if self.is_keywords(&one.value) && is_other(&one.slice) => {}
            Expr::Compare(one)
                if is_other(&one.left) && one.comparators.iter().all(|it| self.is_keywords(it)) => {
            }
            Expr::Name(name) => {
                let is_several = Some(name.id.as_str()) == self.several;
                let is_original = (self.is_original)(&name.id);
                let kept = self.is_keywords(expr) || self.is_own(expr);
                self.sound &= !(is_several || is_original || kept);
            }
            Expr::Lambda(_) => self.sound = false,
            _ => walk_expr(self, expr),
        }
    }
}
