//! What a repository's own content may have codemend read: nothing outside, nothing that blocks, nothing endless.

use std::fs::{self, File};
use std::os::unix::fs::symlink;

use crate::outside::{Project, Said};

const TEXT: &str = "from typing import Optional\n\nx: Optional[str] = None\n";

/// What stands in the user's own files. It is valid nowhere, so whoever parses it quotes it.
const SECRET: &str = "target-version = \"SECRET\"\nSECRET = = SECRET\n";

fn folder() -> Project {
    let project = Project::of(&[
        ("repo/app/good.py", TEXT),
        ("mine/secret", SECRET),
        ("mine/requirements.txt", "SECRET ==== 1\n"),
        ("mine/lib/module.py", "def give() -> int: ...\n"),
    ]);
    fs::create_dir(project.root().join("repo/.git")).expect("a folder");
    project
}

fn link(project: &Project, to: &str, from: &str) {
    let from = project.root().join(from);
    fs::create_dir_all(from.parent().expect("a folder")).expect("a folder");
    symlink(to, from).expect("a link");
}

fn everything(project: &Project) -> Said {
    let arguments = [
        "--select",
        "all",
        "--unsafe-fixes",
        "--verbose",
        "--explain-refusals",
    ];
    project.codemend_in("repo", &arguments)
}

fn insist_kept(said: &Said, what: &str) {
    assert!(!said.err.contains("SECRET"), "{what}: {}", said.err);
    assert!(!said.out.contains("SECRET"), "{what}: {}", said.out);
    assert!(!said.err.contains("panicked"), "{what}: {}", said.err);
}

#[test]
fn settings_and_manifests_that_are_links_out_are_refused_unread() {
    for name in [
        "pyproject.toml",
        "codemend.toml",
        ".codemend.toml",
        "setup.cfg",
        "setup.py",
    ] {
        let project = folder();
        link(&project, "../../mine/secret", &format!("repo/app/{name}"));
        let said = everything(&project);
        insist_kept(&said, name);
        assert_eq!(said.code, Some(2), "{name}: {}", said.err);
        let start =
            format!("error: app/{name}: cannot be read: a symbolic link leads from it out of ");
        assert_eq!(said.errors(&start).count(), 1, "{name}: {}", said.err);
        assert_eq!(
            said.out, "",
            "{name}: what they say of the files below is not known"
        );
    }
    for name in [
        "requirements.txt",
        "requirements/dev.txt",
        "Pipfile",
        ".python-version",
    ] {
        let project = folder();
        link(&project, "../../mine/secret", &format!("repo/app/{name}"));
        insist_kept(&everything(&project), name);
    }
}

#[test]
fn links_within_the_repository_are_read() {
    let project = folder();
    project.write("repo/shared/py.toml", "[tool.codemend]\nselect = []\n");
    link(&project, "../shared/py.toml", "repo/app/pyproject.toml");
    let said = project.codemend_in("repo", &[]);
    assert_eq!(
        (said.code, said.out.as_str()),
        (Some(0), ""),
        "{}",
        said.err
    );
}

#[test]
fn settings_do_not_lead_out() {
    for (src, shown) in [
        ("../../..", "../../.."),
        ("/", "/"),
        ("../mine/lib", "../mine/lib"),
        ("app/../../mine", "app/../../mine"),
        ("linked", "linked"),
        ("linked/deeper/gone", "linked/deeper/gone"),
    ] {
        let project = folder();
        link(&project, "../mine", "repo/linked");
        project.write("repo/codemend.toml", format!("src = ['app', '{src}']\n"));
        let said = project.codemend_in("repo", &[]);
        assert_eq!(
            (said.code, said.out.as_str()),
            (Some(2), ""),
            "{src}: {}",
            said.err
        );
        let start =
            format!("error: codemend.toml:1:15: 'src': '{shown}' leads out of the repository ");
        assert_eq!(said.errors(&start).count(), 1, "{src}: {}", said.err);
    }
    // What the user says is the user's word; what stays inside is fine.
    let project = folder();
    project.write("repo/app/codemend.toml", "src = ['.', '../lib', 'gone']\n");
    let said = project.codemend_in("repo", &["--config", "src = ['../mine/lib']"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert!(said.out.contains("+++ b/app/good.py\n"), "{}", said.err);
}

#[test]
fn requirements_do_not_include_what_lies_outside() {
    let email =
        "from pydantic import BaseModel, EmailStr\n\n\nclass U(BaseModel):\n    e: EmailStr\n";
    for (file, text, target) in [
        (
            "requirements.txt",
            "-r ../../mine/requirements.txt\n",
            "../../mine/requirements.txt",
        ),
        (
            "requirements.txt",
            "-c ../../mine/requirements.txt\n",
            "../../mine/requirements.txt",
        ),
        ("requirements.txt", "-r linked.txt\n", "linked.txt"),
        (
            "requirements.txt",
            "-r folder/requirements.txt\n",
            "folder/requirements.txt",
        ),
        ("requirements.txt", "-r /etc/passwd\n", "/etc/passwd"),
        (
            "setup.cfg",
            "[options]\ninstall_requires = file: ../../mine/requirements.txt\n",
            "../../mine/requirements.txt",
        ),
        (
            "pyproject.toml",
            "[project]\nname = 'x'\ndynamic = ['dependencies']\n[tool.setuptools.dynamic]\ndependencies = {file = 'linked.txt'}\n",
            "linked.txt",
        ),
    ] {
        let project = folder();
        project.write("repo/app/schemas.py", email);
        project.write(&format!("repo/app/{file}"), text);
        link(
            &project,
            "../../mine/requirements.txt",
            "repo/app/linked.txt",
        );
        link(&project, "../../mine", "repo/app/folder");
        let said = everything(&project);
        insist_kept(&said, text);
        let problem = format!("includes `{target}`, which lies outside of the repository");
        let told = said
            .errors("error: ")
            .filter(|line| line.ends_with(&problem));
        assert_eq!(told.count(), 1, "{text}: {}", said.err);
        assert!(!said.out.contains("email-validator"), "{}", said.out);
    }
    // A folder of requirements that is a link out.
    let project = folder();
    project.write("repo/app/schemas.py", email);
    link(&project, "../../mine", "repo/app/requirements");
    insist_kept(&everything(&project), "a folder");
}

#[test]
fn references_to_files_are_text() {
    let project = folder();
    let text = "fastapi @ file:///etc/passwd\n-e ../../mine\n./../../mine/x.whl\npydantic\n";
    project.write("repo/app/requirements.txt", text);
    let toml = "[project]\nname = 'x'\nreadme = '../../mine/secret'\nlicense = {file = '../../mine/secret'}\n\
        [tool.setuptools.package-dir]\n'' = '../../mine'\n[tool.uv.workspace]\nmembers = ['../../*']\n\
        [tool.poetry.dependencies]\nx = {path = '../../mine'}\n[tool.ruff]\nextend = '../../mine/secret'\n";
    project.write("repo/app/pyproject.toml", toml);
    let said = everything(&project);
    insist_kept(&said, "references");
    assert!(said.out.contains("+++ b/app/good.py\n"), "{}", said.err);
}

const FASTAPI: &str = "class FastAPI:\n    def get(self, path): ...\n";
const SITE: &str = "lib/python3.12/site-packages";

/// A handler in the repository whose type stands in the user's own `module`.
fn handler(import: &str) -> Project {
    let project = folder();
    let rest = "\n\napp = FastAPI()\n\n\n@app.get('/')\ndef read():\n    return give()\n";
    let text = format!("from fastapi import FastAPI\n{import}{rest}");
    project.write("repo/app/api.py", text);
    let module = "from pydantic import BaseModel\n\n\nclass Thing(BaseModel):\n    x: int\n\n\ndef give() -> Thing: ...\n";
    project.write("mine/lib/module.py", module);
    project
}

/// An environment in `place` that leads to the user's own modules.
fn fill(project: &Project, place: &str) {
    let lib = project.root().join("mine/lib");
    let site = format!("{place}/{SITE}");
    project.write(
        &format!("{place}/pyvenv.cfg"),
        "home = /usr/bin\nversion = 3.12.0\n",
    );
    project.write(&format!("{site}/out.pth"), format!("{}\n", lib.display()));
    for name in ["fastapi", "pydantic"] {
        project.write(&format!("{site}/{name}-1.dist-info/METADATA"), "");
    }
    project.write(&format!("{site}/fastapi/__init__.py"), FASTAPI);
    project.write(
        &format!("{site}/pydantic/__init__.py"),
        "class BaseModel: ...\n",
    );
}

/// Whether the type of what the handler gives is known, with `options`; and all that is said.
fn knows(project: &Project, options: &[&str]) -> (bool, String) {
    let base = [
        "--select",
        "response-model",
        "--unsafe-fixes",
        "--explain-refusals",
    ];
    let said = project.codemend_in("repo", &[&base[..], options].concat());
    insist_kept(&said, "types");
    let unknown = "app/api.py:7:1: left alone: what `give()` gives is not known";
    let known = "app/api.py:7:1: left alone: `Thing` has no name at the level of this module";
    let found = [known, unknown].map(|reason| said.err.contains(reason));
    assert_ne!(found[0], found[1], "{}{}", said.out, said.err);
    (found[0], said.err)
}

#[test]
fn an_environment_of_the_repository_does_not_lead_out() {
    let import = "from module import give";
    let project = handler(import);
    fill(&project, "repo/.venv");
    // The one that the user names leads where it leads; the same one, found, does not.
    assert!(knows(&project, &["--python", ".venv"]).0);
    let (known, told) = knows(&project, &[]);
    assert!(!known && !told.contains("no virtual environment"), "{told}");

    let project = handler(import);
    fill(&project, "mine/env");
    link(&project, "../mine/env", "repo/.venv");
    let (known, told) = knows(&project, &[]);
    assert!(!known && told.contains("no virtual environment"), "{told}");
    assert!(knows(&project, &["--python", "../mine/env"]).0);
}

#[test]
fn an_environment_of_the_repository_is_read_in_itself_and_not_the_python_that_it_names() {
    let project = handler("from module import give");
    let python = project.root().join("mine/py");
    let config = format!(
        "home = {}/bin\nversion = 3.12.0\ninclude-system-site-packages = true\n",
        python.display()
    );
    project.write("repo/.venv/pyvenv.cfg", config);
    project.write(
        &format!("repo/.venv/{SITE}/pydantic/__init__.py"),
        "class BaseModel: ...\n",
    );
    let module = project.read("mine/lib/module.py");
    project.write("mine/py/bin/python3.12", "");
    project.write(&format!("mine/py/{SITE}/module.py"), &module);
    assert!(knows(&project, &["--python", ".venv"]).0);
    assert!(!knows(&project, &[]).0);
    project.write(&format!("repo/.venv/{SITE}/module.py"), &module);
    assert!(knows(&project, &[]).0);
}

#[test]
fn imports_do_not_lead_out() {
    // A package at the top has its directory searched: what lies beside it is not the stranger's.
    let project = handler("from mine.lib.module import give");
    project.write("repo/__init__.py", "");
    project.write("repo/app/__init__.py", "");
    assert!(!knows(&project, &[]).0);
    let project = handler("from module import give");
    link(&project, "../mine/lib", "repo/src");
    assert!(!knows(&project, &[]).0);
    assert!(knows(&project, &["--config", "src = ['../mine/lib']"]).0);
    // A module that a link leads to is what Python would import, so what stands in it counts.
    let project = handler("from module import give");
    link(&project, "../mine/lib/module.py", "repo/module.py");
    let said = everything(&project);
    let want = "app/api.py:7:1: left alone: returns no data";
    assert!(said.err.contains(want), "{}", said.err);
}

#[test]
fn pipes_and_endless_files_neither_block_nor_fill_the_memory() {
    let text = "import piped\nimport huge\nimport zero\nfrom typing import Optional\n\nx: Optional[str] = piped.f() or huge.x or zero.y\n";
    let project = folder();
    project.write("repo/app/use.py", text);
    let names = [
        "repo/app/piped.py",
        "repo/app/requirements.txt",
        "repo/app/Pipfile",
        "repo/app/.python-version",
        "repo/.venv/lib/python3.12/site-packages/x.pth",
        "repo/.venv/lib/python3.12/site-packages/y-1.dist-info/RECORD",
    ];
    project.write("repo/.venv/pyvenv.cfg", "");
    for name in names {
        let folder = project.root().join(name);
        fs::create_dir_all(folder.parent().expect("a folder")).expect("a folder");
        project.insist("mkfifo", &[name], b"");
    }
    let huge = |name: &str| {
        let hole = File::create(project.root().join(name)).expect("a file");
        hole.set_len(20_000_000_000).expect("a hole takes no room");
    };
    huge("repo/app/huge.py");
    link(&project, "/dev/zero", "repo/app/zero.py");
    let said = everything(&project);
    insist_kept(&said, "pipes");
    assert!(said.out.contains("+++ b/app/good.py\n"), "{}", said.err);
    huge("repo/app/pyproject.toml");
    let said = everything(&project);
    let want = "error: app/pyproject.toml: cannot be read: is larger than 8 MB";
    assert_eq!(said.errors(want).count(), 1, "{}", said.err);
}

#[test]
fn what_says_which_files_to_leave_out_may_block_nothing() {
    for (name, make) in [
        (".gitignore", "pipe"),
        (".ignore", "pipe"),
        (".git/info/exclude", "pipe"),
        (".gitignore", "zero"),
        (".gitignore", "secret"),
    ] {
        for folder_of_it in ["repo", "repo/sub"] {
            let project = folder();
            project.write("repo/sub/a.py", TEXT);
            let path = format!("{folder_of_it}/{name}");
            let full = project.root().join(&path);
            fs::create_dir_all(full.parent().expect("a folder")).expect("a folder");
            match make {
                "pipe" => project.insist("mkfifo", &[&path], b""),
                "zero" => symlink("/dev/zero", &full).expect("a link"),
                _ => symlink(project.root().join("mine/secret"), &full).expect("a link"),
            }
            let said = project.codemend_in("repo", &[]);
            insist_kept(&said, &path);
            assert_eq!(said.code, Some(2), "{path}: {}", said.err);
            assert!(
                said.err.contains("; its folder is left alone"),
                "{path}: {}",
                said.err
            );
            assert!(!said.out.contains("sub/a.py"), "{path}: {}", said.out);
            let others = said.out.contains("+++ b/app/good.py\n");
            assert_eq!(others, folder_of_it == "repo/sub", "{path}: {}", said.err);
        }
    }
}
