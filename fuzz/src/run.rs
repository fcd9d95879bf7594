//! One run of all codemods, unsafe changes included, over files in a fresh temporary folder.

use std::collections::BTreeMap;
use std::fs;

use camino::Utf8Path;
use codemend_codemods::ALL;
use codemend_engine::config::{Configuration, Overrides};
use codemend_engine::patch::Outcome;
use codemend_engine::pipeline::{Narrowing, Request, Unwatched, run as run_pipeline};

/// Relative path, and the bytes of the file.
pub type Tree = BTreeMap<String, Vec<u8>>;

/// What a run made of a tree, and what it said.
#[derive(Debug)]
pub struct Ran {
    pub tree: Tree,
    pub outcome: Outcome,
}

/// Run over `before`. `None` when its settings are refused: no run begins then.
///
/// # Errors
/// A folder that cannot be made, files that were written, a patch that does not start from what was there.
pub fn run(before: &Tree) -> Result<Option<Ran>, String> {
    // Not hidden, as a plain `tempdir` would be: the walk leaves hidden folders out.
    let folder = tempfile::Builder::new().prefix("fuzz-").tempdir();
    let folder = folder.map_err(|error| error.to_string())?;
    let root = Utf8Path::from_path(folder.path()).ok_or("the temporary folder is not UTF-8")?;
    write(before, root).map_err(|error| error.to_string())?;
    let overrides = Overrides {
        unsafe_fixes: Some(true),
        ..Overrides::default()
    };
    let abouts = ALL.iter().map(|codemod| codemod.about()).collect();
    let Ok(configuration) = Configuration::new(overrides, abouts) else {
        return Ok(None);
    };
    let request = Request {
        paths: vec![root.to_owned()],
        catalogue: ALL,
        configuration: &configuration,
        stdin: None,
        python: None,
        threads: Some(1),
        prefilter: true,
        follow_hard_links: false,
        narrowing: Narrowing::default(),
        review: false,
        in_parts: false,
        shard: None,
    };
    let outcome = run_pipeline(&request, &Unwatched);
    for (path, bytes) in before {
        if fs::read(root.join(path)).ok().as_ref() != Some(bytes) {
            return Err(format!("{path}: the run has written to the disk"));
        }
    }
    let tree = patched(before, &outcome, root)?;
    Ok(Some(Ran { tree, outcome }))
}

fn write(tree: &Tree, root: &Utf8Path) -> std::io::Result<()> {
    for (path, bytes) in tree {
        let file = root.join(path);
        if let Some(parent) = file.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(file, bytes)?;
    }
    Ok(())
}

fn patched(before: &Tree, outcome: &Outcome, root: &Utf8Path) -> Result<Tree, String> {
    let mut tree = before.clone();
    for file in outcome.patch() {
        let path = file
            .path
            .strip_prefix(root)
            .unwrap_or(&file.path)
            .to_string();
        if file.before.as_deref().map(str::as_bytes) != before.get(&path).map(Vec::as_slice) {
            return Err(format!(
                "{path}: the patch starts from other bytes than those on disk"
            ));
        }
        tree.insert(path, file.after.as_bytes().to_vec());
    }
    Ok(tree)
}
