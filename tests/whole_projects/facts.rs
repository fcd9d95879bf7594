//! Facts look at the whole project, also when the run is asked about a part of it.

use crate::outside::Project;

const SHARED: &str = "import os\nfrom typing import Optional, Union\n\n\
                      LIMIT: Optional[str] = os.sep\nNAME: Union[int, str] = 0\n";

/// `shop.models` has a name that `shop.api` takes from it.
fn shop(marker: &str) -> Project {
    let project = Project::of(&[
        ("shop/__init__.py", ""),
        ("shop/models/__init__.py", ""),
        ("shop/models/base.py", SHARED),
        ("shop/api/__init__.py", ""),
        (
            "shop/api/routes.py",
            "from shop.models.base import Optional\n\nprint(Optional)\n",
        ),
    ]);
    match marker {
        "" => {}
        ".git" => project.insist("git", &["init", "--quiet"], b""),
        marker => project.write(marker, ""),
    }
    project
}

fn insist_that_the_import_stays(project: &Project, folder: &str, path: &str) {
    let said = project.codemend_in(folder, &[path, "--apply", "--allow-dirty"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    let text = project.read("shop/models/base.py");
    let want = "import os\nfrom typing import Optional\n\n\
                LIMIT: str | None = os.sep\nNAME: int | str = 0\n";
    assert_eq!(text, want, "{path} in {folder}");
}

#[test]
fn an_import_that_another_package_takes_stays() {
    for marker in ["pyproject.toml", "setup.cfg", "requirements.txt", ".git"] {
        for (folder, path) in [
            ("", "."),
            ("", "shop/models"),
            ("", "shop/models/base.py"),
            ("shop/models", "."),
        ] {
            insist_that_the_import_stays(&shop(marker), folder, path);
        }
    }
}

/// The import of each function is judged by its own uses; thousands of them are one walk.
#[test]
fn thousands_of_imports_of_one_name_go() {
    let one = |at| {
        format!("def f{at}():\n    from typing import Optional\n    x: Optional[int] = None\n")
    };
    let text: String = (0..8000).map(one).collect();
    let project = Project::of(&[("a.py", text)]);
    let said = project.codemend(&["--apply", "--unsafe-fixes"]);
    let made = "  optional-to-union  8000 changes\n";
    assert!(said.err.contains(made), "{}", said.err);
    assert!(!project.read("a.py").contains("Optional"));
}

#[test]
fn an_import_that_nobody_takes_goes() {
    let project = shop("pyproject.toml");
    project.write("shop/api/routes.py", "from shop.models import base\n");
    assert_eq!(project.codemend(&["shop/models", "--apply"]).code, Some(0));
    assert!(!project.read("shop/models/base.py").contains("typing"));
}

#[test]
fn relative_and_star_imports_count() {
    for import in [
        "from ..models.base import Optional as Maybe\n",
        "from ..models.base import *\n\nprint(Optional)\n",
        "from ..models import base\n\nprint(base.Optional)\n",
    ] {
        let project = shop("pyproject.toml");
        project.write("shop/api/routes.py", import);
        assert_eq!(project.codemend(&["shop/models", "--apply"]).code, Some(0));
        let text = project.read("shop/models/base.py");
        assert!(
            text.contains("from typing import Optional"),
            "{import}: {text}"
        );
    }
}

#[test]
fn names_that_are_passed_on_count() {
    let project = shop("pyproject.toml");
    project.write("shop/models/__init__.py", "from .base import *\n");
    project.write(
        "shop/api/routes.py",
        "from shop.models import Optional as Maybe\n",
    );
    assert_eq!(project.codemend(&["shop/models", "--apply"]).code, Some(0));
    let text = project.read("shop/models/base.py");
    assert!(text.contains("from typing import Optional"), "{text}");
}

#[test]
fn standard_input_is_a_part_of_the_project() {
    let project = shop("pyproject.toml");
    let options = ["--stdin-filename", "shop/models/base.py", "-"];
    let said = project.codemend_reading(&options, SHARED.as_bytes());
    let import = "import os\nfrom typing import Optional\n\n";
    assert!(said.out.starts_with(import), "{}", said.out);
}

#[test]
fn what_the_run_was_not_asked_for_is_not_changed() {
    let project = shop("pyproject.toml");
    project.write("shop/api/deps.py", SHARED);
    let said = project.codemend(&["shop/models"]);
    assert!(
        said.err.starts_with("Would change 1 of 2 files"),
        "{}",
        said.err
    );
    assert!(!said.out.contains("deps.py"), "{}", said.out);
}

#[test]
fn a_broken_neighbour_is_not_this_runs_problem() {
    let project = shop("pyproject.toml");
    project.write("shop/api/broken.py", "Optional = (\n");
    let said = project.codemend(&["shop/models"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
}
