//! Where a candidate's module comes from, and what that allows.

use std::collections::BTreeSet;

use codemend_engine::project::{ImportRef, Imported, ModuleId, Project};

use super::candidate::{Candidate, Place};
use super::namespace::references;
use super::surroundings::Surroundings;
use super::{environment, project, standard, third_party};

/// What is to become of a candidate.
#[derive(Debug, Default)]
pub(super) struct Verdict {
    /// Why the change is not safe, when it is not.
    pub(super) why: Option<String>,
    /// The modules of the project that its module will load.
    pub(super) loads: BTreeSet<ModuleId>,
    /// Only a lazy import will do: why a plain one will not.
    pub(super) lazy: Option<String>,
    /// The module has the import already.
    pub(super) there: bool,
}

impl Verdict {
    pub(super) fn unsafe_because(why: impl Into<String>) -> Self {
        Self {
            why: Some(why.into()),
            ..Self::default()
        }
    }

    fn and(mut self, other: Self) -> Self {
        self.why = self.why.or(other.why);
        self.lazy = self.lazy.or(other.lazy);
        self.loads.extend(other.loads);
        self
    }
}

/// Judge `candidate` by where its modules come from. `place` says whether anything is added at module level.
///
/// # Errors
/// The reason why it stays.
pub(super) fn judge(
    surroundings: &Surroundings<'_>,
    candidate: &Candidate<'_>,
    place: Place,
) -> Result<Verdict, String> {
    let Some(id) = surroundings.id else {
        return Err("the file is not part of the project".to_owned());
    };
    if surroundings.project.is_generated(id) {
        return Err("the file is generated: its generator would write the import again".to_owned());
    }
    if let Some(change) = surroundings
        .changes
        .iter()
        .find(|one| one.kind == environment::Kind::Patch)
    {
        return Err(format!(
            "`{}` on line {} patches other modules: the order of imports matters here",
            change.what,
            surroundings.line(change.range.start())
        ));
    }
    if candidate.conditional {
        return Err("a condition decides whether the function is there".to_owned());
    }
    if let Some((by, line)) = surroundings.inspected.filter(|_| place == Place::New) {
        return Err(format!(
            "{}:{line} looks at all names of this module",
            surroundings.project.file(by)
        ));
    }
    let mut verdict = Verdict::default();
    for import in references(candidate.statement) {
        let origin = surroundings.project.resolve(id, &import);
        check_replaced(surroundings, &import, &origin)?;
        if origin != Imported::Standard {
            if surroundings.module.path().file_name() == Some("setup.py") {
                return Err("setup.py runs before its requirements are installed".to_owned());
            }
            if surroundings.is_test() {
                return Err(
                    "stands in a test, which imports late to run after fixtures and patches"
                        .to_owned(),
                );
            }
            if let Some(change) = surroundings
                .changes
                .iter()
                .find(|one| one.kind == environment::Kind::Path)
            {
                return Err(format!(
                    "`{}` on line {} changes where modules are found",
                    change.what,
                    surroundings.line(change.range.start())
                ));
            }
        }
        if let Imported::Project(targets) = &origin {
            let members = targets.members.iter().map(|(module, _)| *module);
            let modules = targets.all().chain(members);
            surroundings.hangs.borrow_mut().on.extend(modules);
            project::check_members(surroundings, &import, targets)?;
        }
        if place == Place::There {
            verdict.there = true;
            continue;
        }
        verdict = verdict.and(match origin {
            Imported::Standard => standard::judge(surroundings, &import)?,
            Imported::ThirdParty => third_party::judge(surroundings, candidate, &import)?,
            Imported::Project(targets) => {
                project::judge(surroundings, candidate, &import, &targets)?
            }
            other => return Err(unresolved(surroundings.project, &import, &other)),
        });
    }
    Ok(verdict)
}

/// Why an import that leads nowhere in particular stays.
fn unresolved(project: &Project, import: &ImportRef, imported: &Imported) -> String {
    let written = import.written();
    match imported {
        Imported::Ambiguous(one, other) => format!(
            "two files claim the module `{written}`: {} and {}",
            project.inside(one),
            project.inside(other)
        ),
        Imported::Shadows(path) => format!(
            "`{written}` is a module of the standard library and of this project ({})",
            project.inside(path)
        ),
        Imported::Missing(name) => format!("`{name}` is no file of this project"),
        Imported::Linked(path) => format!(
            "`{written}` lies behind the symbolic link {}",
            project.inside(path)
        ),
        _ => format!("the relative import `{written}` leaves the package"),
    }
}

/// Nobody replaces what is imported at run time: the function reads it anew each time, the module would not.
fn check_replaced(
    surroundings: &Surroundings<'_>,
    import: &ImportRef,
    origin: &Imported,
) -> Result<(), String> {
    let project = surroundings.project;
    let written = match import.level {
        0 => import.module.clone(),
        level => {
            let package = surroundings.package(level);
            match import.module.is_empty() {
                true => package,
                false => format!("{package}.{}", import.module),
            }
        }
    };
    let modules: Vec<ModuleId> = match origin {
        Imported::Project(targets) => targets
            .members
            .iter()
            .map(|(module, _)| *module)
            .chain(targets.parents.last().copied())
            .collect(),
        _ => Vec::new(),
    };
    for name in &import.names {
        if let Some((by, line)) = project.replaced(&modules, &written, name) {
            return Err(format!(
                "`{written}.{name}` is replaced at run time ({}:{line})",
                project.file(by)
            ));
        }
    }
    let stubbed = std::iter::once(written.clone())
        .chain(import.names.iter().map(|name| format!("{written}.{name}")))
        .find_map(|module| Some((project.stubbed(&module)?, module)));
    match stubbed {
        Some(((by, line), module)) => Err(format!(
            "`{module}` is put into `sys.modules` at run time ({}:{line})",
            project.file(by)
        )),
        None => Ok(()),
    }
}
