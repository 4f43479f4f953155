//! Changes any bytes, as a file, where they are.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    hyperslab_fuzz::changes::edit(data);
});
