//! One run of the engine over a tree of files, in this process, on a fresh folder.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use camino::Utf8Path;
use codemend_codemods::ALL;
use codemend_engine::codemod::Codemod;
use codemend_engine::config::{Configuration, Overrides};
use codemend_engine::patch::Outcome;
use codemend_engine::pipeline::{Narrowing, Request, Unwatched, run_verified};
use codemend_engine::target::PythonVersion;

use super::tree::{self, Tree};

/// How to run.
#[derive(Debug, Clone)]
pub struct Settings {
    pub codemod: String,
    pub target: Option<PythonVersion>,
    pub unsafe_fixes: bool,
    /// Inline TOML, as `--config` takes it.
    pub inline: Vec<String>,
    pub prefilter: bool,
    pub threads: usize,
}

impl Settings {
    pub fn of(codemod: &str) -> Self {
        Self {
            codemod: codemod.to_owned(),
            target: None,
            unsafe_fixes: false,
            inline: Vec::new(),
            prefilter: true,
            threads: 1,
        }
    }
}

/// What came out: the tree as the patch would leave it, and what the run said, with paths as the tree has them.
#[derive(Debug)]
pub struct Ran {
    pub tree: Tree,
    /// `path:line`, and what was said.
    pub reports: Vec<(String, String)>,
    pub problems: Vec<(String, String)>,
    pub refusals: Vec<(String, String)>,
    pub changes: usize,
    /// Changes that the run was not asked for, with the reason why they are not safe.
    pub withheld: Vec<(String, Option<String>)>,
}

/// Run the codemod over `before`.
///
/// # Errors
/// A configuration that is refused, a panic, a result that does not verify, or a patch that does not fit the files.
pub fn run(before: &Tree, settings: &Settings) -> Result<Ran, String> {
    run_of(ALL, before, settings)
}

/// The same where `catalogue` is every codemod.
///
/// # Errors
/// As [`run`].
pub fn run_of(
    catalogue: &[&dyn Codemod],
    before: &Tree,
    settings: &Settings,
) -> Result<Ran, String> {
    // Not hidden, as a plain `tempdir` would be: the walk leaves hidden folders out.
    let folder = tempfile::Builder::new()
        .prefix("case-")
        .tempdir()
        .map_err(|error| error.to_string())?;
    tree::write(before, folder.path()).map_err(|error| error.to_string())?;
    let root = Utf8Path::from_path(folder.path()).ok_or("the temporary folder is not UTF-8")?;
    let overrides = Overrides {
        select: Some(vec![settings.codemod.clone()]),
        unsafe_fixes: Some(settings.unsafe_fixes),
        target_version: settings.target,
        inline: settings.inline.clone(),
        ..Overrides::default()
    };
    let abouts = catalogue.iter().map(|codemod| codemod.about()).collect();
    let configuration = Configuration::new(overrides, abouts).map_err(|error| error.to_string())?;
    let request = Request {
        paths: vec![root.to_owned()],
        catalogue,
        configuration: &configuration,
        stdin: None,
        python: None,
        threads: Some(settings.threads),
        follow_hard_links: false,
        prefilter: settings.prefilter,
        narrowing: Narrowing::default(),
        review: false,
        in_parts: false,
        shard: None,
    };
    let outcome = catch_unwind(AssertUnwindSafe(|| run_verified(&request, &Unwatched)))
        .map_err(|panic| format!("the engine panics: {}", panic_text(&*panic)))?;
    if let Some(fault) = outcome.faults.first() {
        return Err(format!("does not verify: {}", fault.message));
    }
    let left = tree::read(folder.path()).map_err(|error| error.to_string())?;
    if left != *before {
        return Err("the run has written to the disk; only a sink may".into());
    }
    Ok(Ran {
        tree: patched(before, &outcome, root)?,
        reports: said(
            root,
            outcome
                .reports
                .iter()
                .map(|it| (&it.path, it.at.line, &it.message)),
        ),
        refusals: said(
            root,
            outcome
                .refusals
                .iter()
                .map(|it| (&it.path, it.at.line, &it.reason)),
        ),
        problems: said(
            root,
            outcome
                .problems
                .iter()
                .map(|it| (&it.path, it.at.map_or(0, |at| at.line), &it.message)),
        ),
        changes: outcome.steps.iter().map(|step| step.changes.len()).sum(),
        withheld: outcome
            .withheld
            .iter()
            .map(|made| (made.title.clone(), made.why.clone()))
            .collect(),
    })
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
        .unwrap_or_else(|| "no message".into())
}

/// The tree that the patch of `outcome` makes of `before`.
///
/// # Errors
/// A patch that does not start from these bytes.
pub fn patched(before: &Tree, outcome: &Outcome, root: &Utf8Path) -> Result<Tree, String> {
    let mut tree = before.clone();
    let mut seen = BTreeSet::new();
    for file in outcome.patch() {
        let path = relative(root, &file.path);
        if !seen.insert(path.clone()) {
            return Err(format!("{path}: two patches for one file"));
        }
        if file.before.as_deref().map(str::as_bytes) != before.get(&path).map(Vec::as_slice) {
            return Err(format!(
                "{path}: the patch starts from other bytes than those on disk"
            ));
        }
        tree.insert(path, file.after.as_bytes().to_vec());
    }
    Ok(tree)
}

fn said<'a>(
    root: &Utf8Path,
    all: impl Iterator<Item = (&'a camino::Utf8PathBuf, usize, &'a String)>,
) -> Vec<(String, String)> {
    all.map(|(path, line, text)| (format!("{}:{line}", relative(root, path)), text.clone()))
        .collect()
}

fn relative(root: &Utf8Path, path: &Utf8Path) -> String {
    path.strip_prefix(root)
        .unwrap_or(path)
        .as_str()
        .replace('\\', "/")
}
