//! Writes any bytes, as an Exodus file, again through the model: as they are, scaled, moved, joined and in parts.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    hyperslab_fuzz::copy(data);
});
