//! The spandsp library, built from `vendor` and linked. It declares nothing: `dsp` declares what it calls, and a test of it
//! compares that with the headers in `vendor/src/spandsp`. What was changed is listed in CHANGES.md.
