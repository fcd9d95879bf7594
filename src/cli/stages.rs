//! The steps of a run as commits have them: each codemod's patch, under the real names, on what the one before left.
//!
//! A series and the commits of `--commit` are made of the same stages, so that they cannot differ.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::bail;
use camino::{Utf8Path, Utf8PathBuf};
use codemend_engine::patch::{FilePatch, Outcome};

use super::root::Rooted;

/// What one codemod changes.
pub struct Stage {
    pub codemod: &'static str,
    /// Real absolute paths, sorted, each once; the two texts differ.
    pub files: Vec<FilePatch>,
}

/// The stages of `outcome`, in order; codemods that changed nothing have none.
///
/// # Errors
/// The steps, one upon the other, do not give what the run as a whole gives in `rooted`: nothing must be made of them.
pub fn stages(outcome: &Outcome, rooted: &Rooted, cwd: &Utf8Path) -> anyhow::Result<Vec<Stage>> {
    let mut stages = Vec::new();
    for step in &outcome.steps {
        let mut files = Rooted::new(&step.files, cwd).files;
        files.retain(|file| file.before.as_deref() != Some(&*file.after));
        if !files.is_empty() {
            let codemod = step.codemod;
            stages.push(Stage { codemod, files });
        }
    }
    if !add_up(&stages, rooted) {
        bail!(
            "the steps of this run do not add up to its result; use --patch, and report this fault of codemend"
        );
    }
    Ok(stages)
}

fn add_up(stages: &[Stage], rooted: &Rooted) -> bool {
    let mut first = BTreeMap::<&Utf8PathBuf, Option<Arc<str>>>::new();
    let mut last = BTreeMap::<&Utf8PathBuf, Arc<str>>::new();
    for file in stages.iter().flat_map(|stage| &stage.files) {
        let stands = last.get(&file.path);
        if stands.is_some() && stands != file.before.as_ref() {
            return false;
        }
        first
            .entry(&file.path)
            .or_insert_with(|| file.before.clone());
        last.insert(&file.path, file.after.clone());
    }
    last.retain(|path, after| first.get(path).and_then(Option::as_ref) != Some(after));
    let whole = rooted.files.iter();
    let whole = whole.map(|file| (&file.path, file.after.clone()));
    last == whole.collect()
}

#[cfg(test)]
mod tests {
    use camino::Utf8Path;
    use codemend_engine::patch::{FilePatch, Outcome, Step};

    use super::{Rooted, stages};

    fn outcome(texts: &[(&'static str, &str, &str)]) -> Outcome {
        let step = |(path, before, after): &(&'static str, &str, &str)| Step {
            codemod: "mend-it",
            files: vec![FilePatch::new(*path, Some((*before).into()), *after)],
            changes: Vec::new(),
        };
        Outcome {
            steps: texts.iter().map(step).collect(),
            ..Outcome::default()
        }
    }

    #[test]
    fn steps_add_up_to_the_whole() {
        let cwd = Utf8Path::new("/nowhere");
        let told = |outcome: &Outcome| {
            let rooted = Rooted::new(&outcome.patch(), cwd);
            stages(outcome, &rooted, cwd)
                .map(|stages| stages.len())
                .ok()
        };
        let (a, b) = ("/nowhere/a.py", "/nowhere/b.py");
        assert_eq!(
            told(&outcome(&[(a, "1", "2"), (b, "1", "2"), (a, "2", "3")])),
            Some(3)
        );
        // There and back: two commits, and nothing as a whole.
        assert_eq!(told(&outcome(&[(a, "1", "2"), (a, "2", "1")])), Some(2));
        assert_eq!(told(&outcome(&[(a, "1", "1")])), Some(0));
        assert_eq!(told(&outcome(&[(a, "1", "2"), (a, "1", "3")])), None);
    }

    #[test]
    fn what_the_whole_leaves_out_is_missed() {
        let cwd = Utf8Path::new("/nowhere");
        let outcome = outcome(&[("/nowhere/a.py", "1", "2")]);
        assert!(stages(&outcome, &Rooted::new(&[], cwd), cwd).is_err());
    }
}
