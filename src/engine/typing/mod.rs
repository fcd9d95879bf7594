//! Type expressions: where a module writes types, and when Python evaluates them there.
//!
//! One walk over the module tells types from values. `x: A | B` is a type, `flags = A | B` is a number; a codemod that
//! rewrites types asks here and nowhere else.

mod classes;
mod constructs;
mod fastapi;
mod members;
mod statements;
mod walk;

use ruff_python_ast::{Expr, ExprStringLiteral, StmtClassDef, StmtFunctionDef};

use ruff_text_size::{Ranged, TextSize};

use crate::semantic::Where;
use crate::syntax::Tokens;

pub use fastapi::is_router;
pub use members::{Support, support};
pub use walk::walk;

/// What kind of place a type expression stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Position {
    /// Of a parameter, a return value or a variable.
    Annotation,
    /// The value of `X: TypeAlias = ...` (PEP 613).
    ExplicitAlias,
    /// The value of a `type` statement, or the bound or default of a type parameter (PEP 695, PEP 696).
    LazyType,
    /// An argument that is a type: of `cast`, `assert_type`, `TypeVar`, `NewType`, `NamedTuple`, `TypedDict`.
    TypingArgument,
    /// A type argument of a base class.
    BaseArgument,
    /// `response_model=` of a FastAPI route.
    ResponseModel,
    /// The value of `Name = ...` at module or class level: perhaps an alias, and a value all the same.
    ImplicitAlias,
    /// The second argument of `isinstance` or `issubclass`.
    InstanceCheck,
}

/// When Python evaluates a type expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evaluation {
    /// When the statement runs.
    AtOnce,
    /// Kept as text or as a thunk, and evaluated if somebody asks (PEP 563, PEP 695, a string).
    Later,
    /// Never: stubs, and annotations of local variables (PEP 526).
    Never,
}

/// Where a type expression stands.
#[derive(Debug, Clone, Copy)]
pub struct TypePlace<'a> {
    pub position: Position,
    pub evaluation: Evaluation,
    /// It is the whole type, not a part of one.
    pub outermost: bool,
    /// The outermost generic type around it: `Mapped` of `Mapped[Optional[int]]`.
    pub within: Option<&'a Expr>,
    /// The string literal of the module that it was read out of.
    pub string: Option<&'a Expr>,
    /// The tokens that it is made of.
    pub tokens: &'a Tokens,
    /// The function whose signature it stands in.
    pub function: Option<&'a StmtFunctionDef>,
    /// The classes around it, outermost first.
    pub classes: &'a [&'a StmtClassDef],
    /// The classes of the target see every binding of their body before types are evaluated (PEP 649).
    pub(crate) lazy_scopes: bool,
}

impl<'a> TypePlace<'a> {
    /// How names in the type are looked up.
    pub fn lookup(&self) -> Where<'a> {
        Where {
            witness: self.string,
            deferred: self.evaluation != Evaluation::AtOnce || self.lazy_scopes,
        }
    }

    /// The start of the first token at or behind `offset` that is no comment or line break; `offset` when there is none.
    pub fn first_token(&self, offset: TextSize) -> TextSize {
        let tokens: &[_] = self.tokens;
        let from = tokens.partition_point(|token| token.start() < offset);
        tokens[from..]
            .iter()
            .find(|token| !token.kind().is_trivia())
            .map_or(offset, Ranged::start)
    }

    /// The end of the last such token that ends at or before `offset`.
    pub fn last_token(&self, offset: TextSize) -> TextSize {
        let tokens: &[_] = self.tokens;
        let until = tokens.partition_point(|token| token.end() <= offset);
        tokens[..until]
            .iter()
            .rfind(|token| !token.kind().is_trivia())
            .map_or(offset, Ranged::end)
    }

    /// The same place for a part of the type.
    pub fn part(self) -> Self {
        Self {
            outermost: false,
            ..self
        }
    }
}

/// What a visitor of types wants to see next.
pub enum Descend<'e> {
    /// The parts of this type that are types: arguments, members of unions.
    Parts,
    /// These parts only.
    Into(Vec<&'e Expr>),
}

/// Sees every type expression of a module, and every value expression that could be mistaken for one.
pub trait Types {
    /// `expr` is a type, or a part of one.
    fn in_type<'e>(&mut self, expr: &'e Expr, place: &TypePlace<'_>) -> Descend<'e>;

    /// `literal` stands for a type and cannot be edited in place: it is no single plain literal, or is only a part of
    /// the type.
    fn opaque_string(&mut self, literal: &ExprStringLiteral, place: &TypePlace<'_>);

    /// `expr` is a value: a subscript or a binary operation.
    fn in_value(&mut self, expr: &Expr);
}
