//! What `pyproject.toml` says in each of its dialects.

use super::*;
use crate::manifests::model::Format;

fn read_text(text: &str) -> Result<Manifest, Problem> {
    let mut manifest = Manifest::new("pyproject.toml".into(), Format::Pyproject, text.into());
    read(&mut manifest).map(|()| manifest)
}

/// `kind: names` of every list.
fn lists(text: &str) -> Vec<String> {
    let manifest = read_text(text).unwrap();
    let lists = manifest.lists.iter().map(|list| {
        let names: Vec<_> = list
            .requirements
            .iter()
            .map(|one| one.name.as_str())
            .collect();
        format!("{}: {}", list.kind, names.join(" "))
    });
    lists.collect()
}

#[test]
fn only_tools() {
    assert!(
        !read_text("[tool.ruff]\nline-length = 1\n")
            .unwrap()
            .is_project
    );
    assert!(
        !read_text("[build-system]\nrequires = [\"hatchling\"]\n")
            .unwrap()
            .is_project
    );
    assert!(read_text("[project]\nname = \"x\"\n").unwrap().is_project);
}

#[test]
fn poetry_alone() {
    let text = "[tool.poetry.dependencies]\npython = \"^3.10\"\na = \"^1\"\nb = {version = \"*\", optional = true}\n[tool.poetry.dependencies.c]\ngit = \"https://example.org/c.git\"\n[tool.poetry.extras]\nweb = [\"b\"]\n[tool.poetry.dev-dependencies]\nd = \"*\"\n[tool.poetry.group.docs.dependencies]\ne = \"*\"\n";
    assert_eq!(
        lists(text),
        [
            "the extra `web`: b",
            "the runtime requirements: a c",
            "the group `docs`: e",
            "the group `dev`: d"
        ]
    );
    let manifest = read_text(text).unwrap();
    let c = manifest.lists[1].find("c").unwrap();
    assert_eq!(c.url.as_deref(), Some("https://example.org/c.git"));
    assert_eq!(c.line, 5);
}

#[test]
fn poetry_beside_the_standard_only_adds() {
    let text = "[project]\ndependencies = [\"a\"]\n[tool.poetry.dependencies]\na = {source = \"s\"}\nb = \"*\"\n";
    assert_eq!(
        lists(text),
        ["the runtime requirements: a", "the constraints: a b"]
    );
    let dynamic =
        "[project]\ndynamic = [\"dependencies\"]\n[tool.poetry.dependencies]\nb = \"*\"\n";
    assert_eq!(lists(dynamic), ["the runtime requirements: b"]);
}

#[test]
fn markers_and_versions_of_poetry() {
    let text = "[tool.poetry.dependencies]\na = {version = \"^1\", markers = \"os_name == 'nt'\"}\nb = {version = \"~1.4\", python = \"<3.11\"}\nc = [{version = \"^1\", python = \"<3.8\"}, {version = \"^2\", python = \">=3.8\"}]\nd = {version = \"*\", extras = [\"Big_One\"]}\n";
    let manifest = read_text(text).unwrap();
    let find = |name: &str| manifest.lists[0].find(name).unwrap();
    assert_eq!(find("a").marker.as_deref(), Some("os_name == 'nt'"));
    assert_eq!(find("b").marker.as_deref(), Some("python <3.11"));
    assert!(!find("b").versions.allow(">=2"));
    assert!(find("c").versions.allow(">=2"));
    assert_eq!(
        (&find("d").extras[..], &find("d").marker),
        (&["big-one".to_owned()][..], &None)
    );
}

#[test]
fn dynamic_lists() {
    let files = "[project]\ndynamic = [\"dependencies\", \"optional-dependencies\"]\n[tool.setuptools.dynamic]\ndependencies = {file = \"r.txt\"}\n[tool.setuptools.dynamic.optional-dependencies]\ntest = {file = [\"t.txt\"]}\n";
    let manifest = read_text(files).unwrap();
    let includes: Vec<_> = manifest
        .includes
        .iter()
        .map(|one| (one.target.as_str(), one.kind.to_string(), one.line))
        .collect();
    assert_eq!(
        includes,
        [
            ("r.txt", "the runtime requirements".to_owned(), 4),
            ("t.txt", "the extra `test`".to_owned(), 6)
        ]
    );
    let hatch = "[project]\ndynamic = [\"dependencies\"]\n[tool.hatch.metadata.hooks.requirements_txt]\nfiles = [\"r.txt\"]\n";
    assert_eq!(read_text(hatch).unwrap().includes.len(), 1);
}

#[test]
fn a_byte_order_mark_moves_nothing() {
    let text = "\u{feff}[project]\ndependencies = [\"a\"]\n";
    let manifest = read_text(text).unwrap();
    assert_eq!(
        &text[manifest.lists[0].requirements[0].range.clone()],
        "\"a\""
    );
}
