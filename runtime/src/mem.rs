//! memcpy, memmove, memset, memcmp, bcmp and strlen: what compiled Rust code calls, and what `memory.copy` and `fill`
//! are.
//!
//! Three ways, of which [`choose`] takes one when the process starts: SSE2, AVX2, and AVX-512 in a file of its own.
//!
//! Copies use no `rep movsb`: where source and target differ in alignment it falls to 2 GB/s on some current CPUs, a
//! twentieth of what the plain loop does there; those with our AVX-512 do it well. Large fills do use `rep stosq`, the
//! fastest store there is above 2 KiB.
//! Up to 256 bytes (64 without AVX2), everything is loaded before anything is stored, so that one body serves
//! overlapping ranges too. Stores go upwards where they can: neighbours leave the store buffer together.
//!
//! An alignment at the end of a function is for its beginning: it aligns the section, and adds at most one byte itself.

use core::arch::naked_asm;
use core::sync::atomic::{AtomicU8, Ordering};

#[path = "mem/avx512.rs"]
mod avx512;

/// What copies and fills are made of.
#[derive(Clone, Copy)]
#[repr(u8)]
pub enum Way {
    Sse2,
    Avx2,
    /// With all that processors have which have `avx512fp16`: those move 64 bytes at once without clocking down.
    Avx512,
}

/// The [`Way`] of this process. The first is everybody's, and what runs before the processor is known.
static WAY: AtomicU8 = AtomicU8::new(Way::Sse2 as u8);
const AVX2: u8 = Way::Avx2 as u8;

/// Copies and fills like this from now on, which the processor must be able to.
pub fn choose(way: Way) {
    WAY.store(way as u8, Ordering::Relaxed);
}

/// Fills of more bytes are for `rep stosq`.
const LARGE_FILL: usize = 2048;

/// As `memmove`: the cost of knowing that ranges do not overlap would be more than it saves.
#[cfg_attr(not(test), unsafe(export_name = "memcpy"))]
#[unsafe(naked)]
pub unsafe extern "C" fn memcpy(target: *mut u8, source: *const u8, len: usize) -> *mut u8 {
    naked_asm!("jmp {memmove}", memmove = sym memmove)
}

#[cfg_attr(not(test), unsafe(export_name = "memmove"))]
#[unsafe(naked)]
pub unsafe extern "C" fn memmove(target: *mut u8, source: *const u8, len: usize) -> *mut u8 {
    naked_asm!(
        "mov rax, rdi",
        "cmp rdx, 32",
        "jbe {small}",
        "cmp byte ptr [rip + {way}], {AVX2}",
        "jne {other}",
        "vmovups ymm0, [rsi]",
        "vmovups ymm3, [rsi + rdx - 32]",
        "cmp rdx, 64",
        "ja 2f",
        "vmovups [rdi], ymm0",
        "vmovups [rdi + rdx - 32], ymm3",
        "vzeroupper",
        "ret",
        "2:",
        "vmovups ymm1, [rsi + 32]",
        "vmovups ymm2, [rsi + rdx - 64]",
        "cmp rdx, 128",
        "ja {large}",
        "vmovups [rdi], ymm0",
        "vmovups [rdi + 32], ymm1",
        "vmovups [rdi + rdx - 64], ymm2",
        "vmovups [rdi + rdx - 32], ymm3",
        "vzeroupper",
        "ret",
        ".p2align 5,,1",
        way = sym WAY,
        AVX2 = const AVX2,
        small = sym copy_small,
        other = sym avx512::copy,
        large = sym copy_avx,
    )
}

/// 0 to 32 bytes.
#[unsafe(naked)]
unsafe extern "C" fn copy_small(target: *mut u8, source: *const u8, len: usize) -> *mut u8 {
    naked_asm!(
        "cmp edx, 16",
        "jae 3f",
        "cmp edx, 8",
        "jae 2f",
        "cmp edx, 4",
        "jae 5f",
        "cmp edx, 1",
        "jb 4f",
        "movzx ecx, byte ptr [rsi]",
        "je 6f",
        "movzx r8d, word ptr [rsi + rdx - 2]",
        "mov [rdi + rdx - 2], r8w",
        "6:",
        "mov [rdi], cl",
        "4:",
        "ret",
        "5:",
        "mov ecx, [rsi]",
        "mov r8d, [rsi + rdx - 4]",
        "mov [rdi], ecx",
        "mov [rdi + rdx - 4], r8d",
        "ret",
        "2:",
        "mov rcx, [rsi]",
        "mov r8, [rsi + rdx - 8]",
        "mov [rdi], rcx",
        "mov [rdi + rdx - 8], r8",
        "ret",
        "3:",
        "movups xmm0, [rsi]",
        "movups xmm1, [rsi + rdx - 16]",
        "movups [rdi], xmm0",
        "movups [rdi + rdx - 16], xmm1",
        "ret",
        ".p2align 5,,1",
    )
}

/// More than 128 bytes, of which ymm0, ymm1 are the first and ymm2, ymm3 the last: backwards if the target begins
/// inside the source.
#[unsafe(naked)]
unsafe extern "C" fn copy_avx(target: *mut u8, source: *const u8, len: usize) -> *mut u8 {
    naked_asm!(
        "vmovups ymm4, [rsi + rdx - 128]",
        "vmovups ymm5, [rsi + rdx - 96]",
        "cmp rdx, 256",
        "ja 4f",
        "vmovups ymm6, [rsi + 64]",
        "vmovups ymm7, [rsi + 96]",
        "lea rdx, [rdi + rdx - 128]",
        "vmovups [rdi], ymm0",
        "vmovups [rdi + 32], ymm1",
        "vmovups [rdi + 64], ymm6",
        "vmovups [rdi + 96], ymm7",
        "3:",
        "vmovups [rdx], ymm4",
        "vmovups [rdx + 32], ymm5",
        "vmovups [rdx + 64], ymm2",
        "vmovups [rdx + 96], ymm3",
        "vzeroupper",
        "ret",
        "4:",
        "mov rcx, rdi",
        "sub rcx, rsi",
        "cmp rcx, rdx",
        "jb {backward}",
        "lea rdx, [rdi + rdx - 128]",
        "lea rcx, [rdi + 32]",
        "and rcx, -32",
        "sub rsi, rdi",
        ".p2align 5",
        "2:",
        "vmovups ymm1, [rsi + rcx]",
        "vmovups ymm6, [rsi + rcx + 32]",
        "vmovups ymm7, [rsi + rcx + 64]",
        "vmovups ymm8, [rsi + rcx + 96]",
        "vmovaps [rcx], ymm1",
        "vmovaps [rcx + 32], ymm6",
        "vmovaps [rcx + 64], ymm7",
        "vmovaps [rcx + 96], ymm8",
        "sub rcx, -128",
        "cmp rcx, rdx",
        "jb 2b",
        "vmovups [rax], ymm0",
        "jmp 3b",
        backward = sym copy_avx_backward,
    )
}

/// More than 256 bytes, with the same registers.
#[unsafe(naked)]
unsafe extern "C" fn copy_avx_backward(target: *mut u8, source: *const u8, len: usize) -> *mut u8 {
    naked_asm!(
        "vmovups ymm4, [rsi + 64]",
        "vmovups ymm5, [rsi + 96]",
        "lea rdx, [rdi + rdx - 32]",
        "lea rcx, [rdx + 31]",
        "and rcx, -32",
        "sub rsi, rdi",
        "jz 4f",
        "sub rdi, -128",
        ".p2align 5",
        "2:",
        "vmovups ymm2, [rsi + rcx - 32]",
        "vmovups ymm6, [rsi + rcx - 64]",
        "vmovups ymm7, [rsi + rcx - 96]",
        "vmovups ymm8, [rsi + rcx - 128]",
        "vmovaps [rcx - 32], ymm2",
        "vmovaps [rcx - 64], ymm6",
        "vmovaps [rcx - 96], ymm7",
        "vmovaps [rcx - 128], ymm8",
        "add rcx, -128",
        "cmp rcx, rdi",
        "ja 2b",
        "vmovups [rax], ymm0",
        "vmovups [rax + 32], ymm1",
        "vmovups [rax + 64], ymm4",
        "vmovups [rax + 96], ymm5",
        "vmovups [rdx], ymm3",
        "4:",
        "vzeroupper",
        "ret",
    )
}

/// More than 32 bytes on a CPU that may lack AVX2.
#[unsafe(naked)]
unsafe extern "C" fn copy_sse(target: *mut u8, source: *const u8, len: usize) -> *mut u8 {
    naked_asm!(
        "movups xmm0, [rsi]",
        "movups xmm1, [rsi + 16]",
        "movups xmm2, [rsi + rdx - 32]",
        "movups xmm3, [rsi + rdx - 16]",
        "lea r8, [rdi + rdx - 32]",
        "cmp rdx, 64",
        "jbe 6f",
        "mov rcx, rdi",
        "sub rcx, rsi",
        "sub rsi, rdi",
        "cmp rcx, rdx",
        "jb 3f",
        "lea rcx, [rdi + 16]",
        "and rcx, -16",
        "2:",
        "movups xmm4, [rsi + rcx]",
        "movups xmm5, [rsi + rcx + 16]",
        "movaps [rcx], xmm4",
        "movaps [rcx + 16], xmm5",
        "add rcx, 32",
        "cmp rcx, r8",
        "jb 2b",
        "5:",
        "movups [rax], xmm0",
        "movups [r8], xmm2",
        "movups [r8 + 16], xmm3",
        "ret",
        "3:",
        "lea rcx, [r8 + 31]",
        "and rcx, -16",
        "add rdi, 32",
        "2:",
        "movups xmm4, [rsi + rcx - 16]",
        "movups xmm5, [rsi + rcx - 32]",
        "movaps [rcx - 16], xmm4",
        "movaps [rcx - 32], xmm5",
        "sub rcx, 32",
        "cmp rcx, rdi",
        "ja 2b",
        "6:",
        "movups [rax + 16], xmm1",
        "jmp 5b",
    )
}

#[cfg_attr(not(test), unsafe(export_name = "memset"))]
#[unsafe(naked)]
pub unsafe extern "C" fn memset(target: *mut u8, value: i32, len: usize) -> *mut u8 {
    naked_asm!(
        "mov rax, rdi",
        "cmp byte ptr [rip + {way}], {AVX2}",
        "jne {other}",
        "cmp rdx, 32",
        "jb {small}",
        "vmovd xmm0, esi",
        "vpbroadcastb ymm0, xmm0",
        "vmovups [rdi], ymm0",
        "cmp rdx, 64",
        "ja 2f",
        "vmovups [rdi + rdx - 32], ymm0",
        "vzeroupper",
        "ret",
        "2:",
        "vmovups [rdi + 32], ymm0",
        "cmp rdx, 128",
        "ja {large}",
        "vmovups [rdi + rdx - 64], ymm0",
        "vmovups [rdi + rdx - 32], ymm0",
        "vzeroupper",
        "ret",
        ".p2align 5,,1",
        way = sym WAY,
        AVX2 = const AVX2,
        small = sym fill_small,
        other = sym avx512::fill,
        large = sym fill_avx,
    )
}

/// 0 to 31 bytes.
#[unsafe(naked)]
unsafe extern "C" fn fill_small(target: *mut u8, value: i32, len: usize) -> *mut u8 {
    naked_asm!(
        "movzx esi, sil",
        "imul esi, esi, 0x01010101",
        "cmp edx, 8",
        "jae 3f",
        "cmp edx, 4",
        "jae 2f",
        "cmp edx, 1",
        "jb 4f",
        "mov [rdi], sil",
        "je 4f",
        "mov [rdi + rdx - 2], si",
        "4:",
        "ret",
        "2:",
        "mov [rdi], esi",
        "mov [rdi + rdx - 4], esi",
        "ret",
        "3:",
        "movd xmm0, esi",
        "pshufd xmm0, xmm0, 0",
        "cmp edx, 16",
        "jae 2f",
        "movq [rdi], xmm0",
        "movq [rdi + rdx - 8], xmm0",
        "ret",
        "2:",
        "movups [rdi], xmm0",
        "movups [rdi + rdx - 16], xmm0",
        "ret",
        ".p2align 5,,1",
    )
}

/// More than 128 bytes of ymm0, the first 64 of which are done.
#[unsafe(naked)]
unsafe extern "C" fn fill_avx(target: *mut u8, value: i32, len: usize) -> *mut u8 {
    naked_asm!(
        "cmp rdx, {LARGE}",
        "ja 4f",
        "vmovups [rdi + 64], ymm0",
        "vmovups [rdi + 96], ymm0",
        "lea rcx, [rdi + 128]",
        "lea rdx, [rdi + rdx - 128]",
        "cmp rcx, rdx",
        "jae 3f",
        "and rcx, -32",
        ".p2align 5",
        "2:",
        "vmovaps [rcx], ymm0",
        "vmovaps [rcx + 32], ymm0",
        "vmovaps [rcx + 64], ymm0",
        "vmovaps [rcx + 96], ymm0",
        "sub rcx, -128",
        "cmp rcx, rdx",
        "jb 2b",
        "3:",
        "vmovups [rdx], ymm0",
        "vmovups [rdx + 32], ymm0",
        "vmovups [rdx + 64], ymm0",
        "vmovups [rdx + 96], ymm0",
        "vzeroupper",
        "ret",
        "4:",
        "vzeroupper",
        "jmp {large}",
        LARGE = const LARGE_FILL,
        large = sym fill_large,
    )
}

/// Any number of bytes on a CPU that may lack AVX2.
#[unsafe(naked)]
unsafe extern "C" fn fill_sse(target: *mut u8, value: i32, len: usize) -> *mut u8 {
    naked_asm!(
        "cmp rdx, 32",
        "jb {small}",
        "movd xmm0, esi",
        "punpcklbw xmm0, xmm0",
        "pshuflw xmm0, xmm0, 0",
        "punpcklqdq xmm0, xmm0",
        "movups [rdi], xmm0",
        "cmp rdx, {LARGE}",
        "ja {large}",
        "lea rcx, [rdi + 16]",
        "lea rdx, [rdi + rdx - 32]",
        "and rcx, -16",
        "jmp 4f",
        "2:",
        "movaps [rcx], xmm0",
        "movaps [rcx + 16], xmm0",
        "add rcx, 32",
        "4:",
        "cmp rcx, rdx",
        "jb 2b",
        "movups [rdx], xmm0",
        "movups [rdx + 16], xmm0",
        "ret",
        LARGE = const LARGE_FILL,
        small = sym fill_small,
        large = sym fill_large,
    )
}

/// More than [`LARGE_FILL`] bytes of xmm0, the first 16 of which are done.
#[unsafe(naked)]
unsafe extern "C" fn fill_large(target: *mut u8, value: i32, len: usize) -> *mut u8 {
    naked_asm!(
        "movups [rdi + rdx - 16], xmm0",
        "lea rcx, [rdi + rdx]",
        "add rdi, 16",
        "and rdi, -16",
        "sub rcx, rdi",
        "shr rcx, 3",
        "mov rdx, rax",
        "movq rax, xmm0",
        "rep stosq",
        "mov rax, rdx",
        "ret",
    )
}

/// Only its being zero counts, so `memcmp` does.
#[cfg_attr(not(test), unsafe(export_name = "bcmp"))]
#[unsafe(naked)]
pub unsafe extern "C" fn bcmp(left: *const u8, right: *const u8, len: usize) -> i32 {
    naked_asm!("jmp {memcmp}", memcmp = sym memcmp)
}

#[cfg_attr(not(test), unsafe(export_name = "memcmp"))]
#[unsafe(naked)]
pub unsafe extern "C" fn memcmp(left: *const u8, right: *const u8, len: usize) -> i32 {
    naked_asm!(
        "xor ecx, ecx",
        "2:",
        "lea r8, [rcx + 8]",
        "cmp r8, rdx",
        "ja 3f",
        "mov rax, [rdi + rcx]",
        "mov r9, [rsi + rcx]",
        "mov rcx, r8",
        "cmp rax, r9",
        "je 2b",
        "bswap rax",
        "bswap r9",
        "cmp rax, r9",
        "sbb eax, eax",
        "or eax, 1",
        "ret",
        // fewer than 8 are left
        "3:",
        "xor eax, eax",
        "cmp rcx, rdx",
        "je 4f",
        "movzx eax, byte ptr [rdi + rcx]",
        "movzx r9d, byte ptr [rsi + rcx]",
        "inc rcx",
        "sub eax, r9d",
        "je 3b",
        "4:",
        "ret",
    )
}

#[cfg_attr(not(test), unsafe(export_name = "strlen"))]
#[unsafe(naked)]
pub unsafe extern "C" fn strlen(text: *const u8) -> usize {
    naked_asm!(
        // Aligned loads never cross into a page that the text has no part in.
        "mov rdx, rdi",
        "and rdx, -16",
        "pxor xmm0, xmm0",
        "movdqa xmm1, xmm0",
        "pcmpeqb xmm1, [rdx]",
        "pmovmskb eax, xmm1",
        "mov ecx, edi",
        "and ecx, 15",
        "shr eax, cl",
        "test eax, eax",
        "jnz 3f",
        "2:",
        "add rdx, 16",
        "movdqa xmm1, xmm0",
        "pcmpeqb xmm1, [rdx]",
        "pmovmskb eax, xmm1",
        "test eax, eax",
        "jz 2b",
        "bsf eax, eax",
        "add rax, rdx",
        "sub rax, rdi",
        "ret",
        "3:",
        "bsf eax, eax",
        "ret",
    )
}
