//! What an expression does to the local names in it: reads them, keeps them, or hands them to code that may change them.

use codemend_engine::semantic::Where;
use codemend_engine::syntax::ast::helpers::any_over_expr;
use codemend_engine::syntax::ast::visitor::{Visitor, walk_expr};
use codemend_engine::syntax::ast::{Comprehension, Expr, ExprCall};

use super::sharing::measures;
use super::study::Study;

/// What happens to the value of an expression.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// It is looked at, and nothing of it is left in what comes out.
    Look,
    /// It is looked at.
    Read,
    /// It is kept in another name or container.
    Hold,
    /// It is handed to code that is not known.
    Give,
}

/// Builtins that change nothing that they are given.
const HARMLESS: [&str; 24] = [
    "abs",
    "all",
    "any",
    "bool",
    "dict",
    "enumerate",
    "float",
    "frozenset",
    "int",
    "isinstance",
    "len",
    "list",
    "max",
    "min",
    "print",
    "range",
    "repr",
    "reversed",
    "round",
    "set",
    "sorted",
    "str",
    "sum",
    "zip",
];

/// Methods of lists and dicts that only look.
pub(super) const LOOKS: [&str; 8] = [
    "get", "keys", "values", "items", "copy", "count", "index", "__len__",
];

impl Study<'_, '_> {
    /// Note what `expr` does to the local names in it.
    pub(super) fn scan(&mut self, expr: &Expr, how: Use) {
        match expr {
            Expr::Name(name) => self.use_name(&name.id, how),
            Expr::Call(call) => self.scan_call(expr, call),
            Expr::Attribute(attribute) => {
                // `add = rows.append`
                let is_list = self.holds_mutable(&attribute.value);
                let how = match how {
                    Use::Look | Use::Read | Use::Hold if is_list => Use::Give,
                    how => how,
                };
                self.scan(&attribute.value, how);
            }
            Expr::Subscript(subscript) if self.is_scalar(expr) => {
                self.scan(&subscript.value, Use::Look);
                self.scan(&subscript.slice, Use::Look);
            }
            Expr::Subscript(subscript) => {
                self.scan(&subscript.value, how);
                if how == Use::Give {
                    self.disturb_deep(expr);
                }
                self.scan(&subscript.slice, Use::Read);
            }
            Expr::List(list) => self.scan_all(&list.elts, how),
            Expr::Tuple(tuple) => self.scan_all(&tuple.elts, how),
            Expr::Set(set) => self.scan_all(&set.elts, how),
            Expr::Dict(dict) => {
                for item in &dict.items {
                    if let Some(key) = &item.key {
                        self.scan(key, Use::Read);
                    }
                    self.scan(&item.value, held(how));
                }
            }
            Expr::If(branch) => {
                self.scan(&branch.test, Use::Read);
                self.scan_perhaps(&branch.body, how);
                self.scan_perhaps(&branch.orelse, how);
            }
            Expr::BoolOp(operation) => {
                for value in &operation.values {
                    self.scan_perhaps(value, how);
                }
            }
            Expr::Compare(compare) => {
                self.scan(&compare.left, Use::Look);
                for value in &compare.comparators {
                    self.scan_perhaps(value, Use::Look);
                }
            }
            Expr::Named(named) => {
                let kept = match how {
                    Use::Give => Use::Give,
                    Use::Look | Use::Read | Use::Hold => Use::Hold,
                };
                self.scan(&named.value, kept);
                let fact = self.eval(&named.value);
                self.assign(&named.target, fact, Some(&named.value));
            }
            Expr::Starred(starred) => self.scan(&starred.value, held(how)),
            Expr::Await(waiting) => self.scan(&waiting.value, how),
            Expr::Yield(one) => {
                if let Some(value) = &one.value {
                    self.scan(value, Use::Give);
                }
            }
            Expr::YieldFrom(one) => self.scan(&one.value, Use::Give),
            Expr::ListComp(list) => self.scan_comprehension(&list.generators, &[&list.elt]),
            Expr::SetComp(set) => self.scan_comprehension(&set.generators, &[&set.elt]),
            Expr::Generator(one) => self.scan_comprehension(&one.generators, &[&one.elt]),
            Expr::DictComp(dict) => {
                let key = dict.key.iter().map(|key| &**key);
                let both: Vec<&Expr> = key.chain([&*dict.value]).collect();
                self.scan_comprehension(&dict.generators, &both);
            }
            // What an inner function uses is known already.
            Expr::Lambda(_) => {}
            _ => {
                let mut parts = Parts::default();
                walk_expr(&mut parts, expr);
                for part in parts.0 {
                    self.scan(part, Use::Read);
                }
            }
        }
    }

    /// The same for what may not be evaluated at all.
    fn scan_perhaps(&mut self, expr: &Expr, how: Use) {
        if !any_over_expr(expr, |one| one.is_named_expr()) {
            return self.scan(expr, how);
        }
        let before = self.locals.clone();
        self.scan(expr, how);
        let after = std::mem::take(&mut self.locals);
        self.locals = before.join(after);
    }

    fn scan_all(&mut self, elements: &[Expr], how: Use) {
        for element in elements {
            self.scan(element, held(how));
        }
    }

    fn scan_comprehension(&mut self, generators: &[Comprehension], elements: &[&Expr]) {
        let mut hidden = Vec::new();
        for generator in generators {
            self.scan(&generator.iter, Use::Read);
            for (name, fact) in self.loop_names(&generator.target, &generator.iter) {
                hidden.push((name.clone(), self.locals.names.remove(&name)));
                let shared = fact.shape.is_mutable() || self.mentions_shareable(&generator.iter);
                let pristine = self.gives_pristine(&generator.iter);
                self.locals.bind(&name, fact);
                if let Some(binding) = self.locals.names.get_mut(&name) {
                    binding.shared = shared;
                    binding.pristine = pristine;
                }
            }
            for test in &generator.ifs {
                self.scan_perhaps(test, Use::Read);
            }
        }
        for element in elements {
            self.scan_perhaps(element, Use::Hold);
        }
        for (name, before) in hidden.into_iter().rev() {
            self.locals.names.remove(&name);
            if let Some(before) = before {
                self.locals.names.insert(name, before);
            }
        }
    }

    fn is_scalar(&mut self, expr: &Expr) -> bool {
        self.eval(expr).shape.is_scalar()
    }

    fn scan_call(&mut self, expr: &Expr, call: &ExprCall) {
        let handed = match &*call.func {
            Expr::Attribute(attribute) => {
                let how = match LOOKS.contains(&attribute.attr.as_str()) {
                    true if self.is_scalar(expr) => Use::Look,
                    true => Use::Hold,
                    // `user["name"].upper()`
                    false if self.is_scalar(&attribute.value) => Use::Look,
                    false => Use::Give,
                };
                self.scan(&attribute.value, how);
                Use::Give
            }
            func => {
                // `change = part.update`, then `change(...)`
                self.scan(func, Use::Give);
                match self.is_harmless(call, func) {
                    true if measures(func) => Use::Look,
                    true => Use::Hold,
                    false => Use::Give,
                }
            }
        };
        for argument in call.arguments.iter_source_order() {
            self.scan(argument.value(), handed);
        }
    }

    pub(super) fn is_harmless(&self, call: &ExprCall, func: &Expr) -> bool {
        let Expr::Name(name) = func else {
            return false;
        };
        HARMLESS.contains(&name.id.as_str())
            && call
                .arguments
                .find_keyword("key")
                .is_none_or(|key| only_reads(&key.value))
            && self.names.qualified_name(func, Where::default()).as_deref()
                == Some(&format!("builtins.{}", name.id))
    }
}

/// Whether a function that is given as `key=` only looks at what it gets.
fn only_reads(key: &Expr) -> bool {
    match key {
        Expr::Lambda(lambda) => !any_over_expr(&lambda.body, |one| {
            one.is_call_expr() || one.is_named_expr() || one.is_await_expr()
        }),
        Expr::Name(name) => matches!(
            name.id.as_str(),
            "str" | "len" | "int" | "float" | "abs" | "repr"
        ),
        Expr::NoneLiteral(_) => true,
        _ => false,
    }
}

/// What happens to the parts of a container.
fn held(how: Use) -> Use {
    match how {
        Use::Give => Use::Give,
        Use::Look => Use::Look,
        Use::Read | Use::Hold => Use::Hold,
    }
}

/// The expressions right below one.
#[derive(Default)]
struct Parts<'a>(Vec<&'a Expr>);

impl<'a> Visitor<'a> for Parts<'a> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        self.0.push(expr);
    }
}
