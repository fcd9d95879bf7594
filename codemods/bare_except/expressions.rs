//! What evaluating an expression may raise.

use codemend_engine::semantic::Where;
use codemend_engine::syntax::Ranged;
use codemend_engine::syntax::ast::{
    Comprehension, Expr, ExprFString, ExprSubscript, FStringPart, InterpolatedStringElement,
    UnaryOp,
};

use super::arguments::takes_one;
use super::body::Body;
use super::kind::Kind;
use super::operators::is_nonzero;

impl Body<'_, '_, '_> {
    pub fn expr(&mut self, expr: &Expr) {
        match expr {
            Expr::Name(_) => self.name(expr),
            Expr::NoneLiteral(_)
            | Expr::BooleanLiteral(_)
            | Expr::NumberLiteral(_)
            | Expr::StringLiteral(_)
            | Expr::BytesLiteral(_)
            | Expr::EllipsisLiteral(_) => {}
            Expr::Lambda(lambda) => {
                let parameters = lambda
                    .parameters
                    .iter()
                    .flat_map(|all| all.iter_non_variadic_params());
                for default in parameters.filter_map(|one| one.default.as_deref()) {
                    self.expr(default);
                }
            }
            Expr::Tuple(tuple) => self.elements(&tuple.elts),
            Expr::List(list) => self.elements(&list.elts),
            Expr::Set(set) => {
                self.elements(&set.elts);
                set.elts.iter().for_each(|one| self.key(one));
            }
            Expr::Dict(dict) => {
                for item in &dict.items {
                    match &item.key {
                        Some(key) => {
                            self.expr(key);
                            self.key(key);
                            self.expr(&item.value);
                        }
                        None => self.spread(&item.value),
                    }
                }
            }
            Expr::Starred(starred) => self.iterate(&starred.value),
            Expr::Named(named) => self.expr(&named.value),
            Expr::If(choice) => {
                self.truth(&choice.test);
                self.expr(&choice.body);
                self.expr(&choice.orelse);
            }
            Expr::BoolOp(operation) => {
                if let Some((last, tested)) = operation.values.split_last() {
                    tested.iter().for_each(|one| self.truth(one));
                    self.expr(last);
                }
            }
            Expr::UnaryOp(operation) => match operation.op {
                UnaryOp::Not => self.truth(&operation.operand),
                op => {
                    self.expr(&operation.operand);
                    let kind = self.scene.kind(&operation.operand);
                    let fits = match op {
                        UnaryOp::Invert => kind.is_integer(),
                        _ => kind.is_number(),
                    };
                    if !fits {
                        self.opaque(expr);
                    }
                }
            },
            Expr::BinOp(operation) => self.operation(operation),
            Expr::Compare(comparison) => self.comparison(comparison),
            Expr::FString(text) => self.f_string(text),
            Expr::Subscript(subscript) => self.subscript(subscript),
            Expr::Attribute(_) => self.attribute(expr),
            Expr::Call(call) => self.call(call, expr),
            Expr::Await(wait) => self.wait(&wait.value, expr),
            Expr::ListComp(one) => self.comprehension(&one.generators, &[&one.elt]),
            Expr::SetComp(one) => {
                self.comprehension(&one.generators, &[&one.elt]);
                self.key(&one.elt);
            }
            Expr::DictComp(one) => {
                let parts: Vec<&Expr> = one
                    .key
                    .iter()
                    .map(|key| &**key)
                    .chain([&*one.value])
                    .collect();
                self.comprehension(&one.generators, &parts);
                one.key.iter().for_each(|key| self.key(key));
            }
            _ => self.opaque(expr),
        }
    }

    /// Asking whether `expr` is true: a builtin answers, anything else may have a `__bool__`.
    pub fn truth(&mut self, expr: &Expr) {
        match expr {
            Expr::BoolOp(operation) => operation.values.iter().for_each(|one| self.truth(one)),
            Expr::UnaryOp(operation) if operation.op == UnaryOp::Not => {
                self.truth(&operation.operand);
            }
            Expr::Compare(_) => self.expr(expr),
            _ => {
                self.expr(expr);
                let kind = self.scene.kind(expr);
                let answers = kind.is_plain() || kind.element().is_some();
                if !answers && !is_constant(expr) {
                    self.opaque(expr);
                }
            }
        }
    }

    /// Going through `expr`.
    pub fn iterate(&mut self, expr: &Expr) {
        self.expr(expr);
        let kind = self.scene.kind(expr);
        match kind.name() {
            "file.text" => self.raises(expr, ["OSError", "ValueError"]),
            "file.binary" if self.scene.may_be_closed(expr) => {
                self.raises(expr, ["OSError", "ValueError"]);
            }
            "file.binary" => self.raises(expr, ["OSError"]),
            _ if kind.element().is_some() || self.view_of(expr).is_some() => {}
            _ => self.opaque(expr),
        }
    }

    /// `conf.items()`, `enumerate(rows)`: what is gone through gives pairs.
    pub fn gives_pairs(&self, expr: &Expr) -> bool {
        matches!(self.view_of(expr), Some("items" | "enumerate"))
    }

    /// `conf.values()`, `range(3)`: made by a builtin, of builtins.
    fn view_of<'e>(&self, expr: &'e Expr) -> Option<&'e str> {
        let Expr::Call(call) = expr else {
            return None;
        };
        match &*call.func {
            Expr::Attribute(method) => {
                let view = method.attr.as_str();
                let is_dict = matches!(self.scene.kind(&method.value), Kind::Dict(..));
                matches!(view, "items" | "keys" | "values")
                    .then_some(view)
                    .filter(|_| is_dict)
            }
            Expr::Name(name) => {
                let qualified = self
                    .scene
                    .names
                    .qualified_name(&call.func, Where::default());
                let is_builtin = qualified.is_some_and(|name| name.starts_with("builtins."));
                let view = name.id.as_str();
                matches!(view, "enumerate" | "range" | "zip")
                    .then_some(view)
                    .filter(|_| is_builtin)
            }
            _ => None,
        }
    }

    fn elements(&mut self, all: &[Expr]) {
        all.iter().for_each(|one| self.expr(one));
    }

    /// Reading the name that the dotted `expr` begins with.
    pub fn root(&mut self, expr: &Expr) {
        match expr {
            Expr::Name(_) => self.name(expr),
            Expr::Attribute(attribute) => {
                self.root(&attribute.value);
                self.member(expr);
            }
            _ => {}
        }
    }

    /// A name that nothing binds raises `NameError`, which the clause may be there for.
    pub fn name(&mut self, expr: &Expr) {
        let unbound = self.scene.names.meanings(expr, Where::default()).is_empty();
        let inner =
            matches!(expr, Expr::Name(name) if self.inner.iter().any(|one| *one == *name.id));
        if let Expr::Name(name) = expr
            && self.scene.names.rebinds_from_inside(&name.id)
        {
            self.opaque(expr);
        }
        if unbound || !inner && !self.scene.is_surely_bound(expr) {
            let text = self.text(expr);
            self.effects
                .unknown
                .get_or_insert_with(|| format!("`{text}` may not be bound"));
        }
    }

    fn key(&mut self, expr: &Expr) {
        if !self.scene.kind(expr).is_key() {
            self.opaque(expr);
        }
    }

    fn spread(&mut self, expr: &Expr) {
        self.expr(expr);
        if !matches!(self.scene.kind(expr), Kind::Dict(..)) {
            self.opaque(expr);
        }
    }

    fn f_string(&mut self, text: &ExprFString) {
        for part in text.value.iter() {
            let FStringPart::FString(part) = part else {
                continue;
            };
            for element in &part.elements {
                let InterpolatedStringElement::Interpolation(one) = element else {
                    continue;
                };
                self.expr(&one.expression);
                let kind = self.scene.kind(&one.expression);
                let is_plain = match &one.format_spec {
                    None => kind.is_plain(),
                    Some(spec) => {
                        one.conversion.is_none()
                            && kind.is_number()
                            && is_simple_number_format(&self.text(spec.range()))
                    }
                };
                if !is_plain {
                    self.opaque(&*one.expression);
                } else if one.format_spec.is_some() && kind != Kind::Float {
                    // A float has no room for every int.
                    self.raises(&*one.expression, ["OverflowError"]);
                }
            }
        }
    }

    /// Looking up `owner[key]`, or a slice.
    pub fn subscript(&mut self, subscript: &ExprSubscript) {
        if self.is_enumeration(&subscript.value) {
            self.root(&subscript.value);
            self.expr(&subscript.slice);
            return self.look_up("enum.Enum", subscript);
        }
        self.expr(&subscript.value);
        let owner = self.scene.kind(&subscript.value);
        if let Expr::Slice(slice) = &*subscript.slice {
            let bounds = [&slice.lower, &slice.upper, &slice.step];
            let mut bounds = bounds.into_iter().flatten();
            let plain =
                bounds.all(|one| self.scene.kind(one).is_integer() || one.is_none_literal_expr());
            let sequence = matches!(
                owner,
                Kind::List(_) | Kind::Tuple(_) | Kind::Str | Kind::Bytes
            );
            for bound in [&slice.lower, &slice.upper, &slice.step]
                .into_iter()
                .flatten()
            {
                self.expr(bound);
            }
            let steps = slice.step.as_deref().is_none_or(is_nonzero);
            match plain && sequence {
                true if steps => {}
                true => self.raises(subscript, ["ValueError"]),
                false => self.opaque(subscript),
            }
            return;
        }
        self.expr(&subscript.slice);
        match &owner {
            Kind::Dict(..) | Kind::List(_) | Kind::Tuple(_) | Kind::Str | Kind::Bytes => {}
            Kind::Object(class) if class == "os.environ" => {}
            Kind::Unknown | Kind::Scalar if !self.is_class_or_module(&subscript.value) => {
                return self.look_up("unknown", subscript);
            }
            _ => return self.opaque(subscript),
        }
        self.look_up(owner.name(), subscript);
    }

    /// `owner[key]` by the row for the owner.
    fn look_up(&mut self, owner: &str, subscript: &ExprSubscript) {
        let key = format!("{owner}.__getitem__");
        let rows = self.scene.table.rows(&key);
        let row = rows.iter().find(|row| {
            let signature = row.given.as_ref();
            signature.is_some_and(|one| takes_one(self.scene, one, &subscript.slice))
        });
        let Some(row) = row else {
            return self.opaque(subscript);
        };
        let operand = match owner {
            "unknown" => &subscript.value,
            _ => &subscript.slice,
        };
        self.by_row(row, subscript.range(), Some(operand));
    }

    fn comprehension(&mut self, generators: &[Comprehension], elements: &[&Expr]) {
        let outer = self.inner.len();
        for generator in generators {
            if generator.is_async {
                self.opaque(&generator.iter);
            }
            self.iterate(&generator.iter);
            let pairs = matches!(&generator.target, Expr::Tuple(pair) if pair.elts.len() == 2)
                && self.gives_pairs(&generator.iter);
            match &generator.target {
                Expr::Name(_) => {}
                Expr::Tuple(pair) if pairs => {
                    pair.elts.iter().for_each(|one| self.target(one, None));
                }
                other => self.opaque(other),
            }
            let run: Vec<&Expr> = elements.iter().copied().chain(&generator.ifs).collect();
            if self.scene.is_resized(&generator.iter, &[], &run) {
                self.opaque(&generator.iter);
            }
            self.inner.extend(names_of(&generator.target));
            generator.ifs.iter().for_each(|one| self.truth(one));
        }
        elements.iter().for_each(|one| self.expr(one));
        self.inner.truncate(outer);
    }
}

/// The names that `target` binds: one, or a pair.
fn names_of(target: &Expr) -> Vec<String> {
    match target {
        Expr::Name(name) => vec![name.id.to_string()],
        Expr::Tuple(tuple) => tuple.elts.iter().flat_map(names_of).collect(),
        _ => Vec::new(),
    }
}

/// `None`, `...`, `True`: what is true or false by itself.
fn is_constant(expr: &Expr) -> bool {
    expr.is_literal_expr()
}

/// `.2f`, `05d` is not: only what every number takes.
fn is_simple_number_format(spec: &str) -> bool {
    let digits = spec
        .strip_prefix('.')
        .and_then(|rest| rest.strip_suffix(['f', 'e', 'g', '%']));
    digits.is_some_and(|digits| {
        matches!(digits.len(), 1 | 2) && digits.chars().all(|one| one.is_ascii_digit())
    })
}
