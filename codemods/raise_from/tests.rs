//! The list can be read.

use super::classes::shipped;

#[test]
fn the_list_can_be_read() {
    assert!(shipped().len() > 50);
    assert!(shipped().is_sorted());
}

#[test]
fn names_that_cannot_be_used_are_passed_over() {
    assert_eq!(super::usual(&["__e", "__e"], "exc"), "exc");
    assert_eq!(super::usual(&[], "__debug__"), "exc");
    assert_eq!(super::usual(&[], "class"), "exc");
    assert_eq!(super::usual(&["e", "err"], "exc"), "e");
}
