//! From the routes of a module to changes: one for each route, the classes that it needs with it.

use std::collections::{BTreeMap, BTreeSet};

use codemend_engine::change::Changes;
use codemend_engine::facts::Facts;
use codemend_engine::frameworks::fastapi::Route;
use codemend_engine::frameworks::pydantic::Generation;
use codemend_engine::imports::landing;
use codemend_engine::module::Module;
use codemend_engine::syntax::{Ranged, TextRange, TextSize};

use super::answer::{Answer, UnknownFields, answer};
use super::classes::{Classes, Spot};
use super::follow::Caller;
use super::gate::{Gate, Open, gate};
use super::insert;
use super::naming::ModelPrefix;
use super::shape::{Shape, derived_first};
use super::study::Study;
use super::types::{Typed, Types};
use super::world::{DEPTH, World};

/// Bytes of a function. At each place where its paths meet all that is known of its variables is put together.
const LONG: TextSize = TextSize::new(100_000);

/// Where a model goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    ResponseModel,
    ReturnAnnotation,
}

pub(super) struct Planner<'m, 'a, 'f> {
    module: &'m Module<'a>,
    facts: &'f Facts<'f>,
    generation: &'f Generation,
    world: World<'f, 'a>,
    unknown_fields: UnknownFields,
    style: Style,
}

/// A route that gets a model.
struct Planned<'m> {
    open: Open<'m>,
    /// The type, as it is written.
    text: String,
    typed: Typed,
    drops_unset: bool,
    why_unsafe: Option<String>,
    title: String,
}

impl<'m, 'a, 'f> Planner<'m, 'a, 'f> {
    pub(super) fn new(
        module: &'m Module<'a>,
        facts: &'f Facts<'f>,
        generation: &'f Generation,
        unknown_fields: UnknownFields,
        style: Style,
    ) -> Self {
        Self {
            module,
            facts,
            generation,
            world: World::new(generation, facts),
            unknown_fields,
            style,
        }
    }

    /// Propose a change for each of `routes` that lacks a model and can have one; decline the others.
    pub(super) fn plan(&self, routes: &[Route<'m>], changes: &mut Changes) {
        let mut classes = Classes {
            types: Types::of(self.module),
            facts: self.facts,
            prefix: self.prefix(),
            written: Vec::new(),
            shared: BTreeMap::new(),
            reserved: BTreeSet::new(),
        };
        let mut planned = Vec::new();
        let mut studied = Vec::new();
        for route in routes {
            let open = match gate(self.module, self.facts, route) {
                Gate::Open(open) => open,
                Gate::Settled => continue,
                Gate::Shut(reason) => {
                    changes.decline(place(route), reason);
                    continue;
                }
            };
            match self.study(&open) {
                Ok(answer) => studied.push((route, open, answer)),
                Err(reason) => changes.decline(place(route), reason),
            }
        }
        classes.note_shared(
            studied
                .iter()
                .map(|(_, open, answer)| (open.function, &answer.shape)),
        );
        for (route, open, answer) in studied {
            match self.one(open, answer, route, &mut classes) {
                Ok(one) => planned.push(one),
                Err(reason) => changes.decline(place(route), reason),
            }
        }
        mark_safe(&planned, &mut classes);
        for one in planned {
            self.propose(one, &classes, changes);
        }
    }

    /// Pydantic before 2.10 warns about every field that begins with `model_`.
    fn prefix(&self) -> ModelPrefix {
        match self.generation {
            Generation::Two {
                at_least: Some(least),
            } if *least < (2, 10) => ModelPrefix::Protected,
            _ => ModelPrefix::Free,
        }
    }

    /// What the route answers with.
    fn study(&self, open: &Open<'m>) -> Result<Answer<'a>, String> {
        if let Generation::Unknown(reason) = self.generation {
            return Err(format!("which pydantic this is cannot be told: {reason}"));
        }
        if open.function.range().len() > LONG {
            return Err("the function is too long to be followed".to_owned());
        }
        self.world.refuel();
        let mut study = Study::new(&self.world, self.module.names(), DEPTH);
        study.bind_parameters(open.function, Caller::Framework);
        study.function(open.function);
        answer(
            &study.returned,
            open.validated,
            self.unknown_fields,
            &self.world,
        )
    }

    fn one(
        &self,
        open: Open<'m>,
        answer: Answer<'a>,
        route: &Route<'m>,
        classes: &mut Classes<'m, 'a, 'f>,
    ) -> Result<Planned<'m>, String> {
        let Some((first, _)) = open.decorators.first() else {
            return Err("no decorator".to_owned());
        };
        let spot = Spot {
            at: insert::above(self.module, route.outermost),
            indentation: insert::indentation(self.module, route.outermost),
            witness: &first.call.func,
        };
        if landing(self.module) > spot.at {
            return Err("imports stand below the route".to_owned());
        }
        let mut typed = Typed::default();
        let text = self.written(
            &answer,
            open.function.name.as_str(),
            spot,
            classes,
            &mut typed,
        )?;
        let has_any = reach(&typed.classes, classes)
            .iter()
            .any(|class| classes.written[*class].has_any);
        let any =
            "a field is `Any`: an object without a schema is sent in another way, or not at all";
        Ok(Planned {
            title: self.title(&answer, &text, &open, &typed),
            open,
            text,
            drops_unset: answer.drops_unset,
            why_unsafe: answer.promise.or(has_any.then(|| any.to_owned())),
            typed,
        })
    }

    /// The text of the response model; new classes go to `classes`.
    fn written(
        &self,
        answer: &Answer<'_>,
        function: &str,
        spot: Spot<'m>,
        classes: &mut Classes<'m, 'a, 'f>,
        typed: &mut Typed,
    ) -> Result<String, String> {
        let types = classes.types.clone();
        let mut texts = Vec::new();
        for member in derived_first(answer.shape.members()) {
            let text = match member {
                Shape::Record(record) => {
                    let name = classes.name_for(record, function);
                    let class = classes.class(record, &name, spot)?;
                    typed.classes.insert(class);
                    classes.written[class].name.clone()
                }
                Shape::List(element) => {
                    let element = match &**element {
                        Shape::Record(record) => {
                            let name = classes.name_for(record, function);
                            let class = classes.class(record, &name, spot)?;
                            typed.classes.insert(class);
                            classes.written[class].name.clone()
                        }
                        models => {
                            let members = derived_first(models.members()).into_iter();
                            let members: Result<Vec<_>, _> =
                                members.map(|one| types.plain(one, spot, typed)).collect();
                            types.union(members?, false, spot, typed)
                        }
                    };
                    types.list(&element, spot, typed)
                }
                one => types.plain(one, spot, typed)?,
            };
            texts.push(text);
        }
        let text = types.union(texts, answer.or_none, spot, typed);
        match &typed.late {
            Some(late) => Err(late.clone()),
            None => Ok(text),
        }
    }

    fn title(&self, answer: &Answer<'_>, text: &str, open: &Open<'_>, typed: &Typed) -> String {
        let function = &open.function.name;
        let what = match typed.classes.is_empty() {
            true => format!("`{function}` returns {}", described(answer)),
            false => format!("`{function}` returns a dict with {}", keys(&answer.shape)),
        };
        match self.style {
            Style::ResponseModel => format!("declare `response_model={text}`: {what}"),
            Style::ReturnAnnotation => format!("annotate `-> {text}`: {what}"),
        }
    }

    fn propose(&self, planned: Planned<'m>, classes: &Classes<'m, 'a, 'f>, changes: &mut Changes) {
        let Some((first, _)) = planned.open.decorators.first() else {
            return;
        };
        let mut change = changes.draft(first.decorator.range(), planned.title);
        let all = reach(&planned.typed.classes, classes);
        let mut groups: BTreeMap<TextSize, With> = BTreeMap::new();
        for class in all.iter().map(|class| &classes.written[*class]) {
            let with = groups.entry(class.at).or_insert(With::SafeOnly);
            if !class.is_safe {
                *with = With::All;
            }
        }
        for (at, with) in groups {
            let (group, imports) = group(at, with, classes);
            if !group.is_empty() {
                change.insert(at, insert::classes(self.module, at, &group));
            }
            change.requires.extend(imports);
        }
        let mut imports: Vec<_> = planned.typed.imports.into_iter().collect();
        imports.retain(|import| !change.requires.contains(import));
        change.requires.extend(imports);
        for (decorator, shapeless) in &planned.open.decorators {
            let mut arguments = Vec::new();
            let in_decorator = self.style == Style::ResponseModel || shapeless.is_some();
            match shapeless {
                Some(range) => change.replace(*range, planned.text.clone()),
                None if in_decorator => arguments.push(format!("response_model={}", planned.text)),
                None => {}
            }
            if planned.drops_unset {
                arguments.push("response_model_exclude_unset=True".to_owned());
            }
            if !arguments.is_empty() {
                for (at, text) in insert::arguments(self.module, decorator.call, &arguments) {
                    change.insert(at, text);
                }
            }
        }
        let all_in_decorators = planned
            .open
            .decorators
            .iter()
            .all(|(_, given)| given.is_some());
        if self.style == Style::ReturnAnnotation && !all_in_decorators {
            match planned.open.annotation {
                Some(range) => change.replace(range, planned.text.clone()),
                None => {
                    let end = planned.open.function.parameters.end();
                    change.insert(end, format!(" -> {}", planned.text));
                }
            }
        }
        if let Some(why) = planned.why_unsafe {
            change.make_unsafe(why);
        }
        changes.propose(change);
    }
}

fn place(route: &Route<'_>) -> TextRange {
    let first = route.routes().next();
    first.map_or(route.function.name.range(), |route| route.decorator.range())
}

/// `classes` and all that they use.
fn reach(from: &BTreeSet<usize>, classes: &Classes<'_, '_, '_>) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    let mut waiting: Vec<usize> = from.iter().copied().collect();
    while let Some(class) = waiting.pop() {
        if found.insert(class) {
            waiting.extend(&classes.written[class].uses);
        }
    }
    found
}

fn mark_safe(planned: &[Planned<'_>], classes: &mut Classes<'_, '_, '_>) {
    let safe = planned.iter().filter(|one| one.why_unsafe.is_none());
    let safe: BTreeSet<usize> = safe
        .flat_map(|one| reach(&one.typed.classes, classes))
        .collect();
    for class in safe {
        classes.written[class].is_safe = true;
    }
}

/// Which of the classes at one place a change brings.
#[derive(Clone, Copy, PartialEq, Eq)]
enum With {
    /// Those that safe changes use.
    SafeOnly,
    All,
}

/// The classes that one insertion at `at` writes. A change brings all that stand at one place, so that changes which
/// share some agree on the text.
fn group(
    at: TextSize,
    with: With,
    classes: &Classes<'_, '_, '_>,
) -> (Vec<String>, BTreeSet<codemend_engine::imports::Import>) {
    let mut texts = Vec::new();
    let mut imports = BTreeSet::new();
    for class in &classes.written {
        if class.at == at && !class.text.is_empty() && (class.is_safe || with == With::All) {
            texts.push(class.text.clone());
            imports.extend(class.imports.iter().cloned());
        }
    }
    (texts, imports)
}

fn described(answer: &Answer<'_>) -> String {
    let none = if answer.or_none { " or `None`" } else { "" };
    format!("`{}`{none}", answer.shape.describe())
}

/// The keys of a dict, for a title.
fn keys(shape: &Shape<'_>) -> String {
    let record = match shape {
        Shape::Record(record) => record,
        Shape::List(element) => match &**element {
            Shape::Record(record) => record,
            _ => return "known keys".to_owned(),
        },
        _ => return "known keys".to_owned(),
    };
    let mut parts: Vec<String> = record
        .fields()
        .take(4)
        .map(|(key, shape)| format!("`{key}`: {}", brief(shape)))
        .collect();
    if record.fields().count() > 4 {
        parts.push("...".to_owned());
    }
    parts.join(", ")
}

fn brief(shape: &Shape<'_>) -> String {
    match shape {
        Shape::Unknown(_) => "unknown".to_owned(),
        other => other.describe(),
    }
}
