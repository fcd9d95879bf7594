//! What must hold of every run, whatever the bytes were.
//!
//! These checks know nothing of the engine's own: they are written anew, so that a fault in it is no fault in them.

use ruff_python_ast::PySourceType;
use ruff_python_parser::parse_unchecked_source;

use super::run::{Ran, Tree, run};

/// Run over `before` and check the result, then run over the result, which must be quiet. Gives the number of files
/// that were changed.
pub fn check(before: &Tree) -> Result<usize, String> {
    let Some(ran) = run(before)? else {
        return Ok(0);
    };
    let changed = result(before, &ran)?;
    if changed == 0 {
        return Ok(0);
    }
    let again = run(&ran.tree)?.ok_or("the settings are refused after the run")?;
    match ran
        .tree
        .iter()
        .find(|(path, bytes)| again.tree.get(*path) != Some(bytes))
    {
        Some((path, bytes)) => {
            let second = again.tree.get(path).map_or(&[][..], Vec::as_slice);
            Err(format!(
                "{path}: a second run changes something:\n{}\n-- becomes --\n{}",
                bytes.escape_ascii(),
                second.escape_ascii()
            ))
        }
        None => Ok(changed),
    }
}

fn result(before: &Tree, ran: &Ran) -> Result<usize, String> {
    for problem in &ran.outcome.problems {
        if problem.message.contains("a fault of codemend") {
            return Err(format!("{}: {}", problem.path, problem.message));
        }
    }
    let mut changed = 0;
    for (path, after) in &ran.tree {
        let Some(old) = before.get(path) else {
            return Err(format!("{path}: nobody asked for this file"));
        };
        if old == after {
            continue;
        }
        changed += 1;
        file(path, old, after).map_err(|fault| {
            let (old, after) = (old.escape_ascii(), after.escape_ascii());
            format!("{path}: {fault}:\n{old}\n-- becomes --\n{after}")
        })?;
    }
    Ok(changed)
}

/// Judge a file that was changed.
///
/// # Errors
/// What must not be.
pub fn file(path: &str, before: &[u8], after: &[u8]) -> Result<(), String> {
    let (Ok(old), Ok(new)) = (std::str::from_utf8(before), std::str::from_utf8(after)) else {
        return Err("was changed, and is not UTF-8".into());
    };
    if before.contains(&0) || declares_other(old) {
        return Err("was changed, and is in another encoding".into());
    }
    if declares_other(new) {
        return Err("declares another encoding now".into());
    }
    if old.starts_with('\u{feff}') != new.starts_with('\u{feff}') {
        return Err("the byte order mark has come or gone".into());
    }
    let (kinds, new_kinds) = (newlines(old), newlines(new));
    if let Some(kind) = new_kinds.iter().find(|kind| !kinds.contains(kind))
        && !(kinds.is_empty() && *kind == "\n")
    {
        return Err(format!("has newlines {kind:?} now"));
    }
    if parses(path, old) && !parses(path, new) {
        return Err("no longer parses".into());
    }
    Ok(())
}

/// Whether the first line, or the second below a comment or nothing, is a comment with an encoding in it that is no
/// UTF-8 by its name.
fn declares_other(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    let lines = text.split(['\n', '\r']).take(2);
    let bodies = lines.map(|line| line.trim_start_matches([' ', '\t', '\x0c']));
    bodies
        .take_while(|line| line.is_empty() || line.starts_with('#'))
        .filter_map(|line| Some(line.split_once("coding:").or(line.split_once("coding="))?.1))
        .filter_map(|name| name.trim_start_matches([' ', '\t']).get(..5))
        .any(|name| ["latin", "ascii", "cp125", "iso-8"].contains(&name))
}

/// The kinds of newlines in `text`.
fn newlines(text: &str) -> Vec<&'static str> {
    let alone = text.replace("\r\n", "");
    let kinds = [
        ("\r\n", text.contains("\r\n")),
        ("\n", alone.contains('\n')),
        ("\r", alone.contains('\r')),
    ];
    let there = kinds.into_iter().filter(|(_, there)| *there);
    there.map(|(kind, _)| kind).collect()
}

fn parses(path: &str, text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}');
    match path.rsplit('.').next() {
        Some("py") => parse_unchecked_source(text, PySourceType::Python)
            .errors()
            .is_empty(),
        Some("toml") => text.parse::<toml::Table>().is_ok(),
        _ => true,
    }
}
