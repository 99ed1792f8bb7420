//! memcpy, memmove, memset, memcmp, bcmp and strlen: what compiled Rust code calls, and what `memory.copy` and `fill`
//! are.
//!
//! Copies use no `rep movsb`: where source and target differ in alignment it falls to 2 GB/s on some current CPUs, a
//! twentieth of what the plain loop does there. Large fills do use `rep stosq`, the fastest store there is above 1 KiB.
//! Up to 128 bytes, everything is loaded before anything is stored, so that one body serves overlapping ranges too.

use core::arch::naked_asm;

/// Bit of `avx` in the first byte of the program's description, the features that this executable needs.
const AVX: u8 = 1 << 6;
const _: () = assert!(matches!(wexe_abi::program::CPU_FEATURES[6].as_bytes(), b"avx"));

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
        "cmp rdx, 16",
        "jb 3f",
        "cmp rdx, 32",
        "ja 2f",
        "movups xmm0, [rsi]",
        "movups xmm1, [rsi + rdx - 16]",
        "movups [rdi], xmm0",
        "movups [rdi + rdx - 16], xmm1",
        "ret",
        // 33 to 128
        "2:",
        "cmp rdx, 128",
        "ja {large}",
        "movups xmm0, [rsi]",
        "movups xmm1, [rsi + 16]",
        "movups xmm2, [rsi + rdx - 32]",
        "movups xmm3, [rsi + rdx - 16]",
        "cmp rdx, 64",
        "jbe 2f",
        "movups xmm4, [rsi + 32]",
        "movups xmm5, [rsi + 48]",
        "movups xmm6, [rsi + rdx - 64]",
        "movups xmm7, [rsi + rdx - 48]",
        "movups [rdi + 32], xmm4",
        "movups [rdi + 48], xmm5",
        "movups [rdi + rdx - 64], xmm6",
        "movups [rdi + rdx - 48], xmm7",
        "2:",
        "movups [rdi], xmm0",
        "movups [rdi + 16], xmm1",
        "movups [rdi + rdx - 32], xmm2",
        "movups [rdi + rdx - 16], xmm3",
        "ret",
        // 0 to 15
        "3:",
        "cmp edx, 8",
        "jb 2f",
        "mov rcx, [rsi]",
        "mov r8, [rsi + rdx - 8]",
        "mov [rdi], rcx",
        "mov [rdi + rdx - 8], r8",
        "ret",
        "2:",
        "cmp edx, 4",
        "jb 2f",
        "mov ecx, [rsi]",
        "mov r8d, [rsi + rdx - 4]",
        "mov [rdi], ecx",
        "mov [rdi + rdx - 4], r8d",
        "ret",
        "2:",
        "test edx, edx",
        "jz 4f",
        "movzx ecx, byte ptr [rsi]",
        "cmp edx, 1",
        "je 2f",
        "movzx r8d, word ptr [rsi + rdx - 2]",
        "mov [rdi + rdx - 2], r8w",
        "2:",
        "mov [rdi], cl",
        "4:",
        "ret",
        large = sym copy_large,
    )
}

/// More than 128 bytes: with AVX where the executable demands it of the CPU anyway; backwards if the target begins
/// inside the source.
#[unsafe(naked)]
unsafe extern "C" fn copy_large(target: *mut u8, source: *const u8, len: usize) -> *mut u8 {
    naked_asm!(
        "mov rcx, rdi",
        "sub rcx, rsi",
        "cmp rcx, rdx",
        "jb {backward}",
        "test byte ptr [rip + {program}], {AVX}",
        "jnz {avx}",
        "movups xmm0, [rsi]",
        "movups xmm4, [rsi + rdx - 64]",
        "movups xmm5, [rsi + rdx - 48]",
        "movups xmm6, [rsi + rdx - 32]",
        "movups xmm7, [rsi + rdx - 16]",
        "lea rdx, [rdi + rdx - 64]",
        "lea rcx, [rdi + 16]",
        "and rcx, -16",
        "sub rsi, rdi",
        ".p2align 5",
        "2:",
        "movups xmm1, [rsi + rcx]",
        "movups xmm2, [rsi + rcx + 16]",
        "movups xmm3, [rsi + rcx + 32]",
        "movups xmm8, [rsi + rcx + 48]",
        "movaps [rcx], xmm1",
        "movaps [rcx + 16], xmm2",
        "movaps [rcx + 32], xmm3",
        "movaps [rcx + 48], xmm8",
        "add rcx, 64",
        "cmp rcx, rdx",
        "jb 2b",
        "movups [rdx], xmm4",
        "movups [rdx + 16], xmm5",
        "movups [rdx + 32], xmm6",
        "movups [rdx + 48], xmm7",
        "movups [rax], xmm0",
        "ret",
        program = sym crate::start::PROGRAM,
        AVX = const AVX,
        avx = sym copy_large_avx,
        backward = sym copy_large_backward,
    )
}

#[unsafe(naked)]
unsafe extern "C" fn copy_large_avx(target: *mut u8, source: *const u8, len: usize) -> *mut u8 {
    naked_asm!(
        "vmovups ymm0, [rsi]",
        "vmovups ymm4, [rsi + rdx - 128]",
        "vmovups ymm5, [rsi + rdx - 96]",
        "vmovups ymm6, [rsi + rdx - 64]",
        "vmovups ymm7, [rsi + rdx - 32]",
        "lea rdx, [rdi + rdx - 128]",
        "lea rcx, [rdi + 32]",
        "and rcx, -32",
        "sub rsi, rdi",
        "cmp rcx, rdx",
        "jae 3f",
        ".p2align 5",
        "2:",
        "vmovups ymm1, [rsi + rcx]",
        "vmovups ymm2, [rsi + rcx + 32]",
        "vmovups ymm3, [rsi + rcx + 64]",
        "vmovups ymm8, [rsi + rcx + 96]",
        "vmovaps [rcx], ymm1",
        "vmovaps [rcx + 32], ymm2",
        "vmovaps [rcx + 64], ymm3",
        "vmovaps [rcx + 96], ymm8",
        "sub rcx, -128",
        "cmp rcx, rdx",
        "jb 2b",
        "3:",
        "vmovups [rdx], ymm4",
        "vmovups [rdx + 32], ymm5",
        "vmovups [rdx + 64], ymm6",
        "vmovups [rdx + 96], ymm7",
        "vmovups [rax], ymm0",
        "vzeroupper",
        "ret",
    )
}

#[unsafe(naked)]
unsafe extern "C" fn copy_large_backward(target: *mut u8, source: *const u8, len: usize) -> *mut u8 {
    naked_asm!(
        "cmp rdi, rsi",
        "je 4f",
        "movups xmm0, [rsi + rdx - 16]",
        "movups xmm4, [rsi]",
        "movups xmm5, [rsi + 16]",
        "movups xmm6, [rsi + 32]",
        "movups xmm7, [rsi + 48]",
        "lea r8, [rdi + rdx - 16]",
        "lea rcx, [rdi + rdx]",
        "and rcx, -16",
        "lea r9, [rdi + 64]",
        "sub rsi, rdi",
        ".p2align 5",
        "2:",
        "movups xmm1, [rsi + rcx - 16]",
        "movups xmm2, [rsi + rcx - 32]",
        "movups xmm3, [rsi + rcx - 48]",
        "movups xmm8, [rsi + rcx - 64]",
        "movaps [rcx - 16], xmm1",
        "movaps [rcx - 32], xmm2",
        "movaps [rcx - 48], xmm3",
        "movaps [rcx - 64], xmm8",
        "sub rcx, 64",
        "cmp rcx, r9",
        "ja 2b",
        "movups [rdi], xmm4",
        "movups [rdi + 16], xmm5",
        "movups [rdi + 32], xmm6",
        "movups [rdi + 48], xmm7",
        "movups [r8], xmm0",
        "4:",
        "ret",
    )
}

#[cfg_attr(not(test), unsafe(export_name = "memset"))]
#[unsafe(naked)]
pub unsafe extern "C" fn memset(target: *mut u8, value: i32, len: usize) -> *mut u8 {
    naked_asm!(
        "movzx esi, sil",
        "mov r8, 0x0101010101010101",
        "imul r8, rsi",
        "mov rax, rdi",
        "cmp rdx, 16",
        "jb 3f",
        "movq xmm0, r8",
        "punpcklqdq xmm0, xmm0",
        "movups [rdi], xmm0",
        "movups [rdi + rdx - 16], xmm0",
        "cmp rdx, 32",
        "jbe 4f",
        "movups [rdi + 16], xmm0",
        "movups [rdi + rdx - 32], xmm0",
        "cmp rdx, 64",
        "jbe 4f",
        "movups [rdi + 32], xmm0",
        "movups [rdi + 48], xmm0",
        "movups [rdi + rdx - 64], xmm0",
        "movups [rdi + rdx - 48], xmm0",
        "cmp rdx, 128",
        "jbe 4f",
        // The first and the last 64 bytes are done.
        "lea rcx, [rdi + 64]",
        "and rcx, -64",
        "lea rdx, [rdi + rdx - 64]",
        "sub rdx, rcx",
        "cmp rdx, 1024",
        "ja 5f",
        "add rdx, rcx",
        "2:",
        "movaps [rcx], xmm0",
        "movaps [rcx + 16], xmm0",
        "movaps [rcx + 32], xmm0",
        "movaps [rcx + 48], xmm0",
        "add rcx, 64",
        "cmp rcx, rdx",
        "jb 2b",
        "4:",
        "ret",
        "5:",
        "mov rdi, rcx",
        "lea rcx, [rdx + 7]",
        "shr rcx, 3",
        "mov rdx, rax",
        "mov rax, r8",
        "rep stosq",
        "mov rax, rdx",
        "ret",
        // 0 to 15
        "3:",
        "cmp edx, 8",
        "jb 2f",
        "mov [rdi], r8",
        "mov [rdi + rdx - 8], r8",
        "ret",
        "2:",
        "cmp edx, 4",
        "jb 2f",
        "mov [rdi], r8d",
        "mov [rdi + rdx - 4], r8d",
        "ret",
        "2:",
        "test edx, edx",
        "jz 4b",
        "mov [rdi], r8b",
        "cmp edx, 1",
        "je 4b",
        "mov [rdi + rdx - 2], r8w",
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
