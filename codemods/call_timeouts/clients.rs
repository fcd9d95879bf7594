//! httpx and aiohttp give up after a while, unless they are told not to: only that `None` is looked at.

use codemend_engine::facts::Facts;
use codemend_engine::module::Module;
use codemend_engine::semantic::Where;
use codemend_engine::syntax::ast::visitor::{Visitor, walk_expr};
use codemend_engine::syntax::ast::{Expr, ExprCall};
use codemend_engine::syntax::{Ranged, TextRange};

use super::find::Site;
use super::origin::origin;
use super::project::STREAMS;
use super::table::{Client, Table, holds};

/// What is to be done at a call.
pub enum Step<'a> {
    /// Put the value in the place of this `None`.
    Replace(&'a Expr),
    /// The same, wrapped: `ClientTimeout(total=30)`, as the file spells the class.
    Wrap(&'a Expr, String),
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
    let class = fits.then(|| limit_class(module, client))??;
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

/// How the file spells `ClientTimeout`: through its module, or the class itself.
fn limit_class(module: &Module<'_>, client: &Client) -> Option<String> {
    use codemend_engine::syntax::ast::Stmt;
    let last = |name: &str| {
        name.rsplit_once('.')
            .map(|(from, class)| (from.to_owned(), class.to_owned()))
    };
    let (from, class) = last(client.limits.first()?)?;
    let names = module.names();
    let spelled = module.suite().iter().find_map(|statement| match statement {
        Stmt::Import(import) => import.names.iter().find_map(|alias| {
            let name = alias.asname.as_ref().unwrap_or(&alias.name);
            (alias.name.as_str() == from).then(|| (name.to_string(), format!("{name}.{class}")))
        }),
        Stmt::ImportFrom(import) if import.module.as_deref() == Some(from.as_str()) => {
            import.names.iter().find_map(|alias| {
                let name = alias.asname.as_ref().unwrap_or(&alias.name).to_string();
                (alias.name.as_str() == class).then(|| (name.clone(), name))
            })
        }
        _ => None,
    });
    let (root, text) = spelled?;
    let level = codemend_engine::bindings::of_body(module.suite());
    let once = level.get(root.as_str()).is_some_and(|all| all.len() == 1);
    (once && !names.rebinds_from_inside(&root)).then_some(text)
}

/// Why the `None` of `call` stays: an answer is read bit by bit, or a comment speaks of it.
pub fn trouble(
    module: &Module<'_>,
    facts: &Facts<'_>,
    table: &Table,
    name: &str,
    call: &ExprCall,
) -> Option<String> {
    let lines = lines_of(module, call.range());
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
    if let Some(path) = facts.answer(&STREAMS) {
        return Some(format!("`{path}` reads answers bit by bit"));
    }
    let client = table.client.get(name)?;
    streams(module, client).then(|| "the file reads answers bit by bit".to_owned())
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

/// Whether `module` streams: it calls a function that does, or imports a library for that.
pub fn streams(module: &Module<'_>, client: &Client) -> bool {
    let libraries = client
        .streams
        .iter()
        .filter_map(|one| one.split('.').next());
    let mut libraries = libraries.filter(|one| !matches!(*one, "httpx" | "aiohttp"));
    let imports = |library: &str| {
        let text = module.text();
        text.contains(&format!("import {library}")) || text.contains(&format!("from {library}"))
    };
    let mut finder = Streams {
        module,
        client,
        found: false,
    };
    libraries.any(imports) || {
        finder.visit_body(module.suite());
        finder.found
    }
}

struct Streams<'s, 'm> {
    module: &'s Module<'m>,
    client: &'s Client,
    found: bool,
}

impl<'a> Visitor<'a> for Streams<'_, '_> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Call(call) = expr
            && self.module.could_mean(&call.func, &["stream"])
        {
            let name = self.module.qualified_name(&call.func, Where::default());
            let is_function = name.is_some_and(|name| holds(&self.client.streams, &name));
            let spreads = call.arguments.args.iter().any(Expr::is_starred_expr)
                || call.arguments.keywords.iter().any(|one| one.arg.is_none());
            let is_method = call.func.is_attribute_expr() && (call.arguments.len() >= 2 || spreads);
            self.found |= is_function || is_method;
        }
        if let Expr::Call(call) = expr
            && matches!(&*call.func, Expr::Attribute(method) if &method.attr == "send")
        {
            let stream = call.arguments.find_keyword("stream");
            let is_off = |value: &Expr| matches!(value, Expr::BooleanLiteral(it) if !it.value);
            self.found |= stream.is_some_and(|one| !is_off(&one.value));
        }
        walk_expr(self, expr);
    }
}
