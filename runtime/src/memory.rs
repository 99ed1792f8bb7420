//! Linear memories: maps them, grows them, and turns guest addresses into host pointers. Nothing else in the runtime
//! does.
//!
//! Guest memory is only ever reached through raw pointers: wasm code writes to it between any two host calls, two guest
//! buffers may overlap, and no Rust reference could promise otherwise. Every access is checked against the size at that
//! moment. A program without a memory has one of size 0.

use crate::{start, stderr};
use core::ffi::c_void;
use core::mem::MaybeUninit;
use core::sync::atomic::{AtomicPtr, AtomicU64, Ordering};
use rustix::mm::{Advice, MapFlags, MremapFlags, ProtFlags};
use wexe_abi::layout::{LOW_MEMORY, MemoryState, SegmentState, StateHeader};
use wexe_abi::program::{IMAGE_COPIED_MAX, Memory, Module};
use wexe_abi::{types, wasi_unstable, wasix_32v1, wasmedge_sock};

/// The kernel's page.
pub const PAGE: u64 = 4096;

/// An access would leave linear memory. For WASI this is `EFAULT`.
#[derive(Clone, Copy, Debug)]
pub struct OutOfBounds;

/// State of the memory that host functions work on: memory 0 of the first module. Null if there is none.
static GUEST: AtomicPtr<MemoryState> = AtomicPtr::new(core::ptr::null_mut());
static NO_MEMORY: MemoryState = MemoryState { size: 0, base: LOW_MEMORY, max_size: 0, page_size_log2: 16, reserved: 0 };

/// Some bytes of linear memory. Memory never shrinks or moves, so they stay valid. To the kernel this is an `iovec`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Bytes {
    data: *mut u8,
    len: usize,
}

const _: () = {
    use core::mem::offset_of;
    assert!(size_of::<Bytes>() == size_of::<libc::iovec>());
    assert!(offset_of!(Bytes, data) == offset_of!(libc::iovec, iov_base));
    assert!(offset_of!(Bytes, len) == offset_of!(libc::iovec, iov_len));
};

/// The `len` bytes at guest address `address`. No bytes at the very end of memory are fine.
pub fn bytes(address: u32, len: u32) -> Result<Bytes, OutOfBounds> {
    range(u64::from(address), u64::from(len))
}

fn range(address: u64, len: u64) -> Result<Bytes, OutOfBounds> {
    // SAFETY: a memory state stays mapped, and generated code and other calls only write to it between calls.
    let state = unsafe { GUEST.load(Ordering::Relaxed).as_ref() }.unwrap_or(&NO_MEMORY);
    let end = address.checked_add(len).ok_or(OutOfBounds)?;
    if end > state.size {
        return Err(OutOfBounds);
    }
    Ok(Bytes { data: core::ptr::with_exposed_provenance_mut((state.base + address) as usize), len: len as usize })
}

impl Bytes {
    pub fn len(self) -> usize {
        self.len
    }

    pub fn is_empty(self) -> bool {
        self.len == 0
    }

    /// For system calls that read or write guest memory.
    pub fn as_ptr(self) -> *mut u8 {
        self.data
    }

    /// The part from `start` on, of `len` bytes.
    pub fn part(self, start: usize, len: usize) -> Result<Bytes, OutOfBounds> {
        if start > self.len || len > self.len - start {
            return Err(OutOfBounds);
        }
        // SAFETY: `start` is at most the length.
        Ok(Bytes { data: unsafe { self.data.add(start) }, len })
    }

    /// Copies guest bytes to `host`, as many as fit: what of it is initialised now.
    pub fn copy_to_uninit(self, host: &mut [MaybeUninit<u8>]) -> &mut [u8] {
        let len = self.len.min(host.len());
        // SAFETY: both have `len` bytes; `host` is no guest memory, since nothing makes references into that. The bytes
        // returned are those that were copied.
        unsafe {
            core::ptr::copy_nonoverlapping(self.data, host.as_mut_ptr().cast(), len);
            core::slice::from_raw_parts_mut(host.as_mut_ptr().cast(), len)
        }
    }

    /// Copies guest bytes to `host`, as many as fit: how many.
    pub fn copy_to(self, host: &mut [u8]) -> usize {
        let len = self.len.min(host.len());
        // SAFETY: as in `copy_to_uninit`.
        unsafe { core::ptr::copy_nonoverlapping(self.data, host.as_mut_ptr(), len) };
        len
    }

    /// Copies `host` to guest bytes, as many as fit: how many.
    pub fn copy_from(self, host: &[u8]) -> usize {
        let len = self.len.min(host.len());
        // SAFETY: as in `copy_to_uninit`.
        unsafe { core::ptr::copy_nonoverlapping(host.as_ptr(), self.data, len) };
        len
    }
}

/// A value that can be read from and written to guest memory as it is.
///
/// # Safety
/// Every bit pattern is a value, and there is no padding (it would leak host memory to the guest).
pub unsafe trait Plain: Copy {}

// SAFETY: integers.
unsafe impl Plain for u8 {}
// SAFETY: integers.
unsafe impl Plain for u16 {}
// SAFETY: integers.
unsafe impl Plain for u32 {}
// SAFETY: integers.
unsafe impl Plain for u64 {}
// SAFETY: an array of plain values has no padding either.
unsafe impl<T: Plain, const N: usize> Plain for [T; N] {}

/// A value's bytes, as the guest would see them.
pub fn bytes_of<T: Plain>(value: &T) -> &[u8] {
    // SAFETY: a plain value has no padding, so all its bytes are initialised.
    unsafe { core::slice::from_raw_parts(core::ptr::from_ref(value).cast(), size_of::<T>()) }
}

/// The value that is stored at the beginning of `bytes`, if there are enough.
pub fn value_of<T: Plain>(bytes: &[u8]) -> Option<T> {
    let bytes = bytes.get(..size_of::<T>())?;
    // SAFETY: as many bytes as the value has, and any are one.
    Some(unsafe { bytes.as_ptr().cast::<T>().read_unaligned() })
}

macro_rules! plain_structures {
    ($($structure:ty),*) => {
        // SAFETY: integers and arrays of them; padding is spelled out as fields (their sizes are asserted beside them).
        $(unsafe impl Plain for $structure {})*
    };
}

plain_structures! {
    types::Fdstat, types::Filestat, types::Dirent, types::Prestat, types::Subscription, types::Event, types::Roflags,
    wasi_unstable::Filestat, wasi_unstable::Subscription, wasix_32v1::AddrPort, wasix_32v1::AddrIp,
    wasix_32v1::OptionTimestamp, wasix_32v1::EpollEvent, wasix_32v1::Tty, types::Fdflagsext, wasmedge_sock::Addrinfo,
    wasmedge_sock::Sockaddr, libc::pollfd
}

/// Stores a value at a guest address, which need not be aligned.
pub fn write<T: Plain>(address: u32, value: T) -> Result<(), OutOfBounds> {
    let bytes = range(u64::from(address), size_of::<T>() as u64)?;
    // SAFETY: as many bytes as the value has.
    unsafe { bytes.data.cast::<T>().write_unaligned(value) };
    Ok(())
}

/// The value at a guest address, which need not be aligned.
pub fn read<T: Plain>(address: u32) -> Result<T, OutOfBounds> {
    let bytes = range(u64::from(address), size_of::<T>() as u64)?;
    // SAFETY: as many bytes as the value has.
    Ok(unsafe { bytes.data.cast::<T>().read_unaligned() })
}

/// An array of plain values in guest memory, all of it in bounds.
#[derive(Clone, Copy)]
pub struct Array<T> {
    data: *mut T,
    len: usize,
}

/// The `len` values at guest address `address`.
pub fn array<T: Plain>(address: u32, len: u32) -> Result<Array<T>, OutOfBounds> {
    let bytes = range(u64::from(address), u64::from(len) * size_of::<T>() as u64)?;
    Ok(Array { data: bytes.data.cast(), len: len as usize })
}

impl<T: Plain> Array<T> {
    pub fn get(self, index: usize) -> Option<T> {
        // SAFETY: inside the array, all of which is in bounds.
        (index < self.len).then(|| unsafe { self.data.add(index).read_unaligned() })
    }

    /// Stores an element; one past the end is dropped.
    pub fn set(self, index: usize, value: T) {
        if index < self.len {
            // SAFETY: inside the array, all of which is in bounds.
            unsafe { self.data.add(index).write_unaligned(value) };
        }
    }

    pub fn iter(self) -> impl Iterator<Item = T> {
        (0..self.len).map_while(move |index| self.get(index))
    }
}

/// What Linux takes at most in one vectored call.
pub const MAX_VECTORS: usize = libc::UIO_MAXIOV as usize;

/// Room for what a guest's vectors stand for, at most `N`.
pub struct Vectors<const N: usize>([MaybeUninit<Bytes>; N]);

impl<const N: usize> Vectors<N> {
    pub const fn new() -> Vectors<N> {
        Vectors([const { MaybeUninit::uninit() }; N])
    }

    /// Translates the guest's array of `count` pairs of address and length. Empty ones are left out, and those that
    /// find no room: reading and writing less than asked for is allowed.
    #[inline(always)]
    pub fn translate(&mut self, address: u32, count: u32) -> Result<&[libc::iovec], OutOfBounds> {
        let vectors = self.parts(address, count)?;
        // SAFETY: the two have the same layout.
        Ok(unsafe { core::slice::from_raw_parts(vectors.as_ptr().cast(), vectors.len()) })
    }

    /// The same in the form in which the runtime itself can use them.
    #[inline(always)]
    pub fn parts(&mut self, address: u32, count: u32) -> Result<&[Bytes], OutOfBounds> {
        let mut len = 0;
        for [address, size] in array::<[u32; 2]>(address, count)?.iter() {
            let bytes = bytes(address, size)?;
            if bytes.is_empty() {
                continue;
            }
            let Some(host) = self.0.get_mut(len) else { break };
            host.write(bytes);
            len += 1;
        }
        // SAFETY: the first `len` are initialised.
        Ok(unsafe { core::slice::from_raw_parts(self.0.as_ptr().cast(), len) })
    }
}

/// Zeroed values in memory of the host, for a number of them that only the guest knows. Given back when dropped.
pub struct Scratch<T> {
    data: *mut T,
    len: usize,
}

impl<T: Plain> Scratch<T> {
    pub fn new(len: usize) -> rustix::io::Result<Scratch<T>> {
        let size = len.checked_mul(size_of::<T>()).ok_or(rustix::io::Errno::NOMEM)?;
        // SAFETY: a new mapping, wherever there is room.
        let data = unsafe {
            let protection = ProtFlags::READ | ProtFlags::WRITE;
            rustix::mm::mmap_anonymous(core::ptr::null_mut(), size, protection, MapFlags::PRIVATE)?
        };
        Ok(Scratch { data: data.cast(), len })
    }
}

impl<T> core::ops::Deref for Scratch<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        // SAFETY: mapped by `new`, which filled it with zeros: any bit pattern is a value.
        unsafe { core::slice::from_raw_parts(self.data, self.len) }
    }
}

impl<T> core::ops::DerefMut for Scratch<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        // SAFETY: as above.
        unsafe { core::slice::from_raw_parts_mut(self.data, self.len) }
    }
}

impl<T> Drop for Scratch<T> {
    fn drop(&mut self) {
        // SAFETY: mapped by `new`; nothing borrows it any more.
        let _ = unsafe { rustix::mm::munmap(self.data.cast(), self.len * size_of::<T>()) };
    }
}

/// Maps fresh zeroed memory at exactly this address.
pub fn map_at(address: u64, len: u64) -> Result<(), rustix::io::Errno> {
    if len == 0 {
        return Ok(());
    }
    let wanted = core::ptr::with_exposed_provenance_mut::<c_void>(address as usize);
    let flags = MapFlags::PRIVATE | MapFlags::FIXED_NOREPLACE | MapFlags::NORESERVE;
    // SAFETY: replaces no mapping; the address space below the executable is the program's (see `wexe_abi::layout`).
    let mapped =
        unsafe { rustix::mm::mmap_anonymous(wanted, len as usize, ProtFlags::READ | ProtFlags::WRITE, flags)? };
    // Kernels before 4.17 take the address as a hint.
    if mapped == wanted { Ok(()) } else { Err(rustix::io::Errno::EXIST) }
}

/// Size of a huge page, log2 of bytes.
const HUGE_PAGE_LOG2: u32 = 21;

/// Has the kernel use huge pages, where it is set up to, in a part of a memory that was mapped at once.
fn use_huge_pages(begin: u64, end: u64) {
    let begin = begin.next_multiple_of(1 << HUGE_PAGE_LOG2);
    let end = end >> HUGE_PAGE_LOG2 << HUGE_PAGE_LOG2;
    if begin < end {
        let begin_pointer = core::ptr::with_exposed_provenance_mut(begin as usize);
        // SAFETY: the range is mapped; what is in it stays.
        let _ = unsafe { rustix::mm::madvise(begin_pointer, (end - begin) as usize, Advice::LinuxHugepage) };
    }
}

/// `size` rounded up to the kernel's page.
pub fn page_align(size: u64) -> u64 {
    size.next_multiple_of(PAGE)
}

/// Maps an instance's state and fills in its initial contents.
pub fn map_state(module: &Module) -> Result<(), rustix::io::Errno> {
    if module.state_size == 0 {
        return Ok(());
    }
    map_at(module.state, page_align(module.state_size))?;
    let state = core::ptr::with_exposed_provenance_mut::<u8>(module.state as usize);
    // SAFETY: just mapped, and the compiler made the image no larger than the state.
    unsafe {
        core::ptr::copy_nonoverlapping(module.state_image, state, module.state_image_len as usize);
        (*state.cast::<StateHeader>()).image_base = crate::arch::image_base();
    }
    Ok(())
}

/// Maps the memories that a module defines and moves their initial contents there.
pub fn map(module: &Module) -> Result<(), rustix::io::Errno> {
    // SAFETY: the compiler's array.
    for memory in unsafe { start::slice(module.memories, module.memory_count) } {
        // SAFETY: the memory's state is part of the instance's, which is mapped; its images are what the compiler says.
        unsafe { map_memory(memory)? };
    }
    Ok(())
}

/// Lets host functions work on the memory of the program: the first that its first module defines.
pub fn choose_guest() {
    // SAFETY: the compiler's array.
    let first = start::modules()
        .next()
        .and_then(|module| unsafe { start::slice(module.memories, module.memory_count) }.first());
    if let Some(memory) = first {
        GUEST.store(memory.state, Ordering::Relaxed);
    }
}

/// Bytes that all memories have together, and all ones less the most that they may have (so that it starts as zero).
static USED: AtomicU64 = AtomicU64::new(0);
static WITHHELD: AtomicU64 = AtomicU64::new(0);

/// Limits what all linear memories have together.
pub fn limit(bytes: u64) {
    WITHHELD.store(u64::MAX - bytes, Ordering::Relaxed);
}

/// How large all memories are with `more` bytes, if they may be.
fn allow(more: u64) -> Option<u64> {
    let used = USED.load(Ordering::Relaxed).checked_add(more)?;
    (used <= u64::MAX - WITHHELD.load(Ordering::Relaxed)).then_some(used)
}

/// # Safety
/// The memory's state is mapped, those of its images that are moved are pages of the executable that nothing else
/// needs.
unsafe fn map_memory(memory: &Memory) -> Result<(), rustix::io::Errno> {
    // SAFETY: the caller's.
    let MemoryState { size, base, .. } = unsafe { *memory.state };
    let Some(used) = allow(size) else { refuse() };
    USED.store(used, Ordering::Relaxed);
    map_at(base, page_align(size))?;
    // SAFETY: the caller's.
    let images = unsafe { start::slice(memory.images, memory.image_count) };
    // What lies before data is mostly stack, of which little is touched; and small programs have no more than that.
    let data_end = images.last().map_or(base + 1, |image| image.address + image.len);
    use_huge_pages(data_end, base + size);
    for image in images {
        let len = image.len as usize;
        if image.len <= IMAGE_COPIED_MAX {
            // SAFETY: the target is part of what was just mapped, and large enough.
            unsafe {
                let target = core::ptr::with_exposed_provenance_mut(image.address as usize);
                core::ptr::copy_nonoverlapping(image.data.cast_const(), target, len);
            }
            continue;
        }
        let target = core::ptr::with_exposed_provenance_mut(image.address as usize);
        // SAFETY: the target is part of what was just mapped; the pages of the executable go there without a copy.
        unsafe { rustix::mm::mremap_fixed(image.data.cast(), len, len, MremapFlags::MAYMOVE, target)? };
    }
    Ok(())
}

/// Ends the process, whose memory would begin with more than it may have.
fn refuse() -> ! {
    let mut buffer = [0; 20];
    let limit = stderr::digits(u64::MAX - WITHHELD.load(Ordering::Relaxed), 10, &mut buffer);
    stderr::fail(&[b"linear memory begins with more than the ", limit, b" bytes that --max-memory allows"], 1)
}

/// `memory.grow`: the old size in pages, or −1.
pub fn grow(state: &mut MemoryState, delta_pages: u64) -> i64 {
    let old_size = state.size;
    let grown = || {
        let delta = delta_pages.checked_mul(1 << state.page_size_log2)?;
        let size = old_size.checked_add(delta).filter(|&size| size <= state.max_size)?;
        let used = allow(delta)?;
        let mapped = page_align(old_size);
        map_at(state.base + mapped, page_align(size) - mapped).ok()?;
        use_huge_pages(state.base + mapped, state.base + size);
        Some((size, used))
    };
    let Some((size, used)) = grown() else { return -1 };
    state.size = size;
    USED.store(used, Ordering::Relaxed);
    (old_size >> state.page_size_log2) as i64
}

/// Whether `len` elements from `start` on are among the first `size`.
pub fn in_bounds(size: u64, start: u64, len: u64) -> bool {
    start.checked_add(len).is_some_and(|end| end <= size)
}

/// The host address of a range of a memory.
fn host_range(state: &MemoryState, start: u64, len: u64) -> Result<*mut u8, OutOfBounds> {
    if !in_bounds(state.size, start, len) {
        return Err(OutOfBounds);
    }
    Ok(core::ptr::with_exposed_provenance_mut((state.base + start) as usize))
}

/// `memory.copy`, of which source and target may overlap.
pub fn copy(to: &MemoryState, from: &MemoryState, target: u64, source: u64, len: u64) -> Result<(), OutOfBounds> {
    let source = host_range(from, source, len)?;
    let target = host_range(to, target, len)?;
    // SAFETY: both ranges are in bounds.
    unsafe { core::ptr::copy(source, target, len as usize) };
    Ok(())
}

/// `memory.fill`.
pub fn fill(state: &MemoryState, target: u64, value: u8, len: u64) -> Result<(), OutOfBounds> {
    let target = host_range(state, target, len)?;
    // SAFETY: the range is in bounds.
    unsafe { core::ptr::write_bytes(target, value, len as usize) };
    Ok(())
}

/// `memory.init`.
pub fn init(
    state: &MemoryState,
    segment: &SegmentState,
    target: u64,
    source: u64,
    len: u64,
) -> Result<(), OutOfBounds> {
    if !in_bounds(segment.len, source, len) {
        return Err(OutOfBounds);
    }
    let target = host_range(state, target, len)?;
    let source = core::ptr::with_exposed_provenance::<u8>((segment.data + source) as usize);
    // SAFETY: the range is in bounds, and the segment is read-only data of the executable.
    unsafe { core::ptr::copy_nonoverlapping(source, target, len as usize) };
    Ok(())
}
