//! Statements that hold types: definitions of functions and classes, and assignments.

use ruff_python_ast::visitor::Visitor;
use ruff_python_ast::{
    Expr, Operator, Parameters, StmtAnnAssign, StmtAssign, StmtClassDef, StmtFunctionDef,
};

use super::members::is_generic;
use super::walk::{Scope, Walker, arguments};
use super::{Evaluation, Position, TypePlace};

impl<'m> Walker<'m, '_> {
    pub(super) fn function_def(&mut self, function: &'m StmtFunctionDef) {
        for decorator in &function.decorator_list {
            self.visit_expr(&decorator.expression);
        }
        let outer = self.function.replace(function);
        if let Some(parameters) = &function.type_params {
            self.visit_type_params(parameters);
        }
        self.signature(&function.parameters);
        if let Some(returns) = &function.returns {
            self.annotation(returns);
        }
        self.function = outer;
        self.scopes.push(Scope::Function);
        self.visit_body(&function.body);
        self.scopes.pop();
    }

    fn signature(&mut self, parameters: &'m Parameters) {
        for parameter in parameters.iter() {
            if let Some(default) = parameter.default() {
                self.visit_expr(default);
            }
            if let Some(annotation) = parameter.annotation() {
                self.annotation(annotation);
            }
        }
    }

    pub(super) fn class_def(&mut self, class: &'m StmtClassDef) {
        for decorator in &class.decorator_list {
            self.visit_expr(&decorator.expression);
        }
        if let Some(parameters) = &class.type_params {
            self.visit_type_params(parameters);
        }
        if let Some(arguments) = &class.arguments {
            for base in &arguments.args {
                match base {
                    Expr::Subscript(subscript) => {
                        let part = self.at_once();
                        self.types.in_value(base);
                        self.base_arguments(&subscript.slice, part);
                    }
                    other => self.visit_expr(other),
                }
            }
            for keyword in &arguments.keywords {
                self.visit_expr(&keyword.value);
            }
        }
        let outer = self.function.take();
        self.classes.push(class);
        self.scopes.push(Scope::Class);
        self.visit_body(&class.body);
        self.scopes.pop();
        self.classes.pop();
        self.function = outer;
    }

    fn base_arguments(&mut self, slice: &'m Expr, evaluation: Evaluation) {
        let classes = self.classes.clone();
        for element in arguments(slice) {
            let place = TypePlace {
                position: Position::BaseArgument,
                evaluation,
                outermost: false,
                within: None,
                string: None,
                tokens: self.module.tokens(),
                function: None,
                classes: &classes,
                lazy_scopes: false,
            };
            self.type_node(element, &place);
        }
    }

    pub(super) fn annotated_assignment(&mut self, statement: &'m StmtAnnAssign) {
        let local = self.scopes.last() == Some(&Scope::Function);
        let evaluation = match local {
            true => Evaluation::Never,
            false => self.annotations,
        };
        self.typed(&statement.annotation, Position::Annotation, evaluation);
        self.visit_expr(&statement.target);
        let Some(value) = statement.value.as_deref() else {
            return;
        };
        let annotation = &statement.annotation;
        let is_alias = self.module.could_mean(annotation, &["TypeAlias"])
            && self
                .module
                .names()
                .qualified_name(annotation, Default::default())
                .as_deref()
                == Some("typing.TypeAlias");
        match is_alias {
            true => {
                let evaluation = self.at_once();
                self.typed(value, Position::ExplicitAlias, evaluation);
            }
            false => self.visit_expr(value),
        }
    }

    pub(super) fn assignment(&mut self, statement: &'m StmtAssign) {
        let named = statement.targets.iter().all(Expr::is_name_expr);
        let global = self.scopes.last() != Some(&Scope::Function);
        let shaped = match &*statement.value {
            Expr::Subscript(subscript) => {
                !arguments(&subscript.slice).iter().any(holds_union)
                    || is_generic(self.module, &subscript.value)
            }
            Expr::BinOp(operation) => operation.op == Operator::BitOr,
            _ => false,
        };
        if named && global && shaped {
            let evaluation = self.at_once();
            return self.typed(&statement.value, Position::ImplicitAlias, evaluation);
        }
        self.visit_expr(&statement.value);
        for target in &statement.targets {
            self.visit_expr(target);
        }
    }
}

/// Whether `expr` could be a union, or have one inside.
fn holds_union(expr: &Expr) -> bool {
    match expr {
        Expr::Subscript(_) | Expr::BinOp(_) => true,
        Expr::List(list) => list.elts.iter().any(holds_union),
        Expr::Tuple(tuple) => tuple.elts.iter().any(holds_union),
        _ => false,
    }
}
