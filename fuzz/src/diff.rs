//! Any two texts, and the patch between them.

use camino::Utf8Path;
use codemend_engine::diff::git_patch;
use codemend_engine::patch::FilePatch;

/// Cut `bytes` at the first byte 0xff into two texts, and lay the patch between them over the first.
///
/// # Errors
/// That does not give the second, or the patch is not one that `git apply` would take.
pub fn diff(bytes: &[u8]) -> Result<usize, String> {
    let cut = bytes.iter().position(|byte| *byte == 0xff);
    let cut = cut.unwrap_or(bytes.len());
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let before = text(&bytes[..cut]);
    let after = text(bytes.get(cut + 1..).unwrap_or_default());
    let file = FilePatch::new(
        "/project/a.py",
        Some(before.as_str().into()),
        after.as_str(),
    );
    let patch = git_patch(&[file], Utf8Path::new("/project"));
    let patch = String::from_utf8(patch).map_err(|error| error.to_string())?;
    match applied(&before, &patch) {
        Ok(got) if got == after => Ok(usize::from(before != after)),
        Ok(got) => Err(format!("{patch}\ngives {got:?}\nin place of {after:?}")),
        Err(fault) => Err(format!("{fault}:\n{patch}")),
    }
}

/// `text` with `patch` laid over it: every line and every count must fit.
fn applied(text: &str, patch: &str) -> Result<String, String> {
    let old: Vec<&str> = text.split_inclusive('\n').collect();
    let mut lines = patch.split_inclusive('\n').peekable();
    let head: Vec<&str> = lines.by_ref().take(3).collect();
    let wanted = ["diff --git a/a.py b/a.py\n", "--- a/a.py\n", "+++ b/a.py\n"];
    if head != wanted {
        return Err(format!("an unexpected head {head:?}"));
    }
    let mut result = String::new();
    let mut at = 0;
    while let Some(line) = lines.next() {
        let [start, count, new_start, new_count] = numbers(line).ok_or("no line of a hunk")?;
        // A hunk that takes no lines names the line above it.
        let first = if count == 0 { start } else { start - 1 };
        let skipped = old.get(at..first).ok_or("hunks out of order")?;
        result.extend(skipped.iter().copied());
        let here = result.split_inclusive('\n').count();
        if here
            != if new_count == 0 {
                new_start
            } else {
                new_start - 1
            }
        {
            return Err(format!("the hunk begins at another line: {line}"));
        }
        at = first;
        let (mut taken, mut given) = (0, 0);
        while taken < count || given < new_count {
            let line = lines.next().ok_or("a hunk that ends early")?;
            let bare = lines.next_if(|next| next.starts_with('\\')).is_some();
            let (sign, body) = line.split_at_checked(1).ok_or("an empty line")?;
            let body = if bare {
                body.trim_end_matches('\n')
            } else {
                body
            };
            if matches!(sign, " " | "-") {
                if old.get(at) != Some(&body) {
                    return Err(format!("{body:?} does not stand in line {}", at + 1));
                }
                (at, taken) = (at + 1, taken + 1);
            }
            if matches!(sign, " " | "+") {
                result.push_str(body);
                given += 1;
            }
        }
    }
    result.extend(old[at..].iter().copied());
    Ok(result)
}

/// The four numbers of `@@ -1,2 +3,4 @@`; a count that is left out is one.
fn numbers(line: &str) -> Option<[usize; 4]> {
    let inner = line.strip_prefix("@@ -")?.split_once(" @@")?.0;
    let (old, new) = inner.split_once(" +")?;
    let pair = |text: &str| {
        let (start, count) = text.split_once(',').unwrap_or((text, "1"));
        Some((start.parse::<usize>().ok()?, count.parse::<usize>().ok()?))
    };
    let ((start, count), (new_start, new_count)) = (pair(old)?, pair(new)?);
    let is_sound = (start > 0 || count == 0) && (new_start > 0 || new_count == 0);
    is_sound.then_some([start, count, new_start, new_count])
}
