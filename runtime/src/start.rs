//! From the kernel's argument block to the program's exit: relocation, signal handlers, CPU check, memories, instances,
//! entry points.
//!
//! The image relocates itself because there is no interpreter; [`relocate`] runs before anything else and so must not
//! read data that itself needs relocation.

use crate::{arch, capabilities, confinement, mem, memory, stderr, table, trap};
use core::ffi::{CStr, c_char};
use core::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};
use rustix::io::Errno;
use wexe_abi::program::{ArrayCall, Module, Program};

unsafe extern "C" {
    #[link_name = "wexe.program"]
    /// The compiled program this process runs.
    pub safe static PROGRAM: Program;
}

/// The program's modules.
pub fn modules() -> impl Iterator<Item = &'static Module> {
    // SAFETY: the compiler emits `module_count` pointers to modules.
    let modules = unsafe { slice(PROGRAM.modules, PROGRAM.module_count) };
    // SAFETY: as above; modules are read-only data.
    modules.iter().map(|&module| unsafe { &*module })
}

/// An array that the compiler emitted; an empty one may have any address.
///
/// # Safety
/// `data` points to `len` values that nothing writes to.
pub unsafe fn slice<T>(data: *const T, len: u64) -> &'static [T] {
    if len == 0 {
        return &[];
    }
    // SAFETY: the caller's.
    unsafe { core::slice::from_raw_parts(data, len as usize) }
}

static ARGUMENTS: AtomicPtr<*const c_char> = AtomicPtr::new(core::ptr::null_mut());
static ARGUMENT_COUNT: AtomicUsize = AtomicUsize::new(0);

/// The command line, the program's name first.
pub fn arguments() -> impl ExactSizeIterator<Item = &'static CStr> {
    // SAFETY: set by `boot` to the kernel's array, which lives as long as the process.
    let pointers = unsafe { slice(ARGUMENTS.load(Ordering::Relaxed), ARGUMENT_COUNT.load(Ordering::Relaxed) as u64) };
    // SAFETY: the kernel ends every argument with a zero byte.
    pointers.iter().map(|&argument| unsafe { CStr::from_ptr(argument) })
}

/// What stands behind `prefix` in those variables of the environment that begin with it. Of others, only the bytes that
/// tell are looked at.
pub fn environment(prefix: &'static [u8]) -> impl Iterator<Item = &'static [u8]> + Clone {
    let first = first_variable();
    // SAFETY: the kernel ends all of them with a null pointer.
    let variables = (0..).map(move |index| unsafe { *first.add(index) }).take_while(|variable| !variable.is_null());
    // SAFETY: the kernel ends every variable with a zero byte, which the prefix has not.
    variables.filter_map(move |variable| unsafe {
        let begins = prefix.iter().enumerate().all(|(index, &byte)| variable.add(index).cast::<u8>().read() == byte);
        begins.then(|| CStr::from_ptr(variable.add(prefix.len())).to_bytes())
    })
}

fn first_variable() -> *const *const c_char {
    // SAFETY: as in `arguments`: the environment follows the null pointer that ends the arguments.
    unsafe { ARGUMENTS.load(Ordering::Relaxed).add(ARGUMENT_COUNT.load(Ordering::Relaxed) + 1) }
}

/// What the kernel says of this kind (`AT_…`) behind the environment, if it does.
pub fn auxiliary(kind: libc::c_ulong) -> Option<usize> {
    // SAFETY: as in `environment`: another null pointer ends the variables, and a pair of zeros the pairs behind it.
    unsafe {
        let mut at = first_variable();
        while !(*at).is_null() {
            at = at.add(1);
        }
        let pairs = at.add(1).cast::<[usize; 2]>();
        let mut pairs = (0..).map(|index| *pairs.add(index)).take_while(|[kind, _]| *kind != 0);
        Some(pairs.find(|[other, _]| *other == kind as usize)?[1])
    }
}

/// Entry of commands and reactors: instantiates every module, then calls `_initialize` and `_start`.
///
/// # Safety
/// `stack` is the kernel's argument block, and this is the process's first Rust code after [`relocate`].
pub unsafe extern "C" fn command(stack: *const usize) -> ! {
    // SAFETY: the caller's.
    unsafe { boot(stack) };
    instantiate_all();
    for &entry in &PROGRAM.entry {
        call(entry, &mut []);
    }
    arch::exit(0)
}

/// Makes the process ready for wasm code: arguments, stacks, signal handlers, CPU.
///
/// # Safety
/// As [`command`].
pub unsafe fn boot(stack: *const usize) {
    // SAFETY: the kernel puts the number of arguments, the arguments and a null pointer there, then the environment.
    unsafe {
        let count = *stack;
        let arguments = stack.add(1).cast::<*const c_char>().cast_mut();
        ARGUMENT_COUNT.store(count, Ordering::Relaxed);
        ARGUMENTS.store(arguments, Ordering::Relaxed);
        rustix::param::init(arguments.add(count + 1).cast());
    }
    trap::install();
    arch::probe_features(PROGRAM.cpu_features);
    mem::choose(arch::widest_way(PROGRAM.cpu_features));
    memory::choose_guest();
    capabilities::apply();
    // SAFETY: the compiler's array.
    for function in unsafe { slice(PROGRAM.at_start, PROGRAM.at_start_len) } {
        function();
    }
}

/// Maps every module, confines the process, then initialises the modules in order; a trap ends the process.
pub fn instantiate_all() {
    for module in modules() {
        if let Err((what, errno)) = map(module) {
            let why = match errno {
                Errno::EXIST => ": its address range is taken",
                Errno::PERM => ": low addresses are forbidden (see vm.mmap_min_addr)",
                _ => ": address space or memory exhausted (see ulimit -v)",
            };
            stderr::fail(&[b"cannot map ", what.as_bytes(), why.as_bytes()], 1);
        }
    }
    confinement::confine();
    for module in modules() {
        call(module.instantiate, &mut []);
    }
}

/// Maps what a module's instance needs before its code runs; if that fails, says what could not be mapped, and why.
pub fn map(module: &'static Module) -> Result<(), (&'static str, Errno)> {
    memory::map_state(module).map_err(|errno| ("instance state", errno))?;
    memory::map(module).map_err(|errno| ("linear memory", errno))?;
    table::map(module).map_err(|errno| ("a table", errno))
}

/// Calls an entry point of generated code, if there is one; a trap ends the process.
pub fn call(entry: Option<ArrayCall>, values: &mut [[u8; 16]]) {
    trap::call(entry, values);
}

#[repr(C)]
pub struct DynamicEntry {
    tag: u64,
    value: u64,
}

#[repr(C)]
struct Relocation {
    offset: u64,
    info: u64,
    addend: u64,
}

/// Applies the image's relocations, which are all relative to where the kernel loaded it, then write-protects what they
/// were the last to write to.
///
/// # Safety
/// `base` is the address of the image's ELF header, `dynamic` its dynamic section, and nothing has been relocated yet.
pub unsafe extern "C" fn relocate(base: u64, mut dynamic: *const DynamicEntry) {
    const DT_RELA: u64 = 7;
    const DT_RELASZ: u64 = 8;
    const DT_RELRSZ: u64 = 35;
    const DT_RELR: u64 = 36;
    const R_X86_64_RELATIVE: u64 = 8;
    let (mut rela, mut rela_size, mut relr, mut relr_size) = (0, 0, 0, 0);
    // SAFETY: the linker ends the dynamic section with a zero tag, and describes the tables that it made.
    unsafe {
        while (*dynamic).tag != 0 {
            match (*dynamic).tag {
                DT_RELA => rela = (*dynamic).value,
                DT_RELASZ => rela_size = (*dynamic).value,
                DT_RELR => relr = (*dynamic).value,
                DT_RELRSZ => relr_size = (*dynamic).value,
                _ => {}
            }
            dynamic = dynamic.add(1);
        }
        let relocations = (base + rela) as *const Relocation;
        for index in 0..rela_size as usize / size_of::<Relocation>() {
            let relocation = relocations.add(index);
            if (*relocation).info == R_X86_64_RELATIVE {
                *((base + (*relocation).offset) as *mut u64) = base + (*relocation).addend;
            }
        }
        relocate_packed(base, (base + relr) as *const u64, relr_size as usize / 8);
        protect_relocated(base);
    }
}

/// Applies relocations in the RELR format: an even word is an address, an odd one a bitmap of the 63 words that follow.
///
/// # Safety
/// As [`relocate`].
#[inline(always)]
unsafe fn relocate_packed(base: u64, words: *const u64, count: usize) {
    let mut next = core::ptr::null_mut::<u64>();
    for index in 0..count {
        // SAFETY: the linker made the table; its addresses are inside the image.
        unsafe {
            let word = *words.add(index);
            if word & 1 == 0 {
                next = (base + word) as *mut u64;
                *next += base;
                next = next.add(1);
                continue;
            }
            for bit in 1..64 {
                if word >> bit & 1 == 1 {
                    *next.add(bit - 1) += base;
                }
            }
            next = next.add(63);
        }
    }
}

/// Makes the image's `PT_GNU_RELRO` segment read-only.
///
/// # Safety
/// As [`relocate`].
#[inline(always)]
unsafe fn protect_relocated(base: u64) {
    let header = base as *const libc::Elf64_Ehdr;
    // SAFETY: the linker put the program headers where the ELF header says; the segment is the image's own.
    unsafe {
        let segments = (base + (*header).e_phoff) as *const libc::Elf64_Phdr;
        for index in 0..usize::from((*header).e_phnum) {
            let segment = segments.add(index);
            if (*segment).p_type == libc::PT_GNU_RELRO {
                let start = (base + (*segment).p_vaddr) & !0xfff;
                let end = (base + (*segment).p_vaddr + (*segment).p_memsz) & !0xfff;
                let arguments = [start as usize, (end - start) as usize, libc::PROT_READ as usize, 0, 0, 0];
                // Only a second line of defence: should the kernel refuse, the program runs as well without it.
                let _ = arch::syscall(libc::SYS_mprotect, arguments);
            }
        }
    }
}
