//! Names of new classes and of their fields.

use codemend_engine::frameworks::pydantic::is_base_model_member;
use codemend_engine::syntax::{is_identifier, is_keyword};

/// `HealthResponse` for `health`.
pub(super) fn response(function: &str) -> String {
    let name = camel(function);
    match name.chars().next().is_some_and(char::is_alphabetic) {
        true => format!("{name}Response"),
        false => format!("Route{name}Response"),
    }
}

/// `AuthMessageResponse` for dicts with the key `message` that several functions of the module `auth` return.
pub(super) fn shared(module: &str, keys: &[String]) -> String {
    let keys: String = keys.iter().map(|key| camel(key)).collect();
    response(&format!("{module}_{keys}"))
}

/// The class for the value of `key` in the class `parent`; for an element of it when it is a list.
pub(super) fn nested(parent: &str, key: &str, of_list: OfList) -> String {
    let key = match of_list {
        OfList::Yes => singular(key),
        OfList::No => key.to_owned(),
    };
    let key = camel(&key);
    match key.is_empty() {
        true => format!("{parent}Value"),
        false => format!("{parent}{key}"),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum OfList {
    Yes,
    No,
}

/// `name`, or `name2`, `name3` ... when that is taken.
pub(super) fn free(name: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let mut candidate = name.to_owned();
    let mut number = 2;
    while is_taken(&candidate) {
        candidate = format!("{name}{number}");
        number += 1;
    }
    candidate
}

/// How warnings about names that begin with `model_` are to be met.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ModelPrefix {
    /// Pydantic 1, and 2.10 or newer, which protects only names of its own.
    Free,
    /// Older releases of Pydantic 2 warn about every such field.
    Protected,
}

/// The name of the field for `key`: the key itself when it can be one, else another name that needs an alias.
pub(super) fn field(key: &str, prefix: ModelPrefix, is_taken: impl Fn(&str) -> bool) -> String {
    let protected = prefix == ModelPrefix::Protected && key.starts_with("model_");
    let is_field = is_identifier(key)
        && key.is_ascii()
        && !key.starts_with('_')
        && !is_base_model_member(key)
        && !protected;
    if is_field && !is_taken(key) {
        return key.to_owned();
    }
    let mut name: String = key
        .chars()
        .map(|c| {
            if c.is_alphanumeric() && c.is_ascii() {
                c
            } else {
                '_'
            }
        })
        .collect();
    let was_hidden = key.starts_with('_');
    name = name.trim_matches('_').to_owned();
    if name.is_empty() {
        name = "field".to_owned();
    }
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        name = format!("field_{name}");
    }
    if name.starts_with("model_") {
        name = format!("field_{name}");
    }
    if was_hidden || is_keyword(&name) || is_base_model_member(&name) {
        name.push('_');
    }
    let mut candidate = name.clone();
    let mut number = 2;
    while is_taken(&candidate) || candidate == key {
        candidate = format!("{}_{number}", name.trim_end_matches('_'));
        number += 1;
    }
    candidate
}

/// `UserId` for `user_id` and `user-id`.
fn camel(text: &str) -> String {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    words.filter(|word| !word.is_empty()).map(capital).collect()
}

fn capital(word: &str) -> String {
    let mut rest = word.chars();
    match rest.next() {
        Some(first) => first.to_uppercase().chain(rest).collect(),
        None => String::new(),
    }
}

/// `line` for `lines`, `category` for `categories`.
fn singular(word: &str) -> String {
    if let Some(stem) = word.strip_suffix("ies").filter(|stem| stem.len() > 1) {
        return format!("{stem}y");
    }
    match word.strip_suffix('s') {
        Some(stem) if stem.len() > 1 && !stem.ends_with(['s', 'u', 'i']) => stem.to_owned(),
        _ => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(key: &str) -> String {
        field(key, ModelPrefix::Free, |_| false)
    }

    #[test]
    fn keys_that_can_be_fields_stay() {
        for key in ["id", "user_name", "type", "match", "model_name"] {
            assert_eq!(name(key), key);
        }
    }

    #[test]
    fn other_keys_get_another_name() {
        for (key, expected) in [
            ("from", "from_"),
            ("class", "class_"),
            ("user-id", "user_id"),
            ("_id", "id_"),
            ("2fa", "field_2fa"),
            ("copy", "copy_"),
            ("model_config", "field_model_config"),
            ("", "field"),
            ("日", "field"),
            ("a b", "a_b"),
        ] {
            assert_eq!(name(key), expected);
        }
        assert_eq!(
            field("user-id", ModelPrefix::Free, |it| it == "user_id"),
            "user_id_2"
        );
        assert_eq!(
            field("model_name", ModelPrefix::Protected, |_| false),
            "field_model_name"
        );
    }

    #[test]
    fn classes_are_named_after_functions_and_keys() {
        assert_eq!(response("get_user"), "GetUserResponse");
        assert_eq!(response("_"), "RouteResponse");
        assert_eq!(
            nested("OrderResponse", "lines", OfList::Yes),
            "OrderResponseLine"
        );
        assert_eq!(
            nested("OrderResponse", "address", OfList::Yes),
            "OrderResponseAddress"
        );
        assert_eq!(nested("R", "categories", OfList::Yes), "RCategory");
        assert_eq!(free("A", |it| it == "A" || it == "A2"), "A3");
    }
}
