//! What an expression gives, from what is known of the names in it.

use codemend_engine::semantic::Where;
use codemend_engine::syntax::ast::{
    BoolOp, CmpOp, Comprehension, Expr, ExprDict, Number, Operator, UnaryOp,
};

use super::record::{KEYS, Record};
use super::shape::{Rewritten, Shape};
use super::study::{Inside, Study, root};
use super::value::Fact;
use super::world::ClassKind;

impl<'db> Study<'_, 'db> {
    /// What `expr` gives here. Pure: what it does to local names is the business of [`Study::scan`].
    pub(super) fn eval(&mut self, expr: &Expr) -> Fact<'db> {
        match expr {
            Expr::NoneLiteral(_) => Fact::shown(Shape::None),
            Expr::BooleanLiteral(_) | Expr::Compare(_) => self.truth(expr),
            Expr::NumberLiteral(number) => match number.value {
                Number::Int(_) => Fact::shown(Shape::Int),
                Number::Float(_) => Fact::shown(Shape::Float),
                Number::Complex { .. } => Fact::unfit("a complex number"),
            },
            Expr::StringLiteral(_) | Expr::FString(_) => Fact::shown(Shape::Str),
            Expr::BytesLiteral(_) => Fact::shown(Shape::Rewritten(Rewritten::Bytes)),
            Expr::Name(name) => match self.local(&name.id) {
                Some(fact) => fact,
                None => self.free(expr),
            },
            Expr::Attribute(_) => self.attribute(expr),
            Expr::Call(call) => self.call(expr, call, super::calls::Awaited::No),
            Expr::Await(waiting) => match &*waiting.value {
                Expr::Call(call) => self.call(expr, call, super::calls::Awaited::Yes),
                other => Fact::unknown(format!("`{}` is awaited", self.text(other))),
            },
            Expr::Subscript(_) => self.subscript(expr),
            Expr::BinOp(binary) if binary.op == Operator::Pow && is_natural(&binary.right) => {
                let base = self.eval(&binary.left);
                match base.shape {
                    Shape::Int | Shape::Bool => base.map(|_| Shape::Int),
                    Shape::Float => base,
                    _ => Fact::unknown(format!("`{}` is not known", self.text(expr))),
                }
            }
            Expr::BinOp(binary) => {
                let left = self.eval(&binary.left);
                let right = self.eval(&binary.right);
                self.operate(left, binary.op, right)
            }
            Expr::UnaryOp(unary) => self.unary(expr, unary.op, &unary.operand),
            Expr::BoolOp(operation) => {
                let last = operation.values.len().saturating_sub(1);
                let facts = operation.values.iter().enumerate().map(|(at, value)| {
                    let fact = self.eval(value);
                    match operation.op {
                        // What `or` passes on is true, and `None` is not.
                        BoolOp::Or if at < last => fact.map(Shape::without_none),
                        BoolOp::Or | BoolOp::And => fact,
                    }
                });
                let facts: Vec<_> = facts.collect();
                Fact::join_all(facts)
            }
            Expr::If(branch) => {
                let before = self.locals.clone();
                self.narrow(&branch.test, true);
                let body = self.eval(&branch.body);
                self.locals = before.clone();
                self.narrow(&branch.test, false);
                let orelse = self.eval(&branch.orelse);
                self.locals = before;
                body.join(orelse)
            }
            Expr::List(list) => {
                let facts: Vec<_> = list
                    .elts
                    .iter()
                    .map(|element| match element {
                        Expr::Starred(starred) => {
                            let spread = self.eval(&starred.value);
                            self.elements(spread)
                        }
                        one => self.eval(one),
                    })
                    .collect();
                Fact::join_all(facts).map(Shape::list)
            }
            Expr::ListComp(list) => self
                .comprehension(&list.elt, &list.generators)
                .map(Shape::list),
            Expr::Dict(dict) => self.dict(dict),
            Expr::DictComp(_) => Fact::unfit("a dict comprehension, whose keys are not known"),
            Expr::Tuple(_) => Fact::unfit("a tuple, which is sent as a list"),
            Expr::Set(_) | Expr::SetComp(_) => Fact::unfit("a set"),
            Expr::Generator(_) => Fact::unfit("a generator"),
            Expr::Named(named) => self.eval(&named.value),
            Expr::Lambda(_) => Fact::unfit("a function"),
            _ => Fact::unknown(format!("`{}` is not known", self.text(expr))),
        }
    }

    /// The text of `expr` for a reason, on one line and not too long.
    pub(super) fn text(&self, expr: &Expr) -> String {
        super::calls::short(self.names, expr)
    }

    /// What an assignment target holds before it is assigned: `count` of `count += 1`.
    pub(super) fn eval_target(&mut self, target: &Expr) -> Fact<'db> {
        match target {
            Expr::Name(name) => self
                .local(&name.id)
                .unwrap_or_else(|| Fact::unknown(format!("`{}` is set elsewhere", name.id))),
            Expr::Subscript(_) => self.subscript(target),
            other => Fact::unknown(format!("`{}` is not known", self.text(other))),
        }
    }

    fn truth(&mut self, expr: &Expr) -> Fact<'db> {
        let Expr::Compare(compare) = expr else {
            return Fact::shown(Shape::Bool);
        };
        let certain =
            |op: &CmpOp| matches!(op, CmpOp::Is | CmpOp::IsNot | CmpOp::In | CmpOp::NotIn);
        if compare.ops.iter().all(certain) {
            return Fact::shown(Shape::Bool);
        }
        // A comparison of arrays, or of columns, is no `bool`.
        let operands = std::iter::once(&*compare.left).chain(&compare.comparators);
        for operand in operands {
            let fact = self.eval(operand);
            let is_enum = matches!(&fact.shape, Shape::Model(class)
                if self.world.kind_of(class) == ClassKind::Enum);
            if !fact.shape.is_plain() && !is_enum {
                return Fact::unknown(format!("`{}` may be no bool", self.text(expr)));
            }
        }
        Fact::shown(Shape::Bool)
    }

    fn unary(&mut self, expr: &Expr, op: UnaryOp, operand: &Expr) -> Fact<'db> {
        if op == UnaryOp::Not {
            return Fact::shown(Shape::Bool);
        }
        let fact = self.eval(operand);
        let known = match (op, &fact.shape) {
            (_, Shape::Bool | Shape::Int) => Some(Shape::Int),
            (UnaryOp::USub | UnaryOp::UAdd, Shape::Float) => Some(Shape::Float),
            _ => None,
        };
        match known {
            Some(shape) => fact.map(|_| shape),
            None => Fact::unknown(format!("`{}` is not known", self.text(expr))),
        }
    }

    fn dict(&mut self, dict: &ExprDict) -> Fact<'db> {
        let (mut items, mut promise) = (Vec::new(), None);
        for item in &dict.items {
            if items.len() >= KEYS {
                return Fact::unfit("a dict with more than 200 keys");
            }
            let Some(key) = &item.key else {
                return Fact::unfit("a dict with `**`, whose keys are not known");
            };
            let Expr::StringLiteral(key) = key else {
                return Fact::unfit("a dict with keys that are computed or no strings");
            };
            let fact = self.eval(&item.value);
            promise = promise.or(fact.promise);
            items.push((key.value.to_str().to_owned(), fact.shape));
        }
        Fact {
            shape: Shape::Record(Record::new(items)),
            promise,
        }
    }

    /// What the elements of a comprehension are.
    pub(super) fn comprehension(
        &mut self,
        element: &Expr,
        generators: &[Comprehension],
    ) -> Fact<'db> {
        let depth = self.inner.len();
        for generator in generators {
            if generator.is_async {
                self.inner.truncate(depth);
                return Fact::unknown("an asynchronous comprehension");
            }
            let pristine = self.gives_pristine(&generator.iter);
            let bound = self.loop_names(&generator.target, &generator.iter);
            self.inner
                .extend(bound.into_iter().map(|(name, fact)| Inside {
                    name,
                    fact,
                    pristine,
                }));
        }
        let fact = self.eval(element);
        self.inner.truncate(depth);
        fact
    }

    /// The names that `for target in iter` binds, with what they hold.
    pub(super) fn loop_names(&mut self, target: &Expr, iter: &Expr) -> Vec<(String, Fact<'db>)> {
        let parts = self.parts_of_turn(iter);
        let (targets, is_one): (Vec<&Expr>, bool) = match target {
            Expr::Tuple(tuple) => (tuple.elts.iter().collect(), false),
            Expr::List(list) => (list.elts.iter().collect(), false),
            one => (vec![one], true),
        };
        let matching = match (is_one, parts) {
            (false, Turn::Parts(parts)) if parts.len() == targets.len() => parts,
            (true, Turn::One(fact)) => vec![fact],
            (_, Turn::One(fact)) => vec![self.elements(fact); targets.len()],
            (_, Turn::Parts(_)) => vec![Fact::unfit("a tuple"); targets.len()],
        };
        let mut bound = Vec::new();
        for (target, fact) in targets.into_iter().zip(matching) {
            names_in(target, fact, &mut bound);
        }
        bound
    }

    /// What one turn of a loop over `iter` gives.
    fn parts_of_turn(&mut self, iter: &Expr) -> Turn<'db> {
        if let Expr::Call(call) = iter {
            let builtin = self.names.qualified_name(&call.func, Where::default());
            match (builtin.as_deref(), &*call.arguments.args) {
                (Some("builtins.range"), _) => return Turn::One(Fact::shown(Shape::Int)),
                (Some("builtins.enumerate"), [first, ..]) => {
                    let iterated = self.eval(first);
                    let element = self.elements(iterated);
                    return Turn::Parts(vec![Fact::shown(Shape::Int), element]);
                }
                (Some("builtins.zip"), all) if all.iter().all(|one| !one.is_starred_expr()) => {
                    let parts = all.iter().map(|one| {
                        let iterated = self.eval(one);
                        self.elements(iterated)
                    });
                    return Turn::Parts(parts.collect());
                }
                (Some("builtins.reversed"), [one]) => {
                    let iterated = self.eval(one);
                    return Turn::One(self.elements(iterated));
                }
                (_, []) => {
                    if let Some(turn) = self.view(&call.func) {
                        return turn;
                    }
                }
                _ => {}
            }
        }
        let iterated = self.eval(iter);
        Turn::One(self.elements(iterated))
    }

    /// `d.items()`, `d.values()`, `d.keys()` of a dict that is known.
    fn view(&mut self, func: &Expr) -> Option<Turn<'db>> {
        let Expr::Attribute(method) = func else {
            return None;
        };
        let owner = self.eval(&method.value);
        let promise = owner.promise.clone();
        let value = match owner.shape {
            Shape::Dict(value) => *value,
            Shape::Record(record) => {
                Shape::join_all(record.fields().map(|(_, shape)| shape.clone()))
            }
            _ => return None,
        };
        let value = Fact {
            shape: value,
            promise,
        };
        match method.attr.as_str() {
            "items" => Some(Turn::Parts(vec![Fact::shown(Shape::Str), value])),
            "values" => Some(Turn::One(value)),
            "keys" => Some(Turn::One(Fact::shown(Shape::Str))),
            _ => None,
        }
    }

    /// What iterating over a value gives.
    pub(super) fn elements(&self, fact: Fact<'db>) -> Fact<'db> {
        fact.map(|shape| {
            let members = shape.into_members().into_iter().map(|member| match member {
                Shape::List(element) => *element,
                Shape::Str | Shape::Dict(_) | Shape::Record(_) => Shape::Str,
                Shape::Unknown(reason) => Shape::Unknown(reason),
                Shape::Unfit(what) => Shape::unknown(format!("a part of {what}")),
                other => Shape::unknown(format!("what {} holds is not known", other.describe())),
            });
            Shape::join_all(members)
        })
    }

    /// What `test` says about local names when it is `outcome`.
    pub(super) fn narrow(&mut self, test: &Expr, outcome: bool) {
        match test {
            Expr::UnaryOp(unary) if unary.op == UnaryOp::Not => {
                self.narrow(&unary.operand, !outcome);
            }
            Expr::BoolOp(operation) if (operation.op == BoolOp::And) == outcome => {
                for value in &operation.values {
                    self.narrow(value, outcome);
                }
            }
            Expr::Name(_) | Expr::Named(_) if outcome => self.is_not_none(test),
            Expr::Compare(compare) => {
                let ([op], [Expr::NoneLiteral(_)]) = (&*compare.ops, &*compare.comparators) else {
                    return;
                };
                let is_none = match op {
                    CmpOp::Is | CmpOp::Eq => outcome,
                    CmpOp::IsNot | CmpOp::NotEq => !outcome,
                    _ => return,
                };
                if !is_none {
                    self.is_not_none(&compare.left);
                }
            }
            _ => {}
        }
    }

    fn is_not_none(&mut self, expr: &Expr) {
        let name = match expr {
            Expr::Name(name) => &name.id,
            Expr::Named(named) => match &*named.target {
                Expr::Name(name) => &name.id,
                _ => return,
            },
            _ => return,
        };
        if let Some(binding) = self.locals.names.get_mut(name.as_str()) {
            let shape = std::mem::replace(&mut binding.fact.shape, Shape::Never);
            binding.fact.shape = shape.without_none();
        }
    }

    fn subscript(&mut self, expr: &Expr) -> Fact<'db> {
        let Expr::Subscript(subscript) = expr else {
            return Fact::unknown("not known");
        };
        let owner = self.eval(&subscript.value);
        let unknown = format!("`{}` is not known", self.text(expr));
        owner.map(|shape| match (shape, &*subscript.slice) {
            (list @ (Shape::List(_) | Shape::Str), Expr::Slice(_)) => list,
            (Shape::List(element), _) => *element,
            (Shape::Str, _) => Shape::Str,
            (Shape::Dict(value), _) => *value,
            (Shape::Record(record), Expr::StringLiteral(key)) => record
                .get(key.value.to_str())
                .cloned()
                .unwrap_or(Shape::Unknown(unknown)),
            (Shape::Record(record), _) => {
                Shape::join_all(record.fields().map(|(_, shape)| shape.clone()))
            }
            (Shape::Unknown(reason), _) => Shape::Unknown(reason),
            _ => Shape::Unknown(unknown),
        })
    }

    /// Whether the name at the root of `expr` is a local that held a list or dict which somebody may have changed.
    pub(super) fn is_disturbed(&self, expr: &Expr) -> bool {
        let Some(name) = root(expr) else {
            return false;
        };
        let binding = self.locals.names.get(name);
        binding.is_some_and(|binding| binding.lost)
    }
}

/// `2` of `n ** 2`: a power of integers is an integer then.
fn is_natural(exponent: &Expr) -> bool {
    matches!(exponent, Expr::NumberLiteral(number) if matches!(number.value, Number::Int(_)))
}

/// What one turn of a loop gives.
enum Turn<'db> {
    One(Fact<'db>),
    /// A tuple of these.
    Parts(Vec<Fact<'db>>),
}

fn names_in<'db>(target: &Expr, fact: Fact<'db>, bound: &mut Vec<(String, Fact<'db>)>) {
    match target {
        Expr::Name(name) => bound.push((name.id.to_string(), fact)),
        Expr::Tuple(_) | Expr::List(_) => {
            for one in super::statements::elements_of(target) {
                names_in(one, Fact::unknown("a part of a tuple"), bound);
            }
        }
        Expr::Starred(starred) => names_in(&starred.value, Fact::unknown("unpacked"), bound),
        _ => {}
    }
}
