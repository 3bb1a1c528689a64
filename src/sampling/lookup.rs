//! Tables of thirty-two numbers, read by many trials at once: the one room with `unsafe` in it.
//!
//! A table that small fits into two registers of a processor with AVX-512 (four with AVX2), which has an instruction that reads
//! sixteen (eight) places of it at once. A compiler does not find that instruction by itself, and reading through memory, place by
//! place, makes drawing an estimate take three times as long (five times, with all that then runs side by side).
//!
//! What is to be computed is a [`Kernel`], written once; [`run`] compiles it for each kind of processor and picks the widest that is
//! there. A reader only moves numbers, and all else is IEEE arithmetic without fused steps, so each way gives the same bits.

#![expect(unsafe_code, reason = "instructions that not every processor has; each use says why it is sound")]

/// A table.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(align(64))]
pub(super) struct Numbers(pub(super) [f32; 32]);

/// A computation that reads tables.
pub(super) trait Kernel {
    /// Computes it. To be `#[inline(always)]`, with all that it calls: only what is inlined is compiled for the processor at hand.
    fn run(self, reader: impl Reader);
}

/// A way to read tables.
pub(super) trait Reader: Copy {
    /// The numbers at each of the places modulo 32. `N` is a multiple of 16.
    fn read<const N: usize>(self, table: &Numbers, places: &[u32; N]) -> [f32; N];
}

/// Runs a kernel in the widest way that this processor has.
pub(super) fn run(kernel: impl Kernel) {
    #[cfg(target_arch = "x86_64")]
    {
        if x86::has_avx512() {
            // SAFETY: the processor has what the function is compiled for.
            return unsafe { x86::run_avx512(kernel) };
        }
        if x86::has_avx2() {
            // SAFETY: as above.
            return unsafe { x86::run_avx2(kernel) };
        }
    }
    kernel.run(Plain);
}

/// Place by place, on any processor: what the other ways must equal.
#[derive(Clone, Copy)]
pub(super) struct Plain;

impl Reader for Plain {
    #[inline(always)]
    fn read<const N: usize>(self, table: &Numbers, places: &[u32; N]) -> [f32; N] {
        places.map(|place| table.0[place as usize % 32])
    }
}

#[cfg(target_arch = "x86_64")]
pub(super) mod x86 {
    use std::arch::x86_64::{
        __m256, __m256i, __m512, __m512i, _mm256_blendv_ps, _mm256_castsi256_ps, _mm256_permutevar8x32_ps, _mm256_slli_epi32,
        _mm512_permutex2var_ps,
    };
    use std::mem::transmute;

    use super::{Kernel, Numbers, Reader};

    pub(in super::super) fn has_avx512() -> bool {
        is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512dq")
            && is_x86_feature_detected!("avx512vl")
    }

    pub(in super::super) fn has_avx2() -> bool {
        is_x86_feature_detected!("avx2")
    }

    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
    pub(in super::super) fn run_avx512(kernel: impl Kernel) {
        kernel.run(Avx512(()));
    }

    #[target_feature(enable = "avx2")]
    pub(in super::super) fn run_avx2(kernel: impl Kernel) {
        kernel.run(Avx2(()));
    }

    /// Made by [`run_avx512`] alone, so whoever holds one runs on a processor that has it.
    #[derive(Clone, Copy)]
    struct Avx512(());

    /// Made by [`run_avx2`] alone.
    #[derive(Clone, Copy)]
    struct Avx2(());

    impl Reader for Avx512 {
        #[inline(always)]
        fn read<const N: usize>(self, table: &Numbers, places: &[u32; N]) -> [f32; N] {
            let mut read = [0.0; N];
            for (read, places) in read.as_chunks_mut().0.iter_mut().zip(places.as_chunks().0) {
                // SAFETY: the processor has AVX-512, or there were no `Avx512`.
                *read = unsafe { read_16(table, *places) };
            }
            read
        }
    }

    impl Reader for Avx2 {
        #[inline(always)]
        fn read<const N: usize>(self, table: &Numbers, places: &[u32; N]) -> [f32; N] {
            let mut read = [0.0; N];
            for (read, places) in read.as_chunks_mut().0.iter_mut().zip(places.as_chunks().0) {
                // SAFETY: the processor has AVX2, or there were no `Avx2`.
                *read = unsafe { read_8(table, *places) };
            }
            read
        }
    }

    /// The lowest five bits of each place choose among the numbers of two registers.
    #[target_feature(enable = "avx512f")]
    #[inline]
    fn read_16(table: &Numbers, places: [u32; 16]) -> [f32; 16] {
        // SAFETY: same sizes, and any bits are a value of either type; here and below.
        let [low, high] = unsafe { transmute::<[f32; 32], [__m512; 2]>(table.0) };
        let places = unsafe { transmute::<[u32; 16], __m512i>(places) };
        unsafe { transmute::<__m512, [f32; 16]>(_mm512_permutex2var_ps(low, places, high)) }
    }

    /// The lowest three bits of each place choose within each quarter of the table, the next two, moved to the sign, among the quarters.
    #[target_feature(enable = "avx2")]
    #[inline]
    fn read_8(table: &Numbers, places: [u32; 8]) -> [f32; 8] {
        // SAFETY: as above.
        let quarters = unsafe { transmute::<[f32; 32], [__m256; 4]>(table.0) };
        let places = unsafe { transmute::<[u32; 8], __m256i>(places) };
        let [a, b, c, d] = quarters.map(|quarter| _mm256_permutevar8x32_ps(quarter, places));
        let fourth_bit = _mm256_castsi256_ps(_mm256_slli_epi32::<28>(places));
        let fifth_bit = _mm256_castsi256_ps(_mm256_slli_epi32::<27>(places));
        let (low, high) = (_mm256_blendv_ps(a, b, fourth_bit), _mm256_blendv_ps(c, d, fourth_bit));
        unsafe { transmute::<__m256, [f32; 8]>(_mm256_blendv_ps(low, high, fifth_bit)) }
    }
}

/// Runs a kernel in every way that this processor has, the plain one first.
#[cfg(test)]
pub(super) fn run_each_way<K: Kernel>(mut kernel: impl FnMut(&str) -> K) {
    kernel("plain").run(Plain);
    #[cfg(target_arch = "x86_64")]
    {
        if x86::has_avx2() {
            // SAFETY: the processor has what the function is compiled for.
            unsafe { x86::run_avx2(kernel("AVX2")) };
        }
        if x86::has_avx512() {
            // SAFETY: as above.
            unsafe { x86::run_avx512(kernel("AVX-512")) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Read<'a> {
        table: &'a Numbers,
        places: &'a [u32; 64],
        read: &'a mut [f32; 64],
    }

    impl Kernel for Read<'_> {
        #[inline(always)]
        fn run(self, reader: impl Reader) {
            *self.read = reader.read(self.table, self.places);
        }
    }

    #[test]
    fn each_way_reads_the_number_at_the_place_modulo_32() {
        let table = Numbers(std::array::from_fn(|place| 100.0 + place as f32));
        for step in [1, 7, 0x0101_0101, 0xffff_fff3_u32] {
            let places = std::array::from_fn(|lane| step.wrapping_mul(lane as u32));
            let expected: [f32; 64] = places.map(|place| 100.0 + (place % 32) as f32);
            let mut read = [[0.0; 64]; 4];
            let (mut rows, mut ways) = (read.iter_mut(), 0);
            run_each_way(|_| {
                ways += 1;
                Read {
                    table: &table,
                    places: &places,
                    read: rows.next().expect("at most three ways"),
                }
            });
            run(Read {
                table: &table,
                places: &places,
                read: rows.next().expect("and the one that is chosen"),
            });
            assert!(ways >= 1 && read[..ways].iter().all(|read| *read == expected), "{step}");
            assert_eq!(read[ways], expected, "{step}");
        }
    }
}
