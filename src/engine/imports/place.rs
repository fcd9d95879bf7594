//! Move whole import statements: take one out of its block, and put it at module level.

use ruff_python_ast::{Alias, Stmt, StmtImportFrom};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::add::{extend, leading, own_lines};
use super::remove::whole_statements;
use super::{ImportStatement, TextEdit};
use crate::module::Module;

/// An import statement that a change wants at module level. Changes of one file that want the same share it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// The statement without indentation. It may span lines, in the newlines of its file.
    pub text: String,
    /// Comments that stood behind it, each beginning with `#`.
    pub comments: Vec<String>,
    /// What it takes, when it is a from-import that may be merged into one that is there.
    pub members: Option<Members>,
}

/// The names of a from-import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Members {
    /// The module with its dots, as it is written.
    pub module: String,
    /// `name` or `name as other`.
    pub names: Vec<String>,
}

/// The edit that takes the statement `block[at]` out of `block`: with its physical lines and one blank line below
/// them, or, where other code shares the line, without that code. `pass` where the block would be empty.
pub fn removal(module: &Module<'_>, block: &[Stmt], at: usize) -> Option<TextRange> {
    let statement = block.get(at)?;
    let names = match statement {
        Stmt::Import(import) => &import.names,
        Stmt::ImportFrom(import) => &import.names,
        _ => return None,
    };
    let doomed = ImportStatement {
        statement,
        names,
        block,
        guarded: false,
        in_class: false,
    };
    let edits = whole_statements(module, &[&doomed]);
    let [(range, replacement)] = edits.as_slice() else {
        return None;
    };
    if !replacement.is_empty() {
        return None;
    }
    let whole_lines = module.line_start(range.start()) == range.start()
        && module.slice(*range).ends_with(['\n', '\r']);
    if !whole_lines {
        return Some(*range);
    }
    let next = TextRange::new(range.end(), module.line_end(range.end()));
    let is_blank = !next.is_empty() && module.slice(next).trim_matches(BLANK).is_empty();
    let last = at + 1 == block.len();
    Some(match is_blank && !last {
        true => TextRange::new(range.start(), next.end()),
        false => *range,
    })
}

/// White space that a blank line is made of. A form feed is a page break, and stays.
const BLANK: [char; 4] = [' ', '\t', '\r', '\n'];

/// The statement that an import which wants `members` of a module is merged into: one at the head of the module, above
/// every function. `None` when it gets a line of its own behind the leading imports.
pub fn home_of<'m>(module: &'m Module<'_>, members: &Members) -> Option<&'m StmtImportFrom> {
    module
        .suite()
        .iter()
        .take_while(|statement| !holds_function(module, statement))
        .find_map(|statement| match statement {
            Stmt::ImportFrom(import) if takes_more(module, import, members) => Some(import),
            _ => None,
        })
}

fn holds_function(module: &Module<'_>, statement: &Stmt) -> bool {
    match statement {
        Stmt::FunctionDef(_) | Stmt::ClassDef(_) => true,
        Stmt::If(_)
        | Stmt::Try(_)
        | Stmt::With(_)
        | Stmt::For(_)
        | Stmt::While(_)
        | Stmt::Match(_) => {
            let text = module.slice(statement.range());
            text.contains("def ") || text.contains("class ")
        }
        _ => false,
    }
}

fn takes_more(module: &Module<'_>, import: &StmtImportFrom, members: &Members) -> bool {
    let dots = ".".repeat(import.level as usize);
    let written = format!("{dots}{}", import.module.as_deref().unwrap_or_default());
    let star = import.names.iter().any(|alias| &alias.name == "*");
    let line = TextRange::new(import.end(), module.line_end(import.end()));
    let keeps_off =
        module.comments().intersects(line) || module.comments().intersects(import.range());
    written == members.module && !star && !import.is_lazy && !keeps_off
}

/// The byte behind which a new import statement of `module` goes.
pub fn landing(module: &Module<'_>) -> TextSize {
    let (header, imports) = leading(module);
    imports
        .or(header)
        .map_or(TextSize::default(), |range| range.end())
}

/// Whether a new import statement gets lines of its own: no other statement shares the line that it goes behind.
pub fn has_room(module: &Module<'_>) -> bool {
    let (header, imports) = leading(module);
    let Some(range) = imports.or(header) else {
        return true;
    };
    let line = TextRange::new(range.end(), module.line_end(range.end()));
    let rest = module.slice(line).trim_start();
    rest.is_empty() || rest.starts_with('#')
}

/// The edits that put `wanted`, in that order, at the module level.
pub(crate) fn placements(module: &Module<'_>, wanted: &[&Placed]) -> Vec<TextEdit> {
    let mut lines: Vec<(String, Vec<String>)> = Vec::new();
    let mut extended: Vec<(&StmtImportFrom, Vec<String>)> = Vec::new();
    for one in wanted {
        let mergeable = one.members.as_ref().filter(|_| one.comments.is_empty());
        let home = mergeable.and_then(|members| Some((home_of(module, members)?, members)));
        let Some((home, members)) = home else {
            match lines.iter_mut().find(|(text, _)| *text == one.text) {
                Some((_, comments)) => add_new(comments, &one.comments),
                None => lines.push((one.text.clone(), one.comments.clone())),
            }
            continue;
        };
        let missing: Vec<String> = members
            .names
            .iter()
            .filter(|name| !home.names.iter().any(|alias| written(alias) == **name))
            .cloned()
            .collect();
        match extended
            .iter_mut()
            .find(|(import, _)| import.range() == home.range())
        {
            Some((_, names)) => add_new(names, &missing),
            None => extended.push((home, missing)),
        }
    }
    let mut edits: Vec<TextEdit> = extended
        .iter()
        .flat_map(|(import, names)| {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            extend(module, import, &names)
        })
        .collect();
    if !lines.is_empty() {
        let lines: Vec<String> = lines.into_iter().map(with_comments).collect();
        edits.push(own_lines(module, &lines));
    }
    edits
}

fn with_comments((text, comments): (String, Vec<String>)) -> String {
    match comments.is_empty() {
        true => text,
        false => format!("{text}  {}", comments.join("  ")),
    }
}

fn add_new(all: &mut Vec<String>, more: &[String]) {
    for one in more {
        if !all.contains(one) {
            all.push(one.clone());
        }
    }
}

/// `name` or `name as other`.
pub fn written(alias: &Alias) -> String {
    match &alias.asname {
        Some(asname) => format!("{} as {asname}", alias.name),
        None => alias.name.to_string(),
    }
}
