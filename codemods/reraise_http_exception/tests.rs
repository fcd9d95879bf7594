//! The table can be read.
use super::known::Known;

#[test]
fn the_lists_can_be_read() {
    assert!(Known::shipped().responses.len() > 5);
}
