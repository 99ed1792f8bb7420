//! What a program that was built with `--profile-generate` counts goes into a file that is mapped where it counts.
//!
//! So there is nothing to do when the program ends, in whatever way it does: what was counted is in the file, even if
//! the process was killed. Nor does the program need a system call for it that its filter would have to let through.
//! Several runs add up in one file, as do several processes, which may lose a count now and then.

use crate::{arch, capabilities, memory, sandbox, stderr};
use core::ffi::c_void;
use rustix::fd::OwnedFd;
use rustix::fs::{FallocateFlags, FileType, OFlags};
use rustix::io::Errno;
use rustix::mm::{MapFlags, ProtFlags};
use wexe_abi::layout::FuncRecord;
use wexe_abi::profile::{Descriptor, HEADER_SIZE, MAGIC, TARGETS};

unsafe extern "C" {
    #[link_name = "wexe.profile"]
    safe static PROFILE: Descriptor;
}

/// Maps the counters. It is called at the start of programs that count.
#[unsafe(export_name = "wexe.map_profile")]
extern "C" fn map_profile() {
    let Some(path) = capabilities::profile() else {
        if memory::map_at(PROFILE.address, memory::page_align(PROFILE.len)).is_err() {
            stderr::fail(&[b"cannot map counters: address space or memory exhausted (see ulimit -v)"], 1);
        }
        return;
    };
    let why: &[u8] = match sandbox::open_granted(path, OFlags::RDWR | OFlags::CREATE).and_then(map) {
        Ok(()) => return,
        Err(Errno::INVAL) => b"it is something else",
        Err(Errno::NOSPC | Errno::DQUOT) => b"no space is left for it",
        Err(Errno::NODEV | Errno::OPNOTSUPP) => b"its file system cannot map files",
        Err(errno) => capabilities::reason(errno),
    };
    stderr::fail(&[b"cannot use '", path, b"' as the profile: ", why], 1);
}

/// Maps the file, which is a profile of the program afterwards; one of another program is replaced.
fn map(file: OwnedFd) -> rustix::io::Result<()> {
    let stat = rustix::fs::fstat(&file)?;
    let mut header = [0; HEADER_SIZE as usize];
    let read = rustix::io::pread(&file, &mut header, 0)?;
    if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile || read > 0 && !header.starts_with(MAGIC) {
        return Err(Errno::INVAL);
    }
    if stat.st_size as u64 != PROFILE.len || header != PROFILE.header {
        rustix::fs::ftruncate(&file, 0)?;
        // Space that is only promised would be missed in the middle of the program.
        match rustix::fs::fallocate(&file, FallocateFlags::empty(), 0, PROFILE.len) {
            Err(Errno::OPNOTSUPP) => rustix::fs::ftruncate(&file, PROFILE.len)?,
            outcome => outcome?,
        }
        rustix::io::pwrite(&file, &PROFILE.header, 0)?;
    }
    let wanted = core::ptr::with_exposed_provenance_mut::<c_void>(PROFILE.address as usize);
    let flags = MapFlags::SHARED | MapFlags::FIXED_NOREPLACE;
    let protection = ProtFlags::READ | ProtFlags::WRITE;
    // SAFETY: replaces no mapping; the address is in the program's part of the address space.
    let mapped = unsafe { rustix::mm::mmap(wanted, PROFILE.len as usize, protection, flags, &file, 0)? };
    if mapped == wanted { Ok(()) } else { Err(Errno::EXIST) }
}

/// Counts a call of the function with the record at this distance from the image: see `wexe_abi::builtins`.
///
/// The counters are those of the functions called most ("space-saving", Metwally and others, 2005): one that has none
/// takes over those of the function called least, with its count. What is called more than every fourth time stays.
pub fn count_target(counters: &mut [[u64; 2]; TARGETS], record: u64) {
    if record == 0 {
        return;
    }
    let distance = (arch::image_base() + record).wrapping_sub(PROFILE.records as u64);
    let function = distance / size_of::<FuncRecord>() as u64 + 1;
    let own = counters.iter().position(|[counted, _]| *counted == function);
    let least = counters.iter().enumerate().min_by_key(|(_, [_, count])| *count);
    let chosen = own.or(least.map(|(index, _)| index));
    if let Some([counted, count]) = chosen.and_then(|index| counters.get_mut(index)) {
        *counted = function;
        *count = count.wrapping_add(1);
    }
}
