//! Statements that follow the imports: a logger that a module makes for itself.

use ruff_python_ast::Stmt;
use ruff_text_size::{Ranged, TextRange};

use super::TextEdit;
use super::add::{behind, leading, own_lines};
use super::place::has_room;
use crate::module::Module;

/// The edit that puts `lines`, a new import first where one is missing, behind the leading imports of `module`; with a
/// blank line after them where there are none. `None` when other code shares the line that they would go behind.
pub fn below_imports(module: &Module<'_>, lines: &[String]) -> Option<TextEdit> {
    let mut lines = lines.to_vec();
    let first = module.suite().first();
    if leading(module) == (None, None)
        && matches!(first, Some(Stmt::FunctionDef(_) | Stmt::ClassDef(_)))
    {
        lines.push(String::new());
    }
    has_room(module).then(|| own_lines(module, &lines))
}

/// The edit that puts `lines` behind `statement` of the module level. `None` when other code shares its last line.
pub fn below(module: &Module<'_>, statement: &Stmt, lines: &[String]) -> Option<TextEdit> {
    let rest = TextRange::new(statement.end(), module.line_end(statement.end()));
    let rest = module.slice(rest).trim_start();
    let ends_line = rest.is_empty() || rest.starts_with('#');
    ends_line.then(|| behind(module, statement.range(), lines))
}
