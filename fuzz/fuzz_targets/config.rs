//! `cargo fuzz run config`: see `codemend_fuzz::config`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Err(fault) = codemend_fuzz::config(bytes) {
        panic!("{fault}");
    }
});
