//! `cargo fuzz run diff`: see `codemend_fuzz::diff`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Err(fault) = codemend_fuzz::diff(bytes) {
        panic!("{fault}");
    }
});
