//! What the type of an operand is, where that is proven.
//!
//! Proven is what the code shows (a literal, a name that holds one, the result of a builtin), and what a parameter or a
//! variable is annotated with. ty answers for builtins. What libraries give is known by the table alone: they need not
//! be installed.

use std::cell::Cell;
use std::rc::Rc;

use codemend_engine::module::Module;
use codemend_engine::semantic::{
    Annotated, Definition, DefinitionKind, Meaning, Names, Provenance, Where,
};
use codemend_engine::syntax::ast::{Expr, ExprCall, Stmt, StmtFunctionDef};
use codemend_engine::syntax::{Ranged, TextSize};

use super::altered::Belief;
use super::arguments::{row_for, stays_literal};
use super::kind::{Kind, given};
use super::table::Table;

/// How far names and calls are followed.
pub const DEPTH: usize = 24;

/// One file, and the functions around what is looked at in it.
pub struct Scene<'s, 'db> {
    pub names: &'s Names<'db>,
    pub table: &'s Table,
    /// The functions around it, outermost first.
    pub functions: Vec<&'s StmtFunctionDef>,
    /// The statements in which names are bound: the whole module, or the function that is followed.
    pub roots: &'s [Stmt],
    /// How far the module has run when the functions of it are called: as a whole, unless it calls them itself.
    pub reached: Option<TextSize>,
    pub fuel: Fuel,
    /// How many more calls of functions of the project may be looked into for one clause.
    pub calls: Fuel,
}

/// The calls that are looked into for one clause.
const CALLS: u32 = 200;

/// How many more steps the question at hand may take: names can be bound to one another in a circle. None is at hand
/// when there is no step left.
pub type Fuel = Rc<Cell<u32>>;

/// The steps of one question.
const STEPS: u32 = 60;

impl<'s, 'db> Scene<'s, 'db> {
    pub fn new(module: &'s Module<'db>, table: &'s Table) -> Self {
        Self {
            names: module.names(),
            table,
            functions: Vec::new(),
            roots: module.suite(),
            reached: None,
            fuel: Fuel::default(),
            calls: Rc::new(Cell::new(CALLS)),
        }
    }

    /// A file, seen from outside of its functions.
    pub fn of_file(names: &'s Names<'db>, table: &'s Table) -> Self {
        Self {
            names,
            table,
            functions: Vec::new(),
            roots: &[],
            reached: None,
            fuel: Fuel::default(),
            calls: Rc::new(Cell::new(CALLS)),
        }
    }

    /// The proven type of `expr`.
    pub fn kind(&self, expr: &Expr) -> Kind {
        if self.fuel.get() > 0 {
            return self.kind_within(expr, DEPTH);
        }
        self.fuel.set(STEPS);
        let kind = self.kind_within(expr, DEPTH);
        self.fuel.set(0);
        kind
    }

    pub fn kind_within(&self, expr: &Expr, depth: usize) -> Kind {
        let left = self.fuel.get();
        if left == 1 {
            return Kind::Unknown;
        }
        self.fuel.set(left.saturating_sub(1));
        let inferred = self.inferred(expr);
        if inferred.is_known() || depth == 0 {
            return inferred;
        }
        let below = depth - 1;
        match expr {
            Expr::Name(_) => self.kind_of_name(expr, below),
            Expr::Attribute(attribute) => {
                match self.names.qualified_name(expr, Where::default()).as_deref() {
                    Some("os.environ") => return Kind::Object("os.environ".to_owned()),
                    Some(_) => return self.kind_of_name(expr, below),
                    None => {}
                }
                let owner = self.kind_within(&attribute.value, below);
                let call = format!("{}.{}", owner.name(), attribute.attr);
                let row = self
                    .table
                    .rows(&call)
                    .iter()
                    .find(|row| row.given.is_none());
                match row.and_then(|row| row.gives.as_deref()) {
                    Some(gives) => given(gives, &owner),
                    None => Kind::Unknown,
                }
            }
            Expr::Call(call) => self.kind_of_call(call, below),
            Expr::Await(wait) => self.kind_within(&wait.value, below),
            Expr::Named(named) => self.kind_within(&named.value, below),
            Expr::Subscript(subscript) => match self.kind_within(&subscript.value, below) {
                Kind::Dict(_, value) => *value,
                Kind::Object(class) if class == "os.environ" => Kind::Str,
                _ => Kind::Unknown,
            },
            _ => Kind::Unknown,
        }
    }

    /// What ty says, where its reason is a proof.
    fn inferred(&self, expr: &Expr) -> Kind {
        let fact = self.names.type_of(expr);
        let proven = match &fact.provenance {
            Provenance::Inferred | Provenance::Typeshed => true,
            Provenance::Annotated { what, name } => match what {
                Annotated::Parameter | Annotated::Variable => !self.is_doubtful(name),
                Annotated::Attribute | Annotated::Return => false,
            },
            Provenance::Unknown => false,
        };
        let kind = Kind::of(&fact.kind);
        let proven = proven && kind.is_known();
        if !proven || self.mentions_doubtful(expr) || self.is_contradicted(expr, &kind) {
            return Kind::Unknown;
        }
        match self.belief(expr) {
            Belief::All => kind,
            Belief::Outside => kind.of_anything(),
            Belief::None => Kind::Unknown,
        }
    }

    /// Whether a name with an annotation is bound to something else all the same: `raw: str`, `raw = 3`.
    fn is_contradicted(&self, expr: &Expr, kind: &Kind) -> bool {
        let Expr::Name(_) = expr else {
            return false;
        };
        let meanings = self.names.meanings(expr, Where::default());
        let definitions = meanings.iter().filter_map(|meaning| match meaning {
            Meaning::Definition(definition) if definition.names().is_same_file(self.names) => {
                Some(definition)
            }
            _ => None,
        });
        let (mut annotated, mut values, mut rebound) = (false, Vec::new(), Vec::new());
        let definitions: Vec<_> = definitions.collect();
        for definition in &definitions {
            match definition.kind() {
                DefinitionKind::Parameter(Some(_)) => annotated = true,
                DefinitionKind::Annotated { value, .. } => {
                    annotated = true;
                    values.extend(value);
                }
                DefinitionKind::Assignment(value) => rebound.push(value),
                _ => {}
            }
        }
        let given = values.into_iter().any(|value| self.is_other(value, kind));
        let mut bound = rebound.into_iter();
        annotated
            && (given
                || bound.any(|value| match value.start() < expr.start() {
                    true => !self.fits(value, kind),
                    false => self.is_other(value, kind),
                }))
    }

    /// The type that all bindings of `expr` agree on.
    fn kind_of_name(&self, expr: &Expr, depth: usize) -> Kind {
        if depth == 0 {
            return Kind::Unknown;
        }
        let meanings = self.names.meanings(expr, Where::default());
        let mut kinds = meanings.iter().map(|meaning| match meaning {
            Meaning::Definition(definition) => self.kind_of_definition(definition, depth),
            Meaning::Outside { name, .. } if name == "os.environ" => {
                Kind::Object("os.environ".to_owned())
            }
            _ => Kind::Unknown,
        });
        let Some(first) = kinds.next() else {
            return Kind::Unknown;
        };
        match kinds.all(|kind| kind == first) {
            true if self.belief(expr) != Belief::All => first.of_anything(),
            true => first,
            false => Kind::Unknown,
        }
    }

    fn kind_of_definition(&self, definition: &Definition<'db>, depth: usize) -> Kind {
        let is_here = definition.names().is_same_file(self.names);
        let there = Scene {
            names: definition.names(),
            table: self.table,
            functions: Vec::new(),
            roots: &[],
            reached: None,
            fuel: self.fuel.clone(),
            calls: self.calls.clone(),
        };
        let scene = if is_here { self } else { &there };
        match definition.kind() {
            DefinitionKind::Assignment(value) => scene.kind_within(value, depth - 1),
            DefinitionKind::Annotated { annotation, value } => {
                let kind = scene.annotated(annotation, depth - 1);
                let held = value.map(|value| scene.kind_within(value, depth - 1));
                match held.is_some_and(|held| held.is_known() && !kind.accepts(&held)) {
                    true => Kind::Unknown,
                    false => kind,
                }
            }
            DefinitionKind::Parameter(Some(annotation)) => {
                let kind = scene.annotated(annotation, depth - 1);
                match matches!(kind, Kind::Object(_)) || scene.has_fit_default(annotation) {
                    true => kind,
                    false => Kind::Unknown,
                }
            }
            DefinitionKind::Other if is_here => self.kind_of_target(definition.range(), depth - 1),
            _ => Kind::Unknown,
        }
    }

    fn kind_of_call(&self, call: &ExprCall, depth: usize) -> Kind {
        let (key, receiver) = self.callee_of(&call.func, || match &*call.func {
            Expr::Attribute(method) => self.kind_within(&method.value, depth),
            _ => Kind::Unknown,
        });
        let Some(key) = key else {
            return Kind::Unknown;
        };
        let row = row_for(self, &key, call, &receiver);
        match row.and_then(|row| row.gives.as_deref()) {
            Some("file") => file_kind(call, key != "pathlib.Path.open"),
            Some("self") if !receiver.is_known() => Kind::Object(key),
            Some("get") => self.kind_of_get(call, &receiver, depth),
            Some(gives) => given(gives, &receiver),
            None if self.table.has_members(&key) && !key.starts_with("builtins.") => {
                Kind::Object(key)
            }
            None => Kind::Unknown,
        }
    }

    /// `conf.get(key, default)`
    fn kind_of_get(&self, call: &ExprCall, receiver: &Kind, depth: usize) -> Kind {
        let held = match receiver {
            Kind::Dict(_, value) => (**value).clone(),
            _ => Kind::Str,
        };
        match &*call.arguments.args {
            [_, default] if self.kind_within(default, depth.saturating_sub(1)) == held => held,
            _ => Kind::Unknown,
        }
    }

    /// What the table calls the callee `func`, and the type of the receiver of a method.
    pub fn callee(&self, func: &Expr) -> (Option<String>, Kind) {
        match func {
            Expr::Attribute(method) => self.callee_of(func, || self.kind(&method.value)),
            _ => self.callee_of(func, || Kind::Unknown),
        }
    }

    fn callee_of(&self, func: &Expr, receiver: impl FnOnce() -> Kind) -> (Option<String>, Kind) {
        if let Some(name) = self.names.qualified_name(func, Where::default()) {
            return (Some(name), Kind::Unknown);
        }
        let Expr::Attribute(method) = func else {
            return (None, Kind::Unknown);
        };
        let owner = self.names.qualified_name(&method.value, Where::default());
        if let Some(owner) = owner.filter(|owner| owner.starts_with("builtins.")) {
            return (Some(format!("{owner}.{}", method.attr)), Kind::Unknown);
        }
        let receiver = receiver();
        let key = receiver
            .is_known()
            .then(|| format!("{}.{}", receiver.name(), method.attr));
        (key, receiver)
    }

    /// Whether the path `expr` is written out: `Path("a")`, `Path("a") / "b"`.
    pub fn is_literal_path(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Call(call) => {
                let name = self.names.qualified_name(&call.func, Where::default());
                name.as_deref() == Some("pathlib.Path")
                    && call.arguments.keywords.is_empty()
                    && call.arguments.args.iter().all(stays_literal)
            }
            Expr::BinOp(join) => self.is_literal_path(&join.left) && stays_literal(&join.right),
            _ => false,
        }
    }
}

/// What `open(path, mode)` gives, by a mode that is written out.
fn file_kind(call: &ExprCall, path_first: bool) -> Kind {
    let at = usize::from(path_first);
    let mode = call.arguments.find_argument_value("mode", at);
    let mode = match mode {
        None => "r",
        Some(Expr::StringLiteral(literal)) => literal.value.to_str(),
        Some(_) => return Kind::Unknown,
    };
    let kind = if mode.contains('b') { "binary" } else { "text" };
    Kind::Object(format!("file.{kind}"))
}
