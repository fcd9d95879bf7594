//! `codemend graph [PATHS]`: which modules import which, and the cycles in that.
//!
//! The graph is the one that codemods ask, so it also shows why one of them leaves an import where it is.

mod arguments;
mod dot;
mod json;
mod text;

use std::collections::BTreeSet;
use std::time::Instant;

use camino::{Utf8Path, Utf8PathBuf};
use codemend_engine::codemod::Codemod;
use codemend_engine::pipeline::{self, Narrowing, Request};
use codemend_engine::project::{Load, ModuleId, Note, Project};

use arguments::Format;
pub use arguments::GraphArguments;

use super::notices::Notices;
use super::terminal::{BOLD, Terminal};
use super::{Exit, paths, request};

/// Print the graph of the modules below the paths.
///
/// # Errors
/// The configuration, or standard output.
pub fn graph(
    arguments: &GraphArguments,
    terminal: &Terminal,
    catalogue: &[&dyn Codemod],
) -> anyhow::Result<Exit> {
    let started = Instant::now();
    let cwd = paths::current_directory()?;
    let (config, exclude) = (&arguments.config, &arguments.exclude);
    let configuration = request::configuration_of_files(config, exclude, catalogue, &cwd)?;
    let (paths, mut problems) = paths::existing(&arguments.paths, &cwd);
    let request = Request {
        paths: paths.clone(),
        catalogue,
        configuration: &configuration,
        stdin: None,
        python: None,
        threads: arguments.threads.map(usize::from),
        follow_hard_links: false,
        prefilter: true,
        narrowing: Narrowing::default(),
        review: false,
        in_parts: false,
        shard: None,
    };
    let mut count = 0;
    if !paths.is_empty() {
        let (project, more) = pipeline::survey(&request);
        problems.extend(more);
        let picture = Picture::new(&project, &paths, &cwd);
        let shown = match arguments.format {
            Format::Text => text::text(&picture, arguments.verbose, terminal.out.for_people()),
            Format::Json => json::json(&picture)?,
            Format::Dot => dot::dot(&picture),
        };
        terminal.print(shown.as_bytes())?;
        count = picture.modules.len();
    }
    problems.sort();
    let look = terminal.err;
    terminal.say(&Notices { cwd: &cwd, look }.problems(&problems));
    if !arguments.quiet {
        let time = started.elapsed().as_secs_f64();
        let read = format!("Read {} ({time:.2} s)", counted(count, "module"));
        terminal.say(&format!("{}\n", look.paint(BOLD, &read)));
        if !problems.is_empty() {
            terminal.say(&format!("{}\n", counted(problems.len(), "problem")));
        }
    }
    Ok(match problems.is_empty() {
        true => Exit::Fine,
        false => Exit::Problems,
    })
}

/// What is shown of a project.
struct Picture<'p> {
    project: &'p Project,
    cwd: &'p Utf8Path,
    /// Those below the paths.
    modules: BTreeSet<ModuleId>,
    cycles: Vec<Cycle>,
    notes: Vec<Note>,
}

/// Modules that load each other.
struct Cycle {
    modules: Vec<ModuleId>,
    /// Ways round it: what each module on one loads next.
    ways: Vec<Vec<Step>>,
}

struct Step {
    from: ModuleId,
    load: Load,
}

impl<'p> Picture<'p> {
    fn new(project: &'p Project, paths: &[Utf8PathBuf], cwd: &'p Utf8Path) -> Self {
        let is_shown = |module: &ModuleId| {
            let path = project.path(*module);
            paths.iter().any(|shown| path.starts_with(shown))
        };
        let modules: BTreeSet<ModuleId> = project.modules().filter(is_shown).collect();
        let graph = project.graph();
        let cycles = graph.cycles().into_iter();
        let cycles = cycles.filter(|cycle| cycle.iter().any(|one| modules.contains(one)));
        let cycles = cycles.map(|cycle| {
            let ways = graph.ways(&cycle).into_iter();
            let ways = ways.map(|way| steps(project, &way)).collect();
            Cycle {
                modules: cycle,
                ways,
            }
        });
        Self {
            project,
            cwd,
            cycles: cycles.collect(),
            notes: project.notes(&modules),
            modules,
        }
    }

    fn path(&self, module: ModuleId) -> Utf8PathBuf {
        paths::relative(self.project.path(module), self.cwd)
    }

    /// How many modules are loaded by how many others, each pair once.
    fn edges(&self) -> usize {
        let graph = self.project.graph();
        self.modules
            .iter()
            .map(|one| graph.loads(*one).count())
            .sum()
    }
}

fn steps(project: &Project, way: &[ModuleId]) -> Vec<Step> {
    let pairs = way.windows(2).filter_map(|pair| {
        let [from, to] = *pair else { return None };
        let loads = project.loads(from).into_iter();
        let mut loads: Vec<Load> = loads
            .filter(|one| one.to == to && one.kind.is_at_import())
            .collect();
        // The plainest reason first: a statement says more than the package above what it names.
        loads.sort_by_key(|one| (one.kind, one.line));
        let load = loads.into_iter().next()?;
        Some(Step { from, load })
    });
    pairs.collect()
}

/// `1 module`, `2 modules`
fn counted(count: usize, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        _ => format!("{count} {what}s"),
    }
}
