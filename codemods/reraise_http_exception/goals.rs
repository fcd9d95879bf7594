//! Which modules matter: those that lead to an answer.

use codemend_engine::project::Goal;

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
