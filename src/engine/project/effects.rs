//! What the expressions of a module do when it is imported: calls, looks into values, changes outside of it.

use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{Decorator, Expr, Parameters, StmtClassDef, StmtFunctionDef};
use ruff_text_size::{Ranged, TextSize};
use rustc_hash::FxHashSet;

use super::bodies::{ON_SUBCLASS, is_followable};
use super::by_string::{ByString, imported_by_string};
use super::classes::ENUM_HOOKS;
use super::digest::{Effect, LoadImport, Runs};
use super::gate::{is_replacing, may_replace};
use super::operands::class_scope;
use super::origins::{HERE, Origin, Origins, callees, qualified};
use super::scan::Scanner;

/// Names of values that look something up when they are looked into, by convention.
#[rustfmt::skip]
const LOOKED_UP: [&str; 9] = [
    "settings", "config", "conf", "cfg", "env", "environ", "current_app", "request", "g",
];

/// Functions that keep what they are given for later.
const KEEPING: [&str; 16] = [
    "Depends",
    "Security",
    "Field",
    "field",
    "PrivateAttr",
    "property",
    "staticmethod",
    "classmethod",
    "BeforeValidator",
    "AfterValidator",
    "PlainSerializer",
    "include_router",
    "add_middleware",
    "TypeVar",
    "NewType",
    "cast",
];

impl<'a> Scanner<'a> {
    /// Something is assigned to or deleted. A name is nobody else's business; a part of another module is.
    pub(super) fn target(&mut self, target: &'a Expr) {
        match target {
            Expr::Tuple(tuple) => tuple.elts.iter().for_each(|one| self.target(one)),
            Expr::List(list) => list.elts.iter().for_each(|one| self.target(one)),
            Expr::Starred(starred) => self.target(&starred.value),
            Expr::Attribute(_) | Expr::Subscript(_) => {
                let mut root = target;
                loop {
                    root = match root {
                        Expr::Attribute(one) => &one.value,
                        Expr::Subscript(one) => {
                            self.visit_expr(&one.slice);
                            &one.value
                        }
                        _ => break,
                    };
                }
                if !root.is_name_expr() {
                    self.visit_expr(root);
                }
                // It may be `sys.modules`.
                self.digest.may_replace |= !self.owns(root);
                if !self.owns(root) {
                    self.other("changes something outside the module", target.start());
                }
            }
            _ => {}
        }
    }

    /// `x += y`: a list that another module owns grows as well.
    pub(super) fn grows(&mut self, target: &'a Expr) {
        match target {
            Expr::Name(name) if name.id != "__all__" && !self.owns(target) => {
                self.other("changes something outside the module", target.start());
            }
            _ => self.target(target),
        }
    }

    fn owns(&self, root: &Expr) -> bool {
        let name = qualified(root, &self.origins);
        let is_foreign =
            matches!(root, Expr::Name(name) if self.foreign.contains(name.id.as_str()));
        let is_method = matches!(root, Expr::Name(name)
            if self.methods.last().is_some_and(|methods| methods.contains(name.id.as_str())));
        !is_foreign && (is_method || name.is_some_and(|name| name.starts_with(HERE)))
    }

    /// Remember whether the module owns what `target` is now: what it makes by a display or from a class, it does; what
    /// it gets from a name or from a function, it may share.
    pub(super) fn note_owner(&mut self, target: &'a Expr, value: &Expr) {
        let Expr::Name(name) = target else { return };
        let is_shared = match value {
            Expr::Call(call) => {
                let last = match &*call.func {
                    Expr::Name(name) => name.id.as_str(),
                    Expr::Attribute(attribute) => attribute.attr.as_str(),
                    _ => "",
                };
                let makes = matches!(last, "dict" | "list" | "set" | "defaultdict" | "deque");
                !makes && !last.starts_with(|c: char| c.is_uppercase())
            }
            Expr::Name(_)
            | Expr::Attribute(_)
            | Expr::Subscript(_)
            | Expr::BoolOp(_)
            | Expr::If(_)
            | Expr::Named(_) => true,
            _ => false,
        };
        if is_shared {
            self.foreign.insert(name.id.as_str());
        }
    }

    pub(super) fn function(&mut self, function: &'a StmtFunctionDef) {
        self.decorators(&function.decorator_list);
        if let Some(methods) = self.methods.last_mut() {
            methods.insert(function.name.as_str());
        }
        self.defaults(&function.parameters);
        if !self.postponed {
            for parameter in function.parameters.iter() {
                if let Some(annotation) = parameter.annotation() {
                    self.visit_expr(annotation);
                }
            }
            if let Some(returns) = &function.returns {
                self.visit_expr(returns);
            }
        }
    }

    pub(super) fn class(&mut self, class: &'a StmtClassDef) {
        self.decorators(&class.decorator_list);
        if let Some(arguments) = &class.arguments {
            arguments.args.iter().for_each(|one| self.visit_expr(one));
            for base in &arguments.args {
                self.derives(base);
            }
            for keyword in &arguments.keywords {
                self.visit_expr(&keyword.value);
                let is_metaclass = keyword.arg.as_deref() == Some("metaclass");
                let name = qualified(&keyword.value, &self.origins);
                let is_known = name.is_some_and(|name| !is_followable(&name));
                if is_metaclass && !is_known {
                    self.call(&keyword.value);
                }
            }
        }
        self.enum_hooks(class);
        let scope = class_scope(&class.body, &self.origins);
        self.scopes.push(scope);
        self.methods.push(FxHashSet::default());
        self.block(&class.body);
        self.methods.pop();
        self.scopes.pop();
    }

    /// A class that is derived from `base` runs its `__init_subclass__`.
    fn derives(&mut self, base: &Expr) {
        let base = match base {
            Expr::Subscript(one) => &one.value,
            base => base,
        };
        let mut found = Vec::new();
        callees(base, &self.origins, &Origins::default(), &mut found);
        if found.is_empty()
            && self.has_star
            && let Expr::Name(name) = base
        {
            found.push(format!("{HERE}{}", name.id));
        }
        for name in &found {
            self.effect(Effect::Derives(name.clone()), base.start());
        }
        let found = found
            .into_iter()
            .map(|name| format!("{name}.{ON_SUBCLASS}"));
        self.called(found.collect(), base.start());
    }

    /// The members of an enum are made by its methods.
    fn enum_hooks(&mut self, class: &'a StmtClassDef) {
        let bindings = super::bound::bindings(&class.body);
        let has_hooks = ENUM_HOOKS.iter().any(|name| bindings.contains_key(*name));
        for base in class.bases().iter().filter(|_| has_hooks) {
            let mut names: Vec<String> = qualified(base, &self.origins).into_iter().collect();
            callees(base, &self.origins, &Origins::default(), &mut names);
            for name in names {
                self.effect(Effect::EnumHooks(name), base.start());
            }
        }
    }

    fn decorators(&mut self, decorators: &'a [Decorator]) {
        for decorator in decorators {
            if self.is_of_method(&decorator.expression) {
                continue;
            }
            self.visit_expr(&decorator.expression);
            if !decorator.expression.is_call_expr() {
                self.call(&decorator.expression);
            }
        }
    }

    /// `@name.setter`, below the property `name` in the same class: what made that has been judged.
    fn is_of_method(&self, decorator: &Expr) -> bool {
        let Expr::Attribute(attribute) = decorator else {
            return false;
        };
        let Expr::Name(name) = &*attribute.value else {
            return false;
        };
        let methods = self.methods.last();
        methods.is_some_and(|methods| methods.contains(name.id.as_str()))
    }

    fn defaults(&mut self, parameters: &'a Parameters) {
        for parameter in parameters.iter_non_variadic_params() {
            if let Some(default) = &parameter.default {
                self.visit_expr(default);
            }
        }
    }

    /// An import by a string runs now; by a computed name nobody knows what runs.
    fn named_import(&mut self, named: ByString, at: TextSize) {
        let line = self.line(at);
        match named {
            ByString::Computed(package) => {
                self.digest.dynamic.get_or_insert(line);
                if self.runs != Runs::Never {
                    self.digest.computed.push((package, line));
                }
            }
            ByString::Module(import) => self.digest.imports.push(LoadImport {
                import,
                at,
                line,
                runs: self.runs,
                guarded: self.guarded,
                lazy: false,
            }),
        }
    }

    fn call(&mut self, callee: &Expr) {
        self.digest.may_replace |= may_replace(callee)
            || matches!(callee, Expr::Name(name)
                if self.origins.get(name.id.as_str()).is_some_and(is_replacing));
        if self.in_scope(callee).is_some() {
            self.other("calls something that cannot be followed", callee.start());
        }
        let mut found = Vec::new();
        callees(callee, &self.origins, &Origins::default(), &mut found);
        self.called(found, callee.start());
        match qualified(callee, &self.origins) {
            Some(name) => self.effect(Effect::Call(name), callee.start()),
            None => self.other("calls something that cannot be followed", callee.start()),
        }
    }

    /// What is passed to a call may be called by it, and a lambda that is called is run.
    fn passed(&mut self, call: &'a ruff_python_ast::ExprCall) {
        let mut found = Vec::new();
        let outer = &self.origins;
        let last = match &*call.func {
            Expr::Name(name) => name.id.as_str(),
            Expr::Attribute(one) => one.attr.as_str(),
            _ => "",
        };
        if !KEEPING.contains(&last) {
            let keywords = call.arguments.keywords.iter().map(|one| &one.value);
            for value in call.arguments.args.iter().chain(keywords) {
                callees(value, outer, &Origins::default(), &mut found);
            }
        }
        match &*call.func {
            Expr::Lambda(lambda) => {
                if let Expr::Call(inner) = &*lambda.body {
                    callees(&inner.func, outer, &Origins::default(), &mut found);
                }
            }
            // `getattr(sys.modules[__name__], "create")()`
            Expr::Call(inner) => {
                if let Some(Expr::StringLiteral(name)) = inner.arguments.args.get(1) {
                    found.push(format!("{HERE}{}", name.value.to_str()));
                }
            }
            Expr::Name(name) if self.has_star && !outer.contains_key(name.id.as_str()) => {
                found.push(format!("{HERE}{}", name.id));
            }
            _ => {}
        }
        self.called(found, call.start());
    }

    /// Note what may run now, for the modules that it loads.
    fn called(&mut self, names: Vec<String>, at: TextSize) {
        if self.runs == Runs::Never {
            return;
        }
        for name in names {
            if is_followable(&name) && self.called.insert(name.clone()) {
                let line = self.line(at);
                self.digest.calls.push((name, line));
            }
        }
    }

    /// `settings.url`, `settings["url"]`: looking into what another module offers under such a name may run code.
    fn access(&mut self, owner: &'a Expr, at: TextSize) {
        let name = match owner {
            Expr::Name(name) => name.id.as_str(),
            Expr::Attribute(attribute) => attribute.attr.as_str(),
            _ => return,
        };
        let Some(origin) = qualified(owner, &self.origins) else {
            return;
        };
        let last = origin.rsplit('.').next().unwrap_or_default();
        let is_looked_up = LOOKED_UP.contains(&name) || LOOKED_UP.contains(&last);
        if is_looked_up && !origin.starts_with(HERE) {
            self.effect(Effect::Access(origin), at);
        }
    }
}

impl<'a> Visitor<'a> for Scanner<'a> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Lambda(lambda) => {
                // Nobody looks into its body.
                self.digest.may_replace = true;
                if let Some(parameters) = &lambda.parameters {
                    self.defaults(parameters);
                }
            }
            Expr::Call(call) => {
                self.call(&call.func);
                if let Some(named) = imported_by_string(call, &self.origins, &Origins::default()) {
                    self.named_import(named, call.start());
                }
                self.arguments(call);
                self.passed(call);
                walk_expr(self, expr);
            }
            Expr::Subscript(one) => {
                self.access(&one.value, expr.start());
                if one.ctx.is_load() {
                    self.subscript(one);
                }
                walk_expr(self, expr);
            }
            Expr::Attribute(attribute) => {
                self.access(&attribute.value, expr.start());
                self.digest.may_replace |=
                    matches!(attribute.attr.as_str(), "modules" | "__dict__" | "patch");
                let is_environment = attribute.attr.as_str() == "environ"
                    && qualified(expr, &self.origins).as_deref() == Some("os.environ");
                if is_environment {
                    self.other("reads the environment", expr.start());
                }
                if attribute.ctx.is_load() {
                    self.attribute(expr);
                }
                walk_expr(self, expr);
            }
            Expr::ListComp(one) => self.comprehension(expr, &one.generators),
            Expr::SetComp(one) => self.comprehension(expr, &one.generators),
            Expr::DictComp(one) => self.comprehension(expr, &one.generators),
            Expr::Generator(one) => self.comprehension(expr, &one.generators),
            Expr::Name(name) if name.ctx.is_load() => {
                self.read(name);
                let origin = self.origins.get(name.id.as_str());
                if matches!(origin, Some(Origin::Import(origin)) if origin == "os.environ") {
                    self.other("reads the environment", expr.start());
                }
            }
            Expr::Await(_) | Expr::Yield(_) | Expr::YieldFrom(_) => {
                self.other("awaits something", expr.start());
            }
            _ => {
                self.operators(expr);
                walk_expr(self, expr);
            }
        }
    }
}
