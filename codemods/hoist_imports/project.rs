//! Candidates whose module is one of the project.

use codemend_engine::project::{ImportRef, Member, ModuleId, Project, Targets};

use super::candidate::Candidate;
use super::form;
use super::origin::Verdict;
use super::surroundings::Surroundings;
use super::{standard, third_party};

/// What the import takes is there, and stays what it is.
///
/// # Errors
/// The reason why the import stays.
pub(super) fn check_members(
    surroundings: &Surroundings<'_>,
    import: &ImportRef,
    targets: &Targets,
) -> Result<(), String> {
    let project = surroundings.project;
    for (module, name) in &targets.members {
        let file = project.file(*module);
        match project.member(*module, name) {
            Member::Bound => {}
            Member::Perhaps => return Err(format!("{file} binds `{name}` only under a condition")),
            Member::Absent => {
                return Err(format!("{file} does not bind `{name}` when it is imported"));
            }
            Member::Replaced(by, line) => {
                return Err(format!(
                    "`{}.{name}` is bound anew at run time ({}:{line})",
                    import.written(),
                    project.file(by)
                ));
            }
        }
    }
    Ok(())
}

/// # Errors
/// The reason why the import stays.
pub(super) fn judge(
    surroundings: &Surroundings<'_>,
    candidate: &Candidate<'_>,
    import: &ImportRef,
    targets: &Targets,
) -> Result<Verdict, String> {
    let (project, Some(id)) = (surroundings.project, surroundings.id) else {
        return Err("the file is not part of the project".to_owned());
    };
    if !project.is_on_path(id, targets) {
        return Err(format!(
            "nothing shows that `{}` is found on this module's path",
            import.written()
        ));
    }
    if surroundings.may_be_script && !surroundings.imports_from_project() {
        return Err("the file may be run as a script, which does not find its package".to_owned());
    }
    if let Some(line) = third_party::platform_exit(surroundings, candidate) {
        return Err(format!(
            "the function may leave on line {line}, by the platform or the version"
        ));
    }
    let landing = form::landing(surroundings, candidate);
    let loaded = project.loaded_before(id, landing);
    let new = project.newly_loaded(targets.all(), &loaded);
    let mut verdict = Verdict {
        loads: targets.all().collect(),
        ..Verdict::default()
    };
    if new.is_empty() {
        return Ok(verdict);
    }
    if let Some(cycle) = project.entered_cycle(&new, id) {
        return Err(entered(cycle, project));
    }
    let present = third_party::Present::of(surroundings, &loaded);
    for module in new.iter() {
        for need in project.needs(module) {
            third_party::need(surroundings, need, &present)?;
        }
        for (import, line) in project.library_imports(module) {
            let found = standard::judge(surroundings, import);
            found.map_err(|reason| format!("{}:{line}: {reason}", project.file(module)))?;
        }
    }
    let named = targets
        .named
        .iter()
        .copied()
        .filter(|module| new.contains(*module));
    let order = named.chain(new.iter());
    let impurity = project.impurity_among(order, &surroundings.rules);
    if let Some(impurity) = impurity {
        if let Some(change) = surroundings.skipped_change(candidate) {
            return Err(format!(
                "at the top it would run before `{}` on line {}, on which it may depend",
                change.what,
                surroundings.line(change.range.start())
            ));
        }
        let file = project.file(impurity.module);
        verdict.why = Some(format!(
            "importing it runs code: {file}:{} {}",
            impurity.line, impurity.what
        ));
    }
    Ok(verdict)
}

/// The reason of an import that would be the first to load one of the modules of `cycle`.
fn entered(cycle: &[ModuleId], project: &Project) -> String {
    let names: Vec<_> = cycle
        .iter()
        .map(|module| format!("`{}`", project.name(*module)))
        .collect();
    let among = match &names[..] {
        [first, second, _, rest @ ..] if !rest.is_empty() => {
            format!("{first}, {second} and {} more modules", rest.len() + 1)
        }
        names => names.join(", "),
    };
    format!("would enter the cycle among {among} from another side")
}
