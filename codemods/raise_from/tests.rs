//! The list can be read.

use super::classes::shipped;

#[test]
fn the_list_can_be_read() {
    assert!(shipped().len() > 50);
    assert!(shipped().is_sorted());
}
