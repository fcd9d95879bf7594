//! Applications and routers in other files of the project.

use super::{shown, tree};

/// The routes of `main.py` in a project with `files`.
fn main_of(main: &str, files: &[(&str, &str)]) -> Vec<String> {
    let mut all = vec![("main.py", main)];
    all.extend_from_slice(files);
    let tree = tree(&all);
    shown(&tree.module("main.py"))
}

const ROUTING: &str = "from fastapi import APIRouter\nadmin = APIRouter()\n";
const FOUND: [&str; 1] = ["x get router"];
const NONE: [&str; 0] = [];

fn route_on(import: &str, receiver: &str) -> String {
    format!("{import}\n@{receiver}.get('/')\ndef x(): pass\n")
}

#[test]
fn imports_are_followed() {
    let file = [("routing.py", ROUTING)];
    let on = |import: &str, receiver: &str| main_of(&route_on(import, receiver), &file);
    assert_eq!(on("from routing import admin", "admin"), FOUND);
    assert_eq!(on("from routing import admin as a", "a"), FOUND);
    assert_eq!(on("import routing", "routing.admin"), FOUND);
    assert_eq!(on("import routing as r", "r.admin"), FOUND);
    assert_eq!(on("from routing import *", "admin"), FOUND);
    assert_eq!(on("from routing import other", "other"), NONE);
    assert_eq!(on("import routing", "admin"), NONE);
    let typed = "import typing\nif typing.TYPE_CHECKING:\n    from routing import admin";
    assert_eq!(on(typed, "admin"), NONE);
    let both = format!("{typed}\nelse:\n    from routing import admin");
    assert_eq!(on(&both, "admin"), FOUND);
    assert_eq!(
        on("import routing\nrouting.admin = None", "routing.admin"),
        NONE
    );
    assert_eq!(on("from routing import admin\nadmin = None", "admin"), NONE);
    assert_eq!(
        on(
            "try:\n    from routing import admin\nexcept ImportError:\n    admin = None",
            "admin"
        ),
        NONE
    );
}

#[test]
fn packages_pass_names_on() {
    let files = [
        ("app/__init__.py", "from .routes import admin as exported\n"),
        ("app/routes.py", ROUTING),
        ("app/sub/__init__.py", ""),
        ("app/sub/more.py", "from ..routes import admin\n"),
    ];
    let on = |import: &str, receiver: &str| main_of(&route_on(import, receiver), &files);
    assert_eq!(on("from app import exported", "exported"), FOUND);
    assert_eq!(on("import app.routes", "app.routes.admin"), FOUND);
    assert_eq!(on("from app import routes", "routes.admin"), FOUND);
    assert_eq!(on("from app.sub.more import admin", "admin"), FOUND);
    assert_eq!(on("from app.sub import more", "more.admin"), FOUND);
    assert_eq!(on("from app import missing", "missing"), NONE);
}

#[test]
fn what_the_other_file_does_counts() {
    let on = |text: &str| {
        main_of(
            &route_on("from routing import r", "r"),
            &[("routing.py", text)],
        )
    };
    let head = "from fastapi import APIRouter\n";
    assert_eq!(on(&format!("{head}r = APIRouter()")), FOUND);
    assert_eq!(
        on(&format!(
            "{head}r = APIRouter()\ndef f():\n    global r\n    r = 1"
        )),
        NONE
    );
    assert_eq!(on(&format!("{head}r = APIRouter()\nr = wrap(r)")), NONE);
    assert_eq!(
        on(&format!("{head}r = APIRouter()\nr.route_class = X")),
        ["x get router altered"]
    );
    assert_eq!(on("from main import r"), NONE);
    assert_eq!(on("from routing import r"), NONE);
    assert_eq!(on("class APIRouter: pass\nr = APIRouter()"), NONE);
    assert_eq!(
        on("from fastapi import APIRouter\nclass R(APIRouter): pass\nr = R()"),
        ["x get router plain"]
    );
}

#[test]
fn circles_of_imports_end() {
    let files = [
        ("a.py", "from b import r\n"),
        ("b.py", "from c import r\n"),
        ("c.py", "from a import r\n"),
        ("d.py", "from e import *\nr = make()\n"),
        ("e.py", "from d import *\ndef make(): return r\n"),
    ];
    assert_eq!(main_of(&route_on("from a import r", "r"), &files), NONE);
    assert_eq!(main_of(&route_on("from d import r", "r"), &files), NONE);
    assert_eq!(main_of(&route_on("from main import r", "r"), &files), NONE);
}

#[test]
fn stubs_promise_what_annotations_do() {
    let files = [
        ("routing.py", "admin = load()\n"),
        (
            "routing.pyi",
            "from fastapi import APIRouter\nadmin: APIRouter\nother: int\n",
        ),
    ];
    let on = |name: &str| {
        main_of(
            &route_on(&format!("from routing import {name}"), name),
            &files,
        )
    };
    assert_eq!(on("admin"), ["x get router unseen"]);
    assert_eq!(on("other"), NONE);
}

#[test]
fn factories_and_classes_of_other_files() {
    let files = [
        (
            "factory.py",
            "from fastapi import FastAPI\nfrom base import App\n\ndef create(): return App(default_response_class=None)\n",
        ),
        (
            "base.py",
            "import fastapi\n\nclass App(fastapi.FastAPI):\n    def openapi(self): ...\n",
        ),
        (
            "patched.py",
            "from base import App\n\nclass Server:\n    def __init__(self):\n        self.app = App()\n\nServer.app = None\n",
        ),
        (
            "server.py",
            "from base import App\n\nclass Server:\n    def __init__(self):\n        self.app = App()\n",
        ),
    ];
    let on = |import: &str, receiver: &str| main_of(&route_on(import, receiver), &files);
    assert_eq!(
        on("from factory import create\napp = create()", "app"),
        ["x get app plain"]
    );
    assert_eq!(
        on("import factory\napp = factory.create()", "app"),
        ["x get app plain"]
    );
    assert_eq!(
        on("from server import Server\ns = Server()", "s.app"),
        ["x get app plain"]
    );
    assert_eq!(
        on(
            "from server import Server\ns = Server()\ns.app = 1",
            "s.app"
        ),
        NONE
    );
    assert_eq!(
        on("from patched import Server\ns = Server()", "s.app"),
        NONE
    );
    assert_eq!(
        on(
            "import factory\nfactory.create = 1\napp = factory.create()",
            "app"
        ),
        NONE
    );
}
