//! `setup.py`: lists that are written out in the call of `setup`, or given a name at the top level. Parsed, never
//! executed: a list that code builds is known to be computed, and no more.

use std::ops::Range;

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, Stmt};
use ruff_python_parser::parse_module;
use ruff_text_size::{Ranged, TextRange};

use super::model::{Closed, Entry, Kind, Manifest, Shape, Wanted};
use super::requirement::{Requirement, normalise};
use crate::problem::{LineColumn, Positions, Problem};
use crate::target::setup_py::{constants, resolve, setup_call};

/// Fill `manifest` from its text.
///
/// # Errors
/// It does not parse.
pub(super) fn read(manifest: &mut Manifest) -> Result<(), Problem> {
    let text = manifest.text.clone();
    let bom = text.len() - text.trim_start_matches('\u{feff}').len();
    if let Some((at, message)) = crate::nesting::too_deep(&text) {
        return Err(Problem::new(&manifest.path, message).at(LineColumn::of(&text, at)));
    }
    let body = parse_module(&text[bom..])
        .map_err(|error| {
            let at = bom + error.location.start().to_usize();
            let message = format!("syntax error: {}", error.error.to_string().to_lowercase());
            Problem::new(&manifest.path, message)
                .at(LineColumn::of(&text, at))
                .help("mend it")
        })?
        .into_syntax()
        .body;
    let Some(call) = setup_call(&body) else {
        return Ok(());
    };
    manifest.is_project = true;
    let constants = constants(&body);
    let reader = Reader {
        positions: &Positions::of(&text),
        bom,
        body: &body,
    };
    if let Some(keyword) = call.arguments.find_keyword("install_requires") {
        let value = resolve(&keyword.value, &constants);
        let (requirements, shape) = match reader.grows(&keyword.value) {
            false => reader.list(value, reader.line(keyword)),
            true => (
                Vec::new(),
                computed(reader.line(keyword), "install_requires"),
            ),
        };
        manifest.push(Kind::Runtime, requirements, shape);
    } else {
        let spread = call
            .arguments
            .keywords
            .iter()
            .any(|keyword| keyword.arg.is_none());
        let line = reader.line(call);
        let shape = match spread {
            true => computed(line, "install_requires"),
            false => Shape::Closed(Closed::new(line, "has no install_requires")),
        };
        manifest.push(Kind::Runtime, Vec::new(), shape);
    }
    if let Some(keyword) = call.arguments.find_keyword("extras_require")
        && let Expr::Dict(extras) = resolve(&keyword.value, &constants)
    {
        for item in &extras.items {
            let name = item.key.as_ref().and_then(Expr::as_string_literal_expr);
            let Some(name) = name else { continue };
            let value = resolve(&item.value, &constants);
            let (requirements, shape) = reader.list(value, reader.line(item));
            let kind = Kind::Extra(normalise(name.value.to_str()));
            manifest.push(kind, requirements, shape);
        }
    }
    Ok(())
}

fn computed(line: usize, key: &str) -> Shape {
    Shape::Closed(Closed::new(line, format!("computes its {key}")))
}

struct Reader<'a> {
    positions: &'a Positions,
    bom: usize,
    body: &'a [Stmt],
}

impl Reader<'_> {
    /// The strings of a list or tuple. `line` is that of the keyword, for a list that is computed.
    fn list(&self, value: &Expr, line: usize) -> (Vec<Requirement>, Shape) {
        let elements = match value {
            Expr::List(list) => &list.elts,
            Expr::Tuple(tuple) if tuple.parenthesized => &tuple.elts,
            _ => return (Vec::new(), computed(line, "install_requires")),
        };
        let (mut requirements, mut entries) = (Vec::new(), Vec::new());
        for element in elements {
            let range = self.range(element.range());
            let at = self.positions.line(range.start);
            let found = element
                .as_string_literal_expr()
                .and_then(|text| Requirement::parse(text.value.to_str(), range.clone(), at));
            let Some(found) = found else {
                return (requirements, computed(line, "install_requires"));
            };
            entries.push(Entry {
                range,
                name: Some(found.written.clone()),
            });
            requirements.push(found);
        }
        let shape = Shape::Brackets {
            outer: self.range(value.range()),
            entries,
            what: Wanted::Requirement,
        };
        (requirements, shape)
    }

    /// Whether `value` is a name that the module changes after it was bound: `REQUIRES += [...]`, `REQUIRES.append(...)`.
    fn grows(&self, value: &Expr) -> bool {
        let Expr::Name(name) = value else {
            return false;
        };
        let mut changes = Grown {
            name: name.id.as_str(),
            found: false,
        };
        changes.visit_body(self.body);
        changes.found
    }

    fn range(&self, range: TextRange) -> Range<usize> {
        self.bom + range.start().to_usize()..self.bom + range.end().to_usize()
    }

    fn line(&self, node: &impl Ranged) -> usize {
        self.positions.line(self.range(node.range()).start)
    }
}

struct Grown<'n> {
    name: &'n str,
    found: bool,
}

impl Grown<'_> {
    fn is_name(&self, expr: &Expr) -> bool {
        matches!(expr, Expr::Name(name) if name.id.as_str() == self.name)
    }
}

impl<'a> Visitor<'a> for Grown<'_> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        self.found |= match stmt {
            Stmt::AugAssign(assign) => self.is_name(&assign.target),
            Stmt::Delete(delete) => delete.targets.iter().any(|target| self.is_name(target)),
            _ => false,
        };
        walk_stmt(self, stmt);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        self.found |= match expr {
            Expr::Attribute(attribute) => self.is_name(&attribute.value),
            Expr::Subscript(subscript) => {
                !subscript.ctx.is_load() && self.is_name(&subscript.value)
            }
            _ => false,
        };
        walk_expr(self, expr);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifests::model::Format;

    fn read_text(text: &str) -> Result<Manifest, Problem> {
        let mut manifest = Manifest::new("setup.py".into(), Format::SetupPy, text.into());
        read(&mut manifest).map(|()| manifest)
    }

    fn runtime(text: &str) -> (Vec<String>, Option<usize>) {
        let manifest = read_text(text).unwrap();
        let list = manifest.lists.first().unwrap();
        let names = list.requirements.iter().map(|one| one.name.clone());
        (names.collect(), list.closed().map(|closed| closed.line))
    }

    #[test]
    fn literal_lists() {
        let direct = "from setuptools import setup\nsetup(install_requires=['a>=1', \"B_c\"])\n";
        assert_eq!(runtime(direct), (vec!["a".into(), "b-c".into()], None));
        let named = "import setuptools\nR = (\n    'a',\n)\nsetuptools.setup(install_requires=R)\n";
        assert_eq!(runtime(named), (vec!["a".into()], None));
        let bom = "\u{feff}setup(install_requires=[])\n";
        assert_eq!(runtime(bom), (vec![], None));
    }

    #[test]
    fn computed_lists_say_their_line() {
        for text in [
            "\nsetup(install_requires=open('r').read().split())\n",
            "\nsetup(install_requires=['a'] + more)\n",
            "\nsetup(install_requires=R)\n",
            "\nsetup(**arguments)\n",
            "R = ['a']\nsetup(install_requires=R)\nR.append('b')\n",
            "R = ['a']\nsetup(install_requires=R)\nR += ['b']\n",
        ] {
            let (_, line) = runtime(text);
            assert_eq!(line, Some(2), "{text}");
        }
    }

    #[test]
    fn extras() {
        let text = "setup(install_requires=['a'], extras_require={'Web_UI': ['b'], 'x': more})\n";
        let manifest = read_text(text).unwrap();
        let kinds: Vec<_> = manifest
            .lists
            .iter()
            .map(|list| list.kind.to_string())
            .collect();
        assert_eq!(
            kinds,
            [
                "the runtime requirements",
                "the extra `web-ui`",
                "the extra `x`"
            ]
        );
    }

    #[test]
    fn no_call_and_no_parse() {
        assert!(!read_text("print('x')\n").unwrap().is_project);
        let problem = read_text("setup(\n").unwrap_err();
        assert!(problem.message.starts_with("syntax error"), "{problem:?}");
    }
}
