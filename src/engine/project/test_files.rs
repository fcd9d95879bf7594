//! Files that are there for tests, by pytest's own names.

use camino::Utf8Path;

/// Whether the file at `inside`, a path from the top of the project, is there for tests: below `tests/` or `test/`,
/// `test_*.py`, `*_test.py` or `conftest.py`.
pub fn is_for_tests(inside: &Utf8Path) -> bool {
    let directories = inside.parent().unwrap_or(Utf8Path::new(""));
    let stem = inside.file_stem().unwrap_or_default();
    directories
        .components()
        .any(|part| matches!(part.as_str(), "tests" | "test"))
        || stem.starts_with("test_")
        || stem.ends_with("_test")
        || stem == "conftest"
}

#[cfg(test)]
mod tests {
    use super::is_for_tests;

    #[test]
    fn tests_are_told_by_their_names() {
        for path in [
            "tests/app.py",
            "app/test/a.py",
            "test_a.py",
            "a_test.py",
            "x/conftest.py",
        ] {
            assert!(is_for_tests(path.into()), "{path}");
        }
        for path in ["app/testing.py", "contest.py", "app/latest.py", "tests.py"] {
            assert!(!is_for_tests(path.into()), "{path}");
        }
    }
}
