//! The nearest valid word for one that was mistyped.
//!
//! An error that names the way out saves a look into the documentation.

/// The candidate nearest to `word`, or `None` when none is near. Ties go to the first.
///
/// Case and `_` for `-` count as nothing: `target_version` is `target-version`. The beginning of a name stands for it.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = plain(word);
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let Some(distance) = distance(&word, &plain(candidate)) else {
            continue;
        };
        if best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// `; did you mean 'x'?` when a candidate is near, else nothing.
pub fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    nearest(word, candidates)
        .map(|name| format!("; did you mean '{name}'?"))
        .unwrap_or_default()
}

/// `'a', 'b' and 'c'`, in the order given.
pub fn listed<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = words.into_iter().map(|word| format!("'{word}'")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, head)) => format!("{} and {last}", head.join(", ")),
        None => String::new(),
    }
}

fn plain(word: &str) -> String {
    word.trim().to_lowercase().replace('_', "-")
}

/// How far `word` is from `candidate`; `None` beyond a third of their length.
fn distance(word: &str, candidate: &str) -> Option<usize> {
    let edits = strsim::damerau_levenshtein(word, candidate);
    let longest = word.chars().count().max(candidate.chars().count());
    if edits <= (longest / 3).max(1) && edits < longest {
        return Some(edits);
    }
    let begins = word.chars().count() >= 3 && candidate.starts_with(word);
    begins.then_some(longest)
}

#[cfg(test)]
mod tests {
    use super::{did_you_mean, listed, nearest};

    const KEYS: [&str; 4] = ["select", "ignore", "target-version", "src"];

    #[test]
    fn finds_what_was_meant() {
        assert_eq!(nearest("selct", KEYS), Some("select"));
        assert_eq!(nearest("target_version", KEYS), Some("target-version"));
        assert_eq!(nearest("SRC", KEYS), Some("src"));
        assert_eq!(nearest("target", KEYS), Some("target-version"));
        assert_eq!(nearest("banana", KEYS), None);
        assert_eq!(nearest("", KEYS), None);
    }

    #[test]
    fn a_near_word_wins_over_a_longer_beginning() {
        assert_eq!(nearest("log", ["log-swallowed", "logs"]), Some("logs"));
    }

    #[test]
    fn words_for_messages() {
        assert_eq!(did_you_mean("ignor", KEYS), "; did you mean 'ignore'?");
        assert_eq!(did_you_mean("x", KEYS), "");
        assert_eq!(listed(["a", "b", "c"]), "'a', 'b' and 'c'");
        assert_eq!(listed(["a"]), "'a'");
    }
}
