//! The graph for programs. `docs/import-graph.md` lists the keys; new ones may be added under the same version.

use std::fmt::Write;

use codemend_engine::project::{Load, LoadKind, ModuleId};
use serde::Serialize;

use super::super::paths::relative;
use super::super::terminal::is_hidden;
use super::{Cycle, Picture};

/// Goes up when a key goes away or means something else.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Graph<'p> {
    version: u32,
    modules: Vec<Module<'p>>,
    cycles: Vec<CycleOf<'p>>,
    notes: Vec<Note<'p>>,
}

#[derive(Serialize)]
struct Module<'p> {
    name: &'p str,
    path: String,
    test: bool,
    generated: bool,
    imports: Vec<Import<'p>>,
}

#[derive(Serialize)]
struct Import<'p> {
    module: &'p str,
    path: String,
    line: u32,
    kind: &'static str,
    by: String,
}

#[derive(Serialize)]
struct CycleOf<'p> {
    modules: Vec<Named<'p>>,
    ways: Vec<Vec<StepOf<'p>>>,
}

#[derive(Serialize)]
struct Named<'p> {
    name: &'p str,
    path: String,
}

#[derive(Serialize)]
struct StepOf<'p> {
    from: Named<'p>,
    line: u32,
    kind: &'static str,
    by: String,
    to: Named<'p>,
}

#[derive(Serialize)]
struct Note<'p> {
    kind: &'static str,
    path: String,
    line: Option<u32>,
    message: &'p str,
}

/// The picture as JSON, with a final newline. What a terminal would obey or hide is written as `\u` escapes.
pub(super) fn json(picture: &Picture<'_>) -> anyhow::Result<String> {
    let notes = picture.notes.iter().map(|note| Note {
        kind: note.kind.word(),
        path: relative(&note.path, picture.cwd).into_string(),
        line: note.line,
        message: &note.message,
    });
    let graph = Graph {
        version: VERSION,
        modules: picture
            .modules
            .iter()
            .map(|one| module(picture, *one))
            .collect(),
        cycles: picture
            .cycles
            .iter()
            .map(|one| cycle(picture, one))
            .collect(),
        notes: notes.collect(),
    };
    let mut text = escaped(&serde_json::to_string_pretty(&graph)?);
    text.push('\n');
    Ok(text)
}

/// `json` with hidden characters as `\u` escapes. They stand in its strings only, but for the newlines between lines.
fn escaped(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for c in json.chars() {
        if c == '\n' || !is_hidden(c) {
            escaped.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            let _ = write!(escaped, "\\u{unit:04x}");
        }
    }
    escaped
}

fn module<'p>(picture: &Picture<'p>, module: ModuleId) -> Module<'p> {
    let project = picture.project;
    let imports = project.loads(module).into_iter().map(|load: Load| Import {
        module: project.name(load.to),
        path: picture.path(load.to).into_string(),
        line: load.line,
        kind: word(load.kind),
        by: load.by,
    });
    Module {
        name: project.name(module),
        path: picture.path(module).into_string(),
        test: project.is_test(project.path(module)),
        generated: project.is_generated(module),
        imports: imports.collect(),
    }
}

fn cycle<'p>(picture: &Picture<'p>, cycle: &Cycle) -> CycleOf<'p> {
    let named = |module: ModuleId| Named {
        name: picture.project.name(module),
        path: picture.path(module).into_string(),
    };
    let ways = cycle.ways.iter().map(|way| {
        let steps = way.iter().map(|step| StepOf {
            from: named(step.from),
            line: step.load.line,
            kind: word(step.load.kind),
            by: step.load.by.clone(),
            to: named(step.load.to),
        });
        steps.collect()
    });
    CycleOf {
        modules: cycle.modules.iter().map(|one| named(*one)).collect(),
        ways: ways.collect(),
    }
}

fn word(kind: LoadKind) -> &'static str {
    match kind {
        LoadKind::Always => "always",
        LoadKind::Conditional => "conditional",
        LoadKind::Call => "call",
        LoadKind::Parent => "parent",
        LoadKind::Computed => "computed",
        LoadKind::Lazy => "lazy",
        LoadKind::TypeChecking => "type-checking",
    }
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn hidden_characters_come_back_as_they_were() {
        let text = "a\n\u{1b}\u{7f}\u{9b}\u{202e}\u{200b}\u{e0041}ü🐍\t\"\\";
        let json = serde_json::to_string_pretty(&[text]).unwrap();
        let safe = escaped(&json);
        assert!(
            !safe.contains(|c| c != '\n' && super::is_hidden(c)),
            "{safe:?}"
        );
        let back: Vec<String> = serde_json::from_str(&safe).unwrap();
        assert_eq!(back, [text]);
    }
}
