//! Which Pydantic a file runs with.

use camino::{Utf8Path, Utf8PathBuf};

use super::with_module;
use crate::discover::Environment;
use crate::frameworks::pydantic::{Generation, evidence, generation};
use crate::manifests::{Distributions, Manifests};
use crate::source::SizeLimit;

/// What the manifests `files`, by path, and the installed `pydantic` say about `app/main.py`.
fn said(files: &[(&str, &str)], installed: Option<&str>) -> Generation {
    let guard = tempfile::tempdir().unwrap();
    let top = Utf8Path::from_path(guard.path()).unwrap();
    let top = top.canonicalize_utf8().unwrap();
    for (path, text) in files {
        let file = top.join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }
    if let Some(version) = installed {
        let site = format!("venv/lib/python3.11/site-packages/pydantic-{version}.dist-info");
        std::fs::create_dir_all(top.join(site)).unwrap();
    }
    let directories: Vec<Utf8PathBuf> = vec![top.clone(), top.join("app")];
    let manifests = Manifests::read(directories, &top, SizeLimit::default());
    let environment = Environment {
        directory: top.join("venv"),
        is_named: true,
    };
    let distributions = Distributions::read(Some(&environment), SizeLimit::default());
    generation(&manifests, &distributions, &top.join("app/main.py"))
}

fn of(requirements: &str) -> Generation {
    said(&[("requirements.txt", requirements)], None)
}

fn two(at_least: Option<(u64, u64)>) -> Generation {
    Generation::Two { at_least }
}

fn is_unknown(generation: &Generation) -> bool {
    matches!(generation, Generation::Unknown(_))
}

#[test]
fn requirements_of_pydantic() {
    for text in [
        "pydantic<2\n",
        "pydantic==1.10.13\n",
        "pydantic~=1.8\n",
        "pydantic>=1.8,<2.0\n",
        "pydantic[email]==1.10.2\n",
    ] {
        assert_eq!(of(text), Generation::One, "{text}");
    }
    assert_eq!(of("pydantic>=2\n"), two(Some((2, 0))));
    assert_eq!(of("pydantic>=2.5,<3\n"), two(Some((2, 5))));
    assert_eq!(of("pydantic==2.7.1\n"), two(Some((2, 7))));
    assert_eq!(of("pydantic~=2.4\n"), two(Some((2, 4))));
    for text in ["pydantic>=1.10,<3\n", "pydantic>=1.8\n", "pydantic<3\n"] {
        assert!(is_unknown(&of(text)), "{text}");
    }
    assert_eq!(of("pydantic\n"), two(None));
    assert_eq!(of("flask\n"), two(None));
    assert_eq!(of(""), two(None));
    assert_eq!(said(&[], None), two(None));
}

#[test]
fn poetry_and_projects() {
    let poetry = |text: &str| {
        let text = format!(
            "[tool.poetry]\nname = \"x\"\n[tool.poetry.dependencies]\npython = \"^3.9\"\n{text}\n"
        );
        said(&[("pyproject.toml", &text)], None)
    };
    assert_eq!(poetry("pydantic = \"^1.8\""), Generation::One);
    assert_eq!(poetry("pydantic = \"^2.3\""), two(Some((2, 3))));
    assert!(is_unknown(&poetry("pydantic = \">=1.9\"")));
    assert_eq!(poetry("pydantic = \"*\""), two(None));
    let project = |text: &str| {
        let text = format!("[project]\nname = \"x\"\nversion = \"1\"\n{text}\n");
        said(&[("pyproject.toml", &text)], None)
    };
    assert_eq!(project("dependencies = [\"pydantic<2\"]"), Generation::One);
    assert_eq!(
        project(
            "dependencies = [\"fastapi\"]\n[project.optional-dependencies]\nx = [\"pydantic>=2\"]"
        ),
        two(None)
    );
}

#[test]
fn requirements_of_others() {
    assert_eq!(of("fastapi<0.100\n"), Generation::One);
    assert_eq!(of("fastapi==0.95.2\n"), Generation::One);
    assert_eq!(of("fastapi==0.99.1\npydantic\n"), Generation::One);
    assert_eq!(of("fastapi>=0.126\n"), two(None));
    assert_eq!(of("fastapi==0.110.0\n"), two(None));
    assert_eq!(of("pydantic-settings\n"), two(None));
    assert_eq!(of("pydantic-settings\npydantic>=1.8\n"), two(None));
    assert_eq!(of("sqlmodel==0.0.8\n"), Generation::One);
    assert_eq!(of("fastapi==0.115\npydantic<2\n"), Generation::One);
    assert!(is_unknown(&of("fastapi<0.100\npydantic>=2\n")));
}

#[test]
fn markers_and_kinds() {
    assert!(is_unknown(&of(
        "pydantic<2; python_version < '3.8'\npydantic>=2; python_version >= '3.8'\n"
    )));
    assert_eq!(
        of("pydantic<2; sys_platform == 'linux'\npydantic<1.9; sys_platform != 'linux'\n"),
        Generation::One
    );
    assert_eq!(
        said(
            &[
                ("requirements.txt", "fastapi\n"),
                ("requirements-dev.txt", "pydantic<2\n")
            ],
            None
        ),
        two(None)
    );
    assert_eq!(
        said(
            &[
                ("requirements.txt", "-c constraints.txt\nfastapi\n"),
                ("constraints.txt", "pydantic<2\n")
            ],
            None
        ),
        Generation::One
    );
}

#[test]
fn the_nearest_manifest_that_says_something() {
    let files = |inner: &'static str| {
        [
            ("requirements.txt", "pydantic<2\n"),
            ("app/requirements.txt", inner),
        ]
    };
    assert_eq!(said(&files("pydantic>=2.1\n"), None), two(Some((2, 1))));
    assert_eq!(said(&files("flask\n"), None), Generation::One);
}

#[test]
fn what_is_installed() {
    assert_eq!(said(&[], Some("1.10.13")), Generation::One);
    assert_eq!(said(&[], Some("2.7.0")), two(Some((2, 7))));
    assert!(is_unknown(&said(&[], Some("3.0"))));
    let bare = [("requirements.txt", "pydantic\n")];
    assert_eq!(said(&bare, Some("1.9.0")), Generation::One);
    let limited = [("requirements.txt", "pydantic>=2\n")];
    assert_eq!(said(&limited, Some("1.9.0")), two(Some((2, 0))));
    let broken = [("requirements.txt", "-r missing.txt\n")];
    assert!(is_unknown(&said(&broken, None)));
    assert_eq!(said(&broken, Some("2.1.0")), two(Some((2, 1))));
}

#[test]
fn evidence_of_a_module() {
    let of = |text: &str| with_module(text, evidence);
    assert_eq!(
        of("from pydantic import BaseModel, ConfigDict\n"),
        Some(two(None))
    );
    assert_eq!(
        of("from pydantic import field_validator\n"),
        Some(two(None))
    );
    assert_eq!(
        of("from pydantic_settings import BaseSettings\n"),
        Some(two(None))
    );
    assert_eq!(
        of("from pydantic import BaseSettings\n"),
        Some(Generation::One)
    );
    assert_eq!(
        of("from pydantic.generics import GenericModel\n"),
        Some(Generation::One)
    );
    assert_eq!(of("from pydantic import BaseModel, validator\n"), None);
    assert_eq!(of("from pydantic import BaseSettings, ConfigDict\n"), None);
    assert_eq!(
        of(
            "try:\n    from pydantic import ConfigDict\nexcept ImportError:\n    ConfigDict = None\n"
        ),
        None
    );
    assert_eq!(of("from other import ConfigDict\n"), None);
}
