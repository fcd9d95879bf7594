//! The functions of the project that say that they never return, by the words of its files.

use std::collections::BTreeSet;

use codemend_engine::codemod::{Gathering, List};

/// The functions of the project that seem to be annotated with `NoReturn` or `Never`, by their names; those that may be
/// methods once more, as `.name in Class`.
pub const NO_RETURN: Gathering = Gathering {
    key: "unreachable-code/no-return",
    may: |text| text.contains("NoReturn") || text.contains("Never"),
    list: List::OfText(functions_without_return),
    fold: std::convert::identity,
};

/// Each `def` with one of the words behind an arrow, before the next `def`.
fn functions_without_return(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, word) in text.match_indices("def ") {
        let rest = &text[at + word.len()..];
        let header = rest.split("def ").next().unwrap_or(rest);
        let is_one = header.match_indices("->").any(|(arrow, _)| {
            let result = header[arrow + 2..].split(':').next().unwrap_or_default();
            result.contains("NoReturn") || result.contains("Never")
        });
        let name = rest.trim_start();
        let end = name.find(|c: char| !c.is_alphanumeric() && c != '_');
        let name = &name[..end.unwrap_or(name.len())];
        if !is_one || name.is_empty() {
            continue;
        }
        found.push(name.to_owned());
        let line = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
        if let Some(class) = class_above(text, line) {
            found.push(format!(".{name} in {class}"));
        }
    }
    found
}

/// The classes that have a method `name`, by what [`NO_RETURN`] has `listed`.
pub fn classes_with<'l>(
    listed: &'l BTreeSet<String>,
    name: &str,
) -> impl Iterator<Item = &'l str> + use<'l> {
    let of = format!(".{name} in ");
    let methods = listed.range(of.clone()..);
    methods.map_while(move |one| one.strip_prefix(&of))
}

/// The name of the class whose body the line at the byte `line` of `text` seems to stand in.
fn class_above(text: &str, line: usize) -> Option<&str> {
    let column = text[line..].len() - text[line..].trim_start_matches([' ', '\t']).len();
    let mut above = text[..line].lines().rev();
    above.find_map(|above| {
        let head = above.trim_start();
        let is_outer = above.len() - head.len() < column;
        let name = head.strip_prefix("class ").filter(|_| is_outer)?.trim();
        let end = name.find(|c: char| !c.is_alphanumeric() && c != '_');
        Some(&name[..end.unwrap_or(name.len())])
    })
}

#[cfg(test)]
mod tests {
    use super::functions_without_return;

    #[test]
    fn functions_are_listed_by_their_words() {
        let text = "def a() -> NoReturn:\n    pass\n\ndef b(x) -> int:\n    pass\n\nclass C:\n    \
                    async def d(\n        self,\n    ) -> \"typing.Never\": ...\n";
        assert_eq!(functions_without_return(text), ["a", "d", ".d in C"]);
        let async_one = "class C: pass\nasync def e() -> NoReturn: ...\n";
        assert_eq!(functions_without_return(async_one), ["e"]);
    }
}
