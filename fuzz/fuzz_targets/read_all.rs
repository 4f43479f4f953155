//! Opens any bytes as a netCDF file and reads all values.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    hyperslab_fuzz::read_all(data);
});
