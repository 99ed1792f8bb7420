//! Segments, function records and descriptors → the data sections.

use super::blob::{Blob, Pointee, Section};
use super::{PAGE, Places, Writer, function_symbol};
use crate::constant::{self, Constant};
use crate::declare::{self, Callee, Memory, function_items};
use crate::error::{Error, Result};
use crate::translate::Environment;
use wasmparser::{DataKind, ElementKind};
use wexe_abi::program;

/// Zero bytes between two data segments that are cheaper to store than a second image.
const IMAGE_GAP: u64 = 64 << 10;
/// The images of all memories together are at most this large, in bytes; a module over it is an error.
const IMAGES_MAX: u64 = 2 << 30;

/// Data segments outside the images, and the functions of element segments as distances to their records.
///
/// Must come before [`records`]: the distances are resolved when the records' places are known.
pub(super) fn segments(environment: Environment<'_>, rodata: &mut Blob, places: &mut Places) -> Result<()> {
    let module = environment.module;
    for (index, data) in module.data.iter().enumerate().skip(environment.declarations.folded_data) {
        places.data.insert(index as u32, rodata.put(data.data, 1));
    }
    // Records are 8 bytes each and come first, so that their offsets are known to the segments behind them.
    let records = rodata.align(8);
    let referenced = &environment.declarations.referenced;
    for (function, offset) in referenced.iter().zip((records..).step_by(8)) {
        places.records.insert(*function, offset);
    }
    rodata.bytes.resize(records as usize + referenced.len() * 8, 0);
    for (index, element) in module.elements.iter().enumerate() {
        if matches!(element.kind, ElementKind::Declared) {
            continue;
        }
        let Some(functions) = function_items(element)? else { continue };
        let begin = rodata.align(4);
        let distances = functions.iter().zip((begin..).step_by(4)).map(|(function, place)| match function {
            Some(function) => (places.records[function] as i64 - place as i64) as i32 as u32,
            None => 0,
        });
        let distances: Vec<u32> = distances.collect();
        places.elements.insert(index as u32, rodata.put_u32s(distances));
    }
    Ok(())
}

/// Fills the `FuncRecord`s that [`segments`] left room for.
pub(super) fn records(environment: Environment<'_>, writer: &mut Writer<'_>, rodata: &mut Blob, places: &mut Places) {
    let declarations = environment.declarations;
    for function in &declarations.referenced {
        let declaration = &declarations.functions[*function as usize];
        let code = match places.functions.get(function) {
            Some(offset) => Pointee::Section(Section::Text, *offset),
            None => {
                let symbol = function_symbol(&declarations.prefix, &declaration.callee, *function);
                debug_assert!(matches!(declaration.callee, Callee::Instance(_)));
                Pointee::Symbol(writer.external(&symbol))
            }
        };
        let record = places.records[function];
        rodata.distances.push((record, code, 0));
        let type_id = declare::type_id(declaration.ty).to_le_bytes();
        rodata.bytes[record as usize + 4..record as usize + 8].copy_from_slice(&type_id);
    }
}

/// Writes `wexe_abi::program::Module` and what it points to; the offset of the descriptor.
pub(super) fn descriptor(
    environment: Environment<'_>,
    places: &Places,
    code: Blob,
    rodata: &mut Blob,
    relro: &mut Blob,
    image: &mut Blob,
) -> Result<u64> {
    let (module, declarations) = (environment.module, environment.declarations);
    let state_image = rodata.put(&declarations.state_image, 16);
    let defined_memories = &declarations.memories[module.imported.memories..];
    let mut image_lists = Vec::new();
    for (index, memory) in defined_memories.iter().enumerate() {
        let images = images(environment, (module.imported.memories + index) as u32, memory, rodata, image)?;
        let list = relro.align(8);
        for image in &images {
            relro.put_u64(image.address);
            relro.put_pointer(Pointee::Section(image.section, image.offset));
            relro.put_u64(image.len);
        }
        image_lists.push((list, images.len() as u64));
    }
    let memories = relro.align(8);
    for (memory, (list, count)) in defined_memories.iter().zip(image_lists) {
        relro.put_u64(memory.state);
        relro.put_pointer(Pointee::Section(Section::Relro, list));
        relro.put_u64(count);
    }
    let defined_tables = &declarations.tables[module.imported.tables..];
    let tables = relro.align(8);
    for table in defined_tables {
        relro.put_u64(table.state);
        relro.put_u64(u64::from(table.in_state));
    }

    let descriptor = relro.align(8);
    relro.put_u64(declarations.state);
    relro.put_u64(declarations.state_size);
    relro.put_pointer(Pointee::Section(Section::Rodata, state_image));
    relro.put_u64(declarations.state_image.len() as u64);
    relro.put_pointer(Pointee::Section(Section::Relro, memories));
    relro.put_u64(defined_memories.len() as u64);
    relro.put_pointer(Pointee::Section(Section::Relro, tables));
    relro.put_u64(defined_tables.len() as u64);
    relro.put_pointer(places.instantiate.map_or(Pointee::Null, |offset| Pointee::Section(Section::Text, offset)));
    let code_offset = relro.put(&code.bytes, 8);
    relro.pointers.extend(code.pointers.into_iter().map(|(offset, pointee)| (code_offset + offset, pointee)));
    debug_assert_eq!(relro.bytes.len() as u64 - descriptor, size_of::<program::Module>() as u64);
    Ok(descriptor)
}

/// Where the initial contents of a part of a memory are.
struct Image {
    address: u64,
    len: u64,
    section: Section,
    offset: u64,
}

/// Lays out the initial contents of one memory: small pieces, which are copied, among the constants, and others as
/// pages of their own, which are moved.
fn images(
    environment: Environment<'_>,
    memory_index: u32,
    memory: &Memory,
    rodata: &mut Blob,
    pages: &mut Blob,
) -> Result<Vec<Image>> {
    let (module, declarations) = (environment.module, environment.declarations);
    let segments = module.data[..declarations.folded_data].iter().filter_map(|data| match &data.kind {
        DataKind::Active { memory_index: index, offset_expr } if *index == memory_index => {
            let offset = constant::evaluate(offset_expr, &declarations.globals).and_then(Constant::as_index);
            Some((offset.expect("folded segments have a known place"), data.data))
        }
        _ => None,
    });
    let segments: Vec<(u64, &[u8])> = segments.filter(|(_, bytes)| !bytes.is_empty()).collect();

    // Bytes that are given, as ranges in ascending order, close ones joined.
    let mut ranges: Vec<(u64, u64)> =
        segments.iter().map(|(offset, bytes)| (*offset, offset + bytes.len() as u64)).collect();
    ranges.sort_unstable();
    let mut joined: Vec<(u64, u64)> = Vec::new();
    for (begin, end) in ranges {
        match joined.last_mut() {
            Some(last) if begin <= last.1 + IMAGE_GAP => last.1 = last.1.max(end),
            _ => joined.push((begin, end)),
        }
    }
    let total: u64 = joined.iter().map(|(begin, end)| end - begin).sum();
    if (pages.bytes.len() + rodata.bytes.len()) as u64 + total > IMAGES_MAX {
        return Err(Error::limit(format!("data segments that span {total} bytes; the limit is {IMAGES_MAX}")));
    }
    let mut images = Vec::with_capacity(joined.len());
    for (begin, end) in joined {
        // Pages do not overlap: the gaps between the ranges are larger than a page.
        let is_copied = end - begin <= program::IMAGE_COPIED_MAX;
        let (begin, end) = if is_copied { (begin, end) } else { (begin & !(PAGE - 1), end.next_multiple_of(PAGE)) };
        let (section, blob, alignment) =
            if is_copied { (Section::Rodata, &mut *rodata, 16) } else { (Section::Image, &mut *pages, PAGE) };
        let offset = blob.align(alignment);
        blob.bytes.resize((offset + end - begin) as usize, 0);
        images.push(Image { address: memory.base + begin, len: end - begin, section, offset });
    }
    // In the order of the module: a later segment overwrites an earlier one.
    for (place, bytes) in segments {
        let address = memory.base + place;
        let image = &images[images.partition_point(|image| image.address <= address) - 1];
        let blob = if image.section == Section::Image { &mut *pages } else { &mut *rodata };
        let offset = (image.offset + address - image.address) as usize;
        blob.bytes[offset..offset + bytes.len()].copy_from_slice(bytes);
    }
    Ok(images)
}
