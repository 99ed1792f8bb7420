//! Functions that the kernel maps into every process (the vDSO), found by name in the ELF image that it also maps;
//! rustix looks there for the time, but not for random numbers. System V ABI, chapter 5 (symbol and hash tables).

use crate::start;
use core::ffi::{CStr, c_char};
use libc::{Elf64_Ehdr, Elf64_Phdr, Elf64_Sym};

/// Tags of the dynamic section.
const HASH: u64 = 4;
const STRING_TABLE: u64 = 5;
const SYMBOL_TABLE: u64 = 6;

/// The address of a function; none on a kernel without it.
pub fn function(name: &CStr) -> Option<*const ()> {
    let image = start::auxiliary(libc::AT_SYSINFO_EHDR)? as *const u8;
    // SAFETY: the kernel maps a complete image of one segment, whose addresses count from its beginning.
    unsafe {
        let header = &*image.cast::<Elf64_Ehdr>();
        let segments = image.add(header.e_phoff as usize).cast::<Elf64_Phdr>();
        let mut segments = (0..usize::from(header.e_phnum)).map(|index| &*segments.add(index));
        let dynamic = segments.find(|segment| segment.p_type == libc::PT_DYNAMIC)?;
        let entries = image.add(dynamic.p_vaddr as usize).cast::<[u64; 2]>();
        let entries = (0..).map(|index| *entries.add(index)).take_while(|[tag, _]| *tag != 0);
        let table = |wanted| {
            let mut entries = entries.clone();
            Some(image.add(entries.find(|[tag, _]| *tag == wanted)?[1] as usize))
        };
        // As many chains as symbols.
        let count = *table(HASH)?.cast::<u32>().add(1) as usize;
        let (symbols, names) = (table(SYMBOL_TABLE)?.cast::<Elf64_Sym>(), table(STRING_TABLE)?.cast::<c_char>());
        let mut symbols = (0..count).map(|index| &*symbols.add(index));
        let symbol = symbols.find(|symbol| CStr::from_ptr(names.add(symbol.st_name as usize)) == name)?;
        (symbol.st_value != 0).then(|| image.add(symbol.st_value as usize).cast())
    }
}
