//! What is an application or a router, and what is not.

use super::{is, is_none, shown, with_module};

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

#[test]
fn redefined_names_are_followed_to_every_binding() {
    is_none("app = FastAPI()\nimport app", "app");
    is_none("from x import app\napp = FastAPI()", "app");
    is_none(
        "app = FastAPI()\ntry:\n    pass\nexcept Exception as app:\n    pass",
        "app",
    );
    is_none("app = FastAPI()\ndef app(): pass", "app");
    is_none("class app: pass", "app");
    is_none(
        "app: FastAPI = FastAPI()\nmatch app:\n    case app: pass",
        "app",
    );
    is_none("if (app := FastAPI()): pass", "app");
    is_none("app = FastAPI()\ndel app\napp = {}", "app");
    is_none("app = FastAPI()\nfor app in (1, 2): pass", "app");
    is_none(
        "from fastapi import FastAPI\nFastAPI = mock(FastAPI)\napp = FastAPI()",
        "app",
    );
    is_none("app = FastAPI()\nfrom nowhere import *", "app");
    is_none(
        "def patch():\n    global FastAPI\n    FastAPI = dict\napp = FastAPI()",
        "app",
    );
    is_none(
        "def outer():\n    app = FastAPI()\n    def inner():\n        nonlocal app\n        app = None\n    @app.get('/y')\n    def y(): pass",
        "y",
    );
    is(
        "from nowhere import *\nfrom fastapi import FastAPI\napp = FastAPI()",
        "app",
        "x get app",
    );
}

#[test]
fn type_checkers_see_more_than_python() {
    is_none(
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from main import app",
        "app",
    );
    let text = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from fastapi import FastAPI\n\ndef register(app: \"FastAPI\"):\n    @app.get('/')\n    def x(): pass\n";
    assert_eq!(with_module(text, shown), ["x get app unseen in register()"]);
    let text = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from fastapi import FastAPI\nelse:\n    FastAPI = object\napp = FastAPI()\n@app.get('/')\ndef x(): pass\n";
    assert_eq!(with_module(text, shown), [""; 0]);
}

#[test]
fn a_parameter_is_no_import_for_type_checkers() {
    let text = "from typing import TYPE_CHECKING
from fastapi import FastAPI
if TYPE_CHECKING:
    from main import app

def register(app: FastAPI):
    @app.get('/')
    def x(): pass

@app.get('/')
def y(): pass
";
    assert_eq!(with_module(text, shown), ["x get app unseen in register()"]);
}

#[test]
fn only_calls_of_route_methods_are_routes() {
    let text = "from fastapi import FastAPI\napp = FastAPI()\n
@app.get
def bare(): pass

@app.middleware('http')
async def middleware(request, call_next): pass

@app.on_event('startup')
def startup(): pass

@app.exception_handler(KeyError)
def on_key(request, error): pass

@app.websocket('/ws')
async def ws(socket): pass

@app.api_route('/any', methods=['GET', 'POST'])
def any_method(): pass

@app.head('/h')
@app.get('/h')
def both(): pass

@outer
@app.get('/o')
@inner
@inner2()
def wrapped(): pass

{}.get('x')

@app.routes.get('/x')
def list_of_routes(): pass
";
    assert_eq!(
        with_module(text, shown),
        [
            "ws websocket app",
            "any_method apiroute app",
            "both head app get app",
            "wrapped get app others 3 below 2",
        ]
    );
}

#[test]
fn surroundings_are_named() {
    let text = "from fastapi import FastAPI, APIRouter
app = FastAPI()

if app:
    @app.get('/a')
    def a(): pass

try:
    pass
finally:
    for _ in range(1):
        @app.get('/b')
        async def b(): pass

class View:
    router = APIRouter()

    @router.get('/c')
    def c(self): pass

def factory():
    with open('x'):
        @app.get('/d')
        def d(): pass
";
    assert_eq!(
        with_module(text, shown),
        [
            "a get app in block",
            "b get app in block in block",
            "c get router in class View",
            "d get app in factory() in block",
        ]
    );
}

#[test]
fn the_outermost_statement_stands_at_module_level() {
    let text = "from fastapi import FastAPI\napp = FastAPI()\ndef one():\n    def two():\n        @app.get('/')\n        def x(): pass\n";
    with_module(text, |module| {
        let routes = crate::frameworks::fastapi::routes(module);
        let outermost = routes[0].outermost.as_function_def_stmt().unwrap();
        assert_eq!(outermost.name.as_str(), "one");
        assert_eq!(routes[0].surroundings.len(), 2);
    });
}
