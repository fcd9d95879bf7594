//! What an expression does to the local names in it: reads them, keeps them, or hands them to code that may change them.

use codemend_engine::semantic::Where;
use codemend_engine::syntax::ast::visitor::{Visitor, walk_expr};
use codemend_engine::syntax::ast::{Comprehension, Expr, ExprCall};

use super::study::{Study, root};
use super::value::Fact;

/// What happens to the value of an expression.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
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
            Expr::Call(call) => self.scan_call(call),
            Expr::Attribute(attribute) => self.scan(&attribute.value, Use::Read),
            Expr::Subscript(subscript) => {
                self.scan(&subscript.value, how);
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
                self.scan(&branch.body, how);
                self.scan(&branch.orelse, how);
            }
            Expr::BoolOp(operation) => {
                for value in &operation.values {
                    self.scan(value, how);
                }
            }
            Expr::Named(named) => {
                self.scan(&named.value, Use::Hold);
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

    fn scan_all(&mut self, elements: &[Expr], how: Use) {
        for element in elements {
            self.scan(element, held(how));
        }
    }

    fn scan_comprehension(&mut self, generators: &[Comprehension], elements: &[&Expr]) {
        for generator in generators {
            self.scan(&generator.iter, Use::Read);
            for test in &generator.ifs {
                self.scan(test, Use::Read);
            }
        }
        for element in elements {
            self.scan(element, Use::Hold);
        }
    }

    fn scan_call(&mut self, call: &ExprCall) {
        let handed = match &*call.func {
            Expr::Attribute(attribute) => {
                let looks = LOOKS.contains(&attribute.attr.as_str());
                self.scan(&attribute.value, if looks { Use::Read } else { Use::Give });
                Use::Give
            }
            func => {
                self.scan(func, Use::Read);
                match self.is_harmless(func) {
                    true => Use::Hold,
                    false => Use::Give,
                }
            }
        };
        for argument in call.arguments.iter_source_order() {
            self.scan(argument.value(), handed);
        }
    }

    fn is_harmless(&self, func: &Expr) -> bool {
        let Expr::Name(name) = func else {
            return false;
        };
        HARMLESS.contains(&name.id.as_str())
            && self.names.qualified_name(func, Where::default()).as_deref()
                == Some(&format!("builtins.{}", name.id))
    }

    fn use_name(&mut self, name: &str, how: Use) {
        let Some(binding) = self.locals.names.get_mut(name) else {
            return;
        };
        match (how, binding.fact.shape.is_mutable()) {
            (Use::Read, _) | (Use::Hold, false) => {}
            (Use::Hold, true) => binding.shared = true,
            (Use::Give, false) => binding.touched = true,
            (Use::Give, true) => {
                binding.touched = true;
                binding.fact =
                    Fact::unknown(format!("`{name}` is passed on before it is returned"));
            }
        }
    }

    /// Something in the object that the local `name` holds is changed in a way that is not followed.
    pub(super) fn disturb(&mut self, target: &Expr, reason: &str) {
        let Some(name) = root(target) else {
            return;
        };
        let Some(binding) = self.locals.names.get_mut(name) else {
            return;
        };
        binding.touched = true;
        if binding.fact.shape.is_mutable() {
            binding.fact = Fact::unknown(format!("`{name}` {reason}"));
        }
        if binding.shared {
            self.spoil(name);
        }
    }
}

/// What happens to the parts of a container.
fn held(how: Use) -> Use {
    match how {
        Use::Give => Use::Give,
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
