//! A project as a map from relative path to bytes: what a case starts from, and what it must become.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use similar::TextDiff;

/// Relative path with forward slashes, and the bytes of the file.
pub type Tree = BTreeMap<String, Vec<u8>>;

pub fn is_python(path: &str) -> bool {
    path.ends_with(".py") || path.ends_with(".pyi")
}

/// All files below `folder`, without what an interpreter leaves behind.
pub fn read(folder: &Path) -> io::Result<Tree> {
    let mut tree = Tree::new();
    collect(folder, "", &mut tree)?;
    Ok(tree)
}

fn collect(folder: &Path, prefix: &str, tree: &mut Tree) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{prefix}{name}");
        if entry.file_type()?.is_dir() {
            if name != "__pycache__" {
                collect(&entry.path(), &format!("{path}/"), tree)?;
            }
        } else if !name.ends_with(".db") {
            tree.insert(path, fs::read(entry.path())?);
        }
    }
    Ok(())
}

pub fn write(tree: &Tree, folder: &Path) -> io::Result<()> {
    for (path, bytes) in tree {
        let file = folder.join(path);
        if let Some(parent) = file.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(file, bytes)?;
    }
    Ok(())
}

/// What stands between two trees, for a person to read; empty when they are equal, byte for byte.
pub fn difference(want: &Tree, got: &Tree) -> String {
    let mut text = String::new();
    for path in want.keys().filter(|path| !got.contains_key(*path)) {
        text.push_str(&format!("{path}: the file is missing\n"));
    }
    for (path, got) in got {
        match want.get(path) {
            None => text.push_str(&format!("{path}: nobody asked for this file\n")),
            Some(want) if want != got => text.push_str(&file_difference(path, want, got)),
            Some(_) => {}
        }
    }
    text
}

/// A unified diff. Where only bytes that cannot be seen differ, they are shown escaped.
pub fn file_difference(path: &str, want: &[u8], got: &[u8]) -> String {
    let visible = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let escaped = |bytes: &[u8]| {
        visible(bytes)
            .split_inclusive('\n')
            .map(|line| format!("{}\n", line.escape_debug()))
            .collect::<String>()
    };
    let unseen = |bytes: &[u8]| visible(bytes).replace(['\r', '\u{feff}', '\t'], "");
    let (mut a, mut b) = (visible(want), visible(got));
    let odd = |text: &str| text.contains(['\r', '\u{feff}', '\t']) || !text.ends_with('\n');
    if unseen(want) == unseen(got) || odd(&a) != odd(&b) {
        (a, b) = (escaped(want), escaped(got));
    }
    let diff = TextDiff::from_lines(&a, &b);
    diff.unified_diff()
        .context_radius(2)
        .header(&format!("want {path}"), &format!("got  {path}"))
        .to_string()
}
