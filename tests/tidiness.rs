//! Rules about the repository that no compiler checks.

use std::path::{Path, PathBuf};

use codemend_codemods::ALL;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Folders that hold what others wrote, or bytes that a case needs as they are.
const FOREIGN: &[&str] = &["target", ".git", "cases", "snapshots", "node_modules"];

/// Every file below the root that ends with `extension`, with its path for people and its text, sorted.
fn files(extension: &str) -> Vec<(String, String)> {
    let mut paths = Vec::new();
    collect(root(), extension, &mut paths);
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let text = std::fs::read_to_string(&path).expect("sources are UTF-8");
            let name = path
                .strip_prefix(root())
                .unwrap_or(&path)
                .display()
                .to_string();
            (name, text)
        })
        .collect()
}

fn collect(folder: &Path, extension: &str, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder)
        .expect("a readable folder")
        .filter_map(Result::ok)
    {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if path.is_dir() {
            let foreign = FOREIGN.contains(&name.as_str()) || path.join("pyvenv.cfg").exists();
            if !foreign {
                collect(&path, extension, found);
            }
        } else if path.extension().is_some_and(|it| it == extension) {
            found.push(path);
        }
    }
}

fn insist(faults: &[String]) {
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

/// The part of a source that ends in the program: all above `#[cfg(test)]`.
fn program(text: &str) -> &str {
    text.split("#[cfg(test)]").next().unwrap_or(text)
}

fn is_test(path: &str) -> bool {
    path.starts_with("tests/")
        || path.starts_with("benches/")
        || path.contains("/tests/")
        || path.ends_with("tests.rs")
}

/// Lines of `text` that are no comments, with their numbers.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = text
        .lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line));
    lines.filter(|(_, line)| !line.trim_start().starts_with("//"))
}

#[test]
fn files_are_short_or_say_why_not() {
    let long = files("rs").into_iter().filter_map(|(path, text)| {
        let count = text.lines().count();
        let mut header = text.lines().take_while(|line| line.starts_with("//!"));
        let excused = header.any(|line| line.contains("Long because"));
        (count > 400 && !excused)
            .then(|| format!("{path}: {count} lines, and no \"Long because\" in its header"))
    });
    insist(&long.collect::<Vec<_>>());
}

#[test]
fn files_say_what_they_are() {
    let silent = files("rs")
        .into_iter()
        .filter(|(_, text)| !text.starts_with("//!"));
    insist(
        &silent
            .map(|(path, _)| format!("{path}: does not open with `//!`"))
            .collect::<Vec<_>>(),
    );
}

#[test]
fn nothing_is_left_half_done() {
    // Put together, so that this file does not find itself.
    let words = ["todo", "unimplemented", "dbg"].map(|word| format!("{word}!("));
    let mut faults = Vec::new();
    for (path, text) in files("rs") {
        for (number, line) in code(&text) {
            for word in words.iter().filter(|word| line.contains(word.as_str())) {
                faults.push(format!("{path}:{number}: {word}..)"));
            }
        }
    }
    insist(&faults);
}

#[test]
fn the_program_does_not_unwrap() {
    let mut faults = Vec::new();
    for (path, text) in files("rs").into_iter().filter(|(path, _)| !is_test(path)) {
        let unwraps = code(program(&text)).filter(|(_, line)| line.contains(".unwrap()"));
        faults
            .extend(unwraps.map(|(number, _)| format!("{path}:{number}: unwrap outside of tests")));
    }
    insist(&faults);
}

/// The fifth promise: what codemend reads is never executed, and nothing goes over the network.
#[test]
fn the_program_starts_nothing_and_calls_nobody() {
    let words = [
        "process::Command",
        "Command::new",
        "std::net",
        "TcpStream",
        "UdpSocket",
    ];
    let mut faults = Vec::new();
    for (path, text) in files("rs").into_iter().filter(|(path, _)| !is_test(path)) {
        let is_program = path.starts_with("src/") || path.starts_with("codemods/");
        let is_of_tests = path.ends_with("properties.rs");
        for (number, line) in code(program(&text)).filter(|_| is_program && !is_of_tests) {
            for word in words.iter().filter(|word| line.contains(*word)) {
                faults.push(format!("{path}:{number}: {word}"));
            }
        }
    }
    insist(&faults);
}

#[test]
fn text_has_no_stray_blanks() {
    let mut faults = Vec::new();
    for (path, text) in [files("rs"), files("md")].concat() {
        for (index, line) in text.lines().enumerate() {
            if line.contains('\t') || line.ends_with(' ') {
                faults.push(format!("{path}:{}: a tab or a trailing blank", index + 1));
            }
        }
        if !text.is_empty() && !text.ends_with('\n') {
            faults.push(format!("{path}: no final newline"));
        }
    }
    insist(&faults);
}

#[test]
fn every_codemod_has_its_folder() {
    let folder = root().join("codemods");
    let mut faults = Vec::new();
    let mut names: Vec<String> = std::fs::read_dir(&folder)
        .expect("the catalogue's folder")
        .filter_map(Result::ok)
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    for name in &names {
        for file in ["mod.rs", "README.md"] {
            if !folder.join(name).join(file).is_file() {
                faults.push(format!("codemods/{name}: no {file}"));
            }
        }
    }
    for codemod in ALL {
        let name = codemod.about().name.replace('-', "_");
        if !names.contains(&name) {
            faults.push(format!(
                "codemods/{name}: the catalogue names it, and there is no folder"
            ));
        }
    }
    insist(&faults);
}

#[test]
fn the_readme_lists_every_codemod() {
    let readme = std::fs::read_to_string(root().join("README.md")).expect("a README.md");
    let row = |name: &str| {
        format!(
            "| [`{name}`](codemods/{}/README.md) |",
            name.replace('-', "_")
        )
    };
    let missing = ALL
        .iter()
        .map(|codemod| row(codemod.about().name))
        .filter(|row| !readme.contains(row));
    insist(
        &missing
            .map(|row| format!("README.md has no row `{row}`"))
            .collect::<Vec<_>>(),
    );
}
