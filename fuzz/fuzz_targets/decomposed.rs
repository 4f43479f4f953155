//! Takes any bytes as members of a decomposed model.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    hyperslab_fuzz::decomposed(data);
});
