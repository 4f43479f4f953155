//! Opens any bytes as an Exodus file, gathers its model, checks it and derives what can be derived.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    hyperslab_fuzz::model(data);
});
