//! The graph for people: counts, cycles, notes, and every import when that is asked for.

use std::fmt::Write;

use codemend_engine::project::{Load, LoadKind, ModuleId};

use super::super::paths::relative;
use super::super::terminal::{BOLD, DIM, Look, YELLOW};
use super::{Cycle, Picture, Step, counted};

/// Ways round one cycle that are shown unless all are asked for.
const WAYS: usize = 3;

/// The text, for the stream that `look` describes. `verbose` asks for everything.
pub(super) fn text(picture: &Picture<'_>, verbose: bool, look: Look) -> String {
    let mut text = Text {
        picture,
        look,
        lines: String::new(),
    };
    text.counts();
    for cycle in &picture.cycles {
        let ways = if verbose { usize::MAX } else { WAYS };
        text.cycle(cycle, ways);
    }
    text.notes();
    if verbose {
        text.imports();
    }
    text.lines
}

struct Text<'p> {
    picture: &'p Picture<'p>,
    look: Look,
    lines: String,
}

impl Text<'_> {
    fn line(&mut self, line: &str) {
        self.lines.push_str(line);
        self.lines.push('\n');
    }

    fn counts(&mut self) {
        let modules = counted(self.picture.modules.len(), "module");
        let edges = counted(self.picture.edges(), "import");
        let cycles = match self.picture.cycles.len() {
            0 => "no cycles".to_owned(),
            count => counted(count, "cycle"),
        };
        let line = self
            .look
            .paint(BOLD, &format!("{modules}, {edges}, {cycles}"));
        self.line(&line);
    }

    fn cycle(&mut self, cycle: &Cycle, most: usize) {
        for (at, way) in cycle.ways.iter().take(most).enumerate() {
            let mut names: Vec<&str> = way.iter().map(|step| self.name(step.from)).collect();
            names.extend(way.first().map(|step| self.name(step.from)));
            let label = match (at, cycle.modules.len()) {
                (0, count) => format!("cycle of {}:", counted(count, "module")),
                _ => "the same cycle, another way:".to_owned(),
            };
            let label = self.look.paint(YELLOW, &label);
            let names = self.look.paint(BOLD, &names.join(" -> "));
            self.line(&format!("\n{label} {names}"));
            for step in way {
                let line = self.step(step);
                self.line(&line);
            }
        }
        if cycle.ways.len() > most {
            let more = counted(cycle.ways.len() - most, "more way");
            self.line(&format!(
                "\n{more} round this cycle, see all with --verbose"
            ));
        }
    }

    /// `  app/a.py:3: imports app.b`
    fn step(&self, step: &Step) -> String {
        let path = self.picture.path(step.from);
        let place = self
            .look
            .paint(BOLD, &format!("{path}:{}:", step.load.line));
        format!("  {place} {}", self.look.text(&self.reason(&step.load)))
    }

    fn reason(&self, load: &Load) -> String {
        let to = self.name(load.to);
        let by = &load.by;
        match load.kind {
            LoadKind::Always => format!("imports {to}"),
            LoadKind::Conditional => format!("imports {to}, under a condition"),
            LoadKind::Call => format!("calls {by}, which imports {to}"),
            LoadKind::Parent => format!("imports {by}, and so the package {to}"),
            LoadKind::Computed => format!("imports by a computed name, perhaps {to}"),
            LoadKind::Lazy => format!("imports {to} when it is first used"),
            LoadKind::TypeChecking => format!("imports {to} for type checkers only"),
        }
    }

    fn notes(&mut self) {
        if self.picture.notes.is_empty() {
            return;
        }
        let heading = self.look.paint(BOLD, "notes:");
        self.line(&format!("\n{heading}"));
        for note in &self.picture.notes {
            let path = relative(&note.path, self.picture.cwd);
            let place = match note.line {
                Some(line) => format!("{path}:{line}:"),
                None => format!("{path}:"),
            };
            let place = self.look.paint(BOLD, &place);
            let message = self.look.text(&note.message).into_owned();
            self.line(&format!("  {place} {message}"));
        }
    }

    fn imports(&mut self) {
        let heading = self.look.paint(BOLD, "imports:");
        self.line(&format!("\n{heading}"));
        for module in &self.picture.modules {
            let loads = self.picture.project.loads(*module);
            if loads.is_empty() {
                continue;
            }
            let name = self.look.paint(BOLD, self.name(*module));
            let path = self.look.paint(DIM, self.picture.path(*module).as_str());
            self.line(&format!("  {name} {path}"));
            for load in loads {
                let mut line = format!("    {}: ", load.line);
                let _ = write!(line, "{}", self.look.text(&self.reason(&load)));
                self.line(&line);
            }
        }
    }

    fn name(&self, module: ModuleId) -> &str {
        self.picture.project.name(module)
    }
}
