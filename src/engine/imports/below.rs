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

#[cfg(test)]
mod tests {
    use std::fs;
    use std::sync::Arc;

    use camino::Utf8Path;
    use ruff_python_ast::PythonVersion;

    use super::{below, below_imports};
    use crate::module::Module;
    use crate::resolve::apply;
    use crate::semantic::Semantics;
    use crate::source::SizeLimit;

    /// `text` with a logger behind its imports, and behind its first statement.
    fn placed(text: &str) -> (Option<String>, Option<String>) {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap();
        let path = root.join("a.py");
        fs::write(&path, text).unwrap();
        let semantics = Semantics::new(root, Vec::new(), None, SizeLimit::default());
        let module = Module::parse(&semantics, &path, Arc::from(text), PythonVersion::PY310);
        let module = module.unwrap();
        let lines = ["import m".to_owned(), String::new(), "x = m.f()".to_owned()];
        let made = |edit| Some(apply(text, &[edit?]));
        let first = module.suite().first().unwrap();
        (
            made(below_imports(&module, &lines)),
            made(below(&module, first, &lines)),
        )
    }

    #[test]
    fn lines_follow_the_imports() {
        let (imports, first) = placed("import a\nimport b  # b\n\nc = 1\n");
        let expected = "import a\nimport b  # b\nimport m\n\nx = m.f()\n\nc = 1\n";
        assert_eq!(imports.as_deref(), Some(expected));
        let expected = "import a\nimport m\n\nx = m.f()\nimport b  # b\n\nc = 1\n";
        assert_eq!(first.as_deref(), Some(expected));
    }

    #[test]
    fn where_nothing_is_imported_they_come_first() {
        let (imports, _) = placed("def f():\n    pass\n");
        let expected = "import m\n\nx = m.f()\n\n\ndef f():\n    pass\n";
        assert_eq!(imports.as_deref(), Some(expected));
        let (imports, _) = placed("\"\"\"d\"\"\"\n\nf()\n");
        let expected = "\"\"\"d\"\"\"\n\nimport m\n\nx = m.f()\n\nf()\n";
        assert_eq!(imports.as_deref(), Some(expected));
    }

    #[test]
    fn a_crowded_line_has_no_room() {
        assert_eq!(placed("import a; f()\n"), (None, None));
    }
}
