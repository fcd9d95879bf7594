//! The files of the page: for each what a patch of it is made of, under every choice.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use anyhow::bail;
use camino::{Utf8Path, Utf8PathBuf};
use codemend_engine::diff::FileDiff;
use codemend_engine::patch::FilePatch;
use codemend_engine::paths::relative;
use codemend_engine::review::{ChangeId, Region, Replacement, Review, ReviewedFile, When};
use serde::Serialize;

use super::super::root::{Rooted, real};
use super::quotes;
use super::windows::{Window, Windows};

/// Changes beyond which less is shown around each, and how many lines are.
const AROUND: [(usize, usize); 3] = [(2_500, 20), (10_000, 8), (usize::MAX, 3)];

/// One file.
#[derive(Debug, Serialize)]
pub struct File {
    /// From the root on.
    name: String,
    /// The lines of its patch above the hunks.
    header: Vec<String>,
    /// It is a new one.
    creates: bool,
    windows: Vec<Window>,
    regions: Vec<Part>,
    /// With everything accepted: index of the first line, lines removed, lines added. As the run itself has it.
    whole: Vec<[usize; 3]>,
}

/// A region, see [`Region`].
#[derive(Debug, Serialize)]
struct Part {
    when: Vec<When>,
    table: Vec<Vec<Edit>>,
}

/// The window, where in it from and to (UTF-16 units), and the new text.
type Edit = (usize, usize, usize, String);

/// All files, in the order of the patch.
#[derive(Debug)]
pub struct Files {
    pub rows: Vec<File>,
    indexes: BTreeMap<Utf8PathBuf, usize>,
}

impl Files {
    /// The files of `review` under their names in `rooted`.
    ///
    /// # Errors
    /// All changes together are not what the run itself would write.
    pub fn new(review: &Review, rooted: &Rooted) -> anyhow::Result<Self> {
        let count = review.changes.len();
        let around = AROUND.iter().find(|(most, _)| count <= *most);
        let around = around.map_or(3, |(_, lines)| *lines);
        let all: BTreeSet<ChangeId> = (0..count).collect();
        let mut sorted: BTreeMap<Utf8PathBuf, &ReviewedFile> = BTreeMap::new();
        for file in &review.files {
            if sorted.insert(real(&file.path), file).is_some() {
                bail!("cannot write the page: `{}` has two names", file.path);
            }
        }
        let mut files = Self {
            rows: Vec::new(),
            indexes: BTreeMap::new(),
        };
        for (path, file) in sorted {
            let composed = file.compose(&all);
            let patch = rooted.files.iter().find(|file| file.path == path);
            if composed.as_ref().map(|it| &it.after) != patch.map(|it| &it.after) {
                bail!(
                    "cannot write the page: the changes of `{}`, taken one by one, do not give what the run gives",
                    file.path
                );
            }
            files.indexes.insert(file.path.clone(), files.rows.len());
            files
                .rows
                .push(row(file, &path, patch, &rooted.root, around)?);
        }
        files.holds(rooted)?;
        for change in &review.changes {
            files.name(&change.path, &rooted.root);
        }
        Ok(files)
    }

    /// The index of the file that the run calls `path`.
    pub fn index(&self, path: &Utf8Path) -> Option<usize> {
        self.indexes.get(path).copied()
    }

    /// A change may stand in a file and edit another one only: then the first is just a name.
    fn name(&mut self, path: &Utf8Path, root: &Utf8Path) {
        if self.indexes.contains_key(path) {
            return;
        }
        self.indexes.insert(path.to_owned(), self.rows.len());
        self.rows.push(File {
            name: relative(&real(path), root).into_string(),
            header: Vec::new(),
            creates: false,
            windows: Vec::new(),
            regions: Vec::new(),
            whole: Vec::new(),
        });
    }

    fn holds(&self, rooted: &Rooted) -> anyhow::Result<()> {
        let known: BTreeSet<_> = self.indexes.keys().map(|path| real(path)).collect();
        match rooted.files.iter().find(|file| !known.contains(&file.path)) {
            None => Ok(()),
            Some(file) => bail!(
                "cannot write the page: no change of `{}` is known",
                file.path
            ),
        }
    }
}

fn row(
    file: &ReviewedFile,
    path: &Utf8Path,
    patch: Option<&FilePatch>,
    root: &Utf8Path,
    around: usize,
) -> anyhow::Result<File> {
    let text = file.before.as_deref().unwrap_or_default();
    let spans: Vec<Range<usize>> = edits(file).map(|edit| edit.from..edit.to).collect();
    let windows = Windows::around(text, &spans, around);
    let strings = match path.extension() {
        Some("py" | "pyi" | "pyw") => quotes::around(text, &windows.starts()),
        _ => Vec::new(),
    };
    // Its header says nothing of the text but whether there is any.
    let any = FilePatch::new(path, file.before.clone(), "\n");
    let diff = FileDiff::new(patch.unwrap_or(&any), root);
    let whole = patch.map(|_| diff.replaced()).unwrap_or_default();
    let outside = whole
        .iter()
        .find(|[line, removed, _]| !windows.hold(*line, *removed));
    if let Some([line, ..]) = outside {
        bail!(
            "cannot write the page: no change is known at line {} of `{path}`",
            line + 1
        );
    }
    let regions = file.regions.iter().map(|region| part(region, &windows));
    Ok(File {
        name: name(path, root),
        header: diff.header(),
        creates: file.before.is_none(),
        regions: regions.collect::<anyhow::Result<_>>()?,
        windows: windows.cut(text, &strings),
        whole,
    })
}

/// `path` as the patch names it.
fn name(path: &Utf8Path, root: &Utf8Path) -> String {
    let below = path.strip_prefix(root).unwrap_or(path);
    below.as_str().trim_start_matches('/').to_owned()
}

fn edits(file: &ReviewedFile) -> impl Iterator<Item = &Replacement> {
    let tables = file.regions.iter().flat_map(|region| &region.table);
    tables.flatten()
}

fn part(region: &Region, windows: &Windows) -> anyhow::Result<Part> {
    let edit = |edit: &Replacement| -> anyhow::Result<Edit> {
        let ends = (windows.place(edit.from), windows.place(edit.to));
        let (Some((window, from)), Some((_, to))) = ends else {
            bail!("cannot write the page: an edit lies outside of its file");
        };
        Ok((window, from, to, edit.text.clone()))
    };
    let row = |edits: &Vec<Replacement>| edits.iter().map(edit).collect();
    let table = region.table.iter().map(row);
    Ok(Part {
        when: region.when.clone(),
        table: table.collect::<anyhow::Result<_>>()?,
    })
}
