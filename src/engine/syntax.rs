//! The syntax types that codemods work with, so that they depend on the engine alone.

pub use ruff_python_ast as ast;
pub use ruff_python_ast::token::{TokenKind, Tokens};
pub use ruff_python_parser::parse_expression;
pub use ruff_python_parser::typing::{ParsedAnnotation, parse_type_annotation};
pub use ruff_python_stdlib::identifiers::is_identifier;
pub use ruff_python_stdlib::keyword::is_keyword;
pub use ruff_python_trivia::CommentRanges;
pub use ruff_source_file::UniversalNewlines;
pub use ruff_text_size::{Ranged, TextLen, TextRange, TextSize};
