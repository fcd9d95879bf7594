//! What import statements lead to.

use super::tree;

#[test]
fn absolute_relative_star_and_submodule() {
    let tree = tree(&[
        ("app/__init__.py", ""),
        ("app/db.py", "x = 1\n"),
        ("app/api/__init__.py", "y = 1\n"),
        ("app/api/users.py", ""),
        ("main.py", ""),
    ]);
    let main = |statement| tree.leads("main.py", statement);
    assert_eq!(main("import app.db"), "app/db.py below app/__init__.py");
    assert_eq!(
        main("from app.db import x"),
        "app/db.py below app/__init__.py app/db.py:x"
    );
    assert_eq!(
        main("from app import db"),
        "app/db.py below app/__init__.py"
    );
    assert_eq!(
        main("from app import db, version"),
        "app/__init__.py app/db.py app/__init__.py:version"
    );
    assert_eq!(
        main("from app.api import *"),
        "app/api/__init__.py below app/__init__.py"
    );
    assert_eq!(main("import app.gone"), "missing app.gone");
    assert_eq!(
        main("from .app import db"),
        "app/db.py below app/__init__.py"
    );
    assert_eq!(main("from ..x import y"), "beyond");
    assert_eq!(main("import json"), "standard");
    assert_eq!(main("import fastapi"), "third party");

    // The packages that the file stands in are being loaded already.
    let users = |statement| tree.leads("app/api/users.py", statement);
    assert_eq!(users("from ..db import x"), "app/db.py app/db.py:x");
    assert_eq!(
        users("from . import y"),
        "app/api/__init__.py app/api/__init__.py:y"
    );
    assert_eq!(users("from .. import db"), "app/db.py");
    assert_eq!(users("import app.api.users"), "app/api/users.py");
}

#[test]
fn two_files_for_one_name() {
    let tree = tree(&[
        ("app/__init__.py", ""),
        ("app/db.py", ""),
        ("app/db/__init__.py", ""),
        ("main.py", "import app.db\n"),
    ]);
    assert_eq!(
        tree.leads("main.py", "import app.db"),
        "ambiguous app/db app/db.py"
    );
    assert_eq!(
        tree.leads("main.py", "from app import db"),
        "ambiguous app/db app/db.py"
    );
    // Either may be loaded.
    let loads = tree.loads("main.py").join("\n");
    assert!(
        loads.contains("app/db.py") && loads.contains("app/db/__init__.py"),
        "{loads}"
    );
}

#[test]
fn modules_named_like_the_standard_library() {
    let tree = tree(&[
        ("logging/__init__.py", ""),
        ("platform/tools.py", ""),
        ("app/__init__.py", ""),
        ("app/types.py", ""),
        ("main.py", "import logging\n"),
    ]);
    assert_eq!(tree.leads("main.py", "import logging"), "shadows logging");
    assert_eq!(tree.loads("main.py"), ["1 Always logging/__init__.py"]);
    // A directory without `__init__.py` gives way.
    assert_eq!(tree.leads("main.py", "import platform"), "standard");
    assert_eq!(
        tree.leads("main.py", "from platform import tools"),
        "shadows platform"
    );
    // Inside a package the name belongs to nobody else.
    assert_eq!(tree.leads("app/__init__.py", "import types"), "standard");
}

#[test]
fn a_directory_with_scripts_is_not_the_library_of_that_name() {
    let tree = tree(&[
        ("alembic/env.py", "from alembic import context\n"),
        ("alembic/versions/one.py", ""),
        ("main.py", ""),
    ]);
    assert_eq!(
        tree.leads("alembic/env.py", "from alembic import context"),
        "third party"
    );
    assert_eq!(tree.leads("main.py", "import alembic"), "third party");
    assert_eq!(
        tree.leads("main.py", "from alembic.config import Config"),
        "third party"
    );
    assert_eq!(
        tree.leads("main.py", "from alembic import env"),
        "alembic/env.py"
    );
}

#[test]
fn stand_ins_below_tests_are_for_tests() {
    let tree = tree(&[
        ("tests/stubs/boto3/__init__.py", ""),
        ("tests/test_a.py", ""),
        ("app/__init__.py", ""),
    ]);
    assert_eq!(tree.leads("app/__init__.py", "import boto3"), "third party");
    assert!(
        tree.leads("tests/test_a.py", "import boto3")
            .starts_with("tests/stubs")
    );
}

#[test]
fn symbolic_links() {
    let tree = tree(&[
        ("libs/common/__init__.py", ""),
        ("libs/common/log.py", "import app.main\n"),
        ("libs/one.py", ""),
        ("svc/app/__init__.py", ""),
        (
            "svc/app/main.py",
            "import shared.log\nfrom app import single\n",
        ),
        ("svc/shared->", "../libs/common"),
        ("svc/app/single.py->", "../../libs/one.py"),
    ]);
    let main = |statement| tree.leads("svc/app/main.py", statement);
    assert_eq!(main("import shared.log"), "linked svc/shared");
    assert_eq!(main("from shared import log"), "linked svc/shared");
    assert_eq!(main("from app import single"), "linked svc/app/single.py");
    // What is behind it is loaded all the same.
    let loads = tree.loads("svc/app/main.py").join("\n");
    assert!(
        loads.contains("libs/common/log.py") && loads.contains("libs/one.py"),
        "{loads}"
    );
    assert_eq!(tree.cycles(), ["libs/common/log.py svc/app/main.py"]);
}

/// `from package import send` takes the function or the module, depending on how far the package is.
#[test]
fn a_submodule_that_its_package_hides() {
    let tree = tree(&[
        (
            "mail/__init__.py",
            "from .send import send\nfrom . import plain\n",
        ),
        ("mail/send.py", "def send(): pass\n"),
        ("mail/plain.py", ""),
        ("mail/other.py", ""),
    ]);
    assert_eq!(
        tree.leads("mail/other.py", "from mail import send"),
        "mail/send.py mail/__init__.py mail/__init__.py:send"
    );
    assert_eq!(
        tree.leads("mail/other.py", "from . import plain"),
        "mail/plain.py"
    );
}

#[test]
fn packages_and_submodules() {
    let tree = tree(&[
        ("a/__init__.py", ""),
        ("a/b/__init__.py", ""),
        ("a/b/c.py", ""),
        ("a/names/d.py", ""),
    ]);
    let packages = tree.project.packages(tree.id("a/b/c.py"));
    assert_eq!(
        packages,
        [tree.id("a/b/__init__.py"), tree.id("a/__init__.py")]
    );
    assert_eq!(tree.project.packages(tree.id("a/__init__.py")), []);
    let has = |name| tree.project.has_submodule(tree.id("a/__init__.py"), name);
    assert!(has("b") && has("names") && !has("c"));
    assert!(!tree.project.has_submodule(tree.id("a/b/c.py"), "c"));
}
