//! Which exceptions are answers: HTTP errors, and those that the configuration names.

use camino::Utf8Path;
use codemend_engine::project::{ModuleId, Project};
use codemend_engine::semantic::{
    Declared, DefinitionKind, FASTAPI_ERROR, Lineage, Meaning, Names, Type, Where,
};
use codemend_engine::syntax::ast::helpers::ReturnStatementVisitor;
use codemend_engine::syntax::ast::visitor::Visitor as _;
use codemend_engine::syntax::ast::{Expr, ExprCall};

/// How far names and functions are followed to what is raised.
const DEPTH: usize = 6;

/// The exceptions that a framework, or a handler of the project's own, answers.
#[derive(Debug, Default)]
pub struct Answered {
    pub extras: Vec<Extra>,
}

/// An exception of the option `extra-exceptions`.
#[derive(Debug, Clone)]
pub struct Extra {
    /// The dotted name of its module, and its own name there.
    pub module: String,
    pub name: String,
    /// As [`Lineage::class`] has it.
    pub class: String,
    /// The module, when it is one of the project.
    pub home: Option<ModuleId>,
}

impl Answered {
    /// Those of the dotted names `extras`, as they are known to the file of `names`.
    pub fn new(extras: &[String], names: &Names<'_>, project: &Project) -> Self {
        let extras = extras.iter();
        let extras = extras.filter_map(|dotted| Extra::find(dotted, names, project));
        Self {
            extras: extras.collect(),
        }
    }

    pub fn has(&self, lineage: &Lineage) -> bool {
        lineage.is_http_error() || self.extra(lineage).is_some()
    }

    /// The exception of the option that `lineage` is, or derives from.
    pub fn extra(&self, lineage: &Lineage) -> Option<&Extra> {
        let mut extras = self.extras.iter();
        extras.find(|one| lineage.derives_from(&one.class))
    }

    /// The answers that `raise raised` in the file of `names` may raise.
    pub fn raised(&self, names: &Names<'_>, raised: &Expr) -> Vec<Lineage> {
        let mut found = Vec::new();
        self.follow(names, raised, DEPTH, &mut found);
        found
    }

    fn follow(&self, names: &Names<'_>, raised: &Expr, depth: usize, found: &mut Vec<Lineage>) {
        let Some(below) = depth.checked_sub(1) else {
            return;
        };
        match raised {
            Expr::Call(call) => self.made(names, call, raised, below, found),
            Expr::Await(waiting) => self.follow(names, &waiting.value, below, found),
            Expr::If(choice) => {
                self.follow(names, &choice.body, below, found);
                self.follow(names, &choice.orelse, below, found);
            }
            Expr::BoolOp(choice) => {
                let mut values = choice.values.iter();
                values
                    .by_ref()
                    .for_each(|one| self.follow(names, one, below, found));
            }
            Expr::Name(_) | Expr::Attribute(_) => self.named(names, raised, below, found),
            _ => {}
        }
    }

    /// Of `call`, which is the expression `whole`.
    fn made(
        &self,
        names: &Names<'_>,
        call: &ExprCall,
        whole: &Expr,
        depth: usize,
        found: &mut Vec<Lineage>,
    ) {
        if let Expr::Attribute(method) = &*call.func
            && matches!(method.attr.as_str(), "with_traceback" | "add_note")
        {
            return self.follow(names, &method.value, depth, found);
        }
        if let Some(lineage) = names.lineage(&call.func) {
            return found.extend(Some(lineage).filter(|one| self.has(one)));
        }
        for meaning in names.meanings(&call.func, Where::default()) {
            let Meaning::Definition(definition) = meaning else {
                continue;
            };
            if let DefinitionKind::Function(function) = definition.kind() {
                let mut returns = ReturnStatementVisitor::default();
                returns.visit_body(&function.body);
                for value in returns
                    .returns
                    .iter()
                    .filter_map(|one| one.value.as_deref())
                {
                    self.follow(definition.names(), value, depth, found);
                }
                return;
            }
        }
        self.inferred(names, whole, found);
    }

    fn named(&self, names: &Names<'_>, name: &Expr, depth: usize, found: &mut Vec<Lineage>) {
        if let Some(lineage) = names.lineage(name) {
            return found.extend(Some(lineage).filter(|one| self.has(one)));
        }
        let meanings = names.meanings(name, Where::default());
        for meaning in &meanings {
            let Meaning::Definition(definition) = meaning else {
                continue;
            };
            match definition.kind() {
                DefinitionKind::Assignment(value)
                | DefinitionKind::Annotated {
                    value: Some(value), ..
                } => self.follow(definition.names(), value, depth, found),
                DefinitionKind::Parameter(Some(annotation)) => {
                    let lineage = definition.names().lineage(annotation);
                    found.extend(lineage.filter(|one| self.has(one)));
                }
                _ => {}
            }
        }
        if name.is_attribute_expr() && found.is_empty() {
            self.inferred(names, name, found);
        }
    }

    /// What ty says of `expr`: `self.not_found`, `factory.error()`.
    fn inferred(&self, names: &Names<'_>, expr: &Expr, found: &mut Vec<Lineage>) {
        if let Some(declared) = names.declared(expr)
            && !declared
                .iter()
                .any(|one| matches!(one, Declared::MadeBy(_)))
        {
            let lineages = declared.iter().filter_map(|one| match one {
                Declared::Own(class) => class.lineage(),
                Declared::Outside(name) => Some(Lineage::of_outside(name)),
                Declared::MadeBy(_) | Declared::Other => None,
            });
            return found.extend(lineages.filter(|one| self.has(one)));
        }
        for one in names.inferred(expr).members() {
            if let Type::Instance(class) | Type::Class(class) = one {
                let lineage = match &class.definition {
                    Some(definition) if is_read(definition.names().path()) => definition.lineage(),
                    _ => Some(Lineage::of_outside(&class.name)),
                };
                found.extend(lineage.filter(|one| self.has(one)));
            }
        }
    }
}

/// Whether the file at `path` is none of an installed package.
fn is_read(path: &str) -> bool {
    !path.contains("site-packages") && Utf8Path::new(path).is_absolute()
}

impl Extra {
    fn find(dotted: &str, names: &Names<'_>, project: &Project) -> Option<Self> {
        let (module, name) = dotted.rsplit_once('.')?;
        let home = project.modules().find(|one| project.name(*one) == module);
        let class = home.and_then(|home| {
            let file = names.of_file(project.path(home))?;
            let class = file.defined_at(name).into_iter().next()?;
            Some(class.lineage()?.class().to_owned())
        });
        Some(Self {
            module: module.to_owned(),
            name: name.to_owned(),
            class: class.unwrap_or_else(|| dotted.to_owned()),
            home,
        })
    }
}

/// FastAPI's own error, as it arrives where nothing more is known.
pub fn any_answer() -> Lineage {
    Lineage::of_outside(FASTAPI_ERROR)
}
