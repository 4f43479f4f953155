//! Compares any bytes, as an Exodus file, with themselves and with another file.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    hyperslab_fuzz::diff(data);
});
