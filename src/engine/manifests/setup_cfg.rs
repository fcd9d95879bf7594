//! `setup.cfg`: `install_requires` and the extras, read line by line so that their places are known.
//!
//! The same grammar as Python's `configparser`: a key starts a line, what is indented below goes on with its value.

use std::ops::Range;

use super::model::{Closed, Entry, Include, Kind, LineStyle, Manifest, MissingStyle, Shape};
use super::pip::without_comment;
use super::requirement::{Requirement, normalise};
use super::text::lines;
use crate::problem::{LineColumn, Problem};

/// Fill `manifest` from its text. Without `[options]` it requires nothing and only configures tools.
///
/// # Errors
/// A line belongs to no section or no key, or a value is no list of requirements.
pub(super) fn read(manifest: &mut Manifest) -> Result<(), Problem> {
    let text = manifest.text.clone();
    let sections = sections(manifest, &text)?;
    let find = |name: &str| sections.iter().find(|section| section.name == name);
    manifest.is_project = find("options").is_some();
    if let Some(options) = find("options") {
        let key = options
            .keys
            .iter()
            .find(|key| key.name == "install_requires");
        match key {
            Some(key) => value(manifest, &text, key, Kind::Runtime)?,
            None => {
                let shape = Shape::Missing {
                    at: options.end,
                    style: MissingStyle::Ini,
                };
                manifest.push(Kind::Runtime, Vec::new(), shape);
            }
        }
    }
    for key in find("options.extras_require")
        .into_iter()
        .flat_map(|section| &section.keys)
    {
        value(manifest, &text, key, Kind::Extra(normalise(&key.name)))?;
    }
    Ok(())
}

struct Section {
    name: String,
    keys: Vec<Key>,
    /// The end of its last line that holds something.
    end: usize,
}

struct Key {
    name: String,
    line: usize,
    /// The values, each on its line: from its first character to its last.
    /// Bytes of white space before it.
    indent: usize,
    values: Vec<(Range<usize>, usize)>,
    /// The end of the line of the key.
    end: usize,
}

fn sections(manifest: &Manifest, text: &str) -> Result<Vec<Section>, Problem> {
    let mut sections: Vec<Section> = Vec::new();
    for (index, line) in lines(text).into_iter().enumerate() {
        let content = &text[line.start..line.end];
        let body = content.trim();
        let at = line.start + (content.len() - content.trim_start().len());
        let range = at..at + body.len();
        let number = index + 1;
        if body.is_empty() || body.starts_with(['#', ';']) {
            continue;
        }
        let indented = at > line.start;
        let stray = || {
            let message = "is not a valid configuration file: a line without a section or a key";
            Problem::new(&manifest.path, message)
                .at(LineColumn::of(text, at))
                .help("mend it")
        };
        if let Some(header) = body.strip_prefix('[').filter(|_| !indented) {
            let name = header.split(']').next().unwrap_or_default().trim();
            sections.push(Section {
                name: name.to_owned(),
                keys: Vec::new(),
                end: line.end,
            });
            continue;
        }
        let section = sections.last_mut().ok_or_else(stray)?;
        section.end = line.end;
        // A value goes on where a line is indented deeper than its key.
        let indent = at - line.start;
        if let Some(key) = section.keys.last_mut().filter(|key| indent > key.indent) {
            key.values.push((range, number));
            continue;
        }
        let split = body.find(['=', ':']).ok_or_else(stray)?;
        let mut key = Key {
            name: body[..split].trim().to_lowercase().replace('-', "_"),
            line: number,
            indent,
            values: Vec::new(),
            end: line.end,
        };
        let rest = body[split + 1..].trim_start();
        if !rest.is_empty() {
            key.values.push((range.end - rest.len()..range.end, number));
        }
        section.keys.push(key);
    }
    Ok(sections)
}

fn value(manifest: &mut Manifest, text: &str, key: &Key, kind: Kind) -> Result<(), Problem> {
    if let [(range, line)] = &key.values[..]
        && let Some(files) = text[range.clone()].strip_prefix("file:")
    {
        for target in files.split(',').map(str::trim) {
            manifest.includes.push(Include {
                target: target.to_owned(),
                kind: kind.clone(),
                range: range.clone(),
                line: *line,
            });
        }
        return Ok(());
    }
    let one_line = key.values.len() == 1 && key.values[0].1 == key.line;
    let (mut requirements, mut entries) = (Vec::new(), Vec::new());
    let mut separated = false;
    for (range, line) in &key.values {
        let found = entries_of(text, range.clone(), one_line);
        separated |= found.len() > 1;
        for range in found {
            let shown = without_comment(&text[range.clone()]).trim();
            if shown.is_empty() {
                continue;
            }
            let Some(found) = Requirement::parse(shown, range.clone(), *line) else {
                let message = format!("`{shown}` is no requirement ({})", key.name);
                let at = LineColumn::of(text, range.start);
                return Err(Problem::new(&manifest.path, message).at(at).help("mend it"));
            };
            entries.push(Entry {
                range,
                name: Some(found.written.clone()),
            });
            requirements.push(found);
        }
    }
    let shape = match one_line && (separated || text[key.values[0].0.clone()].contains(';')) {
        true => Shape::Closed(Closed::new(key.line, "has all of them on one line")),
        false => Shape::Lines {
            entries,
            empty_at: key.end,
            style: LineStyle::Indented,
        },
    };
    manifest.push(kind, requirements, shape);
    Ok(())
}

/// `a; b` on the line of the key is two requirements; below it, `a; b` is one with a marker.
fn entries_of(text: &str, range: Range<usize>, one_line: bool) -> Vec<Range<usize>> {
    let marker = text[range.clone()].split_once(';');
    if !one_line || marker.is_some_and(|(_, marker)| is_marker(marker)) {
        return vec![range];
    }
    let mut found = Vec::new();
    let mut at = range.start;
    for part in text[range].split(';') {
        let start = at + (part.len() - part.trim_start().len());
        found.push(start..start + part.trim().len());
        at += part.len() + 1;
    }
    found
}

/// Whether `text` starts with a variable of an environment marker.
fn is_marker(text: &str) -> bool {
    let text = text.trim_start_matches([' ', '(']);
    let variables = [
        "python_",
        "platform_",
        "implementation_",
        "os_name",
        "sys_platform",
        "extra",
    ];
    variables.iter().any(|variable| text.starts_with(variable)) || text.starts_with(['"', '\''])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifests::model::Format;

    fn read_text(text: &str) -> Result<Manifest, Problem> {
        let mut manifest = Manifest::new("setup.cfg".into(), Format::SetupCfg, text.into());
        read(&mut manifest).map(|()| manifest)
    }

    fn names(manifest: &Manifest) -> Vec<(Kind, Vec<&str>)> {
        let lists = manifest.lists.iter();
        lists
            .map(|list| {
                let names = list.requirements.iter().map(|one| one.name.as_str());
                (list.kind.clone(), names.collect())
            })
            .collect()
    }

    #[test]
    fn values_below_their_key() {
        let text = "[metadata]\nname = x\n[options]\ninstall-requires =\n    # web\n    fastapi>=0.110  # c\n\n    pydantic>=2 ; python_version >= \"3.9\"\nzip_safe = no\n[options.extras_require]\ntest =\n    pytest\n";
        let manifest = read_text(text).unwrap();
        assert_eq!(
            names(&manifest),
            [
                (Kind::Runtime, vec!["fastapi", "pydantic"]),
                (Kind::Extra("test".to_owned()), vec!["pytest"])
            ]
        );
        assert_eq!(manifest.lists[0].requirements[1].line, 8);
    }

    #[test]
    fn values_on_the_line_of_their_key() {
        let manifest = read_text("[options]\ninstall_requires = a; b>=1\n").unwrap();
        assert_eq!(names(&manifest), [(Kind::Runtime, vec!["a", "b"])]);
        assert!(manifest.lists[0].closed().is_some());
        let limited = read_text("[options]\ninstall_requires = a; os_name == 'nt'\n").unwrap();
        assert_eq!(names(&limited), [(Kind::Runtime, vec!["a"])]);
        let manifest = read_text("[options]\ninstall_requires = a\n").unwrap();
        assert_eq!(names(&manifest), [(Kind::Runtime, vec!["a"])]);
        assert!(manifest.lists[0].closed().is_none());
    }

    #[test]
    fn a_file_directive_is_an_include() {
        let text = "[options]\ninstall_requires = file: requirements.txt, more.txt\n";
        let manifest = read_text(text).unwrap();
        let targets: Vec<_> = manifest.includes.iter().map(|one| &one.target).collect();
        assert_eq!(targets, ["requirements.txt", "more.txt"]);
    }

    #[test]
    fn only_tools() {
        assert!(
            !read_text("[flake8]\nmax-line-length = 100\n")
                .unwrap()
                .is_project
        );
    }

    #[test]
    fn broken_lines_say_where() {
        let problem = read_text("[options]\nwhat is this\n").unwrap_err();
        assert_eq!(problem.at, Some(LineColumn { line: 2, column: 1 }));
        let problem = read_text("[options]\ninstall_requires =\n    no requirement\n").unwrap_err();
        assert_eq!(
            problem.message,
            "`no requirement` is no requirement (install_requires)"
        );
    }
}
