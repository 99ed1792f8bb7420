//! Copies and fills of 64 bytes at once: what `memmove` and `memset` are where the processor has
//! [`super::Way::Avx512`].
//!
//! They are entered with the flags of the comparison with [`super::Way::Avx2`], and send on what is below it: so that
//! AVX2, which needs speed more than SSE, has one branch to pass. zmm16 to zmm31 have no lower parts that older
//! instructions use, so that no `vzeroupper` is needed behind them.

use core::arch::naked_asm;

/// Copies and fills of so many bytes are for `rep movsb` and `rep stosb`, which are good here at any alignment, and
/// better than any loop where what is read and written is as large as the first cache.
const LARGE: usize = 3072;

/// More than 32 bytes. Up to 512 are loaded before any are stored; the last are stored downwards, which is quicker for
/// what copies them on.
#[unsafe(naked)]
pub unsafe extern "C" fn copy(target: *mut u8, source: *const u8, len: usize) -> *mut u8 {
    naked_asm!(
        "jb {sse}",
        "cmp rdx, 64",
        "jb 5f",
        "vmovups zmm16, [rsi]",
        "cmp rdx, 128",
        "ja 2f",
        "vmovups zmm19, [rsi + rdx - 64]",
        "vmovups [rdi], zmm16",
        "vmovups [rdi + rdx - 64], zmm19",
        "ret",
        "5:",
        "vmovups ymm16, [rsi]",
        "vmovups ymm19, [rsi + rdx - 32]",
        "vmovups [rdi], ymm16",
        "vmovups [rdi + rdx - 32], ymm19",
        "ret",
        "2:",
        "cmp rdx, {LARGE}",
        "jae {large}",
        "vmovups zmm17, [rsi + 64]",
        "cmp rdx, 256",
        "ja 3f",
        "vmovups zmm19, [rsi + rdx - 64]",
        "vmovups zmm18, [rsi + rdx - 128]",
        "vmovups [rdi], zmm16",
        "vmovups [rdi + 64], zmm17",
        "vmovups [rdi + rdx - 64], zmm19",
        "vmovups [rdi + rdx - 128], zmm18",
        "ret",
        "3:",
        "cmp rdx, 512",
        "ja {many}",
        "vmovups zmm18, [rsi + 128]",
        "vmovups zmm19, [rsi + 192]",
        "vmovups zmm20, [rsi + rdx - 64]",
        "vmovups zmm21, [rsi + rdx - 128]",
        "vmovups zmm22, [rsi + rdx - 192]",
        "vmovups zmm23, [rsi + rdx - 256]",
        "vmovups [rdi], zmm16",
        "vmovups [rdi + 64], zmm17",
        "vmovups [rdi + 128], zmm18",
        "vmovups [rdi + 192], zmm19",
        "vmovups [rdi + rdx - 64], zmm20",
        "vmovups [rdi + rdx - 128], zmm21",
        "vmovups [rdi + rdx - 192], zmm22",
        "vmovups [rdi + rdx - 256], zmm23",
        "ret",
        ".p2align 5,,1",
        LARGE = const LARGE,
        sse = sym super::copy_sse,
        large = sym copy_large,
        many = sym copy_many,
    )
}

/// [`LARGE`] bytes and more, of which zmm16 is the first: by `rep movsb`, unless it would go the wrong way or the
/// target begins up to 64 bytes before the source, where it is slow.
#[unsafe(naked)]
unsafe extern "C" fn copy_large(target: *mut u8, source: *const u8, len: usize) -> *mut u8 {
    naked_asm!(
        "mov rcx, rdi",
        "sub rcx, rsi",
        "cmp rcx, rdx",
        "jb {many}",
        "cmp rcx, -64",
        "jae {many}",
        "lea rcx, [rdi + rdx]",
        "add rdi, 63",
        "and rdi, -64",
        "sub rcx, rdi",
        "sub rsi, rax",
        "add rsi, rdi",
        "rep movsb",
        "vmovups [rax], zmm16",
        "ret",
        many = sym copy_many,
    )
}

/// More than 512 bytes, of which zmm16 is the first: backwards if the target begins inside the source.
#[unsafe(naked)]
unsafe extern "C" fn copy_many(target: *mut u8, source: *const u8, len: usize) -> *mut u8 {
    naked_asm!(
        "mov rcx, rdi",
        "sub rcx, rsi",
        "cmp rcx, rdx",
        "jb 4f",
        "vmovups zmm20, [rsi + rdx - 64]",
        "vmovups zmm21, [rsi + rdx - 128]",
        "vmovups zmm22, [rsi + rdx - 192]",
        "vmovups zmm23, [rsi + rdx - 256]",
        "lea rdx, [rdi + rdx - 256]",
        "lea rcx, [rdi + 64]",
        "and rcx, -64",
        "sub rsi, rdi",
        ".p2align 5",
        "2:",
        "vmovups zmm17, [rsi + rcx]",
        "vmovups zmm18, [rsi + rcx + 64]",
        "vmovups zmm19, [rsi + rcx + 128]",
        "vmovups zmm24, [rsi + rcx + 192]",
        "vmovaps [rcx], zmm17",
        "vmovaps [rcx + 64], zmm18",
        "vmovaps [rcx + 128], zmm19",
        "vmovaps [rcx + 192], zmm24",
        "sub rcx, -256",
        "cmp rcx, rdx",
        "jb 2b",
        "vmovups [rdx + 192], zmm20",
        "vmovups [rdx + 128], zmm21",
        "vmovups [rdx + 64], zmm22",
        "vmovups [rdx], zmm23",
        "vmovups [rax], zmm16",
        "ret",
        "4:",
        "vmovups zmm17, [rsi + 64]",
        "vmovups zmm18, [rsi + 128]",
        "vmovups zmm19, [rsi + 192]",
        "vmovups zmm20, [rsi + rdx - 64]",
        "lea rdx, [rdi + rdx - 64]",
        "lea rcx, [rdx + 63]",
        "and rcx, -64",
        "sub rsi, rdi",
        "jz 3f",
        "add rdi, 256",
        ".p2align 5",
        "2:",
        "vmovups zmm21, [rsi + rcx - 64]",
        "vmovups zmm22, [rsi + rcx - 128]",
        "vmovups zmm23, [rsi + rcx - 192]",
        "vmovups zmm24, [rsi + rcx - 256]",
        "vmovaps [rcx - 64], zmm21",
        "vmovaps [rcx - 128], zmm22",
        "vmovaps [rcx - 192], zmm23",
        "vmovaps [rcx - 256], zmm24",
        "add rcx, -256",
        "cmp rcx, rdi",
        "ja 2b",
        "vmovups [rax], zmm16",
        "vmovups [rax + 64], zmm17",
        "vmovups [rax + 128], zmm18",
        "vmovups [rax + 192], zmm19",
        "vmovups [rdx], zmm20",
        "3:",
        "ret",
    )
}

/// Any number of bytes: below 64 by one under a mask, which no length mispredicts.
/// Where that would reach into the next page it is not taken: should the page be out of reach, the processor would need
/// hundreds of cycles to find nothing wrong.
#[unsafe(naked)]
pub unsafe extern "C" fn fill(target: *mut u8, value: i32, len: usize) -> *mut u8 {
    naked_asm!(
        "jb {sse}",
        "vpbroadcastb zmm16, esi",
        "cmp rdx, 64",
        "jb 2f",
        "vmovups [rdi], zmm16",
        "cmp rdx, 128",
        "ja 4f",
        "vmovups [rdi + rdx - 64], zmm16",
        "ret",
        "2:",
        "mov ecx, edi",
        "and ecx, 4095",
        "cmp ecx, 4096 - 64",
        "ja 3f",
        "mov rcx, -1",
        "bzhi rcx, rcx, rdx",
        "kmovq k1, rcx",
        "vmovdqu8 [rdi]{{k1}}, zmm16",
        "ret",
        "3:",
        "cmp edx, 32",
        "jb {small}",
        "vmovups [rdi], ymm16",
        "vmovups [rdi + rdx - 32], ymm16",
        "ret",
        "4:",
        "cmp rdx, {LARGE}",
        "jae {large}",
        "vmovups [rdi + 64], zmm16",
        "cmp rdx, 256",
        "ja {many}",
        "vmovups [rdi + rdx - 128], zmm16",
        "vmovups [rdi + rdx - 64], zmm16",
        "ret",
        ".p2align 5,,1",
        LARGE = const LARGE,
        sse = sym super::fill_sse,
        small = sym super::fill_small,
        large = sym fill_large,
        many = sym fill_many,
    )
}

/// More than 256 bytes of zmm16, the first 128 of which are done.
#[unsafe(naked)]
unsafe extern "C" fn fill_many(target: *mut u8, value: i32, len: usize) -> *mut u8 {
    naked_asm!(
        "vmovups [rdi + 128], zmm16",
        "vmovups [rdi + 192], zmm16",
        "cmp rdx, 512",
        "ja 4f",
        "3:",
        "vmovups [rdi + rdx - 256], zmm16",
        "vmovups [rdi + rdx - 192], zmm16",
        "vmovups [rdi + rdx - 128], zmm16",
        "vmovups [rdi + rdx - 64], zmm16",
        "ret",
        "4:",
        "lea rcx, [rdi + 256]",
        "lea r8, [rdi + rdx - 256]",
        "and rcx, -64",
        ".p2align 5",
        "2:",
        "vmovaps [rcx], zmm16",
        "vmovaps [rcx + 64], zmm16",
        "vmovaps [rcx + 128], zmm16",
        "vmovaps [rcx + 192], zmm16",
        "sub rcx, -256",
        "cmp rcx, r8",
        "jb 2b",
        "jmp 3b",
    )
}

/// [`LARGE`] bytes and more of zmm16, the first 64 of which are done.
#[unsafe(naked)]
unsafe extern "C" fn fill_large(target: *mut u8, value: i32, len: usize) -> *mut u8 {
    naked_asm!(
        "lea rcx, [rdi + rdx]",
        "add rdi, 63",
        "and rdi, -64",
        "sub rcx, rdi",
        "mov rdx, rax",
        "mov eax, esi",
        "rep stosb",
        "mov rax, rdx",
        "ret",
    )
}
