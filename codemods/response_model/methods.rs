//! Methods and attributes of builtin values: what they give, exactly.

use super::shape::{Rewritten, Shape};

const STR_TO_STR: [&str; 24] = [
    "upper",
    "lower",
    "strip",
    "lstrip",
    "rstrip",
    "title",
    "capitalize",
    "replace",
    "join",
    "format",
    "casefold",
    "center",
    "ljust",
    "rjust",
    "zfill",
    "swapcase",
    "removeprefix",
    "removesuffix",
    "expandtabs",
    "format_map",
    "translate",
    "__str__",
    "__repr__",
    "__format__",
];
const STR_TO_BOOL: [&str; 14] = [
    "startswith",
    "endswith",
    "isalnum",
    "isalpha",
    "isascii",
    "isdecimal",
    "isdigit",
    "isidentifier",
    "islower",
    "isnumeric",
    "isprintable",
    "isspace",
    "istitle",
    "isupper",
];

/// What `value.method(...)` gives. `None` when that is not said here.
pub(super) fn method<'db>(value: &Shape<'db>, method: &str) -> Option<Shape<'db>> {
    let found = match (value, method) {
        (Shape::Str, name) if STR_TO_STR.contains(&name) => Shape::Str,
        (Shape::Str, name) if STR_TO_BOOL.contains(&name) => Shape::Bool,
        (Shape::Str, "count" | "find" | "index" | "rfind" | "rindex") => Shape::Int,
        (Shape::Str, "split" | "rsplit" | "splitlines") => Shape::list(Shape::Str),
        (Shape::Str, "encode") => Shape::Rewritten(Rewritten::Bytes),
        (Shape::Int | Shape::Bool, "bit_length" | "bit_count") => Shape::Int,
        (Shape::Float, "is_integer") => Shape::Bool,
        (Shape::Float, "hex") => Shape::Str,
        (Shape::Rewritten(Rewritten::Bytes), "decode" | "hex") => Shape::Str,
        (
            Shape::Date | Shape::Rewritten(Rewritten::Datetime | Rewritten::Time),
            "isoformat" | "strftime",
        ) => Shape::Str,
        (Shape::Date | Shape::Rewritten(Rewritten::Datetime), "ctime") => Shape::Str,
        (
            Shape::Date | Shape::Rewritten(Rewritten::Datetime),
            "weekday" | "isoweekday" | "toordinal",
        ) => Shape::Int,
        (Shape::Rewritten(Rewritten::Datetime), "timestamp") => Shape::Float,
        (Shape::Rewritten(Rewritten::Datetime), "date") => Shape::Date,
        (Shape::Rewritten(Rewritten::Datetime), "replace" | "astimezone") => value.clone(),
        (Shape::Rewritten(Rewritten::Timedelta), "total_seconds") => Shape::Float,
        (Shape::List(_), "copy") => value.clone(),
        (Shape::List(_), "count" | "index") => Shape::Int,
        (Shape::List(element), "pop") => (**element).clone(),
        (Shape::Dict(_) | Shape::Record(_), "copy") => value.clone(),
        (Shape::Dict(_) | Shape::Record(_), "keys" | "values" | "items") => {
            Shape::Unfit("a view of a dict".to_owned())
        }
        _ => return None,
    };
    Some(found)
}

/// What `value.attribute` gives. `None` when that is not said here.
pub(super) fn attribute<'db>(value: &Shape<'db>, attribute: &str) -> Option<Shape<'db>> {
    match (value, attribute) {
        (Shape::Date | Shape::Rewritten(Rewritten::Datetime), "year" | "month" | "day")
        | (
            Shape::Rewritten(Rewritten::Datetime | Rewritten::Time),
            "hour" | "minute" | "second" | "microsecond",
        )
        | (Shape::Rewritten(Rewritten::Timedelta), "days" | "seconds" | "microseconds")
        | (Shape::Uuid, "int") => Some(Shape::Int),
        (Shape::Uuid, "hex" | "urn") => Some(Shape::Str),
        _ => None,
    }
}
