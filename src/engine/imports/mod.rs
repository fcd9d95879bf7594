//! Import statements: which of them a change needs, which of them it leaves without a use, and the edits for both.

mod add;
mod below;
mod place;
mod remove;
mod uses;

use std::collections::BTreeSet;

use ruff_python_ast::statement_visitor::{StatementVisitor, walk_stmt};
use ruff_python_ast::{Alias, ExceptHandler, Stmt};
use ruff_text_size::{Ranged, TextRange};

pub(crate) use add::insertions;
pub use add::{Spelling, spell};
pub use below::{below, below_imports};
pub use place::{Members, Placed, has_room, home_of, landing, removal, written};
pub(crate) use place::{keep_separators, placements, put_before};
pub(crate) use remove::removals;
pub(crate) use uses::contains_word;

/// `from module import name`, or `import module` when `name` is none. A change that needs it says so; changes of one
/// file that need the same share one edit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Import {
    pub module: &'static str,
    pub name: Option<&'static str>,
}

/// The module, the name and its neighbours that a [`Spelling`] was asked for.
pub(crate) type Asked = (&'static str, &'static str, &'static [&'static str]);

/// Imports by module, for one file.
pub(crate) type Wanted = BTreeSet<Import>;

/// An import statement and where it stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ImportStatement<'a> {
    pub(crate) statement: &'a Stmt,
    pub(crate) names: &'a [Alias],
    /// The statements of the block that it stands in.
    pub(crate) block: &'a [Stmt],
    /// Below a `try`, in its body, its handlers or what follows.
    pub(crate) guarded: bool,
    /// In the body of a class: the name is an attribute.
    pub(crate) in_class: bool,
}

/// Every import statement of `suite`, at any depth, in source order.
pub(crate) fn statements(suite: &[Stmt]) -> Vec<ImportStatement<'_>> {
    let mut finder = Finder {
        found: Vec::new(),
        blocks: vec![suite],
        guarded: 0,
        in_class: false,
    };
    for statement in suite {
        finder.visit_stmt(statement);
    }
    finder.found.sort_by_key(|import| import.statement.start());
    finder.found
}

struct Finder<'a> {
    found: Vec<ImportStatement<'a>>,
    blocks: Vec<&'a [Stmt]>,
    guarded: usize,
    in_class: bool,
}

impl<'a> StatementVisitor<'a> for Finder<'a> {
    fn visit_body(&mut self, body: &'a [Stmt]) {
        self.blocks.push(body);
        for statement in body {
            self.visit_stmt(statement);
        }
        self.blocks.pop();
    }

    fn visit_stmt(&mut self, statement: &'a Stmt) {
        let names = match statement {
            Stmt::Import(import) => &import.names,
            Stmt::ImportFrom(import) => &import.names,
            Stmt::Try(_) => {
                self.guarded += 1;
                walk_stmt(self, statement);
                self.guarded -= 1;
                return;
            }
            Stmt::ClassDef(_) | Stmt::FunctionDef(_) => {
                let outer = std::mem::replace(&mut self.in_class, statement.is_class_def_stmt());
                walk_stmt(self, statement);
                self.in_class = outer;
                return;
            }
            _ => return walk_stmt(self, statement),
        };
        self.found.push(ImportStatement {
            statement,
            names,
            block: self.blocks.last().copied().unwrap_or_default(),
            guarded: self.guarded > 0,
            in_class: self.in_class,
        });
    }

    fn visit_except_handler(&mut self, handler: &'a ExceptHandler) {
        let ExceptHandler::ExceptHandler(handler) = handler;
        self.visit_body(&handler.body);
    }
}

/// The name that `alias` binds in `statement`.
pub(crate) fn bound_name<'a>(statement: &Stmt, alias: &'a Alias) -> &'a str {
    match (&alias.asname, statement) {
        (Some(name), _) => name.as_str(),
        (None, Stmt::Import(_)) => alias.name.split('.').next().unwrap_or_default(),
        (None, _) => alias.name.as_str(),
    }
}

/// An edit in one file: bytes to replace, and what with.
pub(crate) type TextEdit = (TextRange, String);

/// The lists behind the words `import` in `text`, each with the byte where it starts: what stands in the parentheses or
/// on the line behind the word, comments and all. What is no import at all is among them too, and a line that goes on
/// behind a backslash is taken to the end of the text: a quick look that leaves nothing out.
pub fn import_lists(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let word = "import";
    memchr::memmem::find_iter(text.as_bytes(), word).map(move |at| {
        let rest = &text[at + word.len()..];
        let list = rest.trim_start_matches([' ', '\t', '\x0c', '\\', '\r', '\n']);
        let start = text.len() - list.len();
        let line = || {
            let line = list.split(['\r', '\n']).next().unwrap_or_default();
            if line.ends_with('\\') { list } else { line }
        };
        match list.starts_with('(') {
            true => (start, in_parentheses(list)),
            false => (start, line()),
        }
    })
}

/// `list` up to the parenthesis that closes it, which no comment holds.
fn in_parentheses(list: &str) -> &str {
    let bytes = list.as_bytes();
    let mut at = 0;
    while let Some(found) = memchr::memchr2(b')', b'#', &bytes[at..]) {
        at += found;
        if bytes[at] == b')' {
            return &list[..at];
        }
        match memchr::memchr2(b'\n', b'\r', &bytes[at..]) {
            Some(end) => at += end,
            None => break,
        }
    }
    list
}
