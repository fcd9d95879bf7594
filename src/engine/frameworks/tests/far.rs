//! What a module does to the routes of other modules.

use super::with_module;
use crate::frameworks::fastapi::{FarEffects, far_effects};

fn far(text: &str) -> FarEffects {
    let head = "from fastapi import APIRouter, FastAPI\nfrom fastapi.responses import HTMLResponse, JSONResponse, ORJSONResponse\n";
    with_module(&format!("{head}{text}\n"), far_effects)
}

#[test]
fn nothing_unusual() {
    for text in [
        "app = FastAPI()\napp.include_router(r)",
        "app = FastAPI(default_response_class=ORJSONResponse)",
        "app = FastAPI()\napp.include_router(r, include_in_schema=True, prefix='/x')",
        "app.include_router(r, default_response_class=JSONResponse)",
        "r = APIRouter(default_response_class=HTMLResponse)",
        "r = APIRouter(include_in_schema=False)",
        "make(default_response_class=HTMLResponse)",
        "class R(APIRouter):\n    def __init__(self):\n        self.route_class = X",
    ] {
        assert_eq!(far(text), FarEffects::default(), "{text}");
    }
}

#[test]
fn routes_are_hidden() {
    for text in [
        "app.include_router(r, include_in_schema=False)",
        "app.include_router(r, include_in_schema=settings.debug)",
        "outer = APIRouter(include_in_schema=False)\nouter.include_router(r)",
        "SHOWN = False\napp.include_router(r, include_in_schema=SHOWN)",
    ] {
        assert!(far(text).hides, "{text}");
    }
}

#[test]
fn answers_are_of_another_class() {
    for text in [
        "app = FastAPI(default_response_class=HTMLResponse)",
        "app = FastAPI(default_response_class=Mine)",
        "app.include_router(r, default_response_class=HTMLResponse)",
        "outer = APIRouter(default_response_class=HTMLResponse)\nouter.include_router(r)",
    ] {
        assert!(far(text).answers_otherwise, "{text}");
    }
    assert!(far("app.router.route_class = X").alters);
    assert!(far("import routes\nroutes.r.default_response_class = X").alters);
}
