//! Who holds what: names that share an object, parts that others hold, and what is no longer known once one of them
//! changes it.

use codemend_engine::syntax::ast::visitor::{Visitor, walk_expr};
use codemend_engine::syntax::ast::{Expr, UnaryOp};

use super::scan::Use;
use super::shape::Shape;
use super::study::{Study, root};
use super::value::Fact;

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

impl Study<'_, '_> {
    /// Whether `expr` is a local name that holds a list or a dict.
    pub(super) fn holds_mutable(&self, expr: &Expr) -> bool {
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

    pub(super) fn use_name(&mut self, name: &str, how: Use) {
        let Some(binding) = self.locals.names.get_mut(name) else {
            return;
        };
        let is_model = matches!(binding.fact.shape, Shape::Model(_));
        match (how, binding.fact.shape.is_mutable()) {
            (Use::Look, _) => {}
            // What is taken out of it, in whatever way, is a part of it.
            (Use::Read, is_mutable) => {
                binding.shared |= is_mutable && binding.fact.shape.has_parts();
            }
            (Use::Hold, is_mutable) => binding.shared |= is_mutable || is_model,
            (Use::Give, is_mutable) => {
                binding.touched = true;
                let shared = binding.shared || binding.parts_shared;
                if is_model {
                    self.touch_model(name);
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

    /// The model that `name` holds may have got other values. Pydantic 1 validates these again.
    fn touch_model(&mut self, name: &str) {
        let again = self.world.is_first_generation();
        if let Some(binding) = self.locals.names.get_mut(name)
            && again
        {
            binding.lost = true;
            let reason = "may be changed, and pydantic 1 validates that again";
            binding.fact = Fact::unknown(format!("`{name}` {reason}"));
        }
    }

    /// Something that others hold too may have got other attributes: so have all that others hold.
    fn touch_shared(&mut self, shared: bool) {
        if !shared {
            return;
        }
        let mut models = Vec::new();
        for (name, binding) in &mut self.locals.names {
            if binding.shared || binding.parts_shared {
                binding.touched = true;
                if !binding.fact.shape.is_scalar() {
                    models.push(name.clone());
                }
            }
        }
        for name in models {
            self.touch_model(&name);
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

/// Whether the result of `func`, a builtin, holds nothing of what it is given.
pub(super) fn measures(func: &Expr) -> bool {
    matches!(func, Expr::Name(name) if MEASURES.contains(&name.id.as_str()))
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
                if measures(&call.func) && self.study.is_harmless(call, &call.func) => {}
            _ => walk_expr(self, expr),
        }
    }
}
