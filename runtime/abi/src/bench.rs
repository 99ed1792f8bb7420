//! The import table of `bench`: the marks that benchmark programs set around the part to be measured.
//!
//! Source: the programs of Sightglass, which import `bench.start` and `bench.end`.

/// Hands the rows of `bench` to the macro `$expand` (see [`crate::imports`]).
#[macro_export]
macro_rules! bench {
    ($expand:ident) => {
        $expand! {
            bench {
                start {
                    start() -> nothing;
                }
                end {
                    end() -> nothing;
                }
            }
        }
    };
}

use crate::imports::import_table;
bench!(import_table);
