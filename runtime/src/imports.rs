//! The rows of an import table (`wexe_abi::imports`) become `extern "C"` symbols here, each around the safe body that
//! has the function's name.
//!
//! A symbol decodes its parameters, checks where the results will go, calls the body and stores what it returns.
//! Results are checked first so that a function with a bad pointer does nothing: no descriptor is opened that the
//! program never learns of.

use crate::errno::Result;
use crate::memory::{self, Plain};
use wexe_abi::imports::Param;
use wexe_abi::types::Errno;

/// Defines the symbols of module `$module`, whose table hands over its rows.
macro_rules! export_table {
    ($module:ident { $($file:ident { $($name:ident ($($param:ident: $ty:ty),*) -> $results:tt;)* })* }) => {
        $($($crate::imports::export_row!($module $file $name ($($param: $ty),*) -> $results);)*)*
    };
}

macro_rules! export_row {
    ($module:ident $file:ident $name:ident ($($param:ident: $ty:ty),*) -> (later $($nothing:ident)?)) => {};
    // The errno is in a register that nobody looks at but `--trace`.
    ($module:ident $file:ident $name:ident ($($param:ident: $ty:ty),*) -> nothing) => {
        $crate::imports::export_row!($module $file $name ($($param: $ty),*) -> ());
    };
    ($module:ident $file:ident $name:ident ($($param:ident: $ty:ty),*) -> (refused $why:literal)) => {
        const _: () = {
            #[unsafe(export_name = concat!(stringify!($module), ".", stringify!($name)))]
            extern "C" fn $name($(_: <$ty as wexe_abi::imports::Param>::Raw),*) -> i32 {
                wexe_abi::types::Errno::Notsup as i32
            }

            $crate::imports::traced!($module $name ($($param: $ty),*) -> ());
        };
    };
    ($module:ident $file:ident $name:ident ($param:ident: $ty:ty) -> !) => {
        const _: () = {
            #[inline(never)]
            #[unsafe(export_name = concat!(stringify!($module), ".", stringify!($name)))]
            extern "C" fn $name($param: <$ty as wexe_abi::imports::Param>::Raw) {
                if let Ok(value) = <$ty as wexe_abi::imports::Param>::decode($param) {
                    $crate::$module::$file::$name(value)
                }
            }

            $crate::imports::traced!($module $name ($param: $ty) -> ());
        };
    };
    ($module:ident $file:ident $name:ident ($($param:ident: $ty:ty),*) -> ($($result:ident: $result_ty:ty),*)) => {
        const _: () = {
            #[inline(never)]
            #[unsafe(export_name = concat!(stringify!($module), ".", stringify!($name)))]
            extern "C" fn $name(
                $($param: <$ty as wexe_abi::imports::Param>::Raw,)* $($result: i32),*
            ) -> i32 {
                $crate::imports::errno(|| {
                    $($crate::imports::check::<$result_ty>($result)?;)*
                    let results = $crate::$module::$file::$name($($crate::imports::decode::<$ty>($param)?),*)?;
                    $crate::imports::store_results!(results $($result)*);
                    Ok(())
                })
            }

            $crate::imports::traced!($module $name ($($param: $ty),*) -> ($($result: $result_ty),*));
        };
    };
}

/// Defines the symbol that programs built with `--trace` call instead of a function: `trace.` before its own.
macro_rules! traced {
    ($module:ident $name:ident ($($param:ident: $ty:ty),*) -> ($($result:ident: $result_ty:ty),*)) => {
        static DESCRIPTION: wexe_abi::description::Description =
            wexe_abi::describe!($name ($($param: $ty),*) ($($result: $result_ty),*));

        #[unsafe(export_name = concat!("trace.", stringify!($module), ".", stringify!($name)))]
        extern "C" fn traced($($param: <$ty as wexe_abi::imports::Param>::Raw,)* $($result: i32),*) -> i32 {
            let values: &[i64] = &[$(i64::from($param),)* $(i64::from($result)),*];
            $crate::trace::enter(&DESCRIPTION, values);
            let errno = $crate::trace::Outcome::errno($name($($param,)* $($result),*));
            $crate::trace::leave(&DESCRIPTION, values, errno);
            errno
        }
    };
}

/// Stores up to three results.
macro_rules! store_results {
    ($results:ident) => {
        let () = $results;
    };
    ($results:ident $pointer:ident) => {
        $crate::memory::write($pointer as u32, $results)?;
    };
    ($results:ident $first:ident $second:ident) => {
        $crate::memory::write($first as u32, $results.0)?;
        $crate::memory::write($second as u32, $results.1)?;
    };
    ($results:ident $first:ident $second:ident $third:ident) => {
        $crate::memory::write($first as u32, $results.0)?;
        $crate::memory::write($second as u32, $results.1)?;
        $crate::memory::write($third as u32, $results.2)?;
    };
}

pub(crate) use {export_row, export_table, store_results, traced};

/// What a function with this outcome returns.
pub fn errno(body: impl FnOnce() -> Result<()>) -> i32 {
    match body() {
        Ok(()) => Errno::Success as i32,
        Err(error) => error.0 as i32,
    }
}

/// Fails if a result of type `T` cannot be stored at `pointer`.
pub fn check<T: Plain>(pointer: i32) -> Result<()> {
    memory::bytes(pointer as u32, size_of::<T>() as u32)?;
    Ok(())
}

/// The parameter that `raw` stands for.
pub fn decode<T: Param>(raw: T::Raw) -> Result<T> {
    Ok(T::decode(raw)?)
}
