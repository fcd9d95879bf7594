//! Subclasses of FastAPI's classes in the project.

use super::{is, is_none, shown, with_module};

#[test]
fn plain_subclasses() {
    is(
        "class R(APIRouter): pass\nr = R()",
        "r",
        "x get router plain",
    );
    is(
        "class R(APIRouter):\n    def __init__(self, **kw):\n        super().__init__(prefix='/x', **kw)\nr = R()",
        "r",
        "x get router plain",
    );
    is(
        "class A(FastAPI):\n    version_info = 1\n    def helper(self):\n        options = {}\n        return options\na = A()",
        "a",
        "x get app plain",
    );
    is(
        "class A(FastAPI): pass\nclass B(A): pass\nb = B()",
        "b",
        "x get app plain",
    );
    is(
        "class M:\n    def helper(self): pass\nclass B(M, APIRouter): pass\nb = B()",
        "b",
        "x get router plain",
    );
    is(
        "import abc\nclass B(APIRouter, abc.ABC): pass\nb = B()",
        "b",
        "x get router plain",
    );
}

#[test]
fn subclasses_that_touch_routes() {
    is(
        "class R(APIRouter):\n    route_class = X\nr = R()",
        "r",
        "x get router custom(route_class)",
    );
    is(
        "class R(APIRouter):\n    def get(self, *a): ...\nr = R()",
        "r",
        "x get router custom(get)",
    );
    is(
        "class R(APIRouter):\n    def add_api_route(self, *a, **k): ...\nr = R()",
        "r",
        "x get router custom(add_api_route)",
    );
    is(
        "class R(APIRouter):\n    def __getattr__(self, name): ...\nr = R()",
        "r",
        "x get router custom(__getattr__)",
    );
    is(
        "class R(APIRouter):\n    def __init__(self):\n        super().__init__(route_class=X)\nr = R()",
        "r",
        "x get router custom(route_class)",
    );
    is(
        "class R(APIRouter):\n    def __init__(self, **kw):\n        kw.setdefault('default_response_class', X)\n        super().__init__(**kw)\nr = R()",
        "r",
        "x get router custom(default_response_class)",
    );
    is(
        "class R(APIRouter):\n    def __init__(self):\n        self.route_class = X\nr = R()",
        "r",
        "x get router custom(route_class)",
    );
    is(
        "class R(APIRouter):\n    post = X\nr = R()",
        "r",
        "x get router custom(post)",
    );
    is(
        "class R(APIRouter, metaclass=M): pass\nr = R()",
        "r",
        "x get router custom(metaclass)",
    );
    is(
        "@wrap\nclass R(APIRouter): pass\nr = R()",
        "r",
        "x get router custom(a decorator)",
    );
    is(
        "class A(APIRouter):\n    def api_route(self): ...\nclass B(A): pass\nb = B()",
        "b",
        "x get router custom(api_route)",
    );
    is(
        "class M:\n    def get(self): ...\nclass B(M, APIRouter): pass\nb = B()",
        "b",
        "x get router custom(get)",
    );
    is(
        "from y import M\nclass B(M, APIRouter): pass\nb = B()",
        "b",
        "x get router custom(a base that is not known)",
    );
}

#[test]
fn classes_that_only_look_so() {
    is_none(
        "from fastapi_utils.inferring_router import InferringRouter\nr = InferringRouter()",
        "r",
    );
    is_none(
        "class APIRouter: pass\nclass R(APIRouter): pass\nr = R()",
        "r",
    );
    is_none(
        "def base(): return APIRouter\nclass R(base()): pass\nr = R()",
        "r",
    );
    is_none("class R(R): pass\nr = R()", "r");
    is_none(
        "import x\nif x.y:\n    R = FastAPI\nelse:\n    R = APIRouter\nr = R()",
        "r",
    );
    is_none("class R: pass\nr = R()", "r");
}

#[test]
fn self_is_what_the_class_is() {
    let text = "from fastapi import FastAPI
class App(FastAPI):
    def __init__(self):
        super().__init__()
        @self.get('/')
        def a(): pass

class Other:
    def __init__(self):
        @self.get('/')
        def b(): pass
";
    let shown = with_module(text, shown);
    assert_eq!(shown, ["a get app plain unseen in class App in __init__()"]);
}
