//! A look at the words of a file, before any syntax: whether a handler of it may drop an exception.
//!
//! Most handlers raise, log, or catch what is part of the plan, and show it on a line. Where that is plain for all of
//! them the file need not be parsed; in doubt it is.

use super::table::Table;

/// Whether a handler of `text` may leave no trace.
pub fn may_swallow(text: &str) -> bool {
    if text.contains("suppress(") {
        return true;
    }
    text.match_indices("except").any(|(at, word)| {
        let start = text[..at]
            .rfind(['\n', '\r'])
            .map_or(0, |newline| newline + 1);
        let column = text[start..at].trim_start_matches('\u{feff}');
        let mut lines = text[at + word.len()..].split(['\n', '\r']);
        let head = lines.next().unwrap_or_default();
        // `finally: pass; except` is no Python: a clause opens its line.
        if !column.trim().is_empty() || !is_clause(head) {
            return false;
        }
        let lines = lines.filter(|line| !line.trim().is_empty());
        let below = lines.take_while(|line| indent(line) > column.len());
        !is_plan(head) && !is_dealt_with(head, below)
    })
}

fn indent(line: &str) -> usize {
    line.len()
        - line
            .trim_start_matches(['\u{feff}', ' ', '\t', '\x0c'])
            .len()
}

/// `exceptional = 1` begins no clause.
fn is_clause(head: &str) -> bool {
    !head.starts_with(|c: char| c.is_alphanumeric() || c == '_')
}

/// Whether `head`, behind `except`, catches builtins that are expected, and nothing else.
fn is_plan(head: &str) -> bool {
    let Some((class, _)) = head.split_once(':') else {
        return false;
    };
    let class = class.split(" as ").next().unwrap_or_default().trim();
    let class = class.trim_start_matches('(').trim_end_matches([')', ',']);
    let mut names = class.split(',').map(str::trim);
    names.all(|name| !name.is_empty() && !name.contains('.') && Table::shipped().is_expected(name))
}

/// Whether one of `lines`, the block below `head`, is sure to be a statement that raises or logs.
fn is_dealt_with<'t>(head: &str, lines: impl Iterator<Item = &'t str>) -> bool {
    let head = head.split(" #").next().unwrap_or_default().trim_end();
    // A clause on one line, and one of several lines.
    if !head.ends_with(':') {
        return false;
    }
    let mut found = false;
    for line in lines {
        let code = line.trim_start();
        // Strings of several lines, and functions in which it would not count.
        if ["\"\"\"", "'''", "\\", "def "]
            .iter()
            .any(|it| code.contains(it))
        {
            return false;
        }
        found |= code == "raise" || code.starts_with("raise ") || logs(code);
    }
    found
}

/// `logger.error(`, `self.log.info(`, `print(` at the beginning of `code`.
fn logs(code: &str) -> bool {
    let code = code.strip_prefix("self.").unwrap_or(code);
    let code = code.trim_start_matches('_');
    let Some((owner, rest)) = code.split_once('.') else {
        return code.starts_with("print(");
    };
    let is_logger = matches!(owner, "logger" | "log" | "logging" | "LOG" | "LOGGER");
    let method = rest.split('(').next().unwrap_or_default();
    is_logger && rest.len() > method.len() && Table::shipped().is_trace(method)
}

#[cfg(test)]
mod tests {
    use super::may_swallow;

    #[test]
    fn what_is_plain_is_not_parsed() {
        for text in [
            "x = 1\nexceptional = 2\n",
            "try:\n    f()\nexcept ValueError:\n    pass\n",
            "try:\n    f()\nexcept (KeyError, TypeError) as e:  # why\n    return\n",
            "try:\n    f()\nexcept Exception:\n    g()\n\n    raise\n",
            "try:\n    f()\nexcept Exception as e:  # why\n\tself._log.error('no')\n",
            "try:\r\n    f()\r\nexcept:\r\n    print('x')\r\n",
        ] {
            assert!(!may_swallow(text), "{text}");
        }
    }

    #[test]
    fn what_is_not_is() {
        for text in [
            "try:\n    f()\nexcept Exception:\n    pass\nraise E\n",
            "try: f()\nexcept Exception: raise\n",
            "try:\n    f()\nexcept (\n    ValueError,\n    Exception,\n):\n    pass\n",
            "try:\n    f()\nexcept Exception:\n    def g():\n        raise\n",
            "try:\n    f()\nexcept Exception:\n    x = '''\n    raise\n    '''\n",
            "try:\n    f()\nexcept E.ValueError:\n    pass\n",
            "with suppress(Exception):\n    f()\n",
            "try:\n    f()\nexcept:\n    math.log(1)\n",
            "\u{feff}try:\n    f()\nexcept* Exception:\n    g()\n",
        ] {
            assert!(may_swallow(text), "{text}");
        }
    }
}
