//! Applications and routers that are attributes: of `self`, of classes, of objects of a class.

use super::{is, is_none, shown, with_module};

#[test]
fn attributes_of_self() {
    let text = "from fastapi import APIRouter, FastAPI

class Server:
    shared = APIRouter()
    typed: APIRouter

    def __init__(self, app: FastAPI, other):
        self.router = APIRouter()
        self.app = app
        self.other = other
        self.twice = APIRouter()
        self.noted: APIRouter = build()
        self._register()

    def again(self):
        self.twice = make()

    @property
    def api(self) -> APIRouter:
        return self.router

    @api_of
    def wrapped(self):
        return self.router

    def _register(self):
        @self.router.get('/')
        def a(): pass

        @self.app.get('/')
        def b(): pass

        @self.other.get('/')
        def c(): pass

        @self.twice.get('/')
        def d(): pass

        @self.shared.get('/')
        def e(): pass

        @self.typed.get('/')
        def f(): pass

        @self.noted.get('/')
        def g(): pass

        @self.api.get('/')
        def h(): pass

        @self.missing.get('/')
        def i(): pass

        @self.wrapped.get('/')
        def j(): pass

        def inner():
            @self.router.get('/')
            def k(): pass

    @staticmethod
    def static(self):
        @self.router.get('/')
        def l(): pass

    @classmethod
    def of_class(cls):
        @cls.shared.get('/')
        def m(): pass
";
    let shown = with_module(text, shown);
    let names: Vec<&str> = shown
        .iter()
        .map(|one| one.split(" in class").next().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "a get router",
            "b get app unseen",
            "e get router",
            "f get router unseen",
            "g get router unseen",
            "h get router",
            "k get router",
            "m get router",
        ]
    );
}

#[test]
fn attributes_of_objects_and_classes() {
    const SERVER: &str = "class Server:\n    shared = APIRouter()\n    def __init__(self):\n        self.app = FastAPI()\n";
    is(
        &format!("{SERVER}server = Server()"),
        "server.app",
        "x get app",
    );
    is(
        &format!("{SERVER}server: Server = build()"),
        "server.app",
        "x get app",
    );
    is(SERVER, "Server.shared", "x get router");
    is(
        &format!("{SERVER}class Sub(Server): pass\nserver = Sub()"),
        "server.app",
        "x get app",
    );
    is_none(
        &format!("{SERVER}server = Server()\nserver.app = None"),
        "server.app",
    );
    is_none(
        &format!("{SERVER}server = Server()\nsetattr(server, 'app', 1)"),
        "server.app",
    );
    is_none(&format!("{SERVER}Server.shared = 1"), "Server.shared");
    is_none(
        &format!("{SERVER}class Sub(Server):\n    app = 1\nserver = Sub()"),
        "server.app",
    );
    is_none(&format!("{SERVER}server = make(Server)"), "server.app");
    is_none(&format!("{SERVER}server = Server()"), "server.other");
    is_none(
        &format!("{SERVER}server = Server()\nserver = None"),
        "server.app",
    );
    is_none(
        "class Server:\n    def __init__(self):\n        self.app, self.b = FastAPI(), 1\nserver = Server()",
        "server.app",
    );
    is_none(
        "class Server:\n    if 1:\n        app = FastAPI()\n    else:\n        app = {}\n",
        "Server.app",
    );
    is_none(
        "class Server:\n    app = FastAPI()\n    for app in []: pass\n",
        "Server.app",
    );
    is_none("class Server:\n    from x import app\n", "Server.app");
    is_none("class Server:\n    class app: pass\n", "Server.app");
    is_none(
        "import x\nif x.y:\n    class S:\n        app = FastAPI()\nelse:\n    class S:\n        app = FastAPI()\n        def f(self):\n            self.app = 1",
        "S.app",
    );
    is_none("class A(B): pass\nclass B(A): pass\na = A()", "a.app");
    is(
        "import types\nstate = types.SimpleNamespace()\nstate.app = 1\napp = FastAPI()",
        "app",
        "x get app",
    );
}

#[test]
fn an_application_has_a_router() {
    is(
        "app = FastAPI()\nrouter = app.router",
        "router",
        "x get router",
    );
    is_none("r = APIRouter()", "r.router");
    is_none("app = FastAPI()", "app.state");
    is_none("app = FastAPI()\napp.router = make()", "app.router");
    is_none(
        "from fastapi import Request\ndef f(request: Request): pass",
        "request.app",
    );
}

#[test]
fn assignments_that_change_routes() {
    is(
        "r = APIRouter()\nr.route_class = Enveloped",
        "r",
        "x get router altered",
    );
    is(
        "app = FastAPI()\napp.router.route_class = X",
        "app",
        "x get app altered",
    );
    is(
        "app = FastAPI()\napp.router.default_response_class = X",
        "app",
        "x get app altered",
    );
    is(
        "r = APIRouter()\nfor one in [r]:\n    one.route_class = X",
        "r",
        "x get router altered",
    );
    is(
        "app = FastAPI()\napp.get = traced(app.get)",
        "app",
        "x get app altered",
    );
    is(
        "app = FastAPI()\nsetattr(app, 'get', 1)",
        "app",
        "x get app altered",
    );
    is(
        "app = FastAPI()\nsetattr(app, name, 1)",
        "app",
        "x get app altered",
    );
    is(
        "app = FastAPI()\napp.openapi = custom\napp.state.x = 1",
        "app",
        "x get app",
    );
    is(
        "app = FastAPI()\nclient.get = 1\nsetattr(client, name, 1)",
        "app",
        "x get app",
    );
}
