//! Attributes that other files set: a session that `__init__` makes may be gone by then. And those that other files
//! read answers from bit by bit.
//!
//! Every file but tests lists them by its words. A session that is made on the same line is as good as the one before,
//! and nobody calls a method of `None` or a number.

use std::collections::BTreeSet;

use codemend_engine::codemod::{Gathering, List};
use codemend_engine::facts::Facts;
use codemend_engine::lines::rows;
use codemend_engine::syntax::ast::StmtClassDef;

use super::words::tests;

/// `.http` for `client.http = ...`; `Base.http` for `self.http = ...` in a class that derives from `Base`; the same with
/// `~` in front for `client.http.stream(...)`; `@Client.http` for `self.client.http.stream(...)` in a class that says
/// `client: Client`; and `Base<Class`, which makes the classes below known.
pub const SET: Gathering = Gathering {
    key: "call-timeouts/attributes",
    may: |text| !tests(text),
    list: List::OfText(set_in),
    fold: std::convert::identity,
};

/// Whether another file may set the attribute `name` of instances of `class`.
pub fn set_elsewhere(facts: &Facts<'_>, class: &StmtClassDef, name: &str) -> bool {
    is_listed(facts, class, name, "")
}

/// Whether another file may read answers bit by bit with the attribute `name` of instances of `class`.
pub fn streamed_elsewhere(facts: &Facts<'_>, class: &StmtClassDef, name: &str) -> bool {
    is_listed(facts, class, name, "~")
        || facts
            .gathered(&SET)
            .is_some_and(|listed| is_declared(listed, class, name))
}

/// Whether something that streams with its attribute `name` is declared to be what an instance of `class` may be: a class
/// that nothing is known of, a protocol, or one that shares classes below with it.
fn is_declared(listed: &BTreeSet<String>, class: &StmtClassDef, name: &str) -> bool {
    let declared = listed.range("@".to_owned()..);
    let declared = declared.map_while(|one| one.strip_prefix('@'));
    let mut declared = declared.filter_map(|one| {
        let (declared, attribute) = one.split_once('.')?;
        (attribute == name).then_some(declared)
    });
    declared.any(|declared| {
        let end = format!("<{declared}");
        !listed.iter().any(|one| one.ends_with(&end))
            || listed.contains(&format!("Protocol{end}"))
            || !below(listed, declared).is_disjoint(&below(listed, &class.name))
    })
}

/// `class` and all classes below it.
fn below(listed: &BTreeSet<String>, class: &str) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    let mut left = vec![class.to_owned()];
    while let Some(base) = left.pop() {
        let start = format!("{base}<");
        let classes = listed.range(start.clone()..);
        let classes = classes.map_while(|one| one.strip_prefix(&start));
        let classes: Vec<String> = classes.map(str::to_owned).collect();
        if seen.insert(base) {
            left.extend(classes);
        }
    }
    seen
}

fn is_listed(facts: &Facts<'_>, class: &StmtClassDef, name: &str, mark: &str) -> bool {
    let Some(listed) = facts.gathered(&SET) else {
        return false;
    };
    if listed.contains(&format!("{mark}.{name}")) {
        return true;
    }
    let family = below(listed, &class.name);
    let mut family = family.iter();
    family.any(|one| listed.contains(&format!("{mark}{one}.{name}")))
}

fn set_in(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut bases: Vec<&str> = Vec::new();
    let streams = text.contains(".stream(") || text.contains(".send(") && text.contains("stream=");
    let mut behind = 0;
    // What the class at hand declares above its methods.
    let mut fields: Vec<(&str, &str)> = Vec::new();
    let mut in_head = false;
    for line in rows(text) {
        behind += line.len() + 1;
        let code = line.trim_start();
        if let Some(head) = code.strip_prefix("class ") {
            // The bases may stand on lines of their own.
            let start = behind - 1 - head.len();
            bases = bases_of(text.get(start..).unwrap_or(head), &mut found);
            fields.clear();
            in_head = true;
            continue;
        }
        in_head &= !code.starts_with("def ") && !code.starts_with("async def ");
        if streams && in_head {
            fields.extend(field(code).filter(|(_, class)| !text.contains(&format!(" as {class}"))));
        }
        // A function at the level of the module belongs to no class.
        if line.starts_with("def ") || line.starts_with("async def ") {
            bases.clear();
        }
        let may_set = code.contains('=') && code.contains('.');
        if !streams && !may_set {
            continue;
        }
        let mut list = |(owner, name): (&str, &str), mark: &str| match owner {
            "self" => found.extend(bases.iter().map(|base| format!("{mark}{base}.{name}"))),
            _ => found.push(format!("{mark}.{name}")),
        };
        let simple = code.split("; ").map(behind_head);
        simple
            .filter_map(target_of)
            .for_each(|target| list(target, ""));
        if streams {
            let calls = [".stream(", ".send("].iter();
            let owners = calls.flat_map(|call| code.match_indices(call));
            let owners = owners.filter_map(|(at, _)| owner_before(&code[..at]));
            for (owner, name) in owners {
                match declared(&fields, owner) {
                    Some(class) => list(("", name), &format!("@{class}")),
                    None => list((owner, name), "~"),
                }
            }
        }
    }
    found
}

/// The class that one of `fields` says `owner` is of: of `self.client`.
fn declared<'t>(fields: &[(&str, &'t str)], owner: &str) -> Option<&'t str> {
    let own = owner.strip_prefix("self.")?;
    let mut fields = fields.iter().filter(|(name, _)| *name == own);
    let (_, class) = fields.next()?;
    fields.next().is_none().then_some(*class)
}

/// The name and the class of a field: `client: Client`, in quotes too.
fn field(code: &str) -> Option<(&str, &str)> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let (name, rest) = code.split_once(':')?;
    let class = rest.split(['=', '#']).next()?.trim();
    let class = class.trim_matches(|c| matches!(c, '"' | '\''));
    let last = class.rsplit('.').next()?;
    let plain = !last.is_empty() && class.chars().all(|c| is_part(c) || c == '.');
    (plain && !name.is_empty() && name.chars().all(is_part)).then_some((name, last))
}

/// What stands behind the head of a block on one line: `a.http = b` of `if b: a.http = b`.
fn behind_head(code: &str) -> &str {
    let heads = [
        "if ", "elif ", "else:", "for ", "while ", "with ", "try:", "except", "finally:",
    ];
    match heads.iter().any(|head| code.starts_with(head)) {
        true => code.rsplit_once(": ").map_or(code, |(_, rest)| rest),
        false => code,
    }
}

/// The dotted name at the end of `code`, in two parts: `self.http` of `x = self.http`.
fn owner_before(code: &str) -> Option<(&str, &str)> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    let dotted = &code[code.trim_end_matches(is_part).len()..];
    let (owner, name) = dotted.rsplit_once('.')?;
    (!name.is_empty()).then_some((owner, name))
}

/// The last names of the bases in `head`, behind `class`: each is listed with the class.
fn bases_of<'t>(head: &'t str, found: &mut Vec<String>) -> Vec<&'t str> {
    let opened = head
        .find(['(', ':'])
        .filter(|at| head[*at..].starts_with('('));
    let Some((class, rest)) = opened.map(|at| (&head[..at], &head[at + 1..])) else {
        return Vec::new();
    };
    let bases = rest.split(')').next().unwrap_or_default().split(',');
    let bases = bases.map(|base| base.split('[').next().unwrap_or_default());
    let bases = bases.map(|base| base.rsplit('.').next().unwrap_or_default().trim());
    let bases: Vec<&str> = bases
        .filter(|base| !base.is_empty() && !base.contains('='))
        .collect();
    found.extend(bases.iter().map(|base| format!("{base}<{class}")));
    bases
}

/// The owner and the attribute that `code` sets to something that is no session.
fn target_of(code: &str) -> Option<(&str, &str)> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    let end = code.find(|c: char| !is_part(c))?;
    let (owner, name) = code[..end].rsplit_once('.')?;
    let rest = code[end..].trim_start();
    let value = match rest.strip_prefix(':') {
        Some(annotated) => annotated.split_once('=')?.1,
        None => rest.strip_prefix('=')?,
    };
    let value = value.trim();
    let plain = value.split('#').next().unwrap_or_default().trim_end();
    let is_session = matches!(plain, "requests.Session()" | "requests.session()")
        || ["httpx.Client(", "httpx.AsyncClient("]
            .iter()
            .any(|made| plain.starts_with(made));
    let is_nothing = matches!(plain, "None" | "True" | "False")
        || !plain.is_empty() && plain.chars().all(|c| c.is_ascii_digit());
    (!owner.is_empty() && !value.starts_with('=') && !is_session && !is_nothing)
        .then_some((owner, name))
}

#[cfg(test)]
mod tests {
    use super::set_in;

    #[test]
    fn what_is_set_is_listed() {
        let text = "class A(b.Base[int], metaclass=M):\n    def f(self):\n        self.http = own()\n        self.x = requests.Session()\n\na.http: X = own\na.b == 2\ndef g(self):\n    self.y = 1\n";
        assert_eq!(set_in(text), ["Base<A", "Base.http", ".http"]);
        let text =
            "class A(\r\n    x.Base,\r\n):\r\n    def f(self):\r\n        self.http = own()\r\n";
        assert_eq!(set_in(text), ["Base<A", "Base.http"]);
    }

    #[test]
    fn what_is_nothing_replaces_no_session() {
        assert!(set_in("a.http = None  # closed\na.x = 3\n").is_empty());
        assert_eq!(set_in("a.http = None or own()\n"), [".http"]);
        assert_eq!(set_in("if b: a.http = own()\n"), [".http"]);
        assert_eq!(
            set_in("x = 1; a.http = requests.Session() or own()\n"),
            [".http"]
        );
    }

    #[test]
    fn what_streams_is_listed() {
        let text = "class A(Base):\n    def f(self):\n        with self.http.stream(1):\n            c.stream(2)\n\nawait a.b.send(1, stream=True)\n";
        assert_eq!(set_in(text), ["Base<A", "~Base.http", "~.b"]);
        let text = "class A(Base):\n    api: 'x.Api'\n    b: C | D\n    def f(self):\n        c: D\n        self.api.http.stream(1)\n        self.b.http.stream(1)\n        self.c.http.stream(1)\n";
        assert_eq!(set_in(text), ["Base<A", "@Api.http", "~.http", "~.http"]);
    }
}
