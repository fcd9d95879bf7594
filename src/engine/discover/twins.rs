//! Files that are one file where the case of letters does not count.

use std::collections::BTreeSet;
use std::hash::{Hash, Hasher};

use camino::Utf8PathBuf;
use rustc_hash::{FxHashMap, FxHashSet, FxHasher};

/// `files` without those that differ from another one in the case of letters only and are the same file: where case
/// does not count, `App.py` and `app.py` are one. Nearly always there are none, and nothing is copied.
pub(super) fn without_twins(files: BTreeSet<Utf8PathBuf>) -> BTreeSet<Utf8PathBuf> {
    let folded = |file: &Utf8PathBuf| {
        let mut hasher = FxHasher::default();
        let letters = file.as_str().chars().flat_map(char::to_lowercase);
        letters.for_each(|letter| letter.hash(&mut hasher));
        hasher.finish()
    };
    let distinct: FxHashSet<u64> = files.iter().map(folded).collect();
    if distinct.len() == files.len() {
        return files;
    }
    let mut alike = FxHashMap::<u64, Vec<Utf8PathBuf>>::default();
    for file in files {
        let known = alike.entry(folded(&file)).or_default();
        let is_known = |one: &Utf8PathBuf| same_file::is_same_file(one, &file).unwrap_or(false);
        if !known.iter().any(is_known) {
            known.push(file);
        }
    }
    alike.into_values().flatten().collect()
}

#[cfg(test)]
mod tests {
    use camino::Utf8Path;

    use super::without_twins;

    #[test]
    fn spellings_of_one_file_count_once_and_files_of_their_own_stay() {
        let guard = tempfile::tempdir().unwrap();
        let top = Utf8Path::from_path(guard.path()).unwrap();
        for name in ["App.py", "other.py", "OTHER.py"] {
            std::fs::write(top.join(name), "").unwrap();
        }
        std::fs::hard_link(top.join("App.py"), top.join("app.py")).unwrap();
        // Not alike in their letters: two names, and two files to the run.
        std::fs::hard_link(top.join("App.py"), top.join("copy.py")).unwrap();
        let files = |names: &[&str]| names.iter().map(|name| top.join(name)).collect();
        let all = files(&["App.py", "OTHER.py", "app.py", "copy.py", "other.py"]);
        let once = files(&["App.py", "OTHER.py", "copy.py", "other.py"]);
        assert_eq!(without_twins(all), once);
    }
}
