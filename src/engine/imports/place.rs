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

/// The edits that put `wanted`, in that order, at the module level. From-imports of one module become one statement,
/// unless a comment keeps them apart.
pub(crate) fn placements(module: &Module<'_>, wanted: &[&Placed]) -> Vec<TextEdit> {
    let mut lines: Vec<Line> = Vec::new();
    let mut extended: Vec<(&StmtImportFrom, Vec<String>)> = Vec::new();
    for one in wanted {
        let mergeable = one.members.as_ref().filter(|_| one.comments.is_empty());
        let home = mergeable.and_then(|members| Some((home_of(module, members)?, members)));
        let Some((home, members)) = home else {
            place(&mut lines, one);
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
        let lines: Vec<String> = lines.into_iter().map(Line::text).collect();
        edits.push(own_lines(module, &lines));
    }
    edits
}

/// A statement that is to be written.
struct Line {
    text: String,
    comments: Vec<String>,
    members: Option<Members>,
    /// Names were added: the text no longer says all.
    merged: bool,
}

impl Line {
    fn text(self) -> String {
        let text = match &self.members {
            Some(members) if self.merged => {
                format!(
                    "from {} import {}",
                    members.module,
                    members.names.join(", ")
                )
            }
            _ => self.text,
        };
        match self.comments.is_empty() {
            true => text,
            false => format!("{text}  {}", self.comments.join("  ")),
        }
    }
}

/// Let `lines` have what `one` imports.
fn place(lines: &mut Vec<Line>, one: &Placed) {
    if let Some(same) = lines.iter_mut().find(|line| line.text == one.text) {
        add_new(&mut same.comments, &one.comments);
        return;
    }
    let members = one.members.as_ref().filter(|_| one.comments.is_empty());
    let other = lines.iter_mut().find(|line| {
        let known = line.members.as_ref().filter(|_| line.comments.is_empty());
        known.is_some_and(|known| members.is_some_and(|new| new.module == known.module))
    });
    if let (Some(line), Some(new)) = (other, members)
        && let Some(known) = &mut line.members
    {
        let sorted = known.names.is_sorted_by_key(|name| name.to_lowercase());
        let before = known.names.len();
        add_new(&mut known.names, &new.names);
        line.merged |= known.names.len() > before;
        if sorted {
            known.names.sort_by_key(|name| name.to_lowercase());
        }
        return;
    }
    lines.push(Line {
        text: one.text.clone(),
        comments: one.comments.clone(),
        members: one.members.clone(),
        merged: false,
    });
}

/// Let a blank line below imports stay where an import above it stays: `edits` (sorted) take out imports.
pub(crate) fn keep_separators(module: &Module<'_>, edits: &mut [TextEdit]) {
    let gone: Vec<TextRange> = edits.iter().map(|(range, _)| *range).collect();
    let stays = |statement: &Stmt| {
        let next = gone.partition_point(|range| range.end() <= statement.start());
        gone.get(next)
            .is_none_or(|range| !range.contains_range(statement.range()))
    };
    for import in super::statements(module.suite()) {
        let range = import.statement.range();
        let next = gone.partition_point(|one| one.end() < range.end());
        let Some((edit, _)) = edits
            .get_mut(next)
            .filter(|(edit, text)| text.is_empty() && edit.contains_range(range))
        else {
            continue;
        };
        let line_end = module.line_end(range.end());
        let at = import.block.iter().position(|one| one.range() == range);
        if edit.end() > line_end
            && at.is_some_and(|at| follows_import(module, import.block, at, &stays))
        {
            *edit = TextRange::new(edit.start(), line_end);
        }
    }
}

/// Whether an import that `stays` stands above `block[at]`, with nothing between them but imports.
fn follows_import(
    module: &Module<'_>,
    block: &[Stmt],
    at: usize,
    stays: &dyn Fn(&Stmt) -> bool,
) -> bool {
    let mut at = at;
    while let Some(above) = at.checked_sub(1) {
        let (one, below) = (&block[above], &block[at]);
        let is_import = matches!(one, Stmt::Import(_) | Stmt::ImportFrom(_));
        if !is_import || module.line_end(one.end()) != module.line_start(below.start()) {
            return false;
        }
        if stays(one) {
            return true;
        }
        at = above;
    }
    false
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

/// Add `imports` to `edits`. Where a change inserts at the very place of an import, the import comes first.
pub(crate) fn put_before(edits: &mut Vec<TextEdit>, imports: Vec<TextEdit>) {
    for (range, text) in imports {
        let same = edits
            .iter_mut()
            .find(|(other, _)| range.is_empty() && *other == range);
        if let Some((_, behind)) = same {
            behind.insert_str(0, &text);
            continue;
        }
        // Behind an import that goes with the semicolon that parts it from the next statement.
        let around = edits.iter_mut().find(|(other, gone)| {
            let at = range.start();
            range.is_empty() && gone.is_empty() && other.start() < at && at < other.end()
        });
        match (around, text.strip_prefix("; ")) {
            (Some((_, place)), Some(import)) => *place = format!("{import}; "),
            _ => edits.push((range, text)),
        }
    }
}
