//! What a module does to the routes of other modules.
//!
//! Settings reach a route from the application and from every router that its own is included in. What a route's own
//! receiver says is a part of [`Receiver`](super::Receiver); the rest is only seen where routers are included.

use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{Expr, ExprAttribute, ExprCall};

use super::classes::class_of;
use super::construction::construction;
use super::receiver::{Construction, Kind};
use super::response::{Listed, ResponseClass};
use super::tracer::Tracer;
use crate::codemod::Question;
use crate::module::Module;
use crate::semantic::Where;

/// What a module does to routes that may stand in other modules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FarEffects {
    /// It includes a router so that its routes are not listed in the schema: `include_router(x,
    /// include_in_schema=False)`, or into a router that says so. A value that is not known counts.
    pub hides: bool,
    /// It makes routes that say nothing answer with something else than FastAPI's or Starlette's JSON:
    /// `FastAPI(default_response_class=HTMLResponse)`, the same in `include_router`, or in a router that it includes
    /// others into. A value that is not known counts.
    pub answers_otherwise: bool,
    /// `x.route_class = ...` or `x.default_response_class = ...` on anything but `self`.
    pub alters: bool,
}

/// Whether a module hides routes of other modules from the schema.
pub const HIDES_ROUTES: Question = Question {
    key: "fastapi-hides-routes",
    words: &["include_router"],
    may: |_| true,
    ask: |module| far_effects(module).hides,
};

/// Whether a module makes routes of other modules answer with something else than JSON.
pub const ANSWERS_OTHERWISE: Question = Question {
    key: "fastapi-answers-otherwise",
    words: &["include_router"],
    may: |_| true,
    ask: |module| far_effects(module).answers_otherwise,
};

/// Whether a module assigns `x.route_class`.
pub const ALTERS_ROUTE_CLASS: Question = Question {
    key: "fastapi-alters-route-class",
    words: &[".route_class"],
    may: |_| true,
    ask: |module| far_effects(module).alters,
};

/// Whether a module assigns `x.default_response_class`.
pub const ALTERS_RESPONSE_CLASS: Question = Question {
    key: "fastapi-alters-response-class",
    words: &[".default_response_class"],
    may: |_| true,
    ask: |module| far_effects(module).alters,
};

/// What `module` does to the routes of others.
pub fn far_effects(module: &Module<'_>) -> FarEffects {
    let mut finder = Finder {
        module,
        found: FarEffects::default(),
    };
    finder.visit_body(module.suite());
    finder.found
}

struct Finder<'m, 'a> {
    module: &'m Module<'a>,
    found: FarEffects,
}

impl Finder<'_, '_> {
    fn call(&mut self, call: &ExprCall) {
        match &*call.func {
            Expr::Attribute(method) if &method.attr == "include_router" => {
                self.include(call, method);
            }
            function => {
                let made = class_of(self.module.names(), function, Where::default());
                if made.is_some_and(|(kind, _)| kind == Kind::Application) {
                    self.take(&construction(self.module.names(), call));
                }
            }
        }
    }

    /// `app.include_router(router, default_response_class=X)`. Something else with a method of that name is no reason to
    /// look away.
    fn include(&mut self, call: &ExprCall, method: &ExprAttribute) {
        let names = self.module.names();
        self.take(&construction(names, call));
        if let Some(into) = Tracer::default().trace(names, &method.value) {
            self.take(&into.construction);
        }
    }

    fn take(&mut self, construction: &Construction) {
        let Construction::Known {
            default_response_class,
            listed,
            ..
        } = construction
        else {
            return;
        };
        self.found.hides |= *listed != Listed::Yes;
        self.found.answers_otherwise |= matches!(
            default_response_class,
            ResponseClass::Other | ResponseClass::Unknown
        );
    }
}

impl<'e> Visitor<'e> for Finder<'_, '_> {
    fn visit_expr(&mut self, expr: &'e Expr) {
        match expr {
            Expr::Call(call) => self.call(call),
            Expr::Attribute(attribute) if !attribute.ctx.is_load() => {
                let owner = attribute.value.as_name_expr();
                let is_self = owner.is_some_and(|owner| &owner.id == "self");
                let name = attribute.attr.as_str();
                self.found.alters |=
                    !is_self && matches!(name, "route_class" | "default_response_class");
            }
            _ => {}
        }
        walk_expr(self, expr);
    }
}
