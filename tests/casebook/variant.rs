//! The same case in other clothes: what must not matter to a codemod.

use super::syntax;
use super::tree::{Tree, is_python};

/// One way to run a case again.
pub struct Variant {
    pub name: &'static str,
    pub dress: Dress,
    pub prefilter: bool,
    pub threads: usize,
    /// Lines come and go, so which newline stands where is not for the page to say.
    pub mixes_newlines: bool,
}

/// Rewrites the text of a Python file; `None` where it cannot be worn.
type Dress = fn(&str) -> Option<String>;

impl Variant {
    /// As it stands in the page.
    pub fn is_first(&self) -> bool {
        self.name == ALL[0].name
    }

    /// Whether the text is another one.
    pub fn dresses(&self) -> bool {
        self.prefilter && self.threads == 1 && !self.is_first()
    }
}

/// As it stands in the page comes first.
pub const ALL: &[Variant] = &[
    Variant {
        name: "as it stands",
        dress: plain,
        prefilter: true,
        threads: 1,
        mixes_newlines: false,
    },
    Variant {
        name: "without the prefilter",
        dress: plain,
        prefilter: false,
        threads: 1,
        mixes_newlines: false,
    },
    Variant {
        name: "on four threads",
        dress: plain,
        prefilter: true,
        threads: 4,
        mixes_newlines: false,
    },
    Variant {
        name: "with CRLF",
        dress: crlf,
        prefilter: true,
        threads: 1,
        mixes_newlines: false,
    },
    Variant {
        name: "with CR",
        dress: cr,
        prefilter: true,
        threads: 1,
        mixes_newlines: false,
    },
    Variant {
        name: "with mixed newlines",
        dress: mixed,
        prefilter: true,
        threads: 1,
        mixes_newlines: true,
    },
    Variant {
        name: "with a byte order mark",
        dress: marked,
        prefilter: true,
        threads: 1,
        mixes_newlines: false,
    },
    Variant {
        name: "without the final newline",
        dress: unended,
        prefilter: true,
        threads: 1,
        mixes_newlines: false,
    },
    Variant {
        name: "indented by tabs",
        dress: tabbed,
        prefilter: true,
        threads: 1,
        mixes_newlines: false,
    },
];

/// The trees in the clothes of `variant`. `None` when one of their files cannot wear them, or no longer parses in them.
pub fn dressed<const N: usize>(variant: &Variant, trees: [&Tree; N]) -> Option<[Tree; N]> {
    let mut worn = Vec::new();
    for tree in trees {
        worn.push(dress(variant, tree)?);
    }
    worn.try_into().ok()
}

fn dress(variant: &Variant, tree: &Tree) -> Option<Tree> {
    tree.iter()
        .map(|(path, bytes)| {
            if !is_python(path) || bytes.is_empty() {
                return Some((path.clone(), bytes.clone()));
            }
            let text = (variant.dress)(std::str::from_utf8(bytes).ok()?)?.into_bytes();
            // A broken file is a case of its own: it has to be as broken as it was.
            let parses = |bytes: &[u8]| syntax::parse(path, bytes).is_ok();
            (parses(bytes) == parses(&text)).then_some((path.clone(), text))
        })
        .collect()
}

fn plain(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn crlf(text: &str) -> Option<String> {
    (!text.contains('\r')).then(|| text.replace('\n', "\r\n"))
}

fn cr(text: &str) -> Option<String> {
    (!text.contains('\r')).then(|| text.replace('\n', "\r"))
}

/// One newline of each kind in turn. An empty line does not make a pair of the newlines around it.
fn mixed(text: &str) -> Option<String> {
    if text.contains('\r') {
        return None;
    }
    let mut mixed = String::new();
    for (at, line) in text.split_inclusive('\n').enumerate() {
        let body = line.strip_suffix('\n').unwrap_or(line);
        let newline = match at % 3 {
            _ if body.len() == line.len() => "",
            _ if body.is_empty() && mixed.ends_with('\r') => "\r",
            0 => "\n",
            1 => "\r\n",
            _ => "\r",
        };
        mixed.push_str(body);
        mixed.push_str(newline);
    }
    Some(mixed)
}

/// `tree` with the newlines of its Python files made one.
pub fn with_one_newline(tree: &Tree) -> Tree {
    let one = |(path, bytes): (&String, &Vec<u8>)| {
        let text = String::from_utf8_lossy(bytes);
        let plain = text.replace("\r\n", "\n").replace('\r', "\n").into_bytes();
        let bytes = if is_python(path) {
            plain
        } else {
            bytes.clone()
        };
        (path.clone(), bytes)
    };
    tree.iter().map(one).collect()
}

fn marked(text: &str) -> Option<String> {
    (!text.starts_with('\u{feff}')).then(|| format!("\u{feff}{text}"))
}

fn unended(text: &str) -> Option<String> {
    let text = text.strip_suffix('\n')?;
    (!text.trim().is_empty()).then(|| text.to_owned())
}

/// Tabs for groups of four leading blanks. Alignment by any other number of blanks rules the case out.
fn tabbed(text: &str) -> Option<String> {
    if !text.contains("\n    ") {
        return text
            .contains("\n ")
            .then_some(())
            .map_or_else(|| Some(text.to_owned()), |()| None);
    }
    text.split_inclusive('\n')
        .map(|line| {
            let rest = line.trim_start_matches(' ');
            let blanks = line.len() - rest.len();
            let fits = blanks % 4 == 0 || rest.trim().is_empty();
            fits.then(|| format!("{}{rest}", "\t".repeat(blanks / 4)))
        })
        .collect()
}
