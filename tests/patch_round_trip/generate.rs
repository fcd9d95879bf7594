//! Trees that a stranger could send: the same seed gives the same tree.

/// Parts of names, each hostile in its own way. A part stands before `.py` or names a folder.
pub const NAMES: [&str; 34] = [
    "plain",
    "two words",
    "trailing ",
    " leading",
    "-",
    "-rf",
    "--apply",
    "quo\"te",
    "apo'strophe",
    "back\\slash",
    "\\",
    "\\n",
    "new\nline",
    "tab\tulator",
    "cr\rreturn",
    "form\u{c}feed",
    "esc\u{1b}[2Jape",
    "bell\u{7}\u{8}\u{b}",
    "del\u{7f}",
    "ümläut",
    "u\u{308}mlaut",
    "漢字",
    "🐍",
    "turn\u{202e}round",
    "zero\u{200b}width",
    "a",
    "b",
    "dev-null",
    "$HOME",
    "*?[x]{y}!",
    "#hash;semi&amp|pipe",
    "%20%s",
    "diff --git a b",
    "@@ -1 +1 @@",
];

/// How the lines of a file end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ending {
    Lf,
    CrLf,
    Cr,
    Mixed,
}

impl Ending {
    pub const ALL: [Self; 4] = [Self::Lf, Self::CrLf, Self::Cr, Self::Mixed];
}

/// One file of a tree.
#[derive(Debug, PartialEq, Eq)]
pub struct Generated {
    pub path: String,
    pub bytes: Vec<u8>,
    pub executable: bool,
    pub ending: Ending,
    /// The kinds of its names, as indices into [`NAMES`].
    pub names: Vec<usize>,
}

/// The tree of `seed`: a file for each kind of name and some more, in folders of any kind, and two empty ones.
pub fn generated(seed: u64) -> Vec<Generated> {
    let mut dice = Dice(seed);
    let mut files: Vec<Generated> = (0..NAMES.len() + 6).map(|at| file(at, &mut dice)).collect();
    let empty = |path: &str, bytes: &[u8]| Generated {
        path: path.to_owned(),
        bytes: bytes.to_vec(),
        executable: false,
        ending: Ending::Lf,
        names: Vec::new(),
    };
    files.push(empty("empty.py", b""));
    files.push(empty("mark.py", "\u{feff}".as_bytes()));
    files
}

fn file(at: usize, dice: &mut Dice) -> Generated {
    let last = at % NAMES.len();
    let mut names = vec![last];
    let mut path = String::new();
    for _ in 0..dice.below(3) {
        let folder = dice.below(NAMES.len());
        names.push(folder);
        path.push_str(&format!("{}/", NAMES[folder]));
    }
    // The number keeps names apart where case or composition does not count.
    path.push_str(&match at % 2 {
        0 => format!("{at}{}", NAMES[last]),
        _ => format!("{}{at}", NAMES[last]),
    });
    if at.is_multiple_of(9) {
        let room = 245 - path.rsplit('/').next().map_or(0, str::len);
        path.push_str(&"x".repeat(room));
    }
    let ending = Ending::ALL[dice.below(4)];
    Generated {
        path: path + ".py",
        bytes: text(ending, dice).into_bytes(),
        executable: dice.below(5) == 0,
        ending,
        names,
    }
}

/// A module with `ending`, perhaps with a byte order mark, perhaps without a final newline.
fn text(ending: Ending, dice: &mut Dice) -> String {
    let mut lines = vec!["from typing import Optional, Union".to_owned()];
    for number in 0..4 + dice.below(40) {
        lines.extend(piece(number, dice));
    }
    let mut text = String::new();
    if dice.below(4) == 0 {
        text.push('\u{feff}');
    }
    let count = lines.len();
    for (at, line) in lines.into_iter().enumerate() {
        text.push_str(&line);
        if at + 1 < count || dice.below(3) > 0 {
            text.push_str(newline(ending, dice));
        }
    }
    text
}

fn newline(ending: Ending, dice: &mut Dice) -> &'static str {
    let ending = match ending {
        Ending::Mixed => [Ending::Lf, Ending::CrLf, Ending::Cr][dice.below(3)],
        one => one,
    };
    match ending {
        Ending::CrLf => "\r\n",
        Ending::Cr => "\r",
        _ => "\n",
    }
}

/// Lines that belong together.
fn piece(number: usize, dice: &mut Dice) -> Vec<String> {
    let lines: &[&str] = match dice.below(16) {
        0..=3 => &["x%: Optional[int] = None"],
        4 => &[
            "def f%(a: Optional[str], b: Union[int, str]) -> Optional[bool]:",
            "    return None",
            "",
        ],
        5 => &[
            "class C%:",
            "\ty: Optional[int] = None  # ünï 漢字 \u{202e}",
            "",
        ],
        6 => &["", "  \t ", ""],
        7 => &["\u{c}", "z%: Union[int, None] = 1"],
        8 => &["# comment   "],
        // What looks like a patch inside one.
        9 => &[
            "s% = '''",
            "--- a/x.py",
            "+++ b/x.py",
            "@@ -1 +1 @@",
            "-old",
            "+new",
            "\\ No newline at end of file",
            "'''",
        ],
        10 => &["t% = 1; u%: Optional[int] = \\", "    None"],
        11 => &["def g%():", "    import os", "", "    return os.sep"],
        12 => &["try:", "    x% = 1", "except:", "    x% = 2"],
        13 => &["v%: Optional[", "    int  # why", "] = None"],
        14 => {
            return vec![format!(
                "w{number}: Optional[str] = '{}'",
                "long ".repeat(300)
            )];
        }
        _ => &["same: Optional[int] = None"],
    };
    let number = number.to_string();
    lines
        .iter()
        .map(|line| line.replace('%', &number))
        .collect()
}

/// Numbers that look like chance and are not (SplitMix64).
struct Dice(u64);

impl Dice {
    /// A number from 0 to below `sides`.
    fn below(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        usize::try_from(mixed % sides as u64).unwrap_or(0)
    }
}
