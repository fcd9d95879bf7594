//! `cargo fuzz run pipeline`: see `codemend_fuzz::pipeline`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Err(fault) = codemend_fuzz::pipeline(bytes) {
        panic!("{fault}");
    }
});
