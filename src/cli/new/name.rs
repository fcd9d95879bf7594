//! The name of a codemod that is to be made, in its three spellings: `raise-from`, `raise_from`, `RaiseFrom`.
//!
//! It is a word on the command line, a key of the configuration, a folder, a module and a struct. What would not do in
//! one of these places is refused before anything is made.

use anyhow::bail;
use codemend_engine::config::json_schema;

/// Longer names would have `cargo fmt` break the lines that they stand in.
const LONGEST: usize = 40;

/// What no module of Rust can be called.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
    "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl",
    "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
    "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// What `codemods/` cannot hold as a module: cargo, the tests, or `lib.rs` take these for something else.
const PLACES: &[&str] = &[
    "benches",
    "cases",
    "codemend-engine",
    "examples",
    "lib",
    "node-modules",
    "snapshots",
    "src",
    "target",
    "tests",
];

/// A name that a codemod can have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    kebab: String,
}

impl Name {
    /// Take `given`, which must leave the struct's name free among `imported`, the names that its module imports.
    ///
    /// # Errors
    /// It is no kebab-case, or means something else already. The message says what would do.
    pub fn of(given: &str, imported: &[&str]) -> anyhow::Result<Self> {
        if !is_kebab(given) {
            let rule = "a name is words of a-z and 0-9 with hyphens between them, a letter first";
            match nearest(given) {
                Some(near) => bail!("`{given}` cannot name a codemod: {rule}; try `{near}`"),
                None => bail!("`{given}` cannot name a codemod: {rule}, as in `raise-from`"),
            }
        }
        if given.len() > LONGEST {
            let length = given.len();
            bail!("`{given}` is too long: {length} characters, and {LONGEST} must do");
        }
        let name = Self {
            kebab: given.to_owned(),
        };
        if let Some(why) = name.meaning(imported) {
            bail!("`{given}` cannot name a codemod: {why}; add a word that says the result");
        }
        Ok(name)
    }

    /// `raise-from`: on the command line, in the configuration, on the page.
    pub fn kebab(&self) -> &str {
        &self.kebab
    }

    /// `raise_from`: the folder and the module.
    pub fn module(&self) -> String {
        self.kebab.replace('-', "_")
    }

    /// `RaiseFrom`: the struct.
    pub fn structure(&self) -> String {
        let words = self.kebab.split('-');
        words.map(capitalised).collect()
    }

    /// What the name means already.
    fn meaning(&self, imported: &[&str]) -> Option<String> {
        let name = self.kebab();
        let structure = self.structure();
        if KEYWORDS.contains(&name) {
            return Some("it is a word of Rust, and a module has that name".to_owned());
        }
        if name == "all" {
            return Some("it stands for every codemod".to_owned());
        }
        if json_schema(&[])["properties"].get(name).is_some() {
            return Some("it is a key of the configuration".to_owned());
        }
        if PLACES.contains(&name) {
            return Some("it means something else below `codemods/`".to_owned());
        }
        let clashes = imported.contains(&structure.as_str());
        clashes.then(|| format!("its struct would be `{structure}`, which the engine has"))
    }
}

fn is_kebab(name: &str) -> bool {
    let is_word = |word: &str| {
        let mut letters = word.bytes();
        !word.is_empty() && letters.all(|one| one.is_ascii_lowercase() || one.is_ascii_digit())
    };
    name.starts_with(|first: char| first.is_ascii_lowercase()) && name.split('-').all(is_word)
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

/// The name that `given` may be meant for: `RaiseFrom` and `raise_from` for `raise-from`.
fn nearest(given: &str) -> Option<String> {
    let mut near = String::new();
    let letters: Vec<char> = given.chars().take(LONGEST * 2).collect();
    for (at, &letter) in letters.iter().enumerate() {
        let is_apart = !letter.is_ascii_alphanumeric() || begins_word(&letters, at);
        if is_apart && !near.is_empty() && !near.ends_with('-') {
            near.push('-');
        }
        let is_leading_digit = near.is_empty() && letter.is_ascii_digit();
        if letter.is_ascii_alphanumeric() && !is_leading_digit {
            near.push(letter.to_ascii_lowercase());
        }
    }
    let near = near.trim_end_matches('-');
    let fits = is_kebab(near) && near.len() <= LONGEST;
    fits.then(|| near.to_owned())
}

/// Whether a capital begins a word there: the `F` of `raiseFrom`, the `E` of `HTTPException`.
fn begins_word(letters: &[char], at: usize) -> bool {
    let before = at.checked_sub(1).map(|at| letters[at]);
    let is_followed = letters.get(at + 1).is_some_and(char::is_ascii_lowercase);
    let starts = |before: char| !before.is_ascii_uppercase() || is_followed;
    letters[at].is_ascii_uppercase() && before.is_some_and(starts)
}

#[cfg(test)]
mod tests {
    use super::Name;

    fn refused(given: &str) -> String {
        let taken = Name::of(given, &["Facts", "PythonVersion"]);
        format!("{:#}", taken.expect_err(given))
    }

    #[test]
    fn three_spellings() {
        let spelled = |given: &str| {
            let name = Name::of(given, &["Facts"]).unwrap();
            (name.kebab().to_owned(), name.module(), name.structure())
        };
        let want = |a: &str, b: &str, c: &str| (a.to_owned(), b.to_owned(), c.to_owned());
        let raise = want("raise-from", "raise_from", "RaiseFrom");
        assert_eq!(spelled("raise-from"), raise);
        let python = want("py3-10-only", "py3_10_only", "Py310Only");
        assert_eq!(spelled("py3-10-only"), python);
        assert_eq!(spelled("facts-first").2, "FactsFirst");
    }

    #[test]
    fn the_nearest_good_spelling_is_offered() {
        for (given, near) in [
            ("RaiseFrom", "raise-from"),
            ("raise_from", "raise-from"),
            ("  Raise  from! ", "raise-from"),
            ("raise--from-", "raise-from"),
            ("reraiseHTTPException", "reraise-http-exception"),
            ("2-to-3", "to-3"),
            ("Raise-From", "raise-from"),
            ("naïve-utcnow", "na-ve-utcnow"),
        ] {
            let said = refused(given);
            assert!(said.ends_with(&format!("; try `{near}`")), "{said}");
        }
        for given in ["", "-", "3", "日本", "--", &"X".repeat(41)] {
            let said = refused(given);
            assert!(said.ends_with("first, as in `raise-from`"), "{said}");
        }
    }

    #[test]
    fn names_that_mean_something_else_are_refused() {
        for (given, why) in [
            ("try", "a word of Rust"),
            ("gen", "a word of Rust"),
            ("all", "stands for every codemod"),
            ("per-file-ignores", "a key of the configuration"),
            ("tests", "below `codemods/`"),
            ("codemend-engine", "below `codemods/`"),
            ("python-version", "its struct would be `PythonVersion`"),
            (&"a".repeat(41), "too long: 41 characters, and 40 must do"),
        ] {
            let said = refused(given);
            assert!(said.contains(why), "{said}");
        }
        assert!(Name::of("try-again", &[]).is_ok());
        assert!(Name::of(&"a".repeat(40), &[]).is_ok());
    }
}
