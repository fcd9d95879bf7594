//! The quotes that a file prefers.

use codemend_engine::module::Module;
use codemend_engine::syntax::TokenKind;

/// The quote that most strings of `module` begin with, those in three quotes aside.
pub fn preferred(module: &Module<'_>) -> char {
    let (mut single, mut double) = (0, 0);
    for token in module.tokens() {
        if !matches!(token.kind(), TokenKind::String | TokenKind::FStringStart) {
            continue;
        }
        let range = codemend_engine::syntax::Ranged::range(token);
        let text = module.slice(range).trim_start_matches(char::is_alphabetic);
        match text {
            text if text.starts_with("\"\"\"") || text.starts_with("'''") => {}
            text if text.starts_with('\'') => single += 1,
            _ => double += 1,
        }
    }
    if single > double { '\'' } else { '"' }
}
