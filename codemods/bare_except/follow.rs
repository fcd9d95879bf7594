//! Functions of the project that a body calls: what they raise is worked out by the same table.

use codemend_engine::semantic::{DefinitionKind, Meaning, Names, Where};
use codemend_engine::syntax::ast::{Expr, ExprCall, ParameterWithDefault, Parameters};
use codemend_engine::syntax::{Ranged, TextSize};

use super::body::Body;
use super::interrupts::yields;
use super::proven::{Fuel, Scene};

/// How many functions deep a body is followed.
const DEPTH: usize = 4;

impl<'db> Body<'_, '_, 'db> {
    /// Add what the function raises that `call` runs; whether it could be followed. `whole` is the call, or the `await`
    /// that runs the coroutine.
    pub fn follow(&mut self, call: &ExprCall, whole: &Expr) -> bool {
        if !call.func.is_name_expr() && !self.is_function_of_module(&call.func) {
            return false;
        }
        let meanings = self.scene.names.meanings(&call.func, Where::default());
        let [Meaning::Definition(definition)] = meanings.as_slice() else {
            return false;
        };
        let DefinitionKind::Function(function) = definition.kind() else {
            return false;
        };
        let place = format!("{}:{:?}", function.name, function.range());
        let is_run = function.is_async == whole.is_await_expr();
        // What a nested function reads of the one around it is not known here.
        let plain = function.decorator_list.is_empty() && definition.is_at_module_level();
        let fits = accepts(&function.parameters, call);
        let known = self.trail.len() < DEPTH && !self.trail.contains(&place);
        if !(is_run && plain && fits && known) || yields(&function.body) || definition.in_stub() {
            return false;
        }
        let Some(left) = self.scene.calls.get().checked_sub(1) else {
            return false;
        };
        self.scene.calls.set(left);
        let names = definition.names();
        let scene = Scene {
            names,
            table: self.scene.table,
            functions: vec![function],
            roots: &function.body,
            reached: self.reached_at(call, names),
            fuel: Fuel::default(),
            calls: self.scene.calls.clone(),
        };
        if let Some(doubt) = self.unkept(&scene, &function.parameters, call).pop() {
            let reason = format!("`{}` is unknown: {doubt}", self.text(whole));
            self.effects.unknown.get_or_insert(reason);
            return true;
        }
        let mut trail = self.trail.clone();
        trail.push(place);
        let mut inner = Body::new(&scene, trail);
        inner.statements(&function.body);
        let mut effects = inner.effects;
        if let Some(reason) = effects.unknown.take() {
            let text = self.text(whole);
            effects.unknown = Some(format!("`{text}` is unknown: {reason}"));
        }
        if !effects.raised.is_empty() {
            effects.operations = vec![self.text(whole)];
        }
        self.effects.add(effects);
        true
    }

    /// The arguments of `call` that are not known to be what the annotations of `parameters` say.
    fn unkept(
        &self,
        there: &Scene<'_, 'db>,
        parameters: &Parameters,
        call: &ExprCall,
    ) -> Vec<String> {
        let in_order: Vec<_> = parameters
            .posonlyargs
            .iter()
            .chain(&parameters.args)
            .collect();
        let mut pairs: Vec<(&ParameterWithDefault, &Expr)> =
            in_order.iter().copied().zip(&call.arguments.args).collect();
        for keyword in &call.arguments.keywords {
            let name = keyword.arg.as_ref().map(|name| name.as_str());
            let mut all = parameters.iter_non_variadic_params();
            let named = all.find(|one| Some(one.parameter.name.as_str()) == name);
            pairs.extend(named.map(|one| (one, &keyword.value)));
        }
        pairs
            .into_iter()
            .filter(|(parameter, argument)| {
                let annotation = parameter.parameter.annotation.as_deref();
                let promised = annotation.map(|one| (one, there.annotated(one, DEPTH)));
                promised.is_some_and(|(annotation, promised)| {
                    let bare = promised.is_known() && !annotation.is_subscript_expr();
                    !(bare || promised.is_complete())
                        || !promised.accepts(&self.scene.kind(argument))
                })
            })
            .map(|(_, argument)| format!("`{}` is of unknown type", self.text(argument)))
            .collect()
    }

    /// How far the module of `there` has run at `call`.
    fn reached_at(&self, call: &ExprCall, there: &Names<'db>) -> Option<TextSize> {
        if !there.is_same_file(self.scene.names) {
            return None;
        }
        match self.scene.functions.is_empty() {
            true => Some(call.start()),
            false => self.scene.reached,
        }
    }

    /// `module.function`, where `module` is one of the project.
    fn is_function_of_module(&self, func: &Expr) -> bool {
        let Expr::Attribute(attribute) = func else {
            return false;
        };
        let owner = self
            .scene
            .names
            .meanings(&attribute.value, Where::default());
        matches!(owner.as_slice(), [Meaning::Module(_)])
            && !self.scene.names.stores_attribute(&attribute.attr)
    }
}

/// Whether the arguments of `call` fit `parameters`, so that the call itself raises no `TypeError`.
fn accepts(parameters: &Parameters, call: &ExprCall) -> bool {
    let arguments = &call.arguments;
    let starred = arguments.args.iter().any(Expr::is_starred_expr);
    let spread = arguments
        .keywords
        .iter()
        .any(|keyword| keyword.arg.is_none());
    if starred || spread {
        return false;
    }
    let in_order: Vec<_> = parameters
        .posonlyargs
        .iter()
        .chain(&parameters.args)
        .collect();
    if arguments.args.len() > in_order.len() && parameters.vararg.is_none() {
        return false;
    }
    let named: Vec<&str> = arguments
        .keywords
        .iter()
        .filter_map(|keyword| keyword.arg.as_ref().map(|name| name.as_str()))
        .collect();
    let by_name: Vec<&str> = parameters
        .args
        .iter()
        .skip(
            arguments
                .args
                .len()
                .saturating_sub(parameters.posonlyargs.len()),
        )
        .chain(&parameters.kwonlyargs)
        .map(|one| one.parameter.name.as_str())
        .collect();
    let by_position = in_order.iter().take(arguments.args.len());
    let mut by_position = by_position.map(|one| one.parameter.name.as_str());
    if by_position.any(|one| named.contains(&one)) {
        return false;
    }
    let all_known = named.iter().all(|name| by_name.contains(name)) || parameters.kwarg.is_some();
    let rest = in_order.iter().skip(arguments.args.len()).copied();
    let mut missing = rest
        .chain(&parameters.kwonlyargs)
        .filter(|one| one.default.is_none());
    all_known && missing.all(|one| named.contains(&one.parameter.name.as_str()))
}
