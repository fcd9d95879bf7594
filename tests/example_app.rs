//! `examples/backend`, started before and after it is mended: every route answers byte for byte the same, and the
//! OpenAPI document has a schema for each route that gained a model.
//!
//! What the text of a change looks like is tested elsewhere. Here FastAPI and Pydantic themselves have the word. They
//! are installed once, below `target/`: that needs CPython 3.10 or newer with pip, and the package index.

#[allow(dead_code, reason = "each test binary uses a part of it")]
#[path = "outside/mod.rs"]
mod outside;

#[path = "example_app/python.rs"]
mod python;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use outside::Project;

const MEND: &[&str] = &[
    "--select",
    "response-model,bare-except",
    "--unsafe-fixes",
    "--apply",
];

/// What a visit of every route came to.
struct Visit {
    /// Each request with status, type and body of its answer, in their order.
    answers: Vec<Value>,
    /// What each route says of its answer: its model, and the schema in the OpenAPI document.
    routes: BTreeMap<String, (Value, Value)>,
}

fn visit(project: &Project) -> Visit {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/example_app/visit.py");
    let said = python::run(project.root(), &[script.as_os_str()]);
    let told: Value = serde_json::from_str(&said).expect("the visit prints JSON");
    let routes = told["routes"].as_object().expect("routes by name");
    Visit {
        answers: told["answers"].as_array().expect("a list").clone(),
        routes: routes
            .iter()
            .map(|(name, said)| {
                (
                    name.clone(),
                    (said["model"].clone(), said["schema"].clone()),
                )
            })
            .collect(),
    }
}

#[test]
fn the_mended_backend_answers_the_same() {
    let project = Project::example();
    let before = visit(&project);
    let said = project.codemend(MEND);
    assert_eq!(said.code, Some(0), "{}", said.err);
    let after = visit(&project);

    assert_eq!(before.answers.len(), after.answers.len());
    for (old, new) in before.answers.iter().zip(&after.answers) {
        assert_eq!(old, new, "an answer is another one");
    }

    let mended = mended(&before, &after);
    assert_eq!(
        mended.len(),
        changes(&said.err, "response-model"),
        "one route for each change: {mended:?}"
    );
    assert!(changes(&said.err, "bare-except") > 0, "{}", said.err);
    for (route, (model, schema)) in &after.routes {
        let (_, old) = &before.routes[route];
        match mended.contains(route) {
            true => assert!(
                says_nothing(old) && !says_nothing(schema),
                "{route} with the model {model} had {old}, and has {schema}"
            ),
            false => assert_eq!(schema, old, "{route} is another one"),
        }
    }
}

#[test]
fn its_own_tests_pass_before_and_after() {
    let project = Project::example();
    let pytest = ["-m", "pytest", "-q", "-p", "no:cacheprovider"].map(AsRef::as_ref);
    python::run(project.root(), &pytest);
    project.codemend(MEND);
    python::run(project.root(), &pytest);
}

/// The routes whose model is another one than before.
fn mended(before: &Visit, after: &Visit) -> BTreeSet<String> {
    assert!(before.routes.keys().eq(after.routes.keys()), "other routes");
    let changed = after.routes.iter().filter(|(route, (model, _))| {
        let (old, _) = &before.routes[*route];
        old != model
    });
    changed.map(|(route, _)| route.clone()).collect()
}

/// Whether a schema allows anything, or any object: `{}`, or what FastAPI writes for `dict[str, Any]`.
fn says_nothing(schema: &Value) -> bool {
    ["$ref", "anyOf", "items", "properties"]
        .iter()
        .all(|key| schema.get(key).is_none())
}

/// How many changes of `codemod` the summary of a run names.
fn changes(said: &str, codemod: &str) -> usize {
    let mut lines = said.lines().map(str::split_whitespace);
    let mut line = lines
        .find(|line| line.clone().next() == Some(codemod))
        .unwrap_or_else(|| panic!("{codemod} is not in the summary: {said}"));
    let count = line.nth(1).and_then(|word| word.parse().ok());
    count.expect("a number of changes")
}
