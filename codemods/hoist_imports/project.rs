//! Candidates whose module is one of the project.

use codemend_engine::project::{ImportRef, Member, Targets};

use super::candidate::Candidate;
use super::form;
use super::origin::Verdict;
use super::surroundings::Surroundings;
use super::third_party;

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
    for (module, name) in &targets.members {
        let file = project.file(*module);
        match project.member(*module, name) {
            Member::Bound => {}
            Member::Perhaps => {
                return Err(format!("{file} binds `{name}` only under a condition"));
            }
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
    if !project.is_on_path(id, targets) {
        return Err(format!(
            "nothing shows that `{}` is found on this module's path",
            import.written()
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
    for module in &new {
        for need in project.needs(*module) {
            let found = third_party::need(surroundings, &need)?;
            verdict.why = verdict.why.or(found);
        }
    }
    let named = targets
        .named
        .iter()
        .copied()
        .filter(|module| new.contains(module));
    let order = named.chain(new.iter().copied());
    let impurity = project.impurity_among(order, &surroundings.rules);
    if let Some(impurity) = impurity {
        if let Some(change) = surroundings.skipped_change(candidate) {
            return Err(format!(
                "it would run before `{}` on line {}",
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
