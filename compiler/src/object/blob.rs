//! The contents of a section while they are being laid out: bytes, and where in them addresses go.

use object::write::SymbolId;

/// What an address in a section refers to.
#[derive(Clone, Copy, Debug)]
pub(super) enum Pointee {
    Null,
    /// A place in a section of the same object.
    Section(Section, u64),
    Symbol(SymbolId),
}

/// The sections that a module consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Section {
    /// Machine code.
    Text,
    /// Constant data without addresses, or with relative ones.
    Rodata,
    /// Constant data with addresses, relocated at start.
    Relro,
    /// Directory trees (`wexe_abi::embed`).
    Embedded,
    /// Initial contents of linear memories.
    Image,
}

impl Section {
    pub const ALL: [Section; 5] = [Section::Text, Section::Rodata, Section::Relro, Section::Embedded, Section::Image];
}

/// Bytes with holes for addresses.
#[derive(Default)]
pub(super) struct Blob {
    pub bytes: Vec<u8>,
    /// 8-byte holes for addresses.
    pub pointers: Vec<(u64, Pointee)>,
    /// 4-byte holes for distances from themselves, plus an addend.
    pub distances: Vec<(u64, Pointee, i64)>,
}

impl Blob {
    /// Appends zeros up to a multiple of `alignment`; the offset that is reached.
    pub fn align(&mut self, alignment: u64) -> u64 {
        let offset = (self.bytes.len() as u64).next_multiple_of(alignment);
        self.bytes.resize(offset as usize, 0);
        offset
    }

    /// Appends bytes; the offset where they begin.
    pub fn put(&mut self, bytes: &[u8], alignment: u64) -> u64 {
        let offset = self.align(alignment);
        self.bytes.extend_from_slice(bytes);
        offset
    }

    pub fn put_u32s(&mut self, values: impl IntoIterator<Item = u32>) -> u64 {
        let offset = self.align(4);
        self.bytes.extend(values.into_iter().flat_map(u32::to_le_bytes));
        offset
    }

    pub fn put_u64(&mut self, value: u64) {
        self.bytes.extend(value.to_le_bytes());
    }

    pub fn put_pointer(&mut self, pointee: Pointee) {
        let offset = self.bytes.len() as u64;
        self.put_u64(0);
        if !matches!(pointee, Pointee::Null) {
            self.pointers.push((offset, pointee));
        }
    }
}
