//! What is an application or a router, and what is not.

use super::{shown, tree, with_module};

/// The routes of a module that starts with `import fastapi`-ish lines and ends with one route on `receiver`.
fn on(setup: &str, receiver: &str) -> Vec<String> {
    let text = format!(
        "import fastapi\nfrom fastapi import APIRouter, FastAPI\n{setup}\n\n@{receiver}.get('/x')\ndef x():\n    return {{}}\n"
    );
    with_module(&text, shown)
}

#[track_caller]
fn is(setup: &str, receiver: &str, expected: &str) {
    assert_eq!(on(setup, receiver), [expected], "{setup}");
}

#[track_caller]
fn is_none(setup: &str, receiver: &str) {
    assert_eq!(on(setup, receiver), [""; 0], "{setup}");
}

#[test]
fn classes_are_known_by_binding() {
    is("app = FastAPI()", "app", "x get app");
    is("app = fastapi.FastAPI(title='x')", "app", "x get app");
    is("r = APIRouter(prefix='/x')", "r", "x get router");
    is("r: APIRouter = APIRouter()", "r", "x get router");
    is(
        "from fastapi import APIRouter as Router\nr = Router()",
        "r",
        "x get router",
    );
    is(
        "import fastapi as fa\nr = fa.APIRouter()",
        "r",
        "x get router",
    );
    is("r = fastapi.routing.APIRouter()", "r", "x get router");
    is(
        "from fastapi.routing import APIRouter as R\nr = R()",
        "r",
        "x get router",
    );
    is(
        "from fastapi.applications import FastAPI as F\na = F()",
        "a",
        "x get app",
    );
    is("Router = APIRouter\nr = Router()", "r", "x get router");
    is("app = FastAPI()\napi = app", "api", "x get app");
    is("app = api = FastAPI()", "api", "x get app");
    is("app = FastAPI()\nr = app.router", "r", "x get router");
    is("app = FastAPI()", "app.router", "x get router");
}

#[test]
fn spelling_is_not_enough() {
    is_none("class FastAPI: pass\napp = FastAPI()", "app");
    is_none("from flask import Flask as FastAPI\napp = FastAPI()", "app");
    is_none(
        "from starlette.applications import Starlette\napp = Starlette()",
        "app",
    );
    is_none("app = {}", "app");
    is_none("import requests\nrouter = requests.Session()", "router");
    is_none("", "app");
    is_none("from somewhere import router", "router");
    is_none("from somewhere import *", "router");
    is_none("app = FastAPI", "app");
    is_none(
        "import functools\nmake = functools.partial(FastAPI)\napp = make()",
        "app",
    );
    is_none("app, other = FastAPI(), 1", "app");
    is_none("for app in [FastAPI()]: pass", "app");
    is_none("with open('x') as app: pass", "app");
    is_none("app = [FastAPI()][0]", "app");
    is_none("def FastAPI(): return {}\napp = FastAPI()", "app");
}

#[test]
fn all_bindings_must_agree() {
    is_none(
        "from flask import Flask\napp = FastAPI()\napp = Flask(__name__)",
        "app",
    );
    is_none("app = FastAPI()\napp = wrap(app)", "app");
    is_none("def wrap(r): return r\nr = APIRouter()\nr = wrap(r)", "r");
    is_none(
        "r = APIRouter()\nfor _ in range(3):\n    r = decorate(r)",
        "r",
    );
    is_none("import x\napp = FastAPI() if x.y else x.Starlette()", "app");
    is_none(
        "app = FastAPI()\ndef reset():\n    global app\n    app = None",
        "app",
    );
    is_none(
        "try:\n    from real import r\nexcept ImportError:\n    r = APIRouter()",
        "r",
    );
    is_none("r = APIRouter()\nr = FastAPI()", "r");
    is_none("app = FastAPI()\napp += 1", "app");
    is(
        "import x\nif x.y:\n    app = FastAPI()\nelse:\n    app = FastAPI(title='b')",
        "app",
        "x get app",
    );
    is(
        "import x\napp = FastAPI() if x.y else FastAPI(debug=True)",
        "app",
        "x get app",
    );
    is("app = FastAPI()\napp = app", "app", "x get app");
    is(
        "app = FastAPI()\nfor _ in range(2):\n    app = app",
        "app",
        "x get app",
    );
    is(
        "app = FastAPI()\ndef f(app):\n    app = 1",
        "app",
        "x get app",
    );
    is("app = FastAPI()\nclass A:\n    app = 1", "app", "x get app");
    is_none("a = b\nb = a", "a");
}
