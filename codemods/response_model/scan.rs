//! What an expression does to the local names in it: reads them, keeps them, or hands them to code that may change them.

use codemend_engine::semantic::Where;
use codemend_engine::syntax::ast::helpers::any_over_expr;
use codemend_engine::syntax::ast::visitor::{Visitor, walk_expr};
use codemend_engine::syntax::ast::{Comprehension, Expr, ExprCall, UnaryOp};

use super::shape::Shape;
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

/// Those whose result holds nothing of what they are given.
const MEASURES: [&str; 12] = [
    "all",
    "any",
    "bool",
    "float",
    "int",
    "isinstance",
    "len",
    "print",
    "range",
    "repr",
    "round",
    "str",
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
            Expr::Attribute(attribute) => {
                // `add = rows.append`
                let is_list = self.holds_mutable(&attribute.value);
                let how = match how {
                    Use::Read if is_list => Use::Give,
                    Use::Hold if is_list => Use::Give,
                    how => how,
                };
                self.scan(&attribute.value, how);
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
                self.scan(&compare.left, Use::Read);
                for value in &compare.comparators {
                    self.scan_perhaps(value, Use::Read);
                }
            }
            Expr::Named(named) => {
                self.scan(&named.value, held(how));
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

    /// Whether `expr` is a local name that holds a list or a dict.
    fn holds_mutable(&self, expr: &Expr) -> bool {
        let Expr::Name(name) = expr else {
            return false;
        };
        let binding = self.locals.names.get(name.id.as_str());
        binding.is_some_and(|binding| binding.fact.shape.is_mutable())
    }

    /// Whether a local name in `expr` holds something that can be changed, a model, or a part of one of them.
    pub(super) fn mentions_shareable(&self, expr: &Expr) -> bool {
        let mut mentions = Mentions {
            study: self,
            found: false,
        };
        mentions.visit_expr(expr);
        mentions.found
    }

    /// Whether the local `name` holds something that can be changed, a model, or a part of one of them.
    fn is_shareable(&self, name: &str) -> bool {
        if self
            .inner
            .iter()
            .any(|one| one.name == name && !one.fact.shape.is_scalar())
        {
            return true;
        }
        self.locals.names.get(name).is_some_and(|binding| {
            let is_model = matches!(binding.fact.shape, Shape::Model(_));
            binding.shared || binding.parts_shared || is_model || binding.fact.shape.is_mutable()
        })
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

    fn scan_call(&mut self, call: &ExprCall) {
        let handed = match &*call.func {
            Expr::Attribute(attribute) => {
                let looks = LOOKS.contains(&attribute.attr.as_str());
                self.scan(&attribute.value, if looks { Use::Hold } else { Use::Give });
                Use::Give
            }
            func => {
                // `change = part.update`, then `change(...)`
                self.scan(func, Use::Give);
                match self.is_harmless(call, func) {
                    true => Use::Hold,
                    false => Use::Give,
                }
            }
        };
        for argument in call.arguments.iter_source_order() {
            self.scan(argument.value(), handed);
        }
    }

    fn is_harmless(&self, call: &ExprCall, func: &Expr) -> bool {
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

    fn use_name(&mut self, name: &str, how: Use) {
        let Some(binding) = self.locals.names.get_mut(name) else {
            return;
        };
        let is_model = matches!(binding.fact.shape, Shape::Model(_));
        match (how, binding.fact.shape.is_mutable()) {
            // What is taken out of it, in whatever way, is a part of it.
            (Use::Read, is_mutable) => {
                binding.shared |= is_mutable && binding.fact.shape.has_parts();
            }
            (Use::Hold, is_mutable) => binding.shared |= is_mutable || is_model,
            (Use::Give, is_mutable) => {
                binding.touched = true;
                let shared = binding.shared || binding.parts_shared;
                if is_model {
                    return self.touch_shared(shared);
                }
                if is_mutable {
                    binding.lost = true;
                    binding.fact =
                        Fact::unknown(format!("`{name}` is passed on before it is returned"));
                }
                if shared || (is_mutable && self.locals.share()) {
                    self.spoil(name);
                }
            }
        }
    }

    /// Something in the object that the local `name` holds is changed in a way that is not followed.
    pub(super) fn disturb(&mut self, target: &Expr, reason: &str) {
        let again = self.world.is_first_generation();
        let Some(name) = root(target) else {
            return;
        };
        let Some(binding) = self.locals.names.get_mut(name) else {
            return;
        };
        binding.touched = true;
        let shared = binding.shared || binding.parts_shared;
        let is_mutable = binding.fact.shape.is_mutable();
        let is_model = matches!(binding.fact.shape, Shape::Model(_));
        if is_mutable || (is_model && again) {
            binding.lost = true;
            binding.fact = Fact::unknown(format!("`{name}` {reason}"));
        }
        if shared || (is_mutable && self.locals.share()) {
            self.spoil(name);
        }
    }

    /// An attribute of something that `target` leads to is set: of a model then, no list and no dict has any.
    pub(super) fn touch(&mut self, target: &Expr) {
        if self.world.is_first_generation() {
            return self.disturb(
                target,
                "gets an attribute, and pydantic 1 validates that again",
            );
        }
        let Some(name) = root(target) else {
            return;
        };
        let Some(binding) = self.locals.names.get_mut(name) else {
            return;
        };
        binding.touched = true;
        let shared = binding.shared || binding.parts_shared;
        self.touch_shared(shared);
    }

    /// Something that others hold too may have got other attributes: so have all that others hold.
    fn touch_shared(&mut self, shared: bool) {
        if shared {
            for binding in self.locals.names.values_mut() {
                binding.touched |= binding.shared || binding.parts_shared;
            }
        }
    }

    /// Evaluate what stands in `target` before something is stored there.
    pub(super) fn scan_target(&mut self, target: &Expr) {
        match target {
            Expr::Subscript(subscript) => {
                self.scan(&subscript.slice, Use::Read);
                self.scan_owner(&subscript.value);
            }
            Expr::Attribute(attribute) => self.scan_owner(&attribute.value),
            _ => {}
        }
    }

    fn scan_owner(&mut self, owner: &Expr) {
        match owner {
            Expr::Name(_) => {}
            Expr::Subscript(_) | Expr::Attribute(_) => self.scan_target(owner),
            // `find(data)["k"] = 1`
            other => self.scan(other, Use::Give),
        }
    }

    /// A part of a part is changed: other names may hold it, whatever is known of this one.
    pub(super) fn disturb_deep(&mut self, target: &Expr) {
        self.disturb(target, "is changed deep inside");
        if let Some(name) = root(target)
            && self.locals.names.contains_key(name)
        {
            self.spoil(name);
        }
    }

    /// Whether iterating over `iter` gives models that nobody has had in hands: it is a list out of the request.
    pub(super) fn gives_pristine(&self, iter: &Expr) -> bool {
        let Expr::Name(name) = iter else {
            return false;
        };
        let binding = self.locals.names.get(name.id.as_str());
        binding.is_some_and(|binding| binding.pristine && !binding.touched)
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
        Use::Read | Use::Hold => Use::Hold,
    }
}

/// Looks for local names that hold what can be changed. What is only measured, printed or compared is let go.
struct Mentions<'s, 'a, 'db> {
    study: &'s Study<'a, 'db>,
    found: bool,
}

impl<'e> Visitor<'e> for Mentions<'_, '_, '_> {
    fn visit_expr(&mut self, expr: &'e Expr) {
        match expr {
            Expr::Name(name) => self.found |= self.study.is_shareable(&name.id),
            Expr::Compare(_) | Expr::FString(_) => {}
            Expr::UnaryOp(unary) if unary.op == UnaryOp::Not => {}
            Expr::Call(call)
                if matches!(&*call.func, Expr::Name(name) if MEASURES.contains(&name.id.as_str()))
                    && self.study.is_harmless(call, &call.func) => {}
            _ => walk_expr(self, expr),
        }
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
