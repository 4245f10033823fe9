//! `spandsp-digits`: prints the digits that spandsp hears in the samples on its standard input (8000 Hz, 16 bit, little-endian).

use std::io::Read as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut bytes = Vec::new();
    let heard = std::io::stdin().read_to_end(&mut bytes).and_then(|_| {
        let samples: Vec<i16> = bytes.chunks_exact(2).filter_map(|pair| pair.try_into().ok()).map(i16::from_le_bytes).collect();
        spandsp_peer::digits(&samples)
    });
    match heard {
        Ok(digits) => {
            println!("{digits}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("spandsp-digits: {error}");
            ExitCode::FAILURE
        }
    }
}
