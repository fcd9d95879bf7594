//! The syntax types that codemods work with, so that they depend on the engine alone.

pub use ruff_python_ast as ast;
pub use ruff_python_ast::token::{TokenKind, Tokens};
pub use ruff_python_parser::parse_expression;
pub use ruff_python_parser::typing::ParsedAnnotation;
pub use ruff_python_stdlib::identifiers::is_identifier;
pub use ruff_python_stdlib::keyword::is_keyword;
pub use ruff_python_trivia::CommentRanges;
pub use ruff_source_file::UniversalNewlines;
pub use ruff_text_size::{Ranged, TextLen, TextRange, TextSize};

use ruff_python_ast::ExprStringLiteral;
use ruff_python_parser::{ParseError, ParseErrorType};

/// The type that `literal`, a string of the file with the text `source`, writes down.
///
/// # Errors
/// It is no type, or nests so deeply that no Python reads it.
pub fn parse_type_annotation(
    literal: &ExprStringLiteral,
    source: &str,
) -> Result<ParsedAnnotation, ParseError> {
    match crate::nesting::too_deep(literal.value.to_str()) {
        Some((_, reason)) => Err(ParseError {
            error: ParseErrorType::OtherError(reason.to_owned()),
            location: literal.range(),
        }),
        None => ruff_python_parser::typing::parse_type_annotation(literal, source),
    }
}
