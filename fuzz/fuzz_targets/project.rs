//! `cargo fuzz run project`: see `codemend_fuzz::project`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Err(fault) = codemend_fuzz::project(bytes) {
        panic!("{fault}");
    }
});
