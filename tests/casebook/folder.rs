//! A case that is a folder: `before/`, `after/`, and a `case.toml` that says what is expected and how to judge it.
//!
//! For cases with several files, or with bytes that no page can show.

use std::path::Path;

use super::tree::{self, Tree};

/// What a run must do with the case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expect {
    SafeFix,
    UnsafeFix,
    Refuse,
    Report,
}

/// How the result is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Oracle {
    /// Bytes.
    Exact,
    /// The same tree, comments, newlines, byte order mark and end.
    Ast,
    /// As `Ast`, but module-level imports are a set.
    AstImports,
    /// As `AstImports`, but every spelling of a union is one.
    Union,
    /// Only that it parses and that files that stay do so. What more there is to judge needs an interpreter.
    Parses,
}

#[derive(Debug)]
pub struct FolderCase {
    /// `codemod/case`.
    pub name: String,
    pub codemod: String,
    pub expect: Expect,
    pub oracle: Oracle,
    pub options: toml::Table,
    /// `path:line`, one for each place that has to be pointed at.
    pub reports: Vec<String>,
    pub before: Tree,
    pub after: Tree,
    /// What a run without unsafe fixes leaves.
    pub safe: Tree,
    pub alternatives: Vec<Tree>,
    /// Results that look right and are not.
    pub wrong: Vec<(String, Tree)>,
}

/// All cases one level below `folder`, sorted by name. None when the folder does not exist.
pub fn read_all(folder: &Path) -> Result<Vec<FolderCase>, String> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Ok(Vec::new());
    };
    let mut folders: Vec<_> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.join("case.toml").is_file())
        .collect();
    folders.sort();
    folders.iter().map(|path| read(path)).collect()
}

fn read(folder: &Path) -> Result<FolderCase, String> {
    let fail = |error: &dyn std::fmt::Display| format!("{}: {error}", folder.display());
    let text = std::fs::read_to_string(folder.join("case.toml")).map_err(|error| fail(&error))?;
    let meta: toml::Table = text.parse().map_err(|error| fail(&error))?;
    let word = |key: &str| {
        meta.get(key)
            .and_then(toml::Value::as_str)
            .unwrap_or_default()
    };
    let tree = |name: &str| tree::read(&folder.join(name)).map_err(|error| fail(&error));
    let before = tree("before")?;
    if word("codemod").is_empty() {
        return Err(fail(&"no `codemod`"));
    }
    let has_safe = folder.join("after-safe").is_dir();
    Ok(FolderCase {
        name: word("id").to_owned(),
        codemod: word("codemod").to_owned(),
        expect: expect(word("expect")).ok_or_else(|| fail(&"unknown `expect`"))?,
        oracle: oracle(word("oracle")).ok_or_else(|| fail(&"unknown `oracle`"))?,
        options: meta
            .get("options")
            .and_then(toml::Value::as_table)
            .cloned()
            .unwrap_or_default(),
        reports: reports(&meta),
        after: tree("after")?,
        safe: if has_safe {
            tree("after-safe")?
        } else {
            before.clone()
        },
        alternatives: others(folder, "after-alt")?
            .into_iter()
            .map(|(_, tree)| tree)
            .collect(),
        wrong: others(folder, "wrong")?,
        before,
    })
}

fn expect(word: &str) -> Option<Expect> {
    Some(match word {
        "safe-fix" => Expect::SafeFix,
        "unsafe-fix" => Expect::UnsafeFix,
        "refuse" => Expect::Refuse,
        "report" => Expect::Report,
        _ => return None,
    })
}

fn oracle(word: &str) -> Option<Oracle> {
    Some(match word {
        "exact" => Oracle::Exact,
        "ast-equal" => Oracle::Ast,
        "ast-equal-imports" => Oracle::AstImports,
        "union-equal" => Oracle::Union,
        "manifest" | "app-json-equal" | "parses-and-runs" => Oracle::Parses,
        _ => return None,
    })
}

fn reports(meta: &toml::Table) -> Vec<String> {
    let list = meta.get("report").and_then(toml::Value::as_array);
    list.into_iter()
        .flatten()
        .filter_map(|report| {
            let file = report.get("file")?.as_str()?;
            let line = report.get("line")?.as_integer()?;
            Some(format!("{file}:{line}"))
        })
        .collect()
}

/// The folders beside `before/` whose names start with `prefix`, sorted.
fn others(folder: &Path, prefix: &str) -> Result<Vec<(String, Tree)>, String> {
    let entries = std::fs::read_dir(folder).map_err(|error| error.to_string())?;
    let mut found = Vec::new();
    for entry in entries.filter_map(Result::ok) {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with(prefix) && entry.path().is_dir() {
            let tree = tree::read(&entry.path()).map_err(|error| error.to_string())?;
            found.push((name, tree));
        }
    }
    found.sort();
    Ok(found)
}
