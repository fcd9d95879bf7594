//! Where the object comes from that a method is called on: every binding of it must be seen.

use camino::Utf8Path;
use codemend_engine::bindings::{Bindings, Bound, of_body, of_function};
use codemend_engine::facts::Facts;
use codemend_engine::module::Module;
use codemend_engine::semantic::{DefinitionKind, Meaning, Where};
use codemend_engine::syntax::ast::visitor::{Visitor, walk_expr, walk_stmt};
use codemend_engine::syntax::ast::{
    Expr, ExprAttribute, Operator, Stmt, StmtClassDef, StmtFunctionDef,
};
use codemend_engine::syntax::{Ranged, TextRange, parse_type_annotation};

use super::attributes::set_elsewhere;
use super::bases::set_by_base;
use super::find::{Site, rebinds};
use super::table::holds;
use super::wraps::wraps;

/// How an object is known to be of a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// It is made in the function that uses it, or on the spot.
    Local,
    /// It is made at module level, or by `__init__`.
    Shared,
    /// An annotation says so: it may be of a subclass.
    Annotated,
}

/// How `receiver`, on which the call at `site` is made, is known to be made by one of `classes`. `None` when it is
/// something else, or nobody can tell.
pub fn origin(
    module: &Module<'_>,
    facts: &Facts<'_>,
    site: &Site<'_>,
    receiver: &Expr,
    classes: &[String],
) -> Option<Origin> {
    let asked = Asked {
        module,
        facts,
        classes,
    };
    match receiver {
        Expr::Call(_) => asked.makes(receiver).then_some(Origin::Local),
        Expr::Name(name) => asked.name(site, receiver, &name.id),
        Expr::Attribute(attribute) => asked.attribute(site, attribute),
        _ => None,
    }
}

struct Asked<'q, 'm> {
    module: &'q Module<'m>,
    facts: &'q Facts<'q>,
    classes: &'q [String],
}

impl Asked<'_, '_> {
    /// Whether `value`, an expression of the file, makes an instance.
    fn makes(&self, value: &Expr) -> bool {
        let Expr::Call(call) = value else {
            return false;
        };
        self.is_class(&call.func, Where::default())
    }

    fn is_class(&self, class: &Expr, place: Where<'_>) -> bool {
        let ends = |attr: &str| {
            let mut classes = self.classes.iter();
            classes.any(|one| one.rsplit('.').next() == Some(attr))
        };
        if matches!(class, Expr::Attribute(one) if !ends(&one.attr)) {
            return false;
        }
        let qualified = self.module.names().qualified_name(class, place);
        qualified.is_some_and(|name| holds(self.classes, &name))
    }

    fn name(&self, site: &Site<'_>, receiver: &Expr, name: &str) -> Option<Origin> {
        if site.clouds(name) {
            return None;
        }
        for function in site.functions() {
            let parameters = &function.parameters;
            let mut many = parameters.vararg.iter().chain(&parameters.kwarg);
            if many.any(|one| one.name.as_str() == name) {
                return None;
            }
            if let Some(bounds) = of_function(function).get(name) {
                let found = self.all(bounds, Origin::Local, name)?;
                return (!rebinds(self.module, name)).then_some(found);
            }
        }
        let level: Bindings<'_> = of_body(self.module.suite());
        let found = match level.get(name).map(Vec::as_slice) {
            Some([Bound::Import]) => self.imported(receiver)?,
            Some(bounds) => {
                let found = self.all(bounds, Origin::Shared, name)?;
                let path = self.module.path();
                (!is_assigned(self.facts, path, name)).then_some(found)?
            }
            None => return None,
        };
        (!rebinds(self.module, name)).then_some(found)
    }

    /// What all of `bounds` agree on; `made` where each makes an instance.
    fn all(&self, bounds: &[Bound<'_>], made: Origin, name: &str) -> Option<Origin> {
        let mut weakest = made;
        for bound in bounds {
            let one = match bound {
                Bound::Value(value) | Bound::With(value) => self.made(value, made, name)?,
                Bound::Annotated(annotation, Some(value)) => {
                    let found = self.made(value, made, name);
                    found.or_else(|| self.promised(annotation))?
                }
                Bound::Parameter(Some(annotation)) => self.promised(annotation)?,
                Bound::Annotated(annotation, None) => self.promised(annotation)?,
                Bound::Parameter(None) | Bound::Import | Bound::Otherwise => return None,
            };
            weakest = weakest.max(one);
        }
        Some(weakest)
    }

    /// `Session()`, or `session or Session()` where `session` is the name itself.
    fn made(&self, value: &Expr, made: Origin, name: &str) -> Option<Origin> {
        match value {
            Expr::BoolOp(one) => {
                let fits = one
                    .values
                    .iter()
                    .all(|it| matches!(it, Expr::Name(own) if own.id == name) || self.makes(it));
                fits.then_some(made)
            }
            _ => self.makes(value).then_some(made),
        }
    }

    /// What an annotation says: the class, or the class or nothing. It may stand in quotes.
    fn promised(&self, annotation: &Expr) -> Option<Origin> {
        let says = match annotation {
            Expr::StringLiteral(text) => {
                let parsed = parse_type_annotation(text, self.module.text()).ok()?;
                let place = Where {
                    witness: Some(annotation),
                    deferred: true,
                };
                self.says(parsed.expression(), place)
            }
            _ => self.says(annotation, Where::default()),
        };
        says.then_some(Origin::Annotated)
    }

    fn says(&self, annotation: &Expr, place: Where<'_>) -> bool {
        let names = self.module.names();
        match annotation {
            Expr::Subscript(one) => {
                let form = names.qualified_name(&one.value, place);
                match (form.as_deref(), &*one.slice) {
                    (Some("typing.Optional"), class) => self.is_class(class, place),
                    (Some("typing.Union"), Expr::Tuple(parts)) => {
                        let mut real = parts.elts.iter().filter(|it| !it.is_none_literal_expr());
                        real.next().is_some_and(|it| self.is_class(it, place))
                            && real.next().is_none()
                    }
                    (Some("typing.Annotated"), Expr::Tuple(parts)) => {
                        let class = parts.elts.first();
                        class.is_some_and(|it| self.is_class(it, place))
                    }
                    (Some("typing.Final" | "dataclasses.InitVar"), class) => {
                        self.is_class(class, place)
                    }
                    _ => false,
                }
            }
            Expr::BinOp(one) if one.op == Operator::BitOr => match (&*one.left, &*one.right) {
                (class, Expr::NoneLiteral(_)) | (Expr::NoneLiteral(_), class) => {
                    self.is_class(class, place)
                }
                _ => false,
            },
            class => self.is_class(class, place),
        }
    }

    /// A variable of another module of the project.
    fn imported(&self, receiver: &Expr) -> Option<Origin> {
        let meanings = self.module.names().meanings(receiver, Where::default());
        let [Meaning::Definition(definition)] = meanings.as_slice() else {
            return None;
        };
        let value = match definition.kind() {
            DefinitionKind::Assignment(value) => value,
            DefinitionKind::Annotated {
                value: Some(value), ..
            } => value,
            _ => return None,
        };
        let Expr::Call(call) = value else {
            return None;
        };
        let names = definition.names();
        let class = names.qualified_name(&call.func, Where::default())?;
        let made = holds(self.classes, &class) && definition.is_at_module_level();
        let name = definition.name()?;
        let holds = made
            && !definition.is_rebound_from_inside()
            && !is_assigned(self.facts, names.path().into(), &name)
            && !wraps(names, names.suite())
                .iter()
                .any(|wrap| matches!(wrap.owner, Expr::Name(own) if own.id == name.as_str()));
        holds.then_some(Origin::Shared)
    }

    /// `self.http`, which only `__init__` sets, or which the class only annotates.
    fn attribute(&self, site: &Site<'_>, attribute: &ExprAttribute) -> Option<Origin> {
        let (class, method, own) = site.owner()?;
        if !matches!(&*attribute.value, Expr::Name(name) if name.id == own)
            || site.rebinds_in(method, own)
        {
            return None;
        }
        let name = attribute.attr.as_str();
        let body = of_body(&class.body);
        let declared = match body.get(name).map(Vec::as_slice) {
            None => None,
            Some([Bound::Annotated(annotation, _)]) => Some(*annotation),
            Some(_) => return None,
        };
        let found = self.set_by_init(class, name);
        let found = found.or_else(|| self.promised(declared?));
        found.filter(|_| {
            !set_elsewhere(self.facts, class, name)
                && !set_by_base(self.module.names(), class, name)
        })
    }

    /// What `__init__` of `class` sets the attribute `name` to, if nothing else of the file sets it.
    fn set_by_init(&self, class: &StmtClassDef, name: &str) -> Option<Origin> {
        let init = init_of(class)?;
        let values = Values::of(name, &init.body);
        if values.is_empty() {
            return None;
        }
        let bindings = of_function(init);
        let mut weakest = Origin::Shared;
        for (value, annotation) in &values {
            let one = match value {
                Expr::BoolOp(either) => self.either(&either.values, &bindings),
                value => self.either(std::slice::from_ref(*value), &bindings),
            };
            let one = one.or_else(|| self.promised((*annotation)?))?;
            weakest = weakest.max(one);
        }
        let mut stores = Stores {
            name,
            class,
            is_stranger: false,
            found: Vec::new(),
        };
        stores.visit_body(self.module.suite());
        let inside = |range: &TextRange| init.range().contains_range(*range);
        (stores.found.len() == values.len() && stores.found.iter().all(inside)).then_some(weakest)
    }

    /// `session or requests.Session()`, of a parameter that is annotated.
    fn either(&self, values: &[Expr], bindings: &Bindings<'_>) -> Option<Origin> {
        let mut weakest = Origin::Shared;
        for value in values {
            let one = match value {
                // `self.http = http`
                Expr::Name(name) => {
                    self.all(bindings.get(name.id.as_str())?, Origin::Shared, &name.id)?
                }
                value => self.makes(value).then_some(Origin::Shared)?,
            };
            weakest = weakest.max(one);
        }
        Some(weakest)
    }
}

/// Whether another file binds `name` of the module at `path` anew: `clients.session = own`.
fn is_assigned(facts: &Facts<'_>, path: &Utf8Path, name: &str) -> bool {
    let project = facts.project();
    let module = project.module(path);
    module.is_some_and(|module| project.assigned(module, name).is_some())
}

fn init_of(class: &StmtClassDef) -> Option<&StmtFunctionDef> {
    class.body.iter().find_map(|statement| match statement {
        Stmt::FunctionDef(function) if function.name.as_str() == "__init__" => Some(function),
        _ => None,
    })
}

/// Where an attribute is set or deleted, on anything that may be an instance of `class`: not on the `self` of another
/// class that derives from none.
struct Stores<'n> {
    name: &'n str,
    class: &'n StmtClassDef,
    is_stranger: bool,
    found: Vec<TextRange>,
}

impl<'a> Visitor<'a> for Stores<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        let around = self.is_stranger;
        if let Stmt::ClassDef(other) = statement {
            self.is_stranger = other.bases().is_empty() && other.range != self.class.range;
        }
        walk_stmt(self, statement);
        self.is_stranger = around;
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Attribute(one) if &one.attr == self.name && !one.ctx.is_load() => {
                let is_self = matches!(&*one.value, Expr::Name(name) if &name.id == "self");
                if !(is_self && self.is_stranger) {
                    self.found.push(expr.range());
                }
            }
            // `setattr(self, "http", own)`
            Expr::Call(call) if matches!(&*call.func, Expr::Name(name) if &name.id == "setattr") => {
                let says = |it: &Expr| matches!(it, Expr::StringLiteral(text) if text.value.to_str() == self.name);
                if call.arguments.args.get(1).is_some_and(says) {
                    self.found.push(expr.range());
                }
            }
            _ => {}
        }
        walk_expr(self, expr);
    }
}

/// What an attribute is set to by plain assignments, and how it is annotated there.
pub struct Values<'n, 'a> {
    name: &'n str,
    found: Vec<(&'a Expr, Option<&'a Expr>)>,
}

impl<'n, 'a> Values<'n, 'a> {
    /// What `body` sets the attribute `name` of anything to.
    pub fn of(name: &'n str, body: &'a [Stmt]) -> Vec<(&'a Expr, Option<&'a Expr>)> {
        let found = Vec::new();
        let mut values = Values { name, found };
        values.visit_body(body);
        values.found
    }
}

impl<'a> Visitor<'a> for Values<'_, 'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        let is_it = |target: &Expr| matches!(target, Expr::Attribute(it) if &it.attr == self.name);
        match statement {
            Stmt::Assign(one) => {
                let targets = one.targets.iter().filter(|target| is_it(target)).count();
                for _ in 0..targets {
                    self.found.push((&one.value, None));
                }
            }
            Stmt::AnnAssign(one) if is_it(&one.target) => {
                let value = one.value.as_deref();
                self.found
                    .extend(value.map(|value| (value, Some(&*one.annotation))));
            }
            _ => {}
        }
        walk_stmt(self, statement);
    }
}
