//! Opens any bytes as a netCDF file and walks its schema.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    hyperslab_fuzz::open_walk(data);
});
