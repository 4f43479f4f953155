//! Writes any bytes, as an HDF5 file, again: as they are, and in other chunks.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    hyperslab_fuzz::repack(data);
});
