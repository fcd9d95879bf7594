//! What the lines of a file say of classes, without its syntax: which derive from which, and whose `__init__` may leave
//! out that of the base.

use codemend_engine::lines::rows;
use memchr::memmem::find_iter;

/// Whether a file with this text may register something that runs when logging may be gone.
pub fn may_register(text: &str) -> bool {
    let has = |word: &str| text.contains(word);
    WORDS.iter().any(|word| has(word))
        || may_hold_sink(text)
        || has("loguru") && (has(".add(") || has(".patch(") || has(".configure("))
        || has("structlog") && has("rocessor")
}

const WORDS: &[&str] = &[
    "addFilter(",
    "addaudithook",
    "atexit",
    "excepthook",
    "finalize(",
    "from signal",
    "import signal",
    "redirect_std",
    "setLogRecordFactory",
    "setprofile",
    "settrace",
    "sys.stderr = ",
    "sys.stdout = ",
    "unraisablehook",
];

/// Whether a class of `text` may take log records, or a function be a processor of structlog.
fn may_hold_sink(text: &str) -> bool {
    let has = |word: &str| text.contains(word);
    let ends = ["Handler", "Filter", "Formatter"];
    if has("event_dict") {
        return has("structlog");
    }
    has("logging")
        && find_iter(text.as_bytes(), "class ").any(|at| {
            let head = text[at..].split(':').next().unwrap_or_default();
            ends.iter().any(|end| head.contains(end))
        })
}

/// What `STARRED` lists for `text`.
pub fn starred_in(text: &str) -> Vec<String> {
    let stars = find_iter(text.as_bytes(), "import *");
    let modules = stars.filter_map(|at| {
        let line = text[..at].rfind(['\n', '\r', ';']).map_or(0, |end| end + 1);
        let from = text[line..at].trim().strip_prefix("from")?;
        let last = from.trim().rsplit('.').next().unwrap_or_default();
        // Else the words stand in a comment.
        last.chars().all(is_part).then_some(())?;
        Some(if last.is_empty() { "." } else { last }.to_owned())
    });
    modules.collect()
}

/// What `CLASSES` lists for `text`.
pub fn classes_in(text: &str) -> Vec<String> {
    let mut found: Vec<String> = find_iter(text.as_bytes(), " = None")
        .filter_map(|at| nulled(&text[..at]))
        .collect();
    let word = "class ";
    let mut classes = find_iter(text.as_bytes(), word).filter_map(|at| {
        let line = text[..at].rfind(['\n', '\r']).map_or(0, |end| end + 1);
        let blank = text[line..at].trim_start_matches('\u{feff}');
        let starts = blank.trim().is_empty();
        starts.then_some((at + word.len(), blank.len()))
    });
    let from_logging = text.contains("from logging");
    let mut next = classes.next();
    while let Some((start, column)) = next {
        next = classes.next();
        let end = next.map_or(text.len(), |(at, _)| at);
        let Some((name, bases, body)) = parts(&text[start..end]) else {
            continue;
        };
        let mut first = true;
        for base in bases.rsplit(',') {
            let base = base.split(['[', '(', '#']).next().unwrap_or_default();
            let base = base.trim();
            let last = base.rsplit('.').next().unwrap_or_default();
            if !last.is_empty() && last.chars().all(is_part) {
                found.push(format!("{last}<{name}"));
                if !std::mem::take(&mut first) {
                    found.push(format!("{name}>{last}"));
                }
            }
            let ends = ["Handler", "Filter", "Formatter"];
            let is_like = from_logging && ends.iter().any(|end| last.ends_with(end));
            if is_like || base.starts_with("logging.") {
                found.push(format!("${name}"));
            }
        }
        of_body(name, column, body, &mut found);
    }
    found
}

fn is_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The name, the bases and the rest of a class.
fn parts(text: &str) -> Option<(&str, &str, &str)> {
    let (name, rest) = text.split_at(text.find(|c| !is_part(c))?);
    let open = rest.find(['(', ':'])?;
    if rest[open..].starts_with(':') {
        return Some((name, "", &rest[open..]));
    }
    let mut depth = 0_usize;
    let close = rest[open..].char_indices().find_map(|(at, c)| {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        (depth == 0).then_some(open + at)
    })?;
    Some((name, &rest[open + 1..close], &rest[close + 1..]))
}

/// What the body of the class `name` says, whose keyword stands in `column`.
fn of_body(name: &str, column: usize, body: &str, found: &mut Vec<String>) {
    let lines = rows(body).skip(1);
    let lines = lines.filter(|line| !matches!(line.trim_start().chars().next(), None | Some('#')));
    let lines: Vec<&str> = lines.take_while(|line| indent(line) > column).collect();
    let first = |head: &str| {
        let may = find_iter(body.as_bytes(), head).next().is_some();
        may.then(|| lines.iter().position(|line| line.contains(head)))
            .flatten()
    };
    let makes = first("def __new__(").is_some();
    let init = first("def __init__(");
    if makes || init.is_some_and(|at| !calls_base_first(&lines[at..])) {
        found.push(format!("!{name}"));
    }
    let set = lines.iter().filter_map(|line| set_to_other(line));
    found.extend(set.map(|attribute| format!("{name}.{attribute}")));
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// Whether the function that `lines` begin with calls `__init__` of the base before it may call or leave anything else.
fn calls_base_first(lines: &[&str]) -> bool {
    let head = lines.iter().position(|line| {
        let code = line.split(" #").next().unwrap_or_default().trim_end();
        code.ends_with(':') && (code.contains(')') || code.trim() == ":")
    });
    let Some(first) = head.map(|at| at + 1).filter(|at| *at < lines.len()) else {
        return false;
    };
    let column = indent(lines[first]);
    let mut quoted = None;
    for line in &lines[first..] {
        let code = line.trim();
        if let Some(quote) = quoted {
            quoted = (!code.contains(quote)).then_some(quote);
            continue;
        }
        let quote = ["\"\"\"", "'''"]
            .into_iter()
            .find(|it| code.starts_with(it));
        if let Some(quote) = quote {
            quoted = (!code[quote.len()..].contains(quote)).then_some(quote);
            continue;
        }
        if indent(line) < column || code.starts_with("return") {
            return false;
        }
        let is_call = code.contains(".__init__(");
        if is_call && indent(line) == column {
            return code.starts_with("super(") || code.contains(".__init__(self");
        }
        if is_call || calls_own(code) {
            return false;
        }
    }
    false
}

/// Whether `code` calls a method of `self`, or gives it away.
fn calls_own(code: &str) -> bool {
    code.match_indices("self").any(|(at, word)| {
        let rest = &code[at + word.len()..];
        let Some(rest) = rest.strip_prefix('.') else {
            return !rest.starts_with(is_part);
        };
        rest.trim_start_matches(|c| is_part(c) || c == '.')
            .starts_with('(')
    })
}

/// The attribute of `self`, called like a logger, that `line` sets to something else.
fn set_to_other(line: &str) -> Option<&str> {
    let code = line.trim_start().strip_prefix("self.")?;
    let (name, rest) = code.split_at(code.find(|c| !is_part(c))?);
    let rest = rest.trim_start();
    let value = match rest.strip_prefix(':') {
        Some(annotated) => annotated.split_once('=')?.1,
        None => rest.strip_prefix('=')?,
    };
    let is_like = |text: &str| text.to_lowercase().contains("log");
    let is_other = !value.starts_with('=') && !is_like(value);
    (is_like(name) && is_other).then_some(name)
}

/// `.log` for `worker.log` at the end of `text`, which is set to `None`.
fn nulled(text: &str) -> Option<String> {
    let start = text.rfind(|c| !is_part(c) && c != '.').map_or(0, |at| {
        at + text[at..].chars().next().map_or(1, char::len_utf8)
    });
    let (owner, name) = text[start..].rsplit_once('.')?;
    let is_like = name.to_lowercase().contains("log");
    (is_like && !owner.is_empty() && owner != "self").then(|| format!(".{name}"))
}

#[cfg(test)]
mod tests {
    use super::{classes_in, may_register, starred_in};

    #[test]
    fn bases_are_listed() {
        let text = "class A(b.Base[int], metaclass=M): pass\nclass B(\n    A,\n    Mixin,  # c\n):\n    x = 1\nclass C:\n    pass\n";
        assert_eq!(classes_in(text), ["Base<A", "Mixin<B", "A<B", "B>A"]);
        let text = "import logging\nclass A(M, logging.Handler):\n    pass\n";
        assert_eq!(classes_in(text), ["Handler<A", "$A", "M<A", "A>M"]);
    }

    #[test]
    fn star_imports_and_sinks_are_seen() {
        let text = "from app.utils import *\nfrom . import *\nfrom .a import b  # import *\n";
        assert_eq!(starred_in(text), ["utils", "."]);
        assert!(may_register("import logging\nclass A(logging.Handler):\n"));
        assert!(may_register(
            "import structlog\ndef f(_, __, event_dict):\n"
        ));
        assert!(!may_register("import logging\nclass A(Base):\n"));
    }

    #[test]
    fn an_init_without_that_of_the_base_is_listed() {
        let listed = |body: &str| {
            let text =
                format!("class A(B):\n    def __init__(self, x):\n{body}    def f(self): pass\n");
            classes_in(&text).contains(&"!A".to_owned())
        };
        for fine in [
            "        super().__init__()\n",
            "        \"\"\"Makes\n        one and return.\n        \"\"\"\n\n        # c\n        self.x = x\n        super(A, self).__init__(x)\n",
            "        B.__init__(self, x)\n        self.run()\n",
        ] {
            assert!(!listed(fine), "{fine}");
        }
        for bad in [
            "        self.x = x\n",
            "        self.run()\n        super().__init__()\n",
            "        if x:\n            super().__init__()\n",
            "        register(self)\n        super().__init__()\n",
            "        super().__init__()\n    def __new__(cls): pass\n",
        ] {
            assert!(listed(bad), "{bad}");
        }
    }

    #[test]
    fn what_is_set_to_something_else_is_listed() {
        let text = "class A(B):\n    def f(self):\n        self.log = None\n        self.logger = logger\n        self.x = 1\n\na.b.log = None\nself.log = None\nc = None\n";
        assert_eq!(classes_in(text), [".log", "B<A", "A.log"]);
    }
}
