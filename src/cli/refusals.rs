//! `--explain-refusals`: the places that were left alone, those with the same reason together, and how many for which
//! reason.
//!
//! A backend may leave five hundred places alone for one reason. The first of them show what is meant; the number says
//! the rest, and `--verbose` has them all.

use std::collections::BTreeMap;
use std::fmt::Write;

use codemend_engine::change::Refusal;

use super::notices::Notices;
use super::terminal::{BOLD, DIM, YELLOW};

/// Places that are shown of those with the same reason; one more would cost no more than to say that there is one.
const SHOWN: usize = 10;

/// How many places with one reason are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    First,
    All,
}

impl Extent {
    /// How many of `places` are shown.
    fn of(self, places: usize) -> usize {
        match self {
            Self::First if places > SHOWN + 1 => SHOWN,
            _ => places,
        }
    }
}

/// Places of one codemod with one reason, names apart, in the order of the run.
struct Group<'a> {
    gist: String,
    places: Vec<&'a Refusal>,
}

/// The lines for `refusals`, which are sorted; nothing when there are none.
pub fn text(notices: &Notices<'_>, refusals: &[Refusal], extent: Extent) -> String {
    if refusals.is_empty() {
        return String::new();
    }
    let codemods = groups(refusals);
    let mut text = String::new();
    for group in codemods.values().flatten() {
        places(&mut text, notices, group, extent);
    }
    reasons(&mut text, notices, &codemods);
    text
}

/// By codemod, and for each the most frequent reason first.
fn groups(refusals: &[Refusal]) -> BTreeMap<&'static str, Vec<Group<'_>>> {
    let mut by_gist = BTreeMap::<(&'static str, String), Vec<&Refusal>>::new();
    for refusal in refusals {
        let key = (refusal.codemod, gist(&refusal.reason));
        by_gist.entry(key).or_default().push(refusal);
    }
    let mut codemods = BTreeMap::<&'static str, Vec<Group<'_>>>::new();
    for ((codemod, gist), places) in by_gist {
        let groups = codemods.entry(codemod).or_default();
        groups.push(Group { gist, places });
    }
    for groups in codemods.values_mut() {
        groups.sort_by_key(|group| std::cmp::Reverse(group.places.len()));
    }
    codemods
}

fn places(text: &mut String, notices: &Notices<'_>, group: &Group<'_>, extent: Extent) {
    let shown = extent.of(group.places.len());
    for refusal in &group.places[..shown] {
        let place = notices.place(&refusal.path, Some(refusal.at));
        let (reason, codemod) = (&refusal.reason, refusal.codemod);
        text.push_str(&notices.line(&place, "left alone: ", reason, codemod, ""));
    }
    let more = group.places.len() - shown;
    if more > 0 {
        let more =
            format!("  and {more} more places for this reason; all are listed with --verbose");
        let _ = writeln!(text, "{}", notices.look.paint(DIM, &more));
    }
}

fn reasons(
    text: &mut String,
    notices: &Notices<'_>,
    codemods: &BTreeMap<&'static str, Vec<Group<'_>>>,
) {
    let look = notices.look;
    let most = codemods
        .values()
        .flat_map(|groups| groups.iter().map(|group| group.places.len()))
        .max();
    let width = most.unwrap_or_default().to_string().len();
    let _ = writeln!(text, "\n{}", look.paint(BOLD, "left alone, by reason:"));
    for (codemod, groups) in codemods {
        let page = look.paint(DIM, &format!("(see `codemend explain {codemod}`)"));
        let _ = writeln!(text, "  {} {page}", look.paint(YELLOW, codemod));
        for Group { gist, places } in groups {
            let same = places.windows(2).all(|two| two[0].reason == two[1].reason);
            let reason = if same { &places[0].reason } else { gist };
            let _ = writeln!(text, "    {:width$}  {}", places.len(), look.text(reason));
        }
    }
    text.push('\n');
}

/// A reason without what differs from place to place: what stands between backquotes, numbers of lines, modules of a
/// file, and the modules on a cycle become `…`.
pub fn gist(reason: &str) -> String {
    let mut words: Vec<&str> = Vec::new();
    let unquoted = without_quoted(reason);
    let mut given = unquoted.split(' ');
    while let Some(word) = given.next() {
        if word == "->" {
            given.next();
            words.pop();
            words.push("…");
        } else {
            words.push(word);
        }
    }
    let mut gist = String::new();
    for (at, word) in words.iter().enumerate() {
        let before = at.checked_sub(1).map_or("", |at| words[at]);
        if at > 0 {
            gist.push(' ');
        }
        match is_line_number(before, word) || is_file(word) {
            true => {
                gist.push('…');
                gist.push_str(&word[word.trim_end_matches(ENDS).len()..]);
            }
            false => gist.push_str(word),
        }
    }
    gist
}

const ENDS: [char; 4] = [')', ',', ';', ':'];

/// `15`, `15)` or `15,` behind `line` or `(line`.
fn is_line_number(before: &str, word: &str) -> bool {
    let number = word.trim_end_matches(ENDS);
    matches!(before, "line" | "(line")
        && !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// `app/main.py` or `app/main.py:7`.
fn is_file(word: &str) -> bool {
    let word = word.trim_end_matches(ENDS);
    let path = match word.rsplit_once(':') {
        Some((path, line)) if line.bytes().all(|byte| byte.is_ascii_digit()) => path,
        _ => word,
    };
    path.ends_with(".py") || path.ends_with(".pyi")
}

fn without_quoted(reason: &str) -> String {
    let mut text = String::new();
    let mut parts = reason.split('`').peekable();
    let mut quoted = false;
    while let Some(part) = parts.next() {
        // A backquote without a partner is just a character.
        match (quoted, parts.peek()) {
            (true, Some(_)) => text.push('…'),
            (true, None) => text.push_str(&format!("`{part}")),
            (false, _) => text.push_str(part),
        }
        quoted = !quoted;
    }
    text
}

#[cfg(test)]
mod tests {
    use camino::Utf8Path;
    use codemend_engine::change::Refusal;
    use codemend_engine::problem::LineColumn;

    use super::super::terminal::Look;
    use super::{Extent, Notices, gist, text};

    fn refusal(codemod: &'static str, line: usize, reason: &str) -> Refusal {
        Refusal {
            codemod,
            path: "/repo/app/a.py".into(),
            at: LineColumn { line, column: 5 },
            reason: reason.into(),
        }
    }

    fn shown(refusals: &[Refusal], extent: Extent) -> String {
        let notices = Notices {
            cwd: Utf8Path::new("/repo/app"),
            look: Look::Visible,
        };
        text(&notices, refusals, extent)
    }

    #[test]
    fn places_with_one_reason_stand_together() {
        let refusals = [
            refusal("mend-it", 1, "odd\u{1b}"),
            refusal("mend-it", 2, "`x` is `y`"),
            refusal("mend-it", 3, "`a` is `b`"),
            refusal("other", 1, "odd"),
        ];
        assert_eq!(
            shown(&refusals, Extent::First),
            "a.py:2:5: left alone: `x` is `y` [mend-it]\n\
             a.py:3:5: left alone: `a` is `b` [mend-it]\n\
             a.py:1:5: left alone: odd\\x1b [mend-it]\n\
             a.py:1:5: left alone: odd [other]\n\
             \nleft alone, by reason:\n  \
               mend-it (see `codemend explain mend-it`)\n    \
                 2  … is …\n    \
                 1  odd\\x1b\n  \
               other (see `codemend explain other`)\n    \
                 1  odd\n\n"
        );
        assert_eq!(shown(&[], Extent::First), "");
    }

    #[test]
    fn of_many_places_the_first_are_shown() {
        let many = |count| -> Vec<_> { (1..=count).map(|at| refusal("a", at, "odd")).collect() };
        let lines = |count, extent| shown(&many(count), extent).matches("left alone: ").count();
        assert_eq!(lines(11, Extent::First), 11);
        assert_eq!(lines(12, Extent::First), 10);
        assert_eq!(lines(12, Extent::All), 12);
        let text = shown(&many(12), Extent::First);
        assert!(
            text.contains("\n  and 2 more places for this reason;"),
            "{text}"
        );
        assert!(text.contains("\n    12  odd\n"), "{text}");
    }

    #[test]
    fn what_all_places_say_is_said_of_them() {
        let same = [refusal("a", 1, "in an `if`"), refusal("a", 2, "in an `if`")];
        let text = shown(&same, Extent::First);
        assert!(text.contains("\n    2  in an `if`\n"), "{text}");
    }

    #[test]
    fn a_gist_holds_what_the_places_share() {
        for (reason, want) in [
            ("a ` b", "a ` b"),
            ("runs before `os` on line 15", "runs before … on line …"),
            ("the same (line 7): it", "the same (line …): it"),
            ("app/a.py:7 needs `x`, which no", "… needs …, which no"),
            ("the cycle a.b -> c -> a.b from", "the cycle … from"),
            (
                "Python 3.9 takes line by line",
                "Python 3.9 takes line by line",
            ),
            ("", ""),
        ] {
            assert_eq!(gist(reason), want);
        }
    }
}
