//! httpx and aiohttp give up after a while, unless they are told not to: only that `None` is looked at.

use codemend_engine::facts::Facts;
use codemend_engine::imports::{Spelling, spell};
use codemend_engine::module::Module;
use codemend_engine::syntax::ast::{Expr, ExprCall, Stmt};
use codemend_engine::syntax::{Ranged, TextRange};

use super::find::{Site, rebinds};
use super::origin::origin;
use super::streaming;
use super::table::{Client, Table, holds};

/// What is to be done at a call.
pub enum Step<'a> {
    /// Put the value in the place of this `None`.
    Replace(&'a Expr),
    /// The same, wrapped: `ClientTimeout(total=30)`, as the file spells the class.
    Wrap(&'a Expr, Spelling),
    /// Give the call `total`.
    Total,
}

/// What is to be done at `site`, whose function is known as `qualified`, if it is one of httpx or aiohttp.
pub fn step<'a>(
    module: &Module<'_>,
    facts: &Facts<'_>,
    table: &Table,
    site: &Site<'a>,
    qualified: Option<&str>,
) -> Option<(&'static str, Step<'a>)> {
    let step = |name: &'static str| {
        let client = table.client.get(name)?;
        let step = match name {
            "httpx" => of_httpx(module, facts, client, site, qualified),
            _ => of_aiohttp(module, facts, client, site, qualified),
        };
        Some((name, step?))
    };
    step("httpx").or_else(|| step("aiohttp"))
}

fn of_httpx<'a>(
    module: &Module<'_>,
    facts: &Facts<'_>,
    client: &Client,
    site: &Site<'a>,
    qualified: Option<&str>,
) -> Option<Step<'a>> {
    let call = site.call;
    let is_limit = qualified.is_some_and(|name| holds(&client.limits, name));
    let none = none_for(call, "timeout", is_limit.then_some(0))?;
    let fits = is_limit
        || qualified.is_some_and(|name| holds(&client.functions, name))
        || is_method(module, facts, client, site);
    fits.then_some(Step::Replace(none))
}

fn of_aiohttp<'a>(
    module: &Module<'_>,
    facts: &Facts<'_>,
    client: &Client,
    site: &Site<'a>,
    qualified: Option<&str>,
) -> Option<Step<'a>> {
    let call = site.call;
    if qualified.is_some_and(|name| holds(&client.limits, name)) {
        let arguments = &call.arguments;
        let read = arguments.find_keyword("sock_read");
        if read.is_some_and(|one| !one.value.is_none_literal_expr())
            || arguments.args.len() > 1
            || arguments.keywords.iter().any(|one| one.arg.is_none())
        {
            return None;
        }
        return match arguments.find_argument_value("total", 0) {
            None => Some(Step::Total),
            Some(none @ Expr::NoneLiteral(_)) => Some(Step::Replace(none)),
            Some(_) => None,
        };
    }
    let none = none_for(call, "timeout", None)?;
    let fits = qualified.is_some_and(|name| holds(&client.functions, name))
        || is_method(module, facts, client, site);
    let class = fits.then(|| limit_class(module, site))??;
    Some(Step::Wrap(none, class))
}

/// The literal `None` that `call` is given as `keyword`, or at `position`.
fn none_for<'a>(call: &'a ExprCall, keyword: &str, position: Option<usize>) -> Option<&'a Expr> {
    match super::arguments::given(call, keyword, position) {
        super::arguments::Given::None(none) => Some(none),
        _ => None,
    }
}

/// Whether a client makes the call.
fn is_method(module: &Module<'_>, facts: &Facts<'_>, client: &Client, site: &Site<'_>) -> bool {
    let Expr::Attribute(method) = &*site.call.func else {
        return false;
    };
    client.methods.iter().any(|one| one == method.attr.as_str())
        && origin(module, facts, site, &method.value, &client.classes).is_some()
}

/// How the file spells `ClientTimeout`, and the import that it lacks: only a file that has something of aiohttp gets one.
fn limit_class(module: &Module<'_>, site: &Site<'_>) -> Option<Spelling> {
    let has_it = module.suite().iter().any(|statement| match statement {
        Stmt::Import(import) => import.names.iter().any(|one| &one.name == "aiohttp"),
        Stmt::ImportFrom(import) => {
            import.level == 0 && import.module.as_deref() == Some("aiohttp")
        }
        _ => false,
    });
    let spelling = has_it.then(|| spell(module, "aiohttp", "ClientTimeout", &[]))?;
    let root = spelling.text.split('.').next().unwrap_or_default();
    (!site.hides(root) && !rebinds(module, root)).then_some(spelling)
}

/// Why the `None` of the call at `site`, which means `qualified`, stays: an answer is read bit by bit, or a comment speaks
/// of it.
pub fn trouble(
    module: &Module<'_>,
    facts: &Facts<'_>,
    table: &Table,
    name: &str,
    (site, qualified): (&Site<'_>, Option<&str>),
) -> Option<String> {
    let lines = lines_of(module, site.call.range());
    let comments = module.comments().comments_in_range(lines).iter();
    let words = [
        "timeout",
        "time out",
        "stream",
        "sse",
        "long poll",
        "long-poll",
        "longpoll",
    ];
    let comments = comments.map(|comment| module.slice(*comment));
    let mut comments = comments.filter(|_| name == "httpx");
    let said = comments.find(|comment| {
        let lower = comment.to_lowercase();
        words.iter().any(|word| has_word(&lower, word))
    });
    if let Some(comment) = said {
        return Some(format!("the comment speaks of it: `{}`", comment.trim()));
    }
    let client = table.client.get(name)?;
    match name {
        "httpx" => streaming::trouble(module, facts, client, site, qualified),
        _ => streaming::imports_library(module, client)
            .then(|| "the file reads answers bit by bit".to_owned()),
    }
}

/// Whether `word` stands in `text` at the start of a word.
fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        !before.is_some_and(char::is_alphanumeric)
    })
}

/// The lines that `range` stands on.
pub fn lines_of(module: &Module<'_>, range: TextRange) -> TextRange {
    TextRange::new(
        module.line_start(range.start()),
        module.line_end(range.end()).max(range.end()),
    )
}
