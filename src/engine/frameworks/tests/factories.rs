//! Functions that make, take or pass on applications and routers.

use super::{is, is_none, shown, with_module};

#[test]
fn returns_of_project_functions() {
    is(
        "def create():\n    app = FastAPI()\n    return app\napp = create()",
        "app",
        "x get app",
    );
    is(
        "def create():\n    return FastAPI(debug=True)\napp = create()",
        "app",
        "x get app",
    );
    is(
        "def create(x):\n    if x:\n        return FastAPI()\n    return FastAPI(debug=True)\napp = create(1)",
        "app",
        "x get app",
    );
    is(
        "def inner():\n    return APIRouter()\ndef outer():\n    return inner()\nr = outer()",
        "r",
        "x get router",
    );
    is(
        "import functools\n@functools.lru_cache\ndef make():\n    return APIRouter()\nr = make()",
        "r",
        "x get router",
    );
    is(
        "def create() -> FastAPI:\n    return load()\napp = create()",
        "app",
        "x get app unseen",
    );
    is(
        "def create() -> 'FastAPI': ...\napp = create()",
        "app",
        "x get app unseen",
    );
    is(
        "def setup(app: FastAPI):\n    return app\napp = setup(FastAPI())",
        "app",
        "x get app unseen",
    );
    is(
        "def make(r: APIRouter | None = None):\n    r = r or APIRouter()\n    return r\nr = make()",
        "r",
        "x get router unseen",
    );
}

#[test]
fn what_functions_may_do_to_their_result() {
    is_none(
        "def create(x):\n    if x:\n        return FastAPI()\n    return None\napp = create(1)",
        "app",
    );
    is_none(
        "def create(x):\n    if x:\n        return FastAPI()\n    return x\napp = create(1)",
        "app",
    );
    is_none("def create():\n    yield FastAPI()\napp = create()", "app");
    is_none(
        "async def create():\n    return FastAPI()\napp = create()",
        "app",
    );
    is_none(
        "@wrap\ndef create():\n    return FastAPI()\napp = create()",
        "app",
    );
    is_none("def create(): pass\napp = create()", "app");
    is_none(
        "def create():\n    def inner():\n        return FastAPI()\napp = create()",
        "app",
    );
    is_none(
        "def create():\n    yield 1\n    return FastAPI()\napp = create()",
        "app",
    );
    is_none("create = lambda: FastAPI()\napp = create()", "app");
    is_none(
        "def same(app):\n    return app\napp = same(FastAPI())",
        "app",
    );
    is_none(
        "import contextlib\n@contextlib.contextmanager\ndef make():\n    yield FastAPI()\nwith make() as app: pass",
        "app",
    );
    is_none(
        "def one():\n    return two()\ndef two():\n    return one()\napp = one()",
        "app",
    );
    is_none(
        "def create():\n    return FastAPI()\ndef swap():\n    global create\n    create = dict\napp = create()",
        "app",
    );
}

#[test]
fn parameters_and_locals() {
    let text = "from typing import Annotated, Optional, Union
import fastapi
from fastapi import APIRouter, FastAPI

def plain(app: FastAPI):
    @app.get('/')
    def a(): pass

def quoted(app: 'fastapi.FastAPI'):
    @app.get('/')
    def b(): pass

def optional(app: Optional[FastAPI] = None):
    @app.get('/')
    def c(): pass

def local():
    router = APIRouter()
    @router.get('/')
    def d(): pass
    return router

def annotated(app: Annotated[FastAPI, 'x']):
    @app.get('/')
    def e(): pass

def nothing(app):
    @app.get('/')
    def f(): pass

def either(app: Union[FastAPI, APIRouter]):
    @app.get('/')
    def g(): pass

def variadic(*apps: FastAPI, app=FastAPI()):
    @app.get('/')
    def h(): pass
    @apps.get('/')
    def i(): pass

def rebound(app: FastAPI):
    app = wrap(app)
    @app.get('/')
    def j(): pass

async def awaited():
    app = await make()
    @app.get('/')
    def k(): pass

async def make():
    return FastAPI()

def shadow(FastAPI):
    app = FastAPI()
    @app.get('/')
    def l(): pass
";
    assert_eq!(
        with_module(text, shown),
        [
            "a get app unseen in plain()",
            "b get app unseen in quoted()",
            "c get app unseen in optional()",
            "d get router in local()",
            "e get app unseen in annotated()",
            "k get app in awaited()",
        ]
    );
}

#[test]
fn many_factories_end() {
    let mut setup = String::new();
    for at in 0..40 {
        let next = at + 1;
        setup += &format!(
            "def f{at}(x):\n    if x:\n        return f{next}(x)\n    return f{next}(x)\n"
        );
    }
    setup += "app = f0(1)";
    is_none(&setup, "app");
}
