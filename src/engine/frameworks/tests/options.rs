//! The options of route decorators and of receivers.

use super::with_module;
use crate::frameworks::fastapi::{
    Construction, Given, Listed, ResponseClass, Route, Shape, Status, annotation_shape, routes,
};
use crate::module::Module;

const HEAD: &str = "import http
import typing as t
from http import HTTPStatus
from typing import Any, Dict, List, Optional
import fastapi
from fastapi import APIRouter, FastAPI, Response, status
from fastapi.responses import HTMLResponse, JSONResponse, ORJSONResponse
from starlette.responses import JSONResponse as SJ
from starlette.status import HTTP_204_NO_CONTENT
from pydantic import BaseModel
CREATED = 201
GONE: int = http.HTTPStatus.GONE
HIDDEN = False
JSON = JSONResponse
class Mine(JSONResponse): pass
app = FastAPI()
";

/// What `see` makes of the route with `options` in its decorator and `returns` behind its parameters.
fn route<T>(options: &str, returns: &str, see: impl FnOnce(&Module<'_>, &Route<'_>) -> T) -> T {
    let text = format!("{HEAD}\n@app.get('/x', {options})\ndef x(){returns}: pass\n");
    with_module(&text, |module| {
        let routes = routes(module);
        see(module, &routes[0])
    })
}

#[test]
fn status_codes() {
    let of = |value: &str| {
        route(&format!("status_code={value}"), "", |module, route| {
            route.routes().next().unwrap().status_code(module)
        })
    };
    for (value, expected) in [
        ("204", Status::Known(204)),
        ("status.HTTP_204_NO_CONTENT", Status::Known(204)),
        ("fastapi.status.HTTP_304_NOT_MODIFIED", Status::Known(304)),
        ("HTTP_204_NO_CONTENT", Status::Known(204)),
        ("HTTPStatus.NO_CONTENT", Status::Known(204)),
        ("HTTPStatus.CREATED.value", Status::Known(201)),
        ("http.HTTPStatus.NOT_MODIFIED", Status::Known(304)),
        ("CREATED", Status::Known(201)),
        ("GONE", Status::Known(410)),
        ("None", Status::Absent),
        ("code()", Status::Unknown),
        ("nowhere.HTTP_204_NO_CONTENT", Status::Unknown),
        ("HTTPStatus(204)", Status::Unknown),
        ("-1", Status::Unknown),
        ("200 + 4", Status::Unknown),
    ] {
        assert_eq!(of(value), expected, "{value}");
    }
    let absent = route("", "", |module, route| {
        route.routes().next().unwrap().status_code(module)
    });
    assert_eq!(absent, Status::Absent);
}

#[test]
fn response_classes() {
    let of = |value: &str| {
        route(&format!("response_class={value}"), "", |module, route| {
            route.routes().next().unwrap().response_class(module)
        })
    };
    for (value, expected) in [
        ("JSONResponse", ResponseClass::Json),
        ("SJ", ResponseClass::Json),
        ("JSON", ResponseClass::Json),
        ("ORJSONResponse", ResponseClass::Json),
        ("fastapi.responses.UJSONResponse", ResponseClass::Json),
        ("HTMLResponse", ResponseClass::Other),
        ("Response", ResponseClass::Other),
        ("Mine", ResponseClass::Unknown),
        ("None", ResponseClass::Unknown),
        ("pick()", ResponseClass::Unknown),
        ("elsewhere.JSONResponse", ResponseClass::Unknown),
    ] {
        assert_eq!(of(value), expected, "{value}");
    }
}

#[test]
fn listed_or_hidden() {
    let of = |options: &str| {
        route(options, "", |module, route| {
            route.routes().next().unwrap().listed(module)
        })
    };
    assert_eq!(of(""), Listed::Yes);
    assert_eq!(of("include_in_schema=True"), Listed::Yes);
    assert_eq!(of("include_in_schema=False"), Listed::No);
    assert_eq!(of("include_in_schema=HIDDEN"), Listed::No);
    assert_eq!(of("include_in_schema=not HIDDEN"), Listed::Unknown);
    assert_eq!(of("include_in_schema=0"), Listed::Unknown);
}

/// A shape without its place.
fn word(given: Given) -> &'static str {
    match given {
        Given::Absent => "absent",
        Given::None => "none",
        Given::Shapeless(Shape::Dict, _) => "dict",
        Given::Shapeless(Shape::DictStrAny, _) => "dict[str, any]",
        Given::Shapeless(Shape::Any, _) => "any",
        Given::Other => "other",
    }
}

const SHAPES: [(&str, &str); 20] = [
    ("dict", "dict"),
    ("Dict", "dict"),
    ("t.Dict", "dict"),
    ("dict[str, Any]", "dict[str, any]"),
    ("Dict[str, Any]", "dict[str, any]"),
    ("t.Dict[str, t.Any]", "dict[str, any]"),
    ("Any", "any"),
    ("t.Any", "any"),
    ("None", "none"),
    ("dict[str, int]", "other"),
    ("dict[str, object]", "other"),
    ("Dict[Any, Any]", "other"),
    ("dict[str]", "other"),
    ("Optional[dict]", "other"),
    ("dict | None", "other"),
    ("List[dict]", "other"),
    ("list", "other"),
    ("object", "other"),
    ("BaseModel", "other"),
    ("nowhere", "other"),
];

#[test]
fn response_models() {
    for (value, expected) in SHAPES {
        let given = route(&format!("response_model={value}"), "", |module, route| {
            route.routes().next().unwrap().response_model(module)
        });
        assert_eq!(word(given), expected, "{value}");
    }
    let absent = route("tags=[]", "", |module, route| {
        route.routes().next().unwrap().response_model(module)
    });
    assert_eq!(absent, Given::Absent);
}

#[test]
fn return_annotations() {
    for (value, expected) in SHAPES {
        for returns in [format!(" -> {value}"), format!(" -> \"{value}\"")] {
            let given = route("", &returns, |module, route| {
                annotation_shape(module, route.function.returns.as_ref().unwrap())
            });
            assert_eq!(word(given), expected, "{returns}");
        }
    }
}

#[test]
fn the_range_of_a_shape_is_the_whole_expression() {
    route(
        "response_model=Dict[str, Any]",
        " -> \"dict\"",
        |module, route| {
            let one = route.routes().next().unwrap();
            let Given::Shapeless(_, range) = one.response_model(module) else {
                panic!("no shape");
            };
            assert_eq!(module.slice(range), "Dict[str, Any]");
            let returns = route.function.returns.as_ref().unwrap();
            let Given::Shapeless(_, range) = annotation_shape(module, returns) else {
                panic!("no shape");
            };
            assert_eq!(module.slice(range), "\"dict\"");
        },
    );
}

#[test]
fn a_shadowed_dict_is_no_dict() {
    let text = "from fastapi import FastAPI\nfrom x import dict, Any\napp = FastAPI()\n@app.get('/', response_model=dict)\ndef a() -> Any: pass\n";
    with_module(text, |module| {
        let routes = routes(module);
        let one = routes[0].routes().next().unwrap();
        assert_eq!(one.response_model(module), Given::Other);
        let returns = routes[0].function.returns.as_ref().unwrap();
        assert_eq!(annotation_shape(module, returns), Given::Other);
    });
}

#[test]
fn spreads_and_other_options() {
    route(
        "response_model_exclude_none=True, **more",
        "",
        |module, route| {
            let one = route.routes().next().unwrap();
            assert!(one.has_spread());
            assert_eq!(one.response_model_options().count(), 1);
            assert_eq!(
                module.slice(one.path().map(ruff_text_size::Ranged::range).unwrap()),
                "'/x'"
            );
            assert!(!one.has_more_positional());
            assert!(one.option("response_model").is_none());
        },
    );
    route("*more", "", |_, route| {
        let one = route.routes().next().unwrap();
        assert!(one.has_spread() && one.has_more_positional());
    });
}

#[test]
fn constructions() {
    let of = |setup: &str| {
        let text = format!("{HEAD}{setup}\n@r.get('/')\ndef x(): pass\n");
        with_module(&text, |module| {
            let routes = routes(module);
            routes[0]
                .routes()
                .next()
                .unwrap()
                .receiver
                .construction
                .clone()
        })
    };
    let usual = Construction::Known {
        route_class: false,
        default_response_class: ResponseClass::Absent,
        listed: Listed::Yes,
        spread: false,
    };
    assert_eq!(of("r = APIRouter()"), usual);
    assert_eq!(
        of("r = APIRouter(route_class=fastapi.routing.APIRoute)"),
        usual
    );
    for (setup, expected) in [
        (
            "r = APIRouter(route_class=Mine)",
            (true, ResponseClass::Absent, Listed::Yes, false),
        ),
        (
            "r = APIRouter(default_response_class=HTMLResponse)",
            (false, ResponseClass::Other, Listed::Yes, false),
        ),
        (
            "r = APIRouter(default_response_class=ORJSONResponse)",
            (false, ResponseClass::Json, Listed::Yes, false),
        ),
        (
            "r = APIRouter(include_in_schema=False)",
            (false, ResponseClass::Absent, Listed::No, false),
        ),
        (
            "r = APIRouter(**options)",
            (false, ResponseClass::Absent, Listed::Yes, true),
        ),
        (
            "if http:\n    r = APIRouter(include_in_schema=False)\nelse:\n    r = APIRouter(default_response_class=JSON)",
            (false, ResponseClass::Json, Listed::Unknown, false),
        ),
    ] {
        let (route_class, default_response_class, listed, spread) = expected;
        let expected = Construction::Known {
            route_class,
            default_response_class,
            listed,
            spread,
        };
        assert_eq!(of(setup), expected, "{setup}");
    }
}

#[test]
fn a_value_in_quotes_is_no_shape() {
    let given = route("response_model='dict'", "", |module, route| {
        route.routes().next().unwrap().response_model(module)
    });
    assert_eq!(given, Given::Other);
}

#[test]
fn dependencies_of_a_route() {
    let count = |options: &str| {
        route(options, "", |module, route| {
            let dependencies = route.routes().next().unwrap().dependencies(module);
            dependencies.map(|all| all.len())
        })
    };
    assert_eq!(count(""), Some(0));
    assert_eq!(count("dependencies=[]"), Some(0));
    let two = "dependencies=[fastapi.Depends(a), fastapi.Security(b)]";
    assert_eq!(count(two), Some(2));
    assert_eq!(count("dependencies=COMMON"), None);
    assert_eq!(count("dependencies=[fastapi.Depends(a), other]"), None);
}
