//! Whether a text may have a route, as far as its words tell.

use super::TRIGGERS;

/// Whether a decorator in `text` may end in the call of a route method.
///
/// Nearly always the whole of it but the arguments stands on one line. Where it does not, a bracket is open at the end
/// of the line or a backslash stands there, and what comes before the method is a bracket or another line.
pub(super) fn may_have_route(text: &str) -> bool {
    let mut is_broken = false;
    for line in text.split(['\n', '\r', '\x0c']) {
        if !line.contains('@') {
            continue;
        }
        let Some(decorator) = line.trim_start().strip_prefix('@') else {
            continue;
        };
        if TRIGGERS.iter().any(|name| decorator.contains(name)) {
            return true;
        }
        is_broken |= goes_on(decorator);
    }
    is_broken && TRIGGERS.iter().any(|name| has_broken(text, name))
}

/// Whether the expression that begins in `line` may go on behind it.
fn goes_on(line: &str) -> bool {
    let count = |brackets: [char; 3]| line.matches(brackets).count();
    line.ends_with('\\') || count(['(', '[', '{']) != count([')', ']', '}'])
}

/// Whether the method `name` is called of something that may have begun on another line.
fn has_broken(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let before = &text[..at];
        let start = before.rfind(['\n', '\r']).map_or(0, |end| end + 1);
        let line = before[start..].trim_start();
        // `)` of another line, or the name of a receiver alone: `@(` above `router.get("/")`.
        line.ends_with([')', ']', '}']) || !line.contains(|c: char| c.is_whitespace() || c == '(')
    })
}

#[cfg(test)]
mod tests {
    use super::may_have_route;

    #[test]
    fn decorators_are_seen_wherever_they_break() {
        for text in [
            "@app.get(\"/\")\ndef f(): ...\n",
            "def make():\n    @self.app.post(\n        \"/\",\n    )\n    def f(): ...\n",
            "@app.get(  # all\r\n    \"/\")\r\ndef f(): ...\r\n",
            "@(\n    app.get(\"/\")\n)\ndef f(): ...\n",
            "@app \\\n    .get(\"/\")\ndef f(): ...\n",
            "@make(\n    1\n).get(\"/\")\ndef f(): ...\n",
            "x = 1; y = 2\n\x0c@app.get(\"/\")\ndef f(): ...\n",
        ] {
            assert!(may_have_route(text), "{text}");
        }
    }

    #[test]
    fn calls_of_other_things_are_none() {
        for text in [
            "x = settings.get(\"a\")\n@cached\ndef f(): ...\n",
            "@pytest.mark.parametrize(\n    \"a\",\n    [1],\n)\ndef f(a):\n    return a @ settings.get(\"a\")\n",
            "\"\"\"Mail to a@b.c, or client.get(x).\"\"\"\n",
        ] {
            assert!(!may_have_route(text), "{text}");
        }
    }
}
