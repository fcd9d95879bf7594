//! The two lists that a codemod stands in: `codemods/lib.rs`, and the table in the README.
//!
//! Both are read by the shape that they have, and only lines are added. A text of another shape is left alone.

use anyhow::{anyhow, bail};

use super::name::Name;

/// The line that `ALL` begins with, and the one that ends it.
const ALL: [&str; 2] = ["pub static ALL: &[&dyn Codemod] = &[", "];"];

/// `codemods/lib.rs` with `name` in it: its `mod` line among the others, and the last line of `ALL`.
///
/// # Errors
/// It is there already, or the text has another shape.
pub fn listed(text: &str, name: &Name) -> anyhow::Result<String> {
    let mut lines = Lines::of(text);
    let module = format!("mod {};", name.module());
    let mods = lines.run(|line| line.starts_with("mod ") && line.ends_with(';'));
    let Some(mods) = mods else {
        return Err(odd("its `mod` lines do not stand together"));
    };
    if lines.has(&module) {
        bail!("it has a line `{module}` already; choose another name");
    }
    let Some(end) = lines.end_of_all() else {
        return Err(odd("its list `ALL` does not hold one codemod a line"));
    };
    if end < mods.end {
        return Err(odd("`ALL` stands above its `mod` lines"));
    }
    // Sorted as `cargo fmt` sorts them. From the end, so that the first place stays where it is.
    let entry = format!("    &{}::{},", name.module(), name.structure());
    lines.insert(end, &entry);
    let mut places = mods.clone();
    let place = places.find(|&at| lines.line(at) > module.as_str());
    lines.insert(place.unwrap_or(mods.end), &module);
    Ok(lines.text())
}

/// The README with a row for `name` behind the other rows of the catalogue.
///
/// # Errors
/// It has one already, or no such table.
pub fn in_table(text: &str, name: &Name, summary: &str) -> anyhow::Result<String> {
    let mut lines = Lines::of(text);
    let link = |name: &str, folder: &str| format!("| [`{name}`](codemods/{folder}/README.md) |");
    let start = link(name.kebab(), &name.module());
    let Some(rows) = lines.run(is_row) else {
        return Err(odd("it has no table of codemods, or more than one"));
    };
    if rows.clone().any(|at| lines.line(at).starts_with(&start)) {
        bail!(
            "it has a row for `{}` already; choose another name",
            name.kebab()
        );
    }
    lines.insert(rows.end, &format!("{start} {summary} |"));
    Ok(lines.text())
}

/// The text is not laid out as it was when this codemend was built.
fn odd(what: &str) -> anyhow::Error {
    anyhow!("{what}; put that back, or use the codemend of this checkout: `cargo run -- new NAME`")
}

/// ``| [`raise-from`](codemods/raise_from/README.md) | what it does |``
fn is_row(line: &str) -> bool {
    line.starts_with("| [`") && line.contains("`](codemods/") && line.contains("/README.md) |")
}

/// A text by its lines, each with its end.
struct Lines<'a> {
    lines: Vec<std::borrow::Cow<'a, str>>,
    newline: &'static str,
}

impl<'a> Lines<'a> {
    fn of(text: &'a str) -> Self {
        Self {
            lines: text.split_inclusive('\n').map(Into::into).collect(),
            newline: match text.contains("\r\n") {
                true => "\r\n",
                false => "\n",
            },
        }
    }

    fn text(&self) -> String {
        self.lines.concat()
    }

    /// The line at `at`, without its end.
    fn line(&self, at: usize) -> &str {
        self.lines[at].trim_end_matches(['\n', '\r'])
    }

    fn has(&self, line: &str) -> bool {
        (0..self.lines.len()).any(|at| self.line(at) == line)
    }

    /// Where the lines stand that are `wanted`, when there are some and they follow one another.
    fn run(&self, wanted: impl Fn(&str) -> bool) -> Option<std::ops::Range<usize>> {
        let found = || (0..self.lines.len()).filter(|&at| wanted(self.line(at)));
        let run = found().next()?..found().last()? + 1;
        (run.len() == found().count()).then_some(run)
    }

    /// The line that ends `ALL`, when all of its lines are codemods or comments.
    fn end_of_all(&self) -> Option<usize> {
        let begin = self.run(|line| line == ALL[0])?;
        let length = (begin.end..self.lines.len()).find(|&at| self.line(at) == ALL[1])?;
        let is_entry = |line: &str| {
            let line = line.trim();
            line.starts_with("//") || line.starts_with('&') && line.ends_with(',')
        };
        let is_plain = (begin.end..length).all(|at| is_entry(self.line(at)));
        (begin.len() == 1 && is_plain).then_some(length)
    }

    fn insert(&mut self, at: usize, line: &str) {
        let newline = self.newline;
        if let Some(last) = at.checked_sub(1).and_then(|at| self.lines.get_mut(at))
            && !last.ends_with('\n')
        {
            last.to_mut().push_str(newline);
        }
        self.lines.insert(at, format!("{line}{newline}").into());
    }
}

#[cfg(test)]
mod tests {
    use super::super::name::Name;
    use super::{in_table, listed};

    const LIB: &str = "//! The catalogue.

mod bare_except;
mod sql10;
mod sql_x;

use codemend_engine::codemod::Codemod;

/// Every codemod.
pub static ALL: &[&dyn Codemod] = &[
    &sql_x::SqlX,
    // The last word.
    &bare_except::BareExcept,
    &sql10::Sql10,
];
";

    const README: &str = "# x

| codemod | what it does |
|---|---|
| [`sql-x`](codemods/sql_x/README.md) | one \\| two |
| [`bare-except`](codemods/bare_except/README.md) | says |

More.
";

    fn name(name: &str) -> Name {
        Name::of(name, &[]).unwrap()
    }

    fn refused(text: &str) -> String {
        listed(text, &name("raise-from")).unwrap_err().to_string()
    }

    #[test]
    fn mod_lines_stay_sorted_and_the_new_one_runs_last() {
        let with = |module: &str, behind: &str, structure: &str| {
            let line = format!("mod {behind};\n");
            let list = "    &sql10::Sql10,\n";
            LIB.replace(&line, &format!("{line}mod {module};\n"))
                .replace(list, &format!("{list}    &{module}::{structure},\n"))
        };
        for (given, behind) in [
            ("raise-from", "bare_except"),
            ("sql9", "sql10"),
            ("sql-y", "sql_x"),
            ("zz", "sql_x"),
        ] {
            let name = name(given);
            let got = listed(LIB, &name).unwrap();
            assert_eq!(got, with(&name.module(), behind, &name.structure()));
        }
        let first = listed(LIB, &name("a")).unwrap();
        assert!(first.contains("\n\nmod a;\nmod bare_except;\n"), "{first}");
    }

    #[test]
    fn newlines_stay_what_they_are() {
        let unix = listed(LIB, &name("raise-from")).unwrap();
        let windows = listed(&LIB.replace('\n', "\r\n"), &name("raise-from")).unwrap();
        assert_eq!(windows, unix.replace('\n', "\r\n"));
        let cut = README.strip_suffix("\nMore.\n").unwrap().trim_end();
        let got = in_table(cut, &name("raise-from"), "keeps").unwrap();
        let row = "| [`raise-from`](codemods/raise_from/README.md) | keeps |\n";
        assert_eq!(got, format!("{cut}\n{row}"));
    }

    #[test]
    fn a_lib_of_another_shape_is_left_alone() {
        let twice = "it has a line `mod raise_from;` already; choose another name";
        assert_eq!(refused(&LIB.replace("mod sql10", "mod raise_from")), twice);
        for (from, to) in [
            ("mod sql10;", "\nmod sql10;"),
            ("mod ", "pub mod "),
            ("mod", ""),
        ] {
            let said = refused(&LIB.replace(from, to));
            assert!(
                said.starts_with("its `mod` lines do not stand together; "),
                "{said}"
            );
        }
        for (from, to) in [
            ("static ALL", "const ALL"),
            ("    &bare_except::BareExcept,\n", "    #[cfg(x)]\n"),
            ("    &sql10::Sql10,\n", "    &sql10::Sql10\n"),
            ("\n];", "\n  ];"),
        ] {
            let said = refused(&LIB.replace(from, to));
            assert!(
                said.starts_with("its list `ALL` does not hold one"),
                "{said}"
            );
        }
        let (above, below) = LIB.split_at(LIB.find("/// Every").unwrap());
        let said = refused(&format!("{below}\n{above}"));
        assert!(
            said.starts_with("`ALL` stands above its `mod` lines; "),
            "{said}"
        );
    }

    #[test]
    fn the_table_grows_by_a_row() {
        let got = in_table(README, &name("raise-from"), "keeps").unwrap();
        let row = "| [`raise-from`](codemods/raise_from/README.md) | keeps |\n";
        assert_eq!(got, README.replace("\nMore", &format!("{row}\nMore")));
        let again = in_table(&got, &name("raise-from"), "keeps").unwrap_err();
        let want = "it has a row for `raise-from` already; choose another name";
        assert_eq!(again.to_string(), want);
        for other in ["", "# x\n", &format!("{README}\n{README}")] {
            let said = in_table(other, &name("raise-from"), "keeps").unwrap_err();
            assert!(said.to_string().starts_with("it has no table"));
        }
    }
}
