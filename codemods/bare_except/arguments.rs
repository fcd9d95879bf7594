//! Which row of the table a call answers to, by its arguments.

use std::collections::BTreeSet;

use codemend_engine::semantic::Where;
use codemend_engine::syntax::ast::{Expr, ExprCall, Number};

use super::kind::Kind;
use super::proven::Scene;
use super::signature::{CODECS, ERRORS, Parameter, Signature, Word};
use super::table::Row;

/// The first row for `key` that takes the arguments of `call`.
pub fn row_for<'t>(
    scene: &Scene<'t, '_>,
    key: &str,
    call: &ExprCall,
    receiver: &Kind,
) -> Option<&'t Row> {
    let named = |name: &String| call.arguments.find_keyword(name).is_some();
    let table = scene.table;
    let rows = table.rows(key);
    let mut pairs = rows.iter().flat_map(|row| &row.either);
    if pairs.any(|(one, other)| named(one) && named(other)) {
        return None;
    }
    rows.iter().find(|row| {
        let Some(signature) = &row.given else {
            return false;
        };
        let holds = match row.needs.as_deref() {
            Some(_) => receiver.element().is_some_and(Kind::is_plain),
            None => true,
        };
        let fits = row.gives.as_deref() != Some("file") || opens(call);
        holds && fits && takes(scene, signature, call)
    })
}

/// Whether the single operand `operand` answers to `signature`: of `d[key]`.
pub fn takes_one(scene: &Scene<'_, '_>, signature: &Signature, operand: &Expr) -> bool {
    match signature.parameters.as_slice() {
        [one] => is_a(scene, &one.word, operand),
        _ => false,
    }
}

/// A string in quotes that every operating system takes as a path: ASCII, without NUL.
pub fn stays_literal(expr: &Expr) -> bool {
    quoted(expr).is_some_and(|text| text.is_ascii() && !text.contains('\0'))
}

/// Whether the arguments of `open` go together: a binary file takes no encoding.
fn opens(call: &ExprCall) -> bool {
    let mut values = call.arguments.iter_source_order().map(|one| one.value());
    let binary =
        values.any(|value| quoted(value).is_some_and(|text| is_mode(text) && text.contains('b')));
    let text = ["encoding", "errors", "newline"];
    !binary
        || text
            .iter()
            .all(|one| call.arguments.find_keyword(one).is_none())
}

fn takes(scene: &Scene<'_, '_>, signature: &Signature, call: &ExprCall) -> bool {
    let mut taken = BTreeSet::new();
    let in_order = |at: usize| -> Option<&Parameter> {
        signature.parameters.get(at).filter(|one| !one.by_name_only)
    };
    for (at, argument) in call.arguments.args.iter().enumerate() {
        let word = match (argument, in_order(at)) {
            (Expr::Starred(_), _) => signature.more.as_ref().filter(|word| **word == Word::Any),
            (_, Some(parameter)) => {
                taken.insert(at);
                Some(&parameter.word)
            }
            _ => signature.more.as_ref(),
        };
        let starred = argument.is_starred_expr();
        if !word.is_some_and(|word| starred || is_a(scene, word, argument)) {
            return false;
        }
    }
    for keyword in &call.arguments.keywords {
        let at = signature.parameters.iter().position(|one| {
            let name = keyword.arg.as_ref().map(|name| name.as_str());
            name.is_some() && one.name.as_deref() == name
        });
        let word = match at {
            Some(at) if taken.insert(at) => Some(&signature.parameters[at].word),
            Some(_) => None,
            None => signature.named.as_ref(),
        };
        if !word.is_some_and(|word| is_a(scene, word, &keyword.value)) {
            return false;
        }
    }
    let missing = signature.parameters.iter().enumerate();
    let mut missing = missing.filter(|(at, one)| !one.optional && !taken.contains(at));
    missing.next().is_none()
}

fn is_a(scene: &Scene<'_, '_>, word: &Word, expr: &Expr) -> bool {
    match word {
        Word::Any => true,
        Word::Literal => stays_literal(expr),
        Word::Separator => {
            matches!(expr, Expr::StringLiteral(one) if !one.value.is_empty())
                || expr.is_none_literal_expr()
        }
        Word::Codec => {
            quoted(expr).is_some_and(|text| CODECS.contains(&text.to_lowercase().as_str()))
        }
        Word::Errors => quoted(expr).is_some_and(|text| ERRORS.contains(&text)),
        Word::Format => {
            quoted(expr).map_or_else(|| scene.kind(expr) == Kind::Str, |format| !repeats(format))
        }
        Word::Newline => {
            expr.is_none_literal_expr()
                || quoted(expr).is_some_and(|text| ["", "\n", "\r", "\r\n"].contains(&text))
        }
        Word::Mode => quoted(expr).is_some_and(is_mode),
        Word::Argv => is_argv(expr),
        Word::Small => matches!(expr, Expr::NumberLiteral(number)
            if matches!(&number.value, Number::Int(value) if value.as_i32().is_some())),
        Word::Stream => is_stream(scene, expr),
        Word::Flag if expr.is_none_literal_expr() => true,
        _ => is_kind(word, &scene.kind(expr)),
    }
}

fn is_kind(word: &Word, kind: &Kind) -> bool {
    match word {
        Word::Bool | Word::Flag => *kind == Kind::Bool,
        Word::Bytes => *kind == Kind::Bytes,
        Word::Dict => matches!(kind, Kind::Dict(..)),
        Word::Float => *kind == Kind::Float,
        Word::Int => kind.is_integer(),
        Word::Key => kind.is_key(),
        Word::List => matches!(kind, Kind::List(_)),
        Word::None => *kind == Kind::None,
        Word::Number => kind.is_number(),
        Word::Path => *kind == Kind::Str || kind.name() == "pathlib.Path",
        Word::Plain => kind.is_plain(),
        Word::Scalar => kind.is_scalar(),
        Word::Set => matches!(kind, Kind::Set(_)),
        Word::Sized => kind.element().is_some(),
        Word::Str => *kind == Kind::Str,
        Word::Strings => kind.element() == Some(&Kind::Str),
        Word::Tuple => matches!(kind, Kind::Tuple(_)),
        Word::Object(class) => kind.name() == class,
        _ => false,
    }
}

fn quoted(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::StringLiteral(literal) => Some(literal.value.to_str()),
        _ => None,
    }
}

/// Whether a directive stands in the time format `text` twice: it is made into a pattern that names each of them.
fn repeats(text: &str) -> bool {
    let mut seen = BTreeSet::new();
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        let directive = match letter {
            '%' => letters.next(),
            _ => continue,
        };
        if directive != Some('%') && !seen.insert(directive) {
            return true;
        }
    }
    seen.iter().any(|one| matches!(one, Some('c' | 'x' | 'X'))) && seen.len() > 1
}

/// A mode that `open` takes: one of `rwax`, and `b`, `t` and `+` at most once.
fn is_mode(text: &str) -> bool {
    let count = |letters: &str| text.chars().filter(|one| letters.contains(*one)).count();
    count("rwax") == 1
        && count("bt") <= 1
        && count("+") <= 1
        && count("rwaxbt+") == text.chars().count()
}

/// A command that is written out, of at least one word.
fn is_argv(expr: &Expr) -> bool {
    match expr {
        Expr::List(list) => !list.elts.is_empty() && list.elts.iter().all(stays_literal),
        Expr::Tuple(tuple) => !tuple.elts.is_empty() && tuple.elts.iter().all(stays_literal),
        other => stays_literal(other),
    }
}

fn is_stream(scene: &Scene<'_, '_>, expr: &Expr) -> bool {
    let name = scene.names.qualified_name(expr, Where::default());
    expr.is_none_literal_expr()
        || matches!(
            name.as_deref(),
            Some("subprocess.PIPE" | "subprocess.DEVNULL" | "subprocess.STDOUT")
        )
}
