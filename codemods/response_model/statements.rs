//! Statements, one after the other, and what they leave in the local names.

use codemend_engine::syntax::ast::{Expr, Stmt, StmtAugAssign};

use super::scan::Use;
use super::shape::Shape;
use super::study::Study;
use super::value::Fact;

impl<'db> Study<'_, 'db> {
    pub(super) fn statement(&mut self, statement: &Stmt) {
        match statement {
            Stmt::Return(one) => self.give_back(one.value.as_deref()),
            Stmt::Raise(one) => {
                for part in one.exc.iter().chain(&one.cause) {
                    self.scan(part, Use::Give);
                }
                self.note_state();
                self.locals.dead = true;
            }
            Stmt::Expr(one) => self.bare(&one.value),
            Stmt::Assign(one) => {
                let kept = one
                    .targets
                    .iter()
                    .all(|target| self.keeps_to_itself(target));
                self.scan(&one.value, if kept { Use::Hold } else { Use::Give });
                let fact = self.eval(&one.value);
                for target in &one.targets {
                    self.assign(target, fact.clone(), Some(&one.value));
                }
                if one.targets.len() > 1 {
                    one.targets
                        .iter()
                        .for_each(|target| self.scan(target, Use::Hold));
                }
            }
            Stmt::AnnAssign(one) => {
                let Some(value) = &one.value else {
                    return;
                };
                self.scan(value, Use::Hold);
                let mut fact = self.eval(value);
                if fact.is_unknown() {
                    let annotated = self.annotated(&one.annotation);
                    if !annotated.is_unknown() {
                        let shape = annotated.shape;
                        fact = Fact::promised(shape, "only the annotation of a variable says so");
                    }
                }
                self.assign(&one.target, fact, Some(value));
            }
            Stmt::AugAssign(one) => self.augment(one),
            Stmt::If(one) => self.branch(one),
            Stmt::For(one) => self.for_loop(one),
            Stmt::While(one) => self.while_loop(one),
            Stmt::Try(one) => self.attempt(one),
            Stmt::With(one) => self.with(one),
            Stmt::Match(one) => self.match_(one),
            Stmt::Break(_) | Stmt::Continue(_) => {
                let now = self.locals.clone();
                if let Some(exits) = self.loops.last_mut() {
                    match statement {
                        Stmt::Break(_) => exits.breaks.push(now),
                        _ => exits.continues.push(now),
                    }
                }
                self.locals.dead = true;
            }
            Stmt::Delete(one) => {
                for target in &one.targets {
                    match target {
                        Expr::Name(name) => self.locals.bind(&name.id, Fact::unknown("deleted")),
                        _ => {
                            self.scan_target(target);
                            self.disturb(target, "loses a part");
                        }
                    }
                }
            }
            Stmt::Assert(one) => self.scan(&one.test, Use::Read),
            Stmt::Import(one) => one.names.iter().for_each(|alias| {
                let whole = alias.name.split('.').next().unwrap_or_default();
                self.rebind(alias.asname.as_deref().unwrap_or(whole));
            }),
            Stmt::ImportFrom(one) => one.names.iter().for_each(|alias| {
                self.rebind(alias.asname.as_deref().unwrap_or(&alias.name));
            }),
            Stmt::FunctionDef(one) => self.locals.bind(&one.name, Fact::unfit("a function")),
            Stmt::ClassDef(one) => self.locals.bind(&one.name, Fact::unfit("a class")),
            _ => {}
        }
    }

    /// An import binds `name`, which the function may have bound before.
    fn rebind(&mut self, name: &str) {
        if self.locals.names.contains_key(name) {
            self.locals
                .bind(name, Fact::unknown(format!("`{name}` is imported")));
        }
    }

    /// Whether what is assigned to `target` stays among the local names: not `self.rows = rows`.
    fn keeps_to_itself(&self, target: &Expr) -> bool {
        match target {
            Expr::Name(_) => true,
            Expr::Tuple(_) | Expr::List(_) => elements_of(target)
                .iter()
                .all(|one| self.keeps_to_itself(one)),
            Expr::Subscript(subscript) => {
                matches!(&*subscript.value, Expr::Name(name) if self
                    .locals
                    .names
                    .get(name.id.as_str())
                    .is_some_and(|binding| binding.fact.shape.is_mutable()))
            }
            _ => false,
        }
    }

    /// An expression on its own: `rows.append(row)`, `audit(data)`.
    fn bare(&mut self, expr: &Expr) {
        if let Expr::Yield(one) = expr {
            let fact = match &one.value {
                Some(value) => self.eval(value),
                None => Fact::shown(Shape::None),
            };
            self.yielded.push(fact);
        }
        if self.appends(expr) {
            return;
        }
        self.scan(expr, Use::Read);
        if self.never_returns(expr) {
            self.locals.dead = true;
        }
    }

    /// `rows.append(row)` on a list that the function made.
    fn appends(&mut self, expr: &Expr) -> bool {
        let Expr::Call(call) = expr else {
            return false;
        };
        let (Expr::Attribute(method), [argument], []) = (
            &*call.func,
            &*call.arguments.args,
            &*call.arguments.keywords,
        ) else {
            return false;
        };
        let Expr::Name(owner) = &*method.value else {
            return false;
        };
        let is_list = self
            .locals
            .names
            .get(owner.id.as_str())
            .is_some_and(|binding| matches!(binding.fact.shape, Shape::List(_)));
        if !is_list
            || !matches!(method.attr.as_str(), "append" | "extend")
            || argument.is_starred_expr()
        {
            return false;
        }
        self.scan(argument, Use::Hold);
        let holds = self.mentions_shareable(argument);
        let added = self.eval(argument);
        let holds = holds && !added.shape.is_scalar();
        let added = match method.attr.as_str() {
            "append" => added.map(Shape::list),
            _ => self.elements(added).map(Shape::list),
        };
        if let Some(binding) = self.locals.names.get_mut(owner.id.as_str()) {
            let shared = binding.shared;
            binding.fact = binding.fact.clone().join(added);
            if shared {
                self.spoil(&owner.id);
            }
        }
        self.note_parts(&owner.id, holds);
        true
    }

    /// What was put into `owner` is held by others too, if `holds`.
    fn note_parts(&mut self, owner: &str, holds: bool) {
        if let Some(binding) = self.locals.names.get_mut(owner) {
            binding.parts_shared |= holds;
        }
    }

    /// `target = value`, where the value has been looked at.
    pub(super) fn assign(&mut self, target: &Expr, fact: Fact<'db>, value: Option<&Expr>) {
        self.scan_target(target);
        match target {
            Expr::Name(name) => {
                let holds = !fact.shape.is_scalar()
                    && value.is_some_and(|value| self.mentions_shareable(value));
                let fresh = value.is_some_and(is_fresh);
                let pristine = value.is_some_and(|value| self.constructs(value));
                self.locals.bind(&name.id, fact);
                if let Some(binding) = self.locals.names.get_mut(name.id.as_str()) {
                    binding.shared = holds && !fresh;
                    binding.parts_shared = holds && fresh;
                    binding.pristine = pristine;
                }
            }
            Expr::Tuple(_) | Expr::List(_) => self.unpack(target, fact, value),
            Expr::Starred(starred) => {
                self.assign(&starred.value, Fact::unknown("unpacked with a star"), None);
            }
            Expr::Subscript(subscript) => {
                let key = match &*subscript.slice {
                    Expr::StringLiteral(key) => Some(key.value.to_str()),
                    _ => None,
                };
                match (&*subscript.value, key) {
                    (Expr::Name(owner), Some(key)) => {
                        let holds = !fact.shape.is_scalar()
                            && value.is_some_and(|value| self.mentions_shareable(value));
                        self.set_key(&owner.id, key, fact, target);
                        self.note_parts(&owner.id, holds);
                    }
                    (Expr::Name(_), None) => self.disturb(target, "gets a computed key"),
                    _ => self.disturb_deep(target),
                }
            }
            Expr::Attribute(_) => self.touch(target),
            _ => {}
        }
    }

    /// `owner[key] = value` with a constant key.
    fn set_key(&mut self, owner: &str, key: &str, fact: Fact<'db>, target: &Expr) {
        let Some(binding) = self.locals.names.get_mut(owner) else {
            return;
        };
        let shared = binding.shared;
        let Shape::Record(record) = &mut binding.fact.shape else {
            return self.disturb(target, "is changed");
        };
        record.set(key, fact.shape);
        if binding.fact.promise.is_none() {
            binding.fact.promise = fact.promise;
        }
        if shared {
            self.spoil(owner);
        }
    }

    /// `a, b = value`
    fn unpack(&mut self, target: &Expr, fact: Fact<'db>, value: Option<&Expr>) {
        let targets = elements_of(target);
        let values = value.map(elements_of).unwrap_or_default();
        let starred = |expr: &&Expr| expr.is_starred_expr();
        if targets.len() == values.len() && !targets.iter().chain(&values).any(starred) {
            let facts: Vec<_> = values.iter().map(|value| self.eval(value)).collect();
            for ((target, fact), value) in targets.into_iter().zip(facts).zip(values) {
                self.assign(target, fact, Some(value));
            }
            return;
        }
        let element = self.elements(fact);
        for target in targets {
            self.assign(target, element.clone(), value);
        }
    }

    fn augment(&mut self, one: &StmtAugAssign) {
        self.scan(&one.value, Use::Hold);
        let value = self.eval(&one.value);
        let before = self.eval_target(&one.target);
        let is_shared = super::study::root(&one.target)
            .and_then(|name| self.locals.names.get(name))
            .is_some_and(|binding| binding.shared);
        if before.shape.is_mutable() || is_shared {
            self.scan_target(&one.target);
            return self.disturb(&one.target, "is changed in place");
        }
        let after = self.operate(before, one.op, value);
        self.assign(&one.target, after, None);
    }
}

/// Whether `value` makes a new object that nobody else has.
fn is_fresh(value: &Expr) -> bool {
    match value {
        Expr::Dict(_) | Expr::List(_) | Expr::ListComp(_) | Expr::DictComp(_) => true,
        Expr::Call(call) => match &*call.func {
            Expr::Name(name) => matches!(name.id.as_str(), "list" | "dict" | "sorted"),
            Expr::Attribute(method) => &method.attr == "copy",
            _ => false,
        },
        _ => false,
    }
}

/// The parts of a tuple or a list.
pub(super) fn elements_of(expr: &Expr) -> Vec<&Expr> {
    match expr {
        Expr::Tuple(tuple) => tuple.elts.iter().collect(),
        Expr::List(list) => list.elts.iter().collect(),
        _ => Vec::new(),
    }
}
