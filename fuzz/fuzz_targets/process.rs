//! Scales and moves any bytes as an Exodus file.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    hyperslab_fuzz::process(data);
});
