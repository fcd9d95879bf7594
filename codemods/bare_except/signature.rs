//! The conditions of a row: which arguments it is true for.
//!
//! They are written as a signature: `file: literal, mode: mode?, *any`. Arguments are taken in order or by name; what
//! stands behind a lone `*` by name only.

/// The parameters of one way to call something.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Signature {
    pub parameters: Vec<Parameter>,
    /// `*word`: any more arguments in order.
    pub more: Option<Word>,
    /// `**word`: any more by name.
    pub named: Option<Word>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    pub name: Option<String>,
    pub word: Word,
    pub optional: bool,
    pub by_name_only: bool,
}

/// What an argument must be. `raises.toml` says what each means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Word {
    Any,
    Argv,
    Bool,
    Bytes,
    Codec,
    Dict,
    Errors,
    Flag,
    Float,
    Format,
    Int,
    Key,
    List,
    Literal,
    Mode,
    Newline,
    None,
    Number,
    Path,
    Plain,
    Scalar,
    Separator,
    Set,
    Sized,
    Small,
    Str,
    Stream,
    Strings,
    Tuple,
    /// An instance, by its qualified class.
    Object(String),
}

/// Read a signature.
///
/// # Errors
/// What is wrong with it.
pub fn parse(text: &str) -> Result<Signature, String> {
    let mut signature = Signature::default();
    let mut by_name_only = false;
    for part in text
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
    {
        if part == "*" {
            by_name_only = true;
        } else if let Some(rest) = part.strip_prefix("**") {
            signature.named = Some(word(rest)?);
        } else if let Some(rest) = part.strip_prefix('*') {
            signature.more = Some(word(rest)?);
            by_name_only = true;
        } else {
            let (name, rest) = match part.split_once(':') {
                Some((name, rest)) => (Some(name.trim().to_owned()), rest.trim()),
                None => (None, part),
            };
            signature.parameters.push(Parameter {
                name,
                word: word(rest.trim_end_matches('?'))?,
                optional: rest.ends_with('?'),
                by_name_only,
            });
        }
    }
    Ok(signature)
}

fn word(text: &str) -> Result<Word, String> {
    Ok(match text {
        "any" => Word::Any,
        "argv" => Word::Argv,
        "bool" => Word::Bool,
        "bytes" => Word::Bytes,
        "codec" => Word::Codec,
        "dict" => Word::Dict,
        "errors" => Word::Errors,
        "flag" => Word::Flag,
        "float" => Word::Float,
        "format" => Word::Format,
        "int" => Word::Int,
        "key" => Word::Key,
        "list" => Word::List,
        "literal" => Word::Literal,
        "mode" => Word::Mode,
        "newline" => Word::Newline,
        "none" => Word::None,
        "number" => Word::Number,
        "path" => Word::Path,
        "plain" => Word::Plain,
        "scalar" => Word::Scalar,
        "separator" => Word::Separator,
        "set" => Word::Set,
        "sized" => Word::Sized,
        "small" => Word::Small,
        "str" => Word::Str,
        "stream" => Word::Stream,
        "strings" => Word::Strings,
        "tuple" => Word::Tuple,
        other if other.contains('.') => Word::Object(other.to_owned()),
        other => return Err(format!("`{other}` is no type of the table")),
    })
}

/// Text encodings that every Python has.
pub const CODECS: &[&str] = &[
    "ascii",
    "cp1252",
    "iso-8859-1",
    "iso8859-1",
    "latin-1",
    "latin1",
    "us-ascii",
    "utf-16",
    "utf-32",
    "utf-8",
    "utf-8-sig",
    "utf16",
    "utf32",
    "utf8",
    "utf_8",
];

/// Error handlers that every Python has.
pub const ERRORS: &[&str] = &[
    "backslashreplace",
    "ignore",
    "replace",
    "strict",
    "surrogateescape",
    "surrogatepass",
];
