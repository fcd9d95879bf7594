//! What functions of the project give back: their own returns show it, whether or not they are annotated.

use ruff_python_ast::helpers::ReturnStatementVisitor;
use ruff_python_ast::visitor::Visitor as _;
use ruff_python_ast::{Expr, StmtFunctionDef};
use ty_python_core::definition::DefinitionKind as TyKind;
use ty_python_semantic::HasType;

use super::signature::Home;
use super::{Annotated, Names, Provenance, Type};
use crate::flow::falls_through;

impl<'db> Names<'db> {
    /// What a call of a function without annotation gives back, or `await` of one. ty does not look into these.
    pub(super) fn result_of_call(&self, expr: &Expr, depth: usize) -> Type<'db> {
        let (call, awaited) = match expr {
            Expr::Call(call) => (call, false),
            Expr::Await(waiting) => match &*waiting.value {
                Expr::Call(call) => (call, true),
                _ => return Type::Unknown,
            },
            _ => return Type::Unknown,
        };
        let definitions = self.definitions_of(&call.func);
        if definitions.is_empty() || depth == 0 {
            return Type::Unknown;
        }
        Type::union(definitions.iter().map(|definition| {
            let inner = definition.ty().map(|inner| inner.kind(self.database));
            let Some(TyKind::Function(function)) = inner else {
                return Type::Unknown;
            };
            let function = function.node(&definition.names.syntax);
            let fits = function.is_async == awaited
                && function.returns.is_none()
                && function.decorator_list.is_empty()
                && self.home(definition) == Home::Project;
            match fits {
                true => definition.names.returned(function, depth.min(6) - 1),
                false => Type::Unknown,
            }
        }))
    }

    /// The union of what `function`, of this file, returns.
    fn returned(&self, function: &StmtFunctionDef, depth: usize) -> Type<'db> {
        let mut returns = ReturnStatementVisitor::default();
        returns.visit_body(&function.body);
        if returns.is_generator {
            return Type::Unknown;
        }
        let values = returns
            .returns
            .iter()
            .map(|one| match one.value.as_deref() {
                Some(value) => self.infer(value, depth).kind,
                None => Type::None,
            });
        let fallen = falls_through(&function.body).then_some(Type::None);
        Type::union(values.chain(fallen))
    }

    /// Of the result of a function of the project: what its own returns show, or what its annotation promises.
    pub(super) fn evidence_of_returns(
        &self,
        function: &StmtFunctionDef,
        depth: usize,
    ) -> Provenance {
        let promised = Provenance::Annotated {
            what: Annotated::Return,
            name: function.name.to_string(),
        };
        if depth == 0 || !function.decorator_list.is_empty() {
            return promised;
        }
        let mut returns = ReturnStatementVisitor::default();
        returns.visit_body(&function.body);
        if returns.is_generator {
            return promised;
        }
        let values = returns.returns.iter().map(|one| one.value.as_deref());
        let shown = values
            .clone()
            .flatten()
            .fold(Provenance::Inferred, |weakest, value| {
                weakest.and(self.evidence(value, depth.min(6) - 1))
            });
        if shown <= Provenance::Typeshed && function.returns.is_some() {
            // An annotation may be wider or narrower than what is returned: ty goes by the annotation.
            let annotated = function
                .returns
                .as_deref()
                .and_then(|returns| self.named_by(returns));
            let falls = falls_through(&function.body) && annotated != Some(Type::None);
            let all_alike = values.into_iter().all(|value| match value {
                Some(value) => Some(self.infer(value, depth.min(6) - 1).kind) == annotated,
                None => annotated == Some(Type::None),
            });
            return if all_alike && !falls { shown } else { promised };
        }
        match function.returns {
            Some(_) => promised,
            None => shown,
        }
    }

    /// The class that a plain annotation names.
    fn named_by(&self, annotation: &Expr) -> Option<Type<'db>> {
        match annotation {
            Expr::NoneLiteral(_) => Some(Type::None),
            Expr::Name(_) | Expr::Attribute(_) => {
                // In an annotation a class stands for its instances.
                Some(self.convert(annotation.inferred_type(&self.model())?))
            }
            _ => None,
        }
    }
}
