//! What Python says of these bytes was tried with CPython 3.11.

use super::{cookie, declared_text, foreign, stays, words};

fn named(bytes: &[u8]) -> Option<&str> {
    Some(std::str::from_utf8(&bytes[cookie(bytes)?]).unwrap())
}

fn message(bytes: &[u8]) -> String {
    foreign(bytes).map_or_else(String::new, |foreign| foreign.message)
}

#[test]
fn cookies_of_pep_263_are_found() {
    for bytes in [
        &b"# -*- coding: latin-1 -*-\n"[..],
        b"# vim: set fileencoding=latin-1 :\n",
        b"#!/usr/bin/python\n# coding=latin-1\n",
        b"\n# coding:\tlatin-1",
        b"\r# coding: latin-1\r",
        b"#!/x\r\n \t\x0c# encoding: latin-1\r\n",
        b"\x0c\n#xcoding:latin-1\n",
        b"\xef\xbb\xbf# coding: latin-1\n",
        b"# coding : utf-8 coding: \xfc coding=latin-1\n",
    ] {
        let shown = String::from_utf8_lossy(bytes);
        assert_eq!(named(bytes), Some("latin-1"), "{shown:?}");
    }
    assert_eq!(named(b"# coding: coding=latin-1\n"), Some("coding"));
}

#[test]
fn what_is_no_cookie() {
    for bytes in [
        &b"x = 1  # coding: latin-1\n"[..],
        b"x = 1\n# coding: latin-1\n",
        b"\n\n# coding: latin-1\n",
        b"#\r\r# coding: latin-1\n",
        b"\\\n# coding: latin-1\n",
        b"'''\n# coding: latin-1\n'''\n",
        b"\x0b# coding: latin-1\n",
        b"# coding : latin-1\n",
        b"# coding:\n",
        b"# coding: \xfc\n",
        b"# Coding: latin-1\n",
        b"# coding",
        b"#",
        b"",
    ] {
        assert_eq!(cookie(bytes), None, "{:?}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn no_edit_makes_a_cookie_of_a_comment() {
    assert_eq!(stays("import os\n\n# coding: latin-1\n"), Ok(()));
    let want = "a comment would become a declaration of another encoding".to_owned();
    assert_eq!(stays("\n# coding: latin-1\n"), Err(want));
}

#[test]
fn names_of_utf_8() {
    let names = "utf-8 utf8 UTF_8 utf-8-sig u8 utf U8 UTF--8 utf-8-unix utf_8_sig utf8_ucs2 cp65001 UTF-8-mac utf-8_x \
                 utf__8 -utf-8 utf-8- _utf8 utf8_";
    for name in names.split(' ') {
        assert_eq!(message(format!("# coding: {name}\n").as_bytes()), "");
    }
    let others = "utf8-sig utf.8 latin-1 ascii cp1252 nope utf-16 utf-7 unicode-1-1-utf-8 utf-8x";
    for name in others.split(' ') {
        let want = format!("declares the encoding {name}");
        assert_eq!(message(format!("# coding: {name}\n").as_bytes()), want);
    }
}

#[test]
fn behind_a_mark_python_takes_few_names() {
    for name in ["utf-8", "UTF_8", "utf-8-sig", "utf-8-unix"] {
        assert_eq!(
            message(format!("\u{feff}# coding: {name}\n").as_bytes()),
            ""
        );
    }
    for name in ["utf8", "u8", "latin-1", "nope"] {
        let want = format!("begins with a byte order mark, but declares the encoding {name}");
        let bytes = format!("\u{feff}# coding: {name}\n");
        assert_eq!(message(bytes.as_bytes()), want);
    }
}

type Order = fn(u32) -> [u8; 4];

fn wide(text: &str, bits: u8, order: Order) -> Vec<u8> {
    let big = order(1) == 1u32.to_be_bytes();
    let units: Vec<u32> = match bits {
        16 => text.encode_utf16().map(u32::from).collect(),
        _ => text.chars().map(u32::from).collect(),
    };
    let size = usize::from(bits / 8);
    let cut = |unit: u32| match big {
        true => order(unit)[4 - size..].to_vec(),
        false => order(unit)[..size].to_vec(),
    };
    units.into_iter().flat_map(cut).collect()
}

#[test]
fn wide_encodings_are_named() {
    let text = "from typing import Optional\nx = 'é'\n";
    let orders: [(&str, Order); 2] = [("little", u32::to_le_bytes), ("big", u32::to_be_bytes)];
    for (bits, (order, bytes_of)) in [16, 32].into_iter().flat_map(|b| orders.map(|o| (b, o))) {
        let marked = wide(&format!("\u{feff}{text}"), bits, bytes_of);
        assert_eq!(message(&marked), format!("is UTF-{bits} ({order}-endian)"));
        assert_eq!(words(&marked), format!("\u{feff}{text}"));
        let plain = wide(text, bits, bytes_of);
        let want = format!("looks like UTF-{bits} ({order}-endian, without a byte order mark)");
        assert_eq!(message(&plain), want);
        assert_eq!(words(&plain), text);
    }
}

#[test]
fn other_bytes_have_a_place() {
    let at = |bytes: &[u8]| foreign(bytes).and_then(|one| Some((one.at?, one.message)));
    let nul = "is binary (it holds a NUL byte)".to_owned();
    assert_eq!(at(b"x = 1\n\0"), Some((6, nul)));
    let byte = "is not UTF-8 (byte 0xe9)".to_owned();
    assert_eq!(at(b"x = '\xe9'\n"), Some((5, byte)));
    let lying = "declares the encoding latin-1".to_owned();
    assert_eq!(
        at("# coding: latin-1\nx = 'é'\n".as_bytes()),
        Some((10, lying))
    );
    assert_eq!(foreign("\u{feff}x = 'é\u{2028}\u{85}'\n".as_bytes()), None);
    assert_eq!(foreign(b""), None);
}

#[test]
fn facts_are_read_from_what_python_can_read() {
    let text = declared_text(b"# coding: latin-1\nx = '\xe9'\n");
    assert_eq!(text.as_deref(), Some("# coding: latin-1\nx = 'é'\n"));
    let text = declared_text("# coding: nope\nx = 'é'\n".as_bytes());
    assert_eq!(text.as_deref(), Some("# coding: nope\nx = 'é'\n"));
    assert_eq!(declared_text(b"x = '\xe9'\n"), None);
    assert_eq!(declared_text(b"# coding: latin-1\n\0"), None);
    assert_eq!(words(b"Optional\0\xe9 x"), "Optional\0\u{fffd} x");
}
