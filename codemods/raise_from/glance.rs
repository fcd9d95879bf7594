//! Whether a file may have something to mend, by its lines alone: most handlers raise nothing.

use codemend_engine::lines::{first_word, lines};

/// Whether a handler in `text` may raise something without saying where it comes from.
pub fn may_leave_cause_out(text: &str) -> bool {
    // The columns of the handlers around.
    let mut handlers: Vec<usize> = Vec::new();
    lines(text).any(|line| {
        handlers.retain(|column| *column < line.indent);
        let code = text[line.start..line.end].trim_end();
        match first_word(code) {
            "except" => {
                handlers.push(line.indent);
                code.contains("raise")
            }
            _ if handlers.is_empty() => false,
            "raise" => line.has_semicolon || code != "raise" && !has_cause(code),
            _ => code.contains("raise"),
        }
    })
}

/// Whether `code`, which raises something, ends with a cause: a name or a dotted name behind `from`.
fn has_cause(code: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.');
    let head = code.trim_end_matches(is_part);
    let raised = head.trim_end().strip_suffix("from");
    head.len() < code.len()
        && head.ends_with(char::is_whitespace)
        && raised.is_some_and(|raised| !raised.ends_with(is_part))
}

#[cfg(test)]
mod tests {
    use super::may_leave_cause_out;

    #[test]
    fn what_is_raised_without_a_cause_is_found() {
        for text in [
            "try:\n    x()\nexcept E:\n    raise X\n",
            "try:\n    x()\nexcept E: raise X\n",
            "try:\n    x()\nexcept* E:\n    if a: raise X from e\n",
            "try:\n    x()\nexcept E:\n    y(); raise X\n",
            "try:\n    x()\nexcept E:\n    raise X; raise Y from e\n",
            "try:\n    x()\nexcept E:\n    raise X('not from it')\n",
            "try:\n    x()\nexcept E:\n    raise X('not from it\\\n')\n",
            "try:\n    x()\nexcept E:\n    raise X((yield from it))\n",
            "try:\n    x()\nexcept E:\n    raise X from make(e)\n",
            "try:\n    x()\nexcept E:\n    raise(\nX\n)\n",
            "try:\n    x()\nexcept (\nE\n):\n    y('''\nz\n''')\n    raise \\\nX\n",
            "try:\n    x()\nexcept E:\n    for a in b:\n        c()\n    else:\n        raise X\n",
            "try:\n    x()\nexcept E:\n    raise X # from e\n",
            "try:\r\n\tx()\r\nexcept E:\r\n\tif a:\r\n\t\traise X\r\n",
        ] {
            assert!(may_leave_cause_out(text), "{text}");
        }
    }

    #[test]
    fn other_files_need_no_closer_look() {
        for text in [
            "raise X\n",
            "try:\n    x()\nexcept E:\n    raise\nraise X\n",
            "try:\n    x()\nexcept E:\n    raise  # why\nfinally:\n    raise X\n",
            "try:\n    raise X\nexcept E:\n    raise X('from') from None\n",
            "try:\n    x()\nexcept E:\n    raise X(\n        1\n    ) from self.error\n",
            "def f():\n    try:\n        x()\n    except E:\n        pass\n    '''\n    raise X\n    '''\n    raise X\n",
        ] {
            assert!(!may_leave_cause_out(text), "{text}");
        }
    }
}
