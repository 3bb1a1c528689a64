//! Bytes as choices, and values that are worth choosing. Each target takes what it needs.
#![allow(dead_code)]

/// Bytes read as choices; zero, the tamest choice, when they run out.
pub struct Choices<'b> {
    rest: &'b [u8],
}

impl<'b> Choices<'b> {
    pub const fn new(bytes: &'b [u8]) -> Self {
        Self { rest: bytes }
    }

    pub const fn byte(&mut self) -> u8 {
        match self.rest {
            [first, rest @ ..] => {
                self.rest = rest;
                *first
            }
            [] => 0,
        }
    }

    /// A number below `n`, which is at least 1.
    pub const fn below(&mut self, n: usize) -> usize {
        let low = self.byte() as usize;
        let high = if n > 256 { self.byte() as usize } else { 0 };
        (high * 256 + low) % n
    }

    /// True for `share` bytes of 256, and never for zero.
    pub const fn chance(&mut self, share: u8) -> bool {
        let byte = self.byte();
        byte != 0 && byte <= share
    }

    pub const fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }
}

/// Numbers that have broken programs before.
pub const EXTREMES: [&str; 22] = [
    "0",
    "-1",
    "-0.0",
    "1e-300",
    "1e300",
    "1e308",
    "nan",
    "inf",
    "-inf",
    "9223372036854775807",
    "-9223372036854775808",
    "99999999999999999999",
    "4294967296",
    "10000000",
    "10000",
    "1000",
    "0.999999999999",
    "1.0000001",
    "5e-324",
    "true",
    "\"\"",
    "[]",
];
