//! The graph for Graphviz: a box for each module, the cycles framed in red.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use codemend_engine::project::{LoadKind, ModuleId};

use super::super::terminal::{is_hidden, visible};
use super::Picture;

/// The picture in the DOT language. Nodes go by their files: two files may have one name.
pub(super) fn dot(picture: &Picture<'_>) -> String {
    let mut dot = String::from("digraph imports {\n  rankdir=LR;\n  node [shape=box];\n");
    let mut framed = BTreeSet::new();
    for (at, cycle) in picture.cycles.iter().enumerate() {
        let number = at + 1;
        let _ = writeln!(dot, "  subgraph cluster_{number} {{");
        let _ = writeln!(dot, "    label=\"cycle {number}\";\n    color=red;");
        for module in &cycle.modules {
            let _ = writeln!(dot, "    {}", node(picture, *module));
        }
        dot.push_str("  }\n");
        framed.extend(cycle.modules.iter().map(|module| (*module, number)));
    }
    let cycle_of: BTreeMap<ModuleId, usize> = framed.into_iter().collect();
    let edges = edges(picture);
    let ends = edges.keys().flat_map(|(from, to)| [*from, *to]);
    let nodes: BTreeSet<ModuleId> = ends.chain(picture.modules.iter().copied()).collect();
    for module in nodes.iter().filter(|one| !cycle_of.contains_key(one)) {
        let _ = writeln!(dot, "  {}", node(picture, *module));
    }
    for ((from, to), kind) in &edges {
        let mut style = vec![style(*kind)];
        let together = cycle_of
            .get(from)
            .is_some_and(|one| cycle_of.get(to) == Some(one));
        if together && kind.is_at_import() {
            style.push("color=red");
        }
        style.retain(|one| !one.is_empty());
        let style = match style.is_empty() {
            true => String::new(),
            false => format!(" [{}]", style.join(", ")),
        };
        let (from, to) = (id(picture, *from), id(picture, *to));
        let _ = writeln!(dot, "  {from} -> {to}{style};");
    }
    dot.push_str("}\n");
    dot
}

/// What is loaded by what, each pair once, with the plainest reason.
fn edges(picture: &Picture<'_>) -> BTreeMap<(ModuleId, ModuleId), LoadKind> {
    let mut edges = BTreeMap::new();
    let cycles = picture.cycles.iter().flat_map(|cycle| &cycle.modules);
    let sources: BTreeSet<ModuleId> = picture.modules.iter().chain(cycles).copied().collect();
    for from in sources {
        for load in picture.project.loads(from) {
            let kind = edges.entry((from, load.to)).or_insert(load.kind);
            *kind = load.kind.min(*kind);
        }
    }
    edges
}

fn style(kind: LoadKind) -> &'static str {
    match kind {
        LoadKind::Always => "",
        LoadKind::Conditional | LoadKind::Computed => "style=dashed",
        LoadKind::Call => "style=bold",
        LoadKind::Parent => "arrowhead=empty",
        LoadKind::Lazy | LoadKind::TypeChecking => "style=dotted",
    }
}

fn node(picture: &Picture<'_>, module: ModuleId) -> String {
    let label = quoted(&visible(picture.project.name(module)));
    format!("{} [label={label}];", id(picture, module))
}

fn id(picture: &Picture<'_>, module: ModuleId) -> String {
    quoted(picture.path(module).as_str())
}

/// `text` as a string of the DOT language, where a backslash begins an escape. A hidden character becomes an escape
/// of its own: no two texts are quoted alike, and a terminal obeys nothing.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            c if is_hidden(c) || c == '\t' => {
                let _ = write!(quoted, "\\x{{{:x}}}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn quotes_and_backslashes_are_escaped() {
        assert_eq!(quoted("a.b"), "\"a.b\"");
        assert_eq!(quoted("a\"b\\c"), "\"a\\\"b\\\\c\"");
    }

    #[test]
    fn hidden_characters_are_escaped_and_stay_apart() {
        assert_eq!(quoted("a\nb\te"), "\"a\\x{a}b\\x{9}e\"");
        assert_eq!(quoted("\u{1b}\u{202e}"), "\"\\x{1b}\\x{202e}\"");
        assert_ne!(quoted("\u{1b}"), quoted("\\x{1b}"));
    }
}
