//! What mail does to text: names and subjects that are not ASCII, and bodies whose bytes must arrive as they are.
//!
//! `git am` takes the carriage returns off a plain body, so a patch of lines that end with `\r\n` travels as
//! quoted-printable, which it hands on byte for byte. A mail of libgit2 would carry it plain.

/// The most columns of a line of quoted-printable text, and of an encoded word.
const COLUMNS: usize = 75;

/// `text` as quoted-printable ([RFC 2045](https://www.rfc-editor.org/rfc/rfc2045#section-6.7)). Lines end at `\n`, which
/// stays; a `\r` is spelled out.
pub fn quoted_printable(text: &str) -> String {
    let lines = text.split_inclusive('\n');
    lines.map(quoted_line).collect()
}

fn quoted_line(line: &str) -> String {
    let (body, end) = match line.strip_suffix('\n') {
        Some(body) => (body.as_bytes(), "\n"),
        None => (line.as_bytes(), ""),
    };
    let mut quoted = String::with_capacity(line.len() + 8);
    let mut column = 0;
    for (at, &byte) in body.iter().enumerate() {
        let is_last = at + 1 == body.len();
        let mut token = token(byte, is_last);
        if column + token.len() > COLUMNS {
            quoted.push_str("=\n");
            column = 0;
        }
        if column == 0 && body[at..].starts_with(b"From ") {
            // A mailbox would begin a new mail here.
            token = "=46".to_owned();
        }
        column += token.len();
        quoted.push_str(&token);
    }
    quoted + end
}

fn token(byte: u8, is_last: bool) -> String {
    match byte {
        b'=' => "=3D".to_owned(),
        b' ' | b'\t' if !is_last => char::from(byte).to_string(),
        b'!'..=b'~' => char::from(byte).to_string(),
        byte => format!("={byte:02X}"),
    }
}

/// `text`, one line, as the value of a header: as it is when it is plain, else in encoded words
/// ([RFC 2047](https://www.rfc-editor.org/rfc/rfc2047)) of whole characters, each on a line of its own.
pub fn header_text(text: &str) -> String {
    let is_plain = text.bytes().all(|byte| matches!(byte, b' '..=b'~')) && !text.contains("=?");
    if is_plain {
        return text.to_owned();
    }
    let mut words = vec![String::new()];
    for c in text.chars() {
        let mut bytes = [0; 4];
        let encoded: String = c.encode_utf8(&mut bytes).bytes().map(word_token).collect();
        let room = COLUMNS - "=?UTF-8?q??=".len() - "Subject: ".len();
        match words.last_mut() {
            Some(word) if word.len() + encoded.len() <= room => word.push_str(&encoded),
            _ => words.push(encoded),
        }
    }
    let words = words.iter().map(|word| format!("=?UTF-8?q?{word}?="));
    words.collect::<Vec<_>>().join("\n ")
}

fn word_token(byte: u8) -> String {
    match byte {
        byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        byte => format!("={byte:02X}"),
    }
}

/// `name` as it stands before an address: in quotes when it holds what has a meaning there.
pub fn phrase(name: &str) -> String {
    let special = |c: char| "()<>[]:;@\\,.\"".contains(c);
    match header_text(name) {
        plain if plain == name && name.contains(special) => {
            format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))
        }
        encoded => encoded,
    }
}

#[cfg(test)]
mod tests {
    use super::{header_text, phrase, quoted_printable};

    #[test]
    fn bodies_are_spelled_in_ascii() {
        let text = "-a = 1\r\n+ü \t\n\u{c}\rx\nFrom me\n";
        let want = "-a =3D 1=0D\n+=C3=BC =09\n=0C=0Dx\n=46rom me\n";
        assert_eq!(quoted_printable(text), want);
        let long = format!("{}From a@b Mon Sep 17 00:00:00 2001\n", "y".repeat(75));
        let quoted = quoted_printable(&long);
        assert!(quoted.contains("=\n=46rom a@b"), "{quoted}");
        assert!(quoted.lines().all(|line| line.len() <= 76), "{quoted}");
        assert_eq!(quoted_printable("no end"), "no end");
    }

    #[test]
    fn headers_are_plain_when_they_can_be() {
        assert_eq!(header_text("use X | None"), "use X | None");
        assert_eq!(header_text("Jörg =?x"), "=?UTF-8?q?J=C3=B6rg=20=3D=3Fx?=");
        let long = header_text(&"ü".repeat(40));
        assert!(
            long.lines()
                .all(|line| line.len() <= 76 && line.ends_with("?="))
        );
        assert_eq!(long.matches("=C3=BC").count(), 40);
        assert_eq!(phrase("Ann Lee"), "Ann Lee");
        assert_eq!(phrase("Lee, \"A\" J."), r#""Lee, \"A\" J.""#);
    }
}
