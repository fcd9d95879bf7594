//! Middleware, handlers of exceptions, events.

use super::with_module;
use crate::frameworks::fastapi::{HookKind, hooks};

#[test]
fn hooks_of_known_receivers() {
    let text = "from fastapi import FastAPI
app = FastAPI()
other = {}

@app.middleware('http')
async def middle(request, call_next): ...

@app.exception_handler(KeyError)
@app.exception_handler(404)
def handler(request, error): ...

def factory(app: FastAPI):
    @app.on_event('startup')
    def start(): ...

@other.middleware('http')
def nothing(): ...

@app.middleware
def bare(): ...

@app.get('/')
def route(): ...
";
    let shown = with_module(text, |module| {
        let all = hooks(module).into_iter().map(|hook| {
            let kind = match hook.kind {
                HookKind::Middleware => "middleware".to_owned(),
                HookKind::Event => "event".to_owned(),
                HookKind::ExceptionHandler(what) => {
                    module.slice(ruff_text_size::Ranged::range(what)).to_owned()
                }
            };
            format!("{} {kind}", hook.function.name)
        });
        all.collect::<Vec<_>>()
    });
    assert_eq!(
        shown,
        [
            "middle middleware",
            "handler KeyError",
            "handler 404",
            "start event"
        ]
    );
}
