//! What the statements of a `try` body may raise, one by one.
//!
//! Whatever is not known to be harmless, or to be in the table, may raise anything: one such operation is enough.

use codemend_engine::project::is_standard;
use codemend_engine::semantic::Where;
use codemend_engine::syntax::Ranged;
use codemend_engine::syntax::ast::{Expr, Stmt, StmtFor, StmtFunctionDef, StmtIf, StmtWith};

use super::effects::Effects;
use super::interrupts::one_line;
use super::kind::Kind;
use super::proven::{DEPTH, Scene};

/// Walks statements and expressions, and gathers what they may raise.
pub struct Body<'w, 's, 'db> {
    pub scene: &'w Scene<'s, 'db>,
    pub effects: Effects,
    /// What the handlers around have caught, innermost last.
    pub caught: Vec<Effects>,
    /// The functions that are being followed, by their place.
    pub trail: Vec<String>,
    /// The names that the handlers around bind, and nothing else in them.
    pub held: Vec<String>,
    /// The names that the comprehensions around bind.
    pub inner: Vec<String>,
}

impl<'w, 's, 'db> Body<'w, 's, 'db> {
    pub fn new(scene: &'w Scene<'s, 'db>, trail: Vec<String>) -> Self {
        Self {
            scene,
            effects: Effects::default(),
            caught: Vec::new(),
            trail,
            held: Vec::new(),
            inner: Vec::new(),
        }
    }

    pub fn statements(&mut self, body: &[Stmt]) {
        for statement in body {
            // Nothing that follows makes it known again.
            if self.effects.unknown.is_some() {
                return;
            }
            self.statement(statement);
        }
    }

    /// `what` is not in the table.
    pub fn opaque(&mut self, what: impl Ranged) {
        let text = self.text(what);
        self.effects
            .unknown
            .get_or_insert_with(|| format!("`{text}` may raise anything"));
    }

    /// `what` raises `exceptions`.
    pub fn raises<'e>(&mut self, what: impl Ranged, exceptions: impl IntoIterator<Item = &'e str>) {
        let raised: Vec<String> = exceptions.into_iter().map(str::to_owned).collect();
        if raised.is_empty() {
            return;
        }
        let operation = self.text(what);
        self.effects.add(Effects {
            raised: raised.into_iter().collect(),
            operations: vec![operation],
            ..Effects::default()
        });
    }

    pub fn text(&self, what: impl Ranged) -> String {
        one_line(&self.scene.names.text_at(what.range()))
    }

    fn statement(&mut self, statement: &Stmt) {
        match statement {
            Stmt::Expr(one) => self.expr(&one.value),
            Stmt::Return(one) => self.optional(one.value.as_deref()),
            Stmt::Pass(_)
            | Stmt::Break(_)
            | Stmt::Continue(_)
            | Stmt::Global(_)
            | Stmt::Nonlocal(_)
            | Stmt::TypeAlias(_) => {}
            Stmt::Assign(one) => {
                self.expr(&one.value);
                for target in &one.targets {
                    self.target(target, Some(&one.value));
                }
            }
            Stmt::AnnAssign(one) => {
                // In a function nobody evaluates it.
                if self.scene.functions.is_empty() && !self.scene.is_lazy() {
                    self.annotation(&one.annotation);
                }
                self.optional(one.value.as_deref());
                self.target(&one.target, one.value.as_deref());
            }
            Stmt::AugAssign(one) => self.augmented(one),
            Stmt::Delete(one) => one.targets.iter().for_each(|target| self.deleted(target)),
            Stmt::If(branch) => self.branch(branch),
            Stmt::While(turn) => {
                self.truth(&turn.test);
                self.statements(&turn.body);
                self.statements(&turn.orelse);
            }
            Stmt::For(each) => self.each(each),
            Stmt::With(with) => self.with(with),
            Stmt::Try(attempt) => self.attempt(attempt),
            Stmt::Raise(raise) => self.raise(raise),
            Stmt::Assert(assert) => {
                self.truth(&assert.test);
                self.optional(assert.msg.as_deref());
                self.raises(assert, ["AssertionError"]);
            }
            Stmt::FunctionDef(function) => {
                if !self.scene.is_lazy() {
                    for annotation in annotations(function) {
                        self.annotation(annotation);
                    }
                }
                for decorator in &function.decorator_list {
                    self.opaque(decorator);
                }
                for parameter in function.parameters.iter_non_variadic_params() {
                    self.optional(parameter.default.as_deref());
                }
            }
            Stmt::Import(import) => {
                for alias in &import.names {
                    self.import(statement, Some(alias.name.as_str()), 0);
                }
            }
            Stmt::ImportFrom(import) => {
                self.import(statement, import.module.as_deref(), import.level);
            }
            Stmt::ClassDef(class) => self.opaque(&class.name),
            _ => self.opaque(statement),
        }
    }

    /// An annotation that is evaluated.
    fn annotation(&mut self, annotation: &Expr) {
        match annotation {
            Expr::Name(_) => self.name(annotation),
            Expr::NoneLiteral(_) | Expr::StringLiteral(_) => {}
            other if self.scene.annotated(other, DEPTH).is_known() => {}
            other => self.opaque(other),
        }
    }

    fn optional(&mut self, expr: Option<&Expr>) {
        if let Some(expr) = expr {
            self.expr(expr);
        }
    }

    /// Binding `target` to `value`.
    pub fn target(&mut self, target: &Expr, value: Option<&Expr>) {
        match target {
            Expr::Name(_) => {}
            Expr::Starred(starred) => self.target(&starred.value, None),
            Expr::Tuple(tuple) => self.unpack(&tuple.elts, target, value),
            Expr::List(list) => self.unpack(&list.elts, target, value),
            Expr::Subscript(subscript) => {
                self.expr(&subscript.value);
                self.expr(&subscript.slice);
                let key = self.scene.kind(&subscript.slice);
                match self.scene.kind(&subscript.value) {
                    Kind::Dict(..) if key.is_key() => {}
                    Kind::List(_) if key.is_integer() => self.raises(target, ["IndexError"]),
                    _ => self.opaque(target),
                }
            }
            _ => self.opaque(target),
        }
    }

    fn unpack(&mut self, targets: &[Expr], whole: &Expr, value: Option<&Expr>) {
        let values = match value {
            Some(Expr::Tuple(tuple)) => Some(&tuple.elts),
            Some(Expr::List(list)) => Some(&list.elts),
            _ => None,
        };
        let has_star = |all: &[Expr]| all.iter().any(Expr::is_starred_expr);
        match values {
            Some(values)
                if values.len() == targets.len() && !has_star(values) && !has_star(targets) =>
            {
                for (target, value) in targets.iter().zip(values) {
                    self.target(target, Some(value));
                }
            }
            _ => {
                let known = value.is_some_and(|value| self.scene.kind(value).element().is_some());
                match known {
                    true => self.raises(whole, ["ValueError"]),
                    false => self.opaque(whole),
                }
                targets.iter().for_each(|target| self.target(target, None));
            }
        }
    }

    fn deleted(&mut self, target: &Expr) {
        match target {
            // Deleting what is not bound raises `NameError`, as reading it does.
            Expr::Name(_) => self.name(target),
            Expr::Subscript(subscript) => {
                self.expr(&subscript.value);
                self.expr(&subscript.slice);
                let key = self.scene.kind(&subscript.slice);
                match self.scene.kind(&subscript.value) {
                    Kind::Dict(..) if key.is_key() => self.raises(target, ["KeyError"]),
                    Kind::List(_) if key.is_integer() => self.raises(target, ["IndexError"]),
                    _ => self.opaque(target),
                }
            }
            Expr::Tuple(tuple) => tuple.elts.iter().for_each(|one| self.deleted(one)),
            _ => self.opaque(target),
        }
    }

    fn branch(&mut self, branch: &StmtIf) {
        let test = self
            .scene
            .names
            .qualified_name(&branch.test, Where::default());
        if test.as_deref() != Some("typing.TYPE_CHECKING") {
            self.truth(&branch.test);
            self.statements(&branch.body);
        }
        for clause in &branch.elif_else_clauses {
            if let Some(test) = &clause.test {
                self.truth(test);
            }
            self.statements(&clause.body);
        }
    }

    fn each(&mut self, each: &StmtFor) {
        if each.is_async {
            self.opaque(&*each.iter);
        }
        self.iterate(&each.iter);
        match &*each.target {
            Expr::Name(_) => {}
            // `for key, value in conf.items()`
            Expr::Tuple(pair) if pair.elts.len() == 2 && self.gives_pairs(&each.iter) => {
                pair.elts.iter().for_each(|one| self.target(one, None));
            }
            other => self.opaque(other),
        }
        if self.scene.is_resized(&each.iter, &each.body, &[]) {
            self.opaque(&*each.iter);
        }
        self.statements(&each.body);
        self.statements(&each.orelse);
    }

    fn with(&mut self, with: &StmtWith) {
        for item in &with.items {
            let context = &item.context_expr;
            self.expr(context);
            match self.scene.kind(context) {
                Kind::Object(class) if class.starts_with("file.") && !with.is_async => {
                    self.raises(context, ["OSError"]);
                    if self.scene.may_be_closed(context) {
                        self.raises(context, ["ValueError"]);
                    }
                }
                Kind::Object(class) => {
                    let enter = if with.is_async {
                        "__aenter__"
                    } else {
                        "__enter__"
                    };
                    if self
                        .scene
                        .table
                        .rows(&format!("{class}.{enter}"))
                        .is_empty()
                    {
                        self.opaque(context);
                    }
                }
                _ => self.opaque(context),
            }
            if let Some(target) = item.optional_vars.as_deref()
                && !target.is_name_expr()
            {
                self.opaque(target);
            }
        }
        self.statements(&with.body);
    }

    fn import(&mut self, statement: &Stmt, module: Option<&str>, level: u32) {
        let top = module
            .unwrap_or_default()
            .split('.')
            .next()
            .unwrap_or_default();
        match self.scene.names.origin_of_module(module, level) {
            // Some Python has it, if not the target.
            Some(_) if is_standard(top) => self.raises(statement, ["ImportError"]),
            Some(_) => {
                self.raises(statement, ["ImportError"]);
                self.effects.add(Effects {
                    doubts: vec![format!(
                        "importing `{top}` runs code that may raise anything"
                    )],
                    ..Effects::default()
                });
            }
            None => self.opaque(statement),
        }
    }
}

/// The annotations of `function` that are evaluated when it is defined.
fn annotations(function: &StmtFunctionDef) -> impl Iterator<Item = &Expr> {
    let parameters = function.parameters.iter();
    let all = parameters.filter_map(|one| one.annotation());
    all.chain(function.returns.as_deref())
}
