//! Where the object comes from that a method is called on: every binding of it must be seen.

use codemend_engine::bindings::{Bindings, Bound, of_body, of_function};
use codemend_engine::facts::Facts;
use codemend_engine::module::Module;
use codemend_engine::semantic::{DefinitionKind, Meaning, Names, Where};
use codemend_engine::syntax::ast::visitor::{Visitor, walk_expr, walk_stmt};
use codemend_engine::syntax::ast::{
    Expr, ExprAttribute, Operator, Stmt, StmtClassDef, StmtFunctionDef,
};
use codemend_engine::syntax::{Ranged, TextRange};

use super::attributes::set_elsewhere;
use super::find::Site;
use super::table::holds;

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
        Expr::Call(_) => asked
            .makes(module.names(), receiver)
            .then_some(Origin::Local),
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
    /// Whether `value`, an expression of the file of `names`, makes an instance.
    fn makes(&self, names: &Names<'_>, value: &Expr) -> bool {
        let Expr::Call(call) = value else {
            return false;
        };
        self.is_class(names, &call.func)
    }

    fn is_class(&self, names: &Names<'_>, class: &Expr) -> bool {
        let qualified = names.qualified_name(class, Where::default());
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
                let shared = self.module.names().rebinds_from_inside(name);
                return (!shared)
                    .then(|| self.all(bounds, Origin::Local, name))
                    .flatten();
            }
        }
        let level: Bindings<'_> = of_body(self.module.suite());
        if self.module.names().rebinds_from_inside(name) {
            return None;
        }
        match level.get(name).map(Vec::as_slice) {
            Some([Bound::Import]) => self.imported(receiver),
            Some(bounds) => self.all(bounds, Origin::Shared, name),
            None => None,
        }
    }

    /// What all of `bounds` agree on; `made` where each makes an instance.
    fn all(&self, bounds: &[Bound<'_>], made: Origin, name: &str) -> Option<Origin> {
        let mut weakest = made;
        for bound in bounds {
            let one = match bound {
                Bound::Value(value) | Bound::With(value) | Bound::Annotated(_, Some(value)) => {
                    self.made(value, made, name)?
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
                let fits = one.values.iter().all(|it| {
                    matches!(it, Expr::Name(own) if own.id == name)
                        || self.makes(self.module.names(), it)
                });
                fits.then_some(made)
            }
            _ => self.makes(self.module.names(), value).then_some(made),
        }
    }

    /// What an annotation says: the class, or the class or nothing.
    fn promised(&self, annotation: &Expr) -> Option<Origin> {
        let names = self.module.names();
        let says = match annotation {
            Expr::Subscript(one) if one.slice.is_tuple_expr() => {
                self.promised_by(&one.value, &one.slice)
            }
            Expr::BinOp(one) if one.op == Operator::BitOr => match (&*one.left, &*one.right) {
                (class, Expr::NoneLiteral(_)) | (Expr::NoneLiteral(_), class) => {
                    self.is_class(names, class)
                }
                _ => false,
            },
            Expr::Subscript(one) => {
                let optional = names.qualified_name(&one.value, Where::default());
                optional.as_deref() == Some("typing.Optional") && self.is_class(names, &one.slice)
            }
            class => self.is_class(names, class),
        };
        says.then_some(Origin::Annotated)
    }

    /// `Union[Session, None]`, `Annotated[Session, ...]`
    fn promised_by(&self, form: &Expr, slice: &Expr) -> bool {
        let form = self.module.names().qualified_name(form, Where::default());
        let Expr::Tuple(parts) = slice else {
            return false;
        };
        let is_it = |one: &Expr| self.is_class(self.module.names(), one);
        match form.as_deref() {
            Some("typing.Union") => {
                let mut real = parts.elts.iter().filter(|one| !one.is_none_literal_expr());
                real.next().is_some_and(is_it) && real.next().is_none()
            }
            Some("typing.Annotated" | "typing_extensions.Annotated") => {
                parts.elts.first().is_some_and(is_it)
            }
            _ => false,
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
        let made = self.makes(definition.names(), value) && definition.is_at_module_level();
        (made && !definition.is_rebound_from_inside()).then_some(Origin::Shared)
    }

    /// `self.http`, which only `__init__` sets.
    fn attribute(&self, site: &Site<'_>, attribute: &ExprAttribute) -> Option<Origin> {
        let (class, method, own) = site.owner()?;
        if !matches!(&*attribute.value, Expr::Name(name) if name.id == own)
            || site.rebinds_in(method, own)
        {
            return None;
        }
        let name = attribute.attr.as_str();
        if set_elsewhere(self.facts, class, name) {
            return None;
        }
        let mut stores = Stores {
            name,
            found: Vec::new(),
        };
        stores.visit_body(self.module.suite());
        let init = init_of(class)?;
        let inside = |range: &TextRange| init.range().contains_range(*range);
        let set_there = !stores.found.is_empty() && stores.found.iter().all(inside);
        if !set_there || of_body(&class.body).contains_key(name) {
            return None;
        }
        let mut values = Values {
            name,
            found: Vec::new(),
        };
        values.visit_body(&init.body);
        if values.found.len() != stores.found.len() {
            return None;
        }
        let bindings = of_function(init);
        let mut weakest = Origin::Shared;
        for value in values.found {
            let one = match value {
                // `self.http = http`
                Expr::Name(parameter) => {
                    let bounds = bindings.get(parameter.id.as_str())?;
                    self.all(bounds, Origin::Shared, &parameter.id)?
                }
                Expr::BoolOp(either) => self.either(&either.values, &bindings)?,
                value => self
                    .makes(self.module.names(), value)
                    .then_some(Origin::Shared)?,
            };
            weakest = weakest.max(one);
        }
        Some(weakest)
    }

    /// `session or requests.Session()`, of a parameter that is annotated.
    fn either(&self, values: &[Expr], bindings: &Bindings<'_>) -> Option<Origin> {
        let mut weakest = Origin::Shared;
        for value in values {
            let one = match value {
                Expr::Name(name) => {
                    self.all(bindings.get(name.id.as_str())?, Origin::Shared, &name.id)?
                }
                value => self
                    .makes(self.module.names(), value)
                    .then_some(Origin::Shared)?,
            };
            weakest = weakest.max(one);
        }
        Some(weakest)
    }
}

fn init_of(class: &StmtClassDef) -> Option<&StmtFunctionDef> {
    class.body.iter().find_map(|statement| match statement {
        Stmt::FunctionDef(function) if function.name.as_str() == "__init__" => Some(function),
        _ => None,
    })
}

/// Where an attribute is set or deleted, on anything.
struct Stores<'n> {
    name: &'n str,
    found: Vec<TextRange>,
}

impl<'a> Visitor<'a> for Stores<'_> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Attribute(one) = expr
            && &one.attr == self.name
            && !one.ctx.is_load()
        {
            self.found.push(expr.range());
        }
        walk_expr(self, expr);
    }
}

/// What an attribute is set to by plain assignments.
struct Values<'n, 'a> {
    name: &'n str,
    found: Vec<&'a Expr>,
}

impl<'a> Visitor<'a> for Values<'_, 'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        let is_it = |target: &Expr| matches!(target, Expr::Attribute(it) if &it.attr == self.name);
        match statement {
            Stmt::Assign(one) => {
                let targets = one.targets.iter().filter(|target| is_it(target)).count();
                for _ in 0..targets {
                    self.found.push(&one.value);
                }
            }
            Stmt::AnnAssign(one) if is_it(&one.target) => self.found.extend(one.value.as_deref()),
            _ => {}
        }
        walk_stmt(self, statement);
    }
}
