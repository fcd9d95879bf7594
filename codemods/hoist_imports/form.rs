//! Write the change: the statement leaves its function and stands at module level.

use codemend_engine::change::{Change, Changes};
use codemend_engine::imports::{self, Members, Placed};
use codemend_engine::module::Module;
use codemend_engine::syntax::ast::Stmt;
use codemend_engine::syntax::{Ranged, TextRange, TextSize, UniversalNewlines};
use codemend_engine::target::PythonVersion;

use super::candidate::Candidate;
use super::origin::Verdict;
use super::surroundings::Surroundings;

/// The first Python with `lazy import` (PEP 810).
const LAZY: PythonVersion = PythonVersion::PY315;

/// The byte of the module behind which the import of `candidate` will run.
pub(super) fn landing(surroundings: &Surroundings<'_>, candidate: &Candidate<'_>) -> TextSize {
    let module = surroundings.module;
    members(candidate)
        .filter(|_| comments(module, candidate.range()).is_empty())
        .and_then(|members| imports::home_of(module, &members))
        .map_or_else(|| imports::landing(module), Ranged::end)
}

/// Propose what `verdict` says about `candidate`, or decline it.
pub(super) fn propose(
    surroundings: &Surroundings<'_>,
    candidate: &Candidate<'_>,
    verdict: Verdict,
    changes: &mut Changes,
) {
    let module = surroundings.module;
    let range = candidate.range();
    let Some(gone) = imports::removal(module, candidate.block, candidate.at) else {
        changes.decline(range, "nothing would be left of the block");
        return;
    };
    let outside = comments(module, gone);
    let inside = comments(module, range);
    let shown = shown(module, range);
    if verdict.there {
        match outside.first() {
            Some(comment) => {
                let reason =
                    format!("the module has the import, and the comment `{comment}` would be lost");
                changes.decline(range, reason);
            }
            None => {
                let mut change =
                    changes.draft(range, format!("drop `{shown}`, which the module has"));
                change.delete(gone);
                changes.propose(change);
            }
        }
        return;
    }
    if !imports::has_room(module) {
        changes.decline(
            range,
            "the imports at the top share their line with other code",
        );
        return;
    }
    let placed = Placed {
        text: dedented(module, range),
        comments: outside
            .into_iter()
            .filter(|one| !inside.contains(one))
            .collect(),
        members: members(candidate).filter(|_| inside.is_empty()),
    };
    let lazily = || {
        let mut change = changes.draft(
            range,
            format!("import `{}` lazily at the top", subject(candidate)),
        );
        change.delete(gone);
        change.places.push(Placed {
            text: format!("lazy {}", placed.text),
            members: None,
            ..placed.clone()
        });
        change
    };
    let can_be_lazy = module.target() >= LAZY;
    if let Some(reason) = verdict.lazy {
        match can_be_lazy {
            true => {
                let mut change = lazily();
                change.make_unsafe(format!("{reason}, so it is loaded on first use"));
                changes.propose(change);
            }
            false => changes.decline(range, reason),
        }
        return;
    }
    let otherwise: Option<Box<Change>> = can_be_lazy.then(|| Box::new(lazily()));
    let mut change = changes.draft(range, format!("move `{shown}` to the top"));
    change.delete(gone);
    change.places.push(placed);
    change.loads = verdict.loads;
    change.otherwise = otherwise;
    if let Some(why) = verdict.why {
        change.make_unsafe(why);
    }
    changes.propose(change);
}

/// The names of a from-import, for merging.
fn members(candidate: &Candidate<'_>) -> Option<Members> {
    let Stmt::ImportFrom(import) = candidate.statement else {
        return None;
    };
    let dots = ".".repeat(import.level as usize);
    Some(Members {
        module: format!("{dots}{}", import.module.as_deref().unwrap_or_default()),
        names: import.names.iter().map(imports::written).collect(),
    })
}

fn comments(module: &Module<'_>, range: TextRange) -> Vec<String> {
    let comments = module.comments().comments_in_range(range).iter();
    comments
        .map(|range| module.slice(*range).trim_end().to_owned())
        .collect()
}

/// The statement at `range` as it stands, without the indentation of its block.
fn dedented(module: &Module<'_>, range: TextRange) -> String {
    let text = module.slice(range);
    let indentation = module.indentation(range.start());
    match indentation.is_empty() {
        true => text.to_owned(),
        false => text
            .universal_newlines()
            .enumerate()
            .map(|(at, line)| match at {
                0 => line.as_full_str(),
                _ => {
                    let line = line.as_full_str();
                    line.strip_prefix(indentation).unwrap_or(line)
                }
            })
            .collect(),
    }
}

/// The statement on one line, for people.
fn shown(module: &Module<'_>, range: TextRange) -> String {
    let text = module.slice(range);
    let words: Vec<&str> = text.split_whitespace().collect();
    let line = words.join(" ");
    match line.char_indices().nth(72) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

fn subject(candidate: &Candidate<'_>) -> String {
    match candidate.statement {
        Stmt::ImportFrom(import) => {
            let dots = ".".repeat(import.level as usize);
            format!("{dots}{}", import.module.as_deref().unwrap_or_default())
        }
        _ => {
            let names = candidate.names().iter().map(|alias| alias.name.to_string());
            names.collect::<Vec<_>>().join(", ")
        }
    }
}
