//! Add imports: how a name of another module is spelled in a file, and where its import goes.

use std::collections::BTreeMap;

use ruff_python_ast::helpers::is_docstring_stmt;
use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{Alias, Stmt, StmtImportFrom};
use ruff_source_file::UniversalNewlines;
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::remove::is_future;
use super::{Import, TextEdit, Wanted};
use crate::module::Module;

/// How a file writes a name of another module, and the import that it needs for that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spelling {
    /// `Optional`, `t.Optional`, `Opt`.
    pub text: String,
    /// What is missing; `None` when the file has it.
    pub import: Option<Import>,
}

/// How `module` is to write `name` of the module `from`.
///
/// What it has imported at module level, it uses. A file that imports `from` as a module and nothing out of it goes
/// through the module; any other gets a from-import; one in which `name` means something else gets `import from`.
/// An import below `if TYPE_CHECKING` is no import at run time and does not count.
///
/// `beside` are names of `from` that the file should spell the same way: a clash of one sends all through the module.
pub fn spell(
    module: &Module<'_>,
    from: &'static str,
    name: &'static str,
    beside: &'static [&'static str],
) -> Spelling {
    module.spelling((from, name, beside), || {
        work_out(module, from, name, beside)
    })
}

fn work_out(
    module: &Module<'_>,
    from: &'static str,
    name: &'static str,
    beside: &[&'static str],
) -> Spelling {
    let names = module.names();
    let starred = names.has_unreadable_stars();
    let clash = |name: &str| starred || names.is_bound_to_other(from, name);
    let mut through = None;
    let mut has_from = false;
    for statement in early(module) {
        match statement {
            Stmt::ImportFrom(import) if is_from(import, from) => {
                has_from = true;
                if let Some(alias) = import.names.iter().find(|alias| &alias.name == name) {
                    let text = alias.asname.as_ref().unwrap_or(&alias.name).to_string();
                    let free = match alias.asname {
                        Some(_) => !starred && names.is_bound_once(&text),
                        None => !clash(name),
                    };
                    if free {
                        return Spelling { text, import: None };
                    }
                }
            }
            Stmt::Import(import) => {
                let alias = import.names.iter().find(|alias| &alias.name == from);
                let bound = alias.map(|alias| alias.asname.as_ref().unwrap_or(&alias.name));
                through = through.or(bound.filter(|name| names.is_bound_once(name)));
            }
            _ => {}
        }
    }
    if let Some(bound) = through.filter(|_| !has_from) {
        return Spelling {
            text: format!("{bound}.{name}"),
            import: None,
        };
    }
    if !clash(name) && !beside.iter().any(|name| clash(name)) {
        let import = Import {
            module: from,
            name: Some(name),
        };
        return Spelling {
            text: name.to_owned(),
            import: Some(import),
        };
    }
    match through {
        Some(bound) => Spelling {
            text: format!("{bound}.{name}"),
            import: None,
        },
        None => Spelling {
            text: format!("{from}.{name}"),
            import: Some(Import {
                module: from,
                name: None,
            }),
        },
    }
}

/// The statements of the module level before the first `|`, in code or in a string other than the docstring: what they import is there when a
/// type is read that is to be spelled anew.
fn early<'m>(module: &'m Module<'_>) -> impl Iterator<Item = &'m Stmt> {
    let docstring = module.suite().first().filter(|one| is_docstring_stmt(one));
    let code = docstring.map_or(TextSize::default(), Ranged::end);
    let bar = module.tokens().iter().find(|token| match token.kind() {
        _ if token.start() < code => false,
        TokenKind::Vbar => true,
        TokenKind::String => module.slice(token.range()).contains('|'),
        _ => false,
    });
    let until = bar.map_or(TextSize::of(module.text()), |token| token.start());
    module
        .suite()
        .iter()
        .take_while(move |statement| statement.end() <= until)
}

fn is_from(import: &StmtImportFrom, module: &str) -> bool {
    import.level == 0 && import.module.as_deref() == Some(module)
}

/// The edits that give `module` the imports of `wanted`.
///
/// An existing from-import at module level is extended: a sorted list stays sorted, case aside, any other gets the
/// name at its end. Otherwise a new statement goes behind the leading imports, or before the first statement behind
/// the docstring and the future imports, with a blank line after it.
pub(crate) fn insertions(module: &Module<'_>, wanted: &Wanted) -> Vec<TextEdit> {
    let mut by_module: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut lines = Vec::new();
    for import in wanted {
        match import.name {
            Some(name) => by_module.entry(import.module).or_default().push(name),
            None => lines.push(format!("import {}", import.module)),
        }
    }
    let mut edits = Vec::new();
    for (from, names) in by_module {
        let existing = early(module).find_map(|statement| match statement {
            Stmt::ImportFrom(import) if is_from(import, from) && extensible(import) => Some(import),
            _ => None,
        });
        match existing {
            Some(import) => edits.extend(extend(module, import, &names)),
            None => lines.push(format!("from {from} import {}", names.join(", "))),
        }
    }
    if !lines.is_empty() {
        edits.push(own_lines(module, &lines));
    }
    edits
}

fn extensible(import: &StmtImportFrom) -> bool {
    import.names.iter().all(|alias| &alias.name != "*")
}

/// Put `names` into the list of `import`.
pub(super) fn extend(
    module: &Module<'_>,
    import: &StmtImportFrom,
    names: &[&str],
) -> Vec<TextEdit> {
    let key = |alias: &Alias| alias.name.to_lowercase();
    let sorted = import.names.is_sorted_by_key(key);
    let mut places: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
    for &name in names {
        let at = match sorted {
            true => import
                .names
                .partition_point(|alias| key(alias) < name.to_lowercase()),
            false => import.names.len(),
        };
        places.entry(at).or_default().push(name);
    }
    places
        .into_iter()
        .flat_map(|(at, mut names)| {
            if sorted {
                names.sort_by_key(|name| name.to_lowercase());
            }
            insert_names(module, &import.names, at, &names)
        })
        .collect()
}

/// Insert `names` before the alias `at`, or behind the last one.
fn insert_names(
    module: &Module<'_>,
    aliases: &[Alias],
    at: usize,
    names: &[&str],
) -> Vec<TextEdit> {
    let neighbour = &aliases[at.min(aliases.len() - 1)];
    let line = module.line_start(neighbour.start());
    let indentation = module.slice(TextRange::new(line, neighbour.start()));
    let above = module.text()[..line.to_usize()].trim_end_matches(['\r', '\n']);
    let own_line =
        indentation.trim().is_empty() && !indentation.is_empty() && !above.ends_with('\\');
    let break_line = format!("{}{indentation}", module.newline_at(neighbour.end()));
    let separator = match own_line {
        true => format!(",{break_line}"),
        false => ", ".to_owned(),
    };
    let list = names.join(&separator);
    let insert = |at: TextSize, text: String| (TextRange::empty(at), text);
    if at < aliases.len() {
        return vec![insert(neighbour.start(), format!("{list}{separator}"))];
    }
    match module.token_after(neighbour.end()) {
        Some((TokenKind::Comma, comma)) if own_line => {
            let end = end_of_comment(module, comma.end());
            vec![insert(end, format!("{break_line}{list},"))]
        }
        Some((TokenKind::Comma, comma)) => vec![insert(comma.end(), format!(" {list},"))],
        _ if own_line => {
            let end = end_of_comment(module, neighbour.end());
            match end == neighbour.end() {
                true => vec![insert(end, format!("{separator}{list}"))],
                false => vec![
                    insert(neighbour.end(), ",".to_owned()),
                    insert(end, format!("{break_line}{list}")),
                ],
            }
        }
        _ => vec![insert(neighbour.end(), format!("{separator}{list}"))],
    }
}

/// Behind a comment that follows `offset` on its line, so that the comment stays with its name.
fn end_of_comment(module: &Module<'_>, offset: TextSize) -> TextSize {
    let line = TextRange::new(offset, module.line_end(offset));
    module
        .comments()
        .comments_in_range(line)
        .first()
        .map_or(offset, |comment| comment.end())
}

/// Insert whole statements on lines of their own.
pub(super) fn own_lines(module: &Module<'_>, lines: &[String]) -> TextEdit {
    let suite = module.suite();
    let (header, imports) = leading(module);
    if let Some(last) = imports {
        return behind(module, last, lines);
    }
    let below = |at: TextSize| {
        let newline = module.newline_at(at);
        (lines.join(newline), newline)
    };
    let first = suite
        .iter()
        .find(|one| header.is_none_or(|header| one.start() >= header.end()));
    let Some(first) = first else {
        return match suite.last() {
            Some(last) => behind(module, last.range(), lines),
            None => {
                let end = TextSize::of(module.text());
                let (text, newline) = below(end);
                (TextRange::empty(end), format!("{text}{newline}"))
            }
        };
    };
    let Some(header) = header else {
        let at = above_comments(module, first.start());
        let (text, newline) = below(at);
        return (TextRange::empty(at), format!("{text}{newline}{newline}"));
    };
    if module.line_start(first.start()) < header.end() {
        return (
            TextRange::empty(first.start()),
            format!("{}; ", lines.join("; ")),
        );
    }
    let end = module.line_end(header.end());
    let (text, newline) = below(end);
    let next = module.slice(TextRange::new(end, module.line_end(end)));
    let blank = if next.trim().is_empty() { "" } else { newline };
    (
        TextRange::empty(end),
        format!("{newline}{text}{newline}{blank}"),
    )
}

/// The last statement of the module's header, a docstring or a future import, and the last of the imports that follow
/// it directly.
pub(super) fn leading(module: &Module<'_>) -> (Option<TextRange>, Option<TextRange>) {
    let suite = module.suite();
    let header = suite.iter().enumerate().take_while(|(at, statement)| {
        *at == 0 && is_docstring_stmt(statement) || is_future(statement)
    });
    let header: Vec<TextRange> = header.map(|(_, statement)| statement.range()).collect();
    let imports = suite[header.len()..]
        .iter()
        .take_while(|s| matches!(s, Stmt::Import(_) | Stmt::ImportFrom(_)));
    (header.last().copied(), imports.last().map(Ranged::range))
}

/// Behind the statement at `range`, on a line of its own where the line ends with the statement.
pub(super) fn behind(module: &Module<'_>, range: TextRange, lines: &[String]) -> TextEdit {
    let ends_line = module
        .tokens()
        .after(range.end())
        .iter()
        .find(|token| token.kind() != TokenKind::Comment)
        .is_none_or(|token| token.kind() == TokenKind::Newline);
    if !ends_line {
        return (
            TextRange::empty(range.end()),
            format!("; {}", lines.join("; ")),
        );
    }
    let end = module.line_end(range.end());
    let newline = module.newline_at(end);
    let text = lines.join(newline);
    match module
        .slice(TextRange::new(range.end(), end))
        .ends_with(['\n', '\r'])
    {
        true => (TextRange::empty(end), format!("{text}{newline}")),
        false => (TextRange::empty(end), format!("{newline}{text}")),
    }
}

/// The start of the line at `offset`, or of the comment lines that touch it from above.
/// A comment that opens the file (a shebang, an encoding cookie, a licence) stays above the import; a directive of
/// codemend stays with the line that it is about.
fn above_comments(module: &Module<'_>, offset: TextSize) -> TextSize {
    let here = module.line_start(offset);
    let top = module.line_start(TextSize::default());
    let mut start = here;
    while start > top {
        let above = module.line_start(start - TextSize::new(1));
        let line = module.slice(TextRange::new(above, start)).trim();
        let opens_file = module.text()[..above.to_usize()]
            .universal_newlines()
            .count()
            < 2;
        if above == start || !line.starts_with('#') {
            return start;
        }
        if line.contains("codemend:") {
            return above;
        }
        if opens_file && (line.starts_with("#!") || line.contains("coding")) {
            return start;
        }
        start = above;
    }
    here
}
