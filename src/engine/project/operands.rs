//! What the operators, conversions and look-ups of a module work on when it is imported: values of other modules may
//! run anything then.

use std::collections::BTreeMap;

use ruff_python_ast::visitor::walk_expr;
use ruff_python_ast::{CmpOp, Comprehension, Expr, ExprCall, ExprCompare, Operator, Stmt};
use ruff_text_size::Ranged;

use super::classes::kind;
use super::converted::{converts, is_balanced, is_zero};
use super::digest::{Effect, Kind};
use super::origins::{HERE, Origins, callees, is_builtin, is_dotted, qualified};
use super::scan::Scanner;

/// Names that every module has.
const IMPLICIT: [&str; 11] = [
    "__name__",
    "__doc__",
    "__file__",
    "__spec__",
    "__loader__",
    "__package__",
    "__path__",
    "__builtins__",
    "__annotations__",
    "__module__",
    "__qualname__",
];

/// Functions that ask their arguments for something: `str(x)` runs `x.__str__`.
const ASKING: [&str; 19] = [
    "builtins.bool",
    "builtins.bytes",
    "builtins.dict",
    "builtins.frozenset",
    "builtins.len",
    "builtins.list",
    "builtins.set",
    "builtins.sorted",
    "builtins.str",
    "builtins.tuple",
    "builtins.range",
    "builtins.max",
    "builtins.min",
    "builtins.sum",
    "collections.ChainMap",
    "collections.Counter",
    "collections.OrderedDict",
    "collections.deque",
    "datetime.timedelta",
];

/// Functions that raise when their argument does not suit them.
const CONVERTING: [&str; 8] = [
    "builtins.int",
    "builtins.float",
    "builtins.complex",
    "decimal.Decimal",
    "fractions.Fraction",
    "datetime.date",
    "datetime.datetime",
    "uuid.UUID",
];

/// What the body of a class binds, by name, and whether these are plain values; variables of comprehensions.
pub(super) type Scope = BTreeMap<String, bool>;

/// The names that the body of a class binds.
pub(super) fn class_scope(body: &[Stmt], origins: &Origins) -> Scope {
    let bindings = super::bound::bindings(body);
    let mut scope: Scope = bindings.into_keys().map(|name| (name, true)).collect();
    let mut note = |target: &Expr, value: &Expr| {
        let outside = matches!(value, Expr::Call(call)
            if qualified(&call.func, origins).is_some_and(|name| !name.starts_with(HERE) && !name.starts_with('.')));
        let is_plain = kind(value) == Kind::Plain || outside || is_of(value, &scope);
        if let Expr::Name(name) = target
            && let Some(known) = scope.get_mut(name.id.as_str())
        {
            *known &= is_plain;
        }
    };
    for statement in body {
        match statement {
            Stmt::Assign(one) => one.targets.iter().for_each(|to| note(to, &one.value)),
            Stmt::AnnAssign(one) => {
                if let Some(value) = &one.value {
                    note(&one.target, value);
                }
            }
            _ => {}
        }
    }
    scope
}

/// Whether `value` is computed of plain names of `scope` and of literals.
fn is_of(value: &Expr, scope: &Scope) -> bool {
    match value {
        Expr::Name(name) => scope.get(name.id.as_str()) == Some(&true),
        Expr::BinOp(one) => is_of(&one.left, scope) && is_of(&one.right, scope),
        value => value.is_literal_expr(),
    }
}

impl<'a> Scanner<'a> {
    /// Whether the name at the root of `expr` is one of a class body or a comprehension; and then, whether it is plain.
    pub(super) fn in_scope(&self, expr: &Expr) -> Option<bool> {
        let mut root = expr;
        while let Expr::Attribute(one) = root {
            root = &one.value;
        }
        let name = root.as_name_expr()?;
        let mut scopes = self.scopes.iter().rev();
        scopes.find_map(|scope| scope.get(name.id.as_str()).copied())
    }

    /// An operator, a conversion or a condition asks `expr` for something.
    pub(super) fn operand(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(_) | Expr::Attribute(_) if is_dotted(expr) => match self.in_scope(expr) {
                Some(true) => {}
                Some(false) => self.other("computes with what cannot be followed", expr.start()),
                None => {
                    let mut names = Vec::new();
                    callees(expr, &self.origins, &Origins::default(), &mut names);
                    if names.is_empty() && self.has_star {
                        names.push(format!("{HERE}{}", dotted(expr)));
                    }
                    for name in names {
                        self.effect(Effect::Operand(name), expr.start());
                    }
                }
            },
            Expr::Attribute(one) => self.operand(&one.value),
            Expr::Call(call) => match qualified(&call.func, &self.origins) {
                Some(name) => self.effect(Effect::Result(name), expr.start()),
                None => self.other("computes with what cannot be followed", expr.start()),
            },
            Expr::Starred(one) => self.operand(&one.value),
            Expr::Named(one) => self.operand(&one.value),
            Expr::If(one) => {
                self.operand(&one.body);
                self.operand(&one.orelse);
            }
            Expr::BoolOp(one) => one.values.iter().for_each(|one| self.operand(one)),
            _ => {}
        }
    }

    /// What `expr`, without the expressions in it, asks its parts for.
    pub(super) fn operators(&mut self, expr: &'a Expr) {
        match expr {
            Expr::BinOp(one) => {
                let is_divided = matches!(one.op, Operator::Div | Operator::FloorDiv)
                    && matches!(&*one.right, Expr::NumberLiteral(number) if is_zero(&number.value));
                if is_divided {
                    self.other("divides by zero", expr.start());
                }
                self.operand(&one.left);
                self.operand(&one.right);
            }
            Expr::UnaryOp(one) => self.operand(&one.operand),
            Expr::BoolOp(one) => {
                let last = one.values.len().saturating_sub(1);
                one.values[..last].iter().for_each(|one| self.operand(one));
            }
            Expr::If(one) => self.operand(&one.test),
            Expr::Compare(one) => self.compared(one),
            Expr::Starred(one) => self.operand(&one.value),
            Expr::FString(string) => {
                for element in string.value.elements() {
                    if let Some(one) = element.as_interpolation() {
                        self.operand(&one.expression);
                    }
                }
            }
            Expr::Dict(dict) => {
                for item in &dict.items {
                    match &item.key {
                        // It is hashed.
                        Some(key) => self.operand(key),
                        None => self.operand(&item.value),
                    }
                }
            }
            Expr::Set(set) => set.elts.iter().for_each(|one| self.operand(one)),
            _ => {}
        }
    }

    fn compared(&mut self, one: &'a ExprCompare) {
        let mut left = &*one.left;
        for (op, right) in one.ops.iter().zip(&one.comparators) {
            if !matches!(op, CmpOp::Is | CmpOp::IsNot) {
                self.operand(left);
                self.operand(right);
            }
            left = right;
        }
    }

    /// `x[key]` may run code, or find nothing; of a type it is a type.
    pub(super) fn subscript(&mut self, one: &'a ruff_python_ast::ExprSubscript) {
        let mut names = Vec::new();
        if is_dotted(&one.value) && self.in_scope(&one.value).is_none() {
            callees(&one.value, &self.origins, &Origins::default(), &mut names);
            let builtin = qualified(&one.value, &self.origins);
            if names.is_empty() && (self.has_star || builtin.is_none()) {
                names.push(format!("{HERE}{}", dotted(&one.value)));
            }
            for name in names {
                self.effect(Effect::Subscript(name), one.start());
            }
        } else {
            self.other("looks something up", one.start());
        }
    }

    /// `owner.name`
    pub(super) fn attribute(&mut self, expr: &'a Expr) {
        if !is_dotted(expr) || self.in_scope(expr).is_some() {
            return;
        }
        let mut names = Vec::new();
        callees(expr, &self.origins, &Origins::default(), &mut names);
        for name in names {
            self.effect(Effect::Attribute(name), expr.start());
        }
    }

    /// A plain name that is read has to be there.
    pub(super) fn read(&mut self, name: &'a ruff_python_ast::ExprName) {
        let id = name.id.as_str();
        let is_known = self.bound.contains_key(id)
            || is_builtin(id)
            || IMPLICIT.contains(&id)
            || self.scopes.iter().any(|scope| scope.contains_key(id));
        if !is_known && !self.has_star {
            self.other("reads a name that nothing binds", name.start());
        }
    }

    /// What a call of something harmless asks its arguments for.
    pub(super) fn arguments(&mut self, call: &'a ExprCall) {
        let Some(callee) = qualified(&call.func, &self.origins) else {
            return;
        };
        let arguments = &call.arguments;
        let callee = callee.as_str();
        let is_literal_method = callee.starts_with("builtins.str.");
        if ASKING.contains(&callee) || is_literal_method {
            arguments.args.iter().for_each(|one| self.operand(one));
            for keyword in &arguments.keywords {
                let is_key = keyword.arg.as_deref() == Some("key");
                let name = qualified(&keyword.value, &self.origins);
                let is_outside =
                    name.is_some_and(|name| !name.starts_with(HERE) && !name.starts_with('.'));
                match is_key {
                    true if !is_outside || self.in_scope(&keyword.value).is_some() => {
                        self.other("calls what it is given", keyword.start());
                    }
                    _ => self.operand(&keyword.value),
                }
            }
        }
        if CONVERTING.contains(&callee) && !converts(callee, call) {
            self.other("converts what may not suit", call.start());
        }
        if callee == "builtins.type" && arguments.len() != 1 {
            self.other("makes a class", call.start());
        }
        if callee == "re.compile"
            && let Some(Expr::StringLiteral(literal)) = arguments.find_argument_value("pattern", 0)
            && !is_balanced(literal.value.to_str())
        {
            self.other("compiles a wrong pattern", call.start());
        }
    }

    /// Visit a comprehension with its variables known.
    pub(super) fn comprehension(&mut self, expr: &'a Expr, generators: &'a [Comprehension]) {
        let mut scope = Scope::new();
        for generator in generators {
            names_in(&generator.target, &mut scope);
            self.operand(&generator.iter);
        }
        self.scopes.push(scope);
        for condition in generators.iter().flat_map(|one| &one.ifs) {
            self.operand(condition);
        }
        walk_expr(self, expr);
        self.scopes.pop();
    }

    /// `a, b = value`
    pub(super) fn unpacks(&mut self, target: &'a Expr, value: &'a Expr) {
        let into = match target {
            Expr::Tuple(one) => &one.elts,
            Expr::List(one) => &one.elts,
            _ => return,
        };
        let from = match value {
            Expr::Tuple(one) => &one.elts[..],
            Expr::List(one) => &one.elts,
            _ => &[],
        };
        let is_starred = into.iter().chain(from).any(|one| one.is_starred_expr());
        if is_starred || into.len() != from.len() {
            return self.other("unpacks something", target.start());
        }
        for (target, value) in into.iter().zip(from) {
            self.unpacks(target, value);
        }
    }
}

fn names_in(target: &Expr, scope: &mut Scope) {
    match target {
        Expr::Name(name) => drop(scope.insert(name.id.to_string(), true)),
        Expr::Tuple(one) => one.elts.iter().for_each(|one| names_in(one, scope)),
        Expr::List(one) => one.elts.iter().for_each(|one| names_in(one, scope)),
        Expr::Starred(one) => names_in(&one.value, scope),
        _ => {}
    }
}

/// `a.b.c`
fn dotted(expr: &Expr) -> String {
    match expr {
        Expr::Attribute(one) => format!("{}.{}", dotted(&one.value), one.attr),
        Expr::Name(name) => name.id.to_string(),
        _ => String::new(),
    }
}
