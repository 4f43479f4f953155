//! Saves what is whole of any bytes, as a torn file.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    hyperslab_fuzz::changes::recover(data);
});
