//! The words of a change and of a report, and the classes that a clause must name.

use codemend_engine::change::Change;
use codemend_engine::semantic::{FASTAPI_ERROR, Lineage};

use super::answer::Answer;
use super::errors::Answered;
use super::graph::{Arrival, By};
use super::naming::Wanted;
use super::rest::Rest;

/// Where it comes from, unless that is in plain sight.
pub fn origin(arrivals: &[Arrival]) -> String {
    let by = |one: &Arrival| one.by == By::Raise;
    match arrivals.first().map(|one| &one.by) {
        Some(By::Call(name)) if !arrivals.iter().any(by) => format!("`{name}` raises it, and "),
        Some(By::Yield) if !arrivals.iter().any(by) => "an endpoint raises it, and ".to_owned(),
        _ => String::new(),
    }
}

/// What the handler does with the answer now.
pub fn instead(answer: &Answer) -> String {
    match answer {
        Answer::Failure(status) => format!("answers {status} instead"),
        Answer::Raises(what) => format!("{what} instead"),
        Answer::Swallows => "swallows it".to_owned(),
    }
}

/// Say why `change` is not safe, when it is not.
pub fn doubt(change: &mut Change, answer: &Answer, rest: &Rest<'_>) {
    if let Answer::Raises(_) = answer {
        change.make_unsafe("the handler may mean to hide the status");
    }
    if rest.drops_call {
        change.make_unsafe("a call that the handler makes is left out");
    }
    if !rest.cleanup.is_empty() {
        change.make_unsafe("what is copied is taken for clean-up");
    }
}

/// The classes that the clause must name for `arrivals`.
pub fn wanted<'e>(answered: &'e Answered, arrivals: &[Arrival]) -> Vec<Wanted<'e>> {
    let lineages = || arrivals.iter().map(|one| &one.lineage);
    let http = |one: &&Lineage| one.is_http_error();
    let mut all = Vec::new();
    if lineages()
        .filter(http)
        .any(|one| !one.derives_from(FASTAPI_ERROR))
    {
        all.push(Wanted::Starlette);
    } else if lineages().any(Lineage::is_http_error) {
        all.push(Wanted::FastApi);
    }
    let others = || lineages().filter(|one| !one.is_http_error());
    for extra in &answered.extras {
        if others().any(|one| one.derives_from(&extra.class)) {
            all.push(Wanted::Extra(extra));
        }
    }
    all
}

/// What arrives, for a message.
pub fn named(arrivals: &[Arrival]) -> &'static str {
    match arrivals.iter().any(|one| one.lineage.is_http_error()) {
        true => "an `HTTPException`",
        false => "an exception of `extra-exceptions`",
    }
}
