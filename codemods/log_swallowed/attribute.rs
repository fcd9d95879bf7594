//! A logger that an instance has: `self.log`, which every path of `__init__` sets.

use codemend_engine::module::Module;
use codemend_engine::semantic::{DefinitionKind, Meaning, Names, Where};
use codemend_engine::syntax::ast::visitor::{Visitor, walk_expr, walk_stmt};
use codemend_engine::syntax::ast::{Expr, Stmt, StmtClassDef, StmtFunctionDef};
use codemend_engine::syntax::{Ranged, TextRange, TextSize};

use super::candidates::is_like;
use super::elsewhere::Elsewhere;
use super::glance::METHODS;
use super::logger::Logger;
use super::made::is_logger;
use super::scope::is_private;
use super::site::{Around, Site};
use super::table::Style;
use super::trace::{is_name, own_name};

/// The logger that the instances of a class have.
#[derive(Clone)]
pub struct OfClass {
    attribute: String,
    /// The `__init__` of the class itself that sets it, and behind which byte it has done so.
    own: Option<(TextRange, TextSize)>,
}

/// The logger that instances of `class` have.
pub fn of_class(
    module: &Module<'_>,
    elsewhere: Elsewhere<'_>,
    class: &StmtClassDef,
) -> Option<OfClass> {
    if makes_instances(class) {
        return None;
    }
    let set = set_by(module.names(), class, DEPTH)?;
    let is_own = set.class == class.range() && module.names().is_same_file(&set.names);
    let attribute = &set.attribute;
    let lacks = elsewhere.may_lack(&class.name, attribute)
        || !is_own && (is_private(attribute) || stores_attribute(class, attribute, None));
    (!lacks).then(|| OfClass {
        attribute: attribute.clone(),
        own: is_own.then_some((set.init, set.end)),
    })
}

/// The logger of the instance whose method `site` stands in, which `of_class` says the logger of.
pub fn of_instance(
    site: &Site<'_>,
    of_class: impl FnOnce(&StmtClassDef) -> Option<OfClass>,
) -> Option<Logger> {
    let (class, method) = site.method()?;
    let is_plain = is_plain(method) && !BELOW.contains(&method.name.as_str());
    let name = own_name(method).filter(|_| is_plain)?;
    // In a function of the method, or a class of it, `self` may be another.
    if !matches!(site.around.last(), Some(Around::Function(last)) if last.range() == method.range())
    {
        return None;
    }
    let OfClass { attribute, own } = of_class(class)?;
    let is_early = match own {
        Some((init, end)) => init == method.range() && site.attempt.start() < end,
        None => method.name.as_str() == "__init__",
    };
    (!is_early).then(|| Logger {
        text: format!("{name}.{attribute}"),
        name: name.to_owned(),
        style: Style::Logging,
        ready: TextSize::default(),
    })
}

/// Whether a method binds `name`, what it is called on, anew.
pub fn rebinds_own(site: &Site<'_>, name: &str) -> bool {
    site.method()
        .is_some_and(|(_, method)| stores(&method.body, name))
}

/// How many bases deep an `__init__` is looked for.
const DEPTH: usize = 6;

/// The statement of an `__init__` that sets an attribute to a logger.
struct Set<'db> {
    attribute: String,
    end: TextSize,
    names: Names<'db>,
    class: TextRange,
    init: TextRange,
}

/// What the `__init__` of `class` sets, or that of its base, where it has none of its own, or calls that first.
fn set_by<'db>(names: &Names<'db>, class: &StmtClassDef, depth: usize) -> Option<Set<'db>> {
    let init = class.body.iter().find_map(|statement| match statement {
        Stmt::FunctionDef(function) if function.name.as_str() == "__init__" => Some(function),
        _ => None,
    });
    let Some(init) = init else {
        return of_base(names, class, depth.checked_sub(1)?);
    };
    let own = own_name(init).filter(|_| is_plain(init))?;
    if let Some((attribute, end)) = set_in(names, init, own, &init.body) {
        let is_late = runs_property(class, init, own, end);
        return (!is_late && !stores_attribute(class, attribute, Some(end))).then(|| Set {
            attribute: attribute.to_owned(),
            end,
            names: names.clone(),
            class: class.range(),
            init: init.range(),
        });
    }
    let code = |one: &&Stmt| !matches!(one, Stmt::Expr(it) if it.value.is_string_literal_expr());
    let first = init.body.iter().find(code)?;
    let set = calls_base(first).then(|| of_base(names, class, depth.checked_sub(1)?))??;
    (!stores_attribute(class, &set.attribute, None)).then_some(set)
}

/// The same of the only base of `class`.
fn of_base<'db>(names: &Names<'db>, class: &StmtClassDef, depth: usize) -> Option<Set<'db>> {
    let [base] = class.bases() else {
        return None;
    };
    let meanings = names.meanings(base, Where::default());
    let [Meaning::Definition(definition)] = meanings.as_slice() else {
        return None;
    };
    match definition.kind() {
        DefinitionKind::Class(base) => set_by(definition.names(), base, depth),
        _ => None,
    }
}

/// `super().__init__(...)`
fn calls_base(statement: &Stmt) -> bool {
    let Stmt::Expr(one) = statement else {
        return false;
    };
    let Expr::Call(call) = &*one.value else {
        return false;
    };
    matches!(&*call.func, Expr::Attribute(method)
        if &method.attr == "__init__"
            && matches!(&*method.value, Expr::Call(inner)
                if is_name(&inner.func, "super") && inner.arguments.is_empty()))
}

fn is_plain(method: &StmtFunctionDef) -> bool {
    // These get the class.
    let names = ["__new__", "__init_subclass__", "__class_getitem__"];
    !names.contains(&method.name.as_str())
        && method.decorator_list.iter().all(|decorator| {
            !matches!(&decorator.expression, Expr::Name(name)
            if matches!(name.id.as_str(), "staticmethod" | "classmethod"))
        })
}

/// The attribute that `body`, of `init` or of a branch of it, sets to a logger, and the end of that statement: none
/// before it calls anything that may come by a handler of the class.
fn set_in<'a>(
    names: &Names<'_>,
    init: &StmtFunctionDef,
    own: &str,
    body: &'a [Stmt],
) -> Option<(&'a str, TextSize)> {
    for statement in body {
        if let Some(attribute) = sets(names, init, own, statement) {
            return Some((attribute, statement.end()));
        }
        if hands_on(statement, own) || returns(statement) {
            return None;
        }
    }
    None
}

/// The attribute that `statement` sets to a logger, whichever way it takes.
fn sets<'a>(
    names: &Names<'_>,
    init: &StmtFunctionDef,
    own: &str,
    statement: &'a Stmt,
) -> Option<&'a str> {
    let (targets, value) = match statement {
        Stmt::Assign(one) => (one.targets.as_slice(), &*one.value),
        Stmt::AnnAssign(one) => (std::slice::from_ref(&*one.target), one.value.as_deref()?),
        Stmt::If(one) if !hands_on_expr(&one.test, own) => {
            let (first, _) = set_in(names, init, own, &one.body)?;
            let others = &one.elif_else_clauses;
            let has_else = others.last().is_some_and(|clause| clause.test.is_none());
            let all = others.iter().all(|clause| {
                let tests = clause
                    .test
                    .as_ref()
                    .is_some_and(|it| hands_on_expr(it, own));
                let set = set_in(names, init, own, &clause.body);
                !tests && set.is_some_and(|(other, _)| other == first)
            });
            return (has_else && all).then_some(first);
        }
        _ => return None,
    };
    if hands_on_expr(value, own) {
        return None;
    }
    let attribute = targets.iter().find_map(|target| match target {
        Expr::Attribute(it) if is_name(&it.value, own) => Some(it.attr.as_str()),
        _ => None,
    });
    let attribute = attribute?;
    let is_worth_it =
        is_like(attribute) || mentions_log(names, value) || is_logged_to(names, attribute);
    (is_worth_it && is_logger(names, init, value)).then_some(attribute)
}

/// Whether `value`, as it is written, may have to do with a log.
fn mentions_log(names: &Names<'_>, value: &Expr) -> bool {
    names.text_at(value.range()).to_lowercase().contains("log")
}

/// Whether the file writes to `attribute` of anything as to a logger.
fn is_logged_to(names: &Names<'_>, attribute: &str) -> bool {
    let text = names.whole_text();
    let mut methods = METHODS.iter();
    methods.any(|method| text.contains(&format!(".{attribute}.{method}(")))
}

/// Whether `class` sets `attribute` of anything, apart from the statement that ends at `but`.
fn stores_attribute(class: &StmtClassDef, attribute: &str, but: Option<TextSize>) -> bool {
    let mut sets = Sets {
        attribute,
        but,
        found: false,
    };
    sets.visit_body(&class.body);
    sets.found
}

/// Whether `class` may make instances without `__init__`: a copy, or one out of a pickle.
fn makes_instances(class: &StmtClassDef) -> bool {
    let mut body = class.body.iter();
    body.any(
        |one| matches!(one, Stmt::FunctionDef(method) if MAKING.contains(&method.name.as_str())),
    )
}

/// Methods that make an instance, or fill it, without `__init__`.
const MAKING: &[&str] = &[
    "__copy__",
    "__deepcopy__",
    "__getstate__",
    "__new__",
    "__reduce__",
    "__reduce_ex__",
    "__setstate__",
];

/// Methods that run on an instance that may have no attributes yet: what they read of it may call them again.
const BELOW: &[&str] = &[
    "__delattr__",
    "__getattr__",
    "__getattribute__",
    "__setattr__",
];

/// Whether `init`, of `class`, sets or reads a property of its own before the byte `end`: that may run a handler.
fn runs_property(class: &StmtClassDef, init: &StmtFunctionDef, own: &str, end: TextSize) -> bool {
    let methods = class.body.iter().filter_map(|one| match one {
        Stmt::FunctionDef(method) => Some(method),
        _ => None,
    });
    let is_property = |one: &&StmtFunctionDef| {
        !one.decorator_list.is_empty() || one.name.as_str() == "__setattr__"
    };
    let properties: Vec<&str> = methods
        .filter(is_property)
        .map(|one| one.name.as_str())
        .collect();
    if properties.is_empty() {
        return false;
    }
    let mut touches = Touches {
        own,
        properties,
        found: false,
    };
    let statements = init.body.iter();
    let before = statements.take_while(|one| one.start() < end);
    before.for_each(|one| touches.visit_stmt(one));
    touches.found
}

fn returns(statement: &Stmt) -> bool {
    let mut finder = Returns(false);
    finder.visit_stmt(statement);
    finder.0
}

/// Whether `statement` gives `own` away, or calls a method of it.
fn hands_on(statement: &Stmt, own: &str) -> bool {
    let mut uses = Uses { own, found: false };
    uses.visit_stmt(statement);
    uses.found
}

fn hands_on_expr(expr: &Expr, own: &str) -> bool {
    let mut uses = Uses { own, found: false };
    uses.visit_expr(expr);
    uses.found
}

/// Whether `body` binds the name `own`.
fn stores(body: &[Stmt], own: &str) -> bool {
    super::scope::times_bound(body, own) > 0
}

struct Returns(bool);

impl<'a> Visitor<'a> for Returns {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        self.0 |= matches!(statement, Stmt::Return(_));
        walk_stmt(self, statement);
    }
}

struct Uses<'o> {
    own: &'o str,
    found: bool,
}

impl<'a> Visitor<'a> for Uses<'_> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            // `super().__init__()` may call whatever the class overrides.
            Expr::Call(call) => {
                let called = match &*call.func {
                    Expr::Attribute(method) => is_name(&method.value, self.own),
                    function => is_name(function, "super"),
                };
                self.found |= called;
                walk_expr(self, expr);
            }
            Expr::Attribute(attribute) if is_name(&attribute.value, self.own) => {}
            Expr::Name(name) => self.found |= name.id == self.own,
            _ => walk_expr(self, expr),
        }
    }
}

struct Touches<'o> {
    own: &'o str,
    properties: Vec<&'o str>,
    found: bool,
}

impl<'a> Visitor<'a> for Touches<'_> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Attribute(attribute) = expr
            && is_name(&attribute.value, self.own)
        {
            let is_one = |name: &&str| *name == attribute.attr.as_str() || *name == "__setattr__";
            self.found |= self.properties.iter().any(is_one);
        }
        walk_expr(self, expr);
    }
}

struct Sets<'o> {
    attribute: &'o str,
    /// The end of the statement that may.
    but: Option<TextSize>,
    found: bool,
}

impl<'a> Visitor<'a> for Sets<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        let is_own = matches!(
            statement,
            Stmt::Assign(_) | Stmt::AnnAssign(_) | Stmt::If(_)
        );
        if !is_own || Some(statement.end()) != self.but {
            walk_stmt(self, statement);
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Attribute(attribute) = expr {
            self.found |= !attribute.ctx.is_load() && &attribute.attr == self.attribute;
        }
        walk_expr(self, expr);
    }
}
