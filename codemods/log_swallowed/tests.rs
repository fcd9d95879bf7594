//! What is known of libraries holds together.

use super::table::{Style, Table};

#[test]
fn the_table_can_be_read() {
    assert_eq!(Table::shipped().fault, None);
}

#[test]
fn what_derives_from_the_expected_is_expected() {
    let table = Table::shipped();
    for name in [
        "builtins.KeyError",
        "builtins.FileNotFoundError",
        "json.JSONDecodeError",
        "asyncio.CancelledError",
        "app.models.User.DoesNotExist",
        "queue.Empty",
    ] {
        assert!(table.is_expected(name), "{name}");
    }
    for name in [
        "builtins.OSError",
        "builtins.RuntimeError",
        "httpx.HTTPError",
        "builtins.Exception",
        "app.ValueError",
    ] {
        assert!(!table.is_expected(name), "{name}");
    }
}

#[test]
fn what_a_user_adds_counts() {
    let table = Table::with(
        &["app.errors.Gone".to_owned()],
        &["app.log.make".to_owned()],
    );
    assert!(table.is_expected("app.errors.Gone"));
    assert_eq!(table.style("app.log.make"), Some(Style::Logging));
    assert_eq!(Table::shipped().style("app.log.make"), None);
    assert!(table.expects("/home/x/app/errors.py", "Gone"));
    assert!(!table.expects("/home/x/myapp/errors.py", "Gone"));
    let at = "/home/x/app/log/__init__.py";
    assert_eq!(table.style_at(at, "make"), Some(Style::Logging));
}
