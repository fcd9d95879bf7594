//! The walk over a module that tells types from values.

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{
    Expr, Operator, PythonVersion, Stmt, StmtClassDef, StmtFunctionDef, TypeParam, TypeParams,
};

use super::constructs::Constructs;
use super::{Descend, Evaluation, Position, TypePlace, Types};
use crate::module::Module;
use crate::syntax::parse_type_annotation;

/// Show `types` every type and every value of `module` that could be a union.
pub fn walk(module: &Module<'_>, types: &mut dyn Types) {
    let postponed = module.postpones_annotations();
    let mut walker = Walker {
        module,
        types,
        constructs: Constructs::of(module),
        annotations: match (module.is_stub(), postponed) {
            (true, _) => Evaluation::Never,
            (false, true) => Evaluation::Later,
            (false, false) => Evaluation::AtOnce,
        },
        scopes: Vec::new(),
        classes: Vec::new(),
        function: None,
    };
    walker.visit_body(module.suite());
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    Class,
    Function,
}

pub(super) struct Walker<'m, 'a> {
    pub(super) module: &'m Module<'a>,
    pub(super) types: &'m mut dyn Types,
    constructs: Constructs,
    /// When annotations of this module are evaluated.
    pub(super) annotations: Evaluation,
    pub(super) scopes: Vec<Scope>,
    pub(super) classes: Vec<&'m StmtClassDef>,
    pub(super) function: Option<&'m StmtFunctionDef>,
}

impl<'m> Walker<'m, '_> {
    pub(super) fn at_once(&self) -> Evaluation {
        match self.module.is_stub() {
            true => Evaluation::Never,
            false => Evaluation::AtOnce,
        }
    }

    /// Walk `expr`, which stands for a type.
    pub(super) fn typed(&mut self, expr: &'m Expr, position: Position, evaluation: Evaluation) {
        let classes = self.classes.clone();
        let place = TypePlace {
            position,
            evaluation,
            outermost: true,
            within: None,
            string: None,
            tokens: self.module.tokens(),
            function: self.function,
            classes: &classes,
            lazy_scopes: self.module.target() >= PythonVersion::PY314
                && position == Position::Annotation,
        };
        self.type_node(expr, &place);
    }

    pub(super) fn annotation(&mut self, expr: &'m Expr) {
        self.typed(expr, Position::Annotation, self.annotations);
    }

    pub(super) fn type_node(&mut self, expr: &Expr, place: &TypePlace<'_>) {
        let descend = match expr {
            Expr::StringLiteral(_) => return self.string(expr, place),
            Expr::Subscript(_) | Expr::BinOp(_) => self.types.in_type(expr, place),
            _ => Descend::Parts,
        };
        match descend {
            Descend::Into(parts) => {
                for part in parts {
                    self.type_node(part, &place.part());
                }
            }
            Descend::Parts => self.type_parts(expr, place),
        }
    }

    fn type_parts(&mut self, expr: &Expr, place: &TypePlace<'_>) {
        let part = place.part();
        match expr {
            Expr::Subscript(subscript) => {
                let within = part.within.unwrap_or(&subscript.value);
                let part = TypePlace {
                    within: Some(within),
                    ..part
                };
                let special = ["Literal", "Annotated"];
                let head = match self.module.could_mean(&subscript.value, &special) {
                    true => self.module.qualified_name(&subscript.value, place.lookup()),
                    false => None,
                };
                let elements = arguments(&subscript.slice);
                match head.as_deref() {
                    Some("typing.Literal") => {}
                    Some("typing.Annotated") => {
                        let mut elements = elements.iter();
                        if let Some(first) = elements.next() {
                            self.type_node(first, &part);
                        }
                        for value in elements {
                            self.loose_value(value);
                        }
                    }
                    _ => {
                        for element in elements {
                            self.type_node(element, &part);
                        }
                    }
                }
            }
            Expr::BinOp(operation) if operation.op == Operator::BitOr => {
                self.type_node(&operation.left, &part);
                self.type_node(&operation.right, &part);
            }
            Expr::List(list) => list.elts.iter().for_each(|one| self.type_node(one, &part)),
            Expr::Tuple(tuple) => tuple.elts.iter().for_each(|one| self.type_node(one, &part)),
            Expr::Starred(starred) => self.type_node(&starred.value, &part),
            Expr::Name(_) | Expr::Attribute(_) | Expr::NoneLiteral(_) => {}
            other => self.loose_value(other),
        }
    }

    /// A string that stands for a type: one plain literal that is the whole type is read in place.
    fn string(&mut self, expr: &Expr, place: &TypePlace<'_>) {
        let Expr::StringLiteral(literal) = expr else {
            return;
        };
        let plain = self.module.is_plain_string(literal) && !literal.value.to_str().contains('#');
        if !place.outermost || place.string.is_some() || !plain {
            return self.types.opaque_string(literal, place);
        }
        let Ok(parsed) = parse_type_annotation(literal, self.module.text()) else {
            return;
        };
        let inside = TypePlace {
            evaluation: match place.evaluation {
                Evaluation::Never => Evaluation::Never,
                _ => Evaluation::Later,
            },
            string: Some(expr),
            tokens: parsed.parsed().tokens(),
            ..*place
        };
        self.type_node(parsed.expression(), &inside);
    }

    /// A value inside a type: metadata of `Annotated`, a call.
    fn loose_value(&mut self, expr: &Expr) {
        let mut values = Values { types: self.types };
        values.visit_expr(expr);
    }
}

impl<'m> Visitor<'m> for Walker<'m, '_> {
    fn visit_stmt(&mut self, statement: &'m Stmt) {
        match statement {
            Stmt::FunctionDef(function) => self.function_def(function),
            Stmt::ClassDef(class) => self.class_def(class),
            Stmt::AnnAssign(assignment) => self.annotated_assignment(assignment),
            Stmt::Assign(assignment) => self.assignment(assignment),
            Stmt::TypeAlias(alias) => {
                if let Some(parameters) = &alias.type_params {
                    self.visit_type_params(parameters);
                }
                let evaluation = match self.module.is_stub() {
                    true => Evaluation::Never,
                    false => Evaluation::Later,
                };
                self.typed(&alias.value, Position::LazyType, evaluation);
            }
            _ => visitor::walk_stmt(self, statement),
        }
    }

    fn visit_type_params(&mut self, parameters: &'m TypeParams) {
        for parameter in &parameters.type_params {
            let (bound, default) = match parameter {
                TypeParam::TypeVar(one) => (one.bound.as_deref(), one.default.as_deref()),
                TypeParam::ParamSpec(one) => (None, one.default.as_deref()),
                TypeParam::TypeVarTuple(one) => (None, one.default.as_deref()),
            };
            for expr in bound.into_iter().chain(default) {
                match expr {
                    Expr::Tuple(constraints) => {
                        for one in &constraints.elts {
                            self.typed(one, Position::LazyType, Evaluation::Later);
                        }
                    }
                    one => self.typed(one, Position::LazyType, Evaluation::Later),
                }
            }
        }
    }

    fn visit_expr(&mut self, expr: &'m Expr) {
        match expr {
            Expr::Call(call) => {
                let arguments = self.constructs.type_arguments(self.module, call);
                let is_type = |one: &Expr| {
                    arguments
                        .iter()
                        .find(|(other, _)| std::ptr::eq(*other, one))
                        .map(|(_, p)| *p)
                };
                self.visit_expr(&call.func);
                let keywords = call.arguments.keywords.iter().map(|keyword| &keyword.value);
                for argument in call.arguments.args.iter().chain(keywords) {
                    match is_type(argument) {
                        Some(position) => {
                            let evaluation = self.at_once();
                            self.typed(argument, position, evaluation);
                        }
                        None => self.nested_arguments(argument, &arguments),
                    }
                }
            }
            Expr::Subscript(_) | Expr::BinOp(_) => {
                self.types.in_value(expr);
                visitor::walk_expr(self, expr);
            }
            _ => visitor::walk_expr(self, expr),
        }
    }
}

impl<'m> Walker<'m, '_> {
    /// An argument that holds types deeper down: the fields of `NamedTuple("N", [("a", int)])`, a tuple of classes.
    fn nested_arguments(&mut self, argument: &'m Expr, types: &[(&'m Expr, Position)]) {
        let found = |one: &Expr| {
            types
                .iter()
                .find(|(other, _)| std::ptr::eq(*other, one))
                .map(|(_, p)| *p)
        };
        if let Some(position) = found(argument) {
            let evaluation = self.at_once();
            return self.typed(argument, position, evaluation);
        }
        let children: Vec<&'m Expr> = match argument {
            Expr::List(list) => list.elts.iter().collect(),
            Expr::Tuple(tuple) => tuple.elts.iter().collect(),
            Expr::Dict(dict) => dict
                .items
                .iter()
                .flat_map(|item| item.key.iter().chain([&item.value]))
                .collect(),
            other => return self.visit_expr(other),
        };
        for child in children {
            self.nested_arguments(child, types);
        }
    }
}

/// The types between the brackets of a generic type.
pub(super) fn arguments(slice: &Expr) -> &[Expr] {
    match slice {
        Expr::Tuple(tuple) => &tuple.elts,
        single => std::slice::from_ref(single),
    }
}

/// Shows the subscripts and operations below a value.
struct Values<'t> {
    types: &'t mut dyn Types,
}

impl<'e> Visitor<'e> for Values<'_> {
    fn visit_expr(&mut self, expr: &'e Expr) {
        if matches!(expr, Expr::Subscript(_) | Expr::BinOp(_)) {
            self.types.in_value(expr);
        }
        visitor::walk_expr(self, expr);
    }
}
