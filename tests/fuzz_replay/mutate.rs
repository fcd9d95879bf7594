//! Makes new inputs out of known ones: bytes turned over, parts moved, cut out, repeated and joined, and the odd words
//! that trip tools up put in. The same seed gives the same inputs.

use fastrand::Rng;

/// What stands in no ordinary file, or in the wrong place there.
const ODD: &[&[u8]] = &[
    b"\r",
    b"\n",
    b"\r\n",
    b"\x0c",
    b"\x0b",
    b"\t",
    b"\0",
    b"\\\n",
    b"\\\r\n",
    b"\xef\xbb\xbf",
    b"\xff",
    b"\xe9",
    b"\xc2\x85",
    b"\xe2\x80\xa8",
    b"\x1b[31m",
    b"# coding: latin-1\n",
    b"# -*- coding: utf-8 -*-\n",
    b"# noqa\n",
    b"# codemend: ignore\n",
    b"# codemend: ignore[bare-except]\n",
    b"# type: ignore\n",
    b"from __future__ import annotations\n",
    b"from typing import Optional\n",
    b"import typing as t\n",
    b"from typing import *\n",
    b"if TYPE_CHECKING:\n    ",
    b"try:\n    ",
    b"except:",
    b"    import os\n",
    b"    ",
    b"Optional[",
    b"Union[int, ",
    b" | None",
    b" = None",
    b"EmailStr",
    b"\"\"\"",
    b"'",
    b"(",
    b")",
    b"]",
    b"[",
    b":",
    b";",
    b",",
    b"@",
    b"lambda: ",
    b"async ",
    b"global x\n",
    b"del x\n",
    b"pass",
    b"=== requirements.txt\n",
    b"[project]\n",
    b"dependencies = []\n",
];

/// A new input out of one of `seeds`, which are not empty.
pub fn mutated(seeds: &[Vec<u8>], rng: &mut Rng) -> Vec<u8> {
    let mut bytes = seeds[rng.usize(..seeds.len())].clone();
    // Most of what is left of Python after two changes is none.
    let count = [1, 1, 1, 2, 4][rng.usize(..5)];
    for _ in 0..count {
        change(&mut bytes, seeds, rng);
    }
    // Longer ones take their time and show nothing that shorter ones do not.
    bytes.truncate(4096);
    bytes
}

fn change(bytes: &mut Vec<u8>, seeds: &[Vec<u8>], rng: &mut Rng) {
    let odd = ODD[rng.usize(..ODD.len())];
    match rng.u8(..10) {
        0 if !bytes.is_empty() => {
            let at = rng.usize(..bytes.len());
            bytes[at] ^= 1 << rng.u8(..8);
        }
        1 | 2 => insert(bytes, odd, rng),
        3 => drop(bytes.drain(part(bytes, rng))),
        4 => {
            let copy = bytes[part(bytes, rng)].to_vec();
            insert(bytes, &copy, rng);
        }
        5 => {
            let other = &seeds[rng.usize(..seeds.len())];
            let other = other[part(other, rng)].to_vec();
            insert(bytes, &other, rng);
        }
        6 => swap(bytes, |byte| byte == b'\n', rng),
        7 => swap(bytes, |byte| !byte.is_ascii_alphanumeric(), rng),
        8 => newlines(bytes, rng),
        _ => {
            let range = part(bytes, rng);
            bytes.splice(range, odd.iter().copied());
        }
    }
}

fn insert(bytes: &mut Vec<u8>, new: &[u8], rng: &mut Rng) {
    let at = rng.usize(..=bytes.len());
    bytes.splice(at..at, new.iter().copied());
}

/// A range of `bytes`: a few of them mostly, a line at times.
fn part(bytes: &[u8], rng: &mut Rng) -> std::ops::Range<usize> {
    let start = rng.usize(..=bytes.len());
    let rest = &bytes[start..];
    let line = rest.iter().position(|byte| *byte == b'\n').map(|at| at + 1);
    let length = match rng.bool() {
        true => line.unwrap_or(rest.len()),
        false => rng.usize(..40).min(rest.len()),
    };
    start..start + length
}

/// Let two pieces of `bytes`, which end where `ends` says, change places.
fn swap(bytes: &mut Vec<u8>, ends: fn(u8) -> bool, rng: &mut Rng) {
    let mut pieces: Vec<&[u8]> = bytes.split_inclusive(|byte| ends(*byte)).collect();
    if pieces.len() < 2 {
        return;
    }
    let (a, b) = (rng.usize(..pieces.len()), rng.usize(..pieces.len()));
    pieces.swap(a, b);
    *bytes = pieces.concat();
}

/// Let all newlines, or each by chance, be of another kind.
fn newlines(bytes: &mut Vec<u8>, rng: &mut Rng) {
    const KINDS: [&[u8]; 3] = [b"\n", b"\r\n", b"\r"];
    let one = KINDS[rng.usize(..3)];
    let mixed = rng.bool();
    let mut new = Vec::with_capacity(bytes.len());
    for byte in bytes.iter() {
        match byte {
            b'\n' if mixed => new.extend(KINDS[rng.usize(..3)]),
            b'\n' => new.extend(one),
            byte => new.push(*byte),
        }
    }
    *bytes = new;
}
