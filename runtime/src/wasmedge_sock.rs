//! The sockets that WasmEdge added to preview1: no program is granted any, so every function answers `nosys`.

use crate::imports::traced;
use wexe_abi::imports::Param;
use wexe_abi::types::*;

macro_rules! export_nosys {
    ($module:ident { $($file:ident { $($name:ident ($($param:ident: $ty:ty),*) -> ();)* })* }) => {
        $($(const _: () = {
            #[unsafe(export_name = concat!(stringify!($module), ".", stringify!($name)))]
            extern "C" fn $name($(_: <$ty as Param>::Raw),*) -> i32 {
                Errno::Nosys as i32
            }

            traced!($module $name ($($param: $ty),*) -> ());
        };)*)*
    };
}

wexe_abi::wasmedge_sock!(export_nosys);
