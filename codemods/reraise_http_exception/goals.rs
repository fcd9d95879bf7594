//! Which modules matter: those that lead to an answer, and those that lead to what was changed.

use camino::Utf8PathBuf;
use codemend_engine::project::{Goal, Project};

/// The modules that matter lead to one of the two classes, or to an exception of the configuration.
pub fn of_answers(extras: &[String]) -> Goal {
    let modules = extras.iter().filter_map(|one| one.rsplit_once('.'));
    let own = |text: &&str| (*text).to_owned();
    Goal {
        packages: ["fastapi", "starlette"].iter().map(own).collect(),
        names: ["HTTPException", "StarletteHTTPException", "exceptions"]
            .iter()
            .map(own)
            .chain(modules.clone().map(|(_, name)| name.to_owned()))
            .collect(),
        modules: modules.map(|(module, _)| module.to_owned()).collect(),
    }
}

/// Those that use the modules at `files`.
pub fn of_files(project: &Project, files: &[Utf8PathBuf]) -> Goal {
    let modules = files.iter().filter_map(|one| project.module(one));
    Goal {
        packages: Vec::new(),
        names: Vec::new(),
        modules: modules.map(|one| project.name(one).to_owned()).collect(),
    }
}
