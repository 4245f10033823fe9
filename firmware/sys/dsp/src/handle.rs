//! Who owns a context of spandsp, what it may do with threads, and what its callbacks may touch: the crate's rules of safety.
//!
//! - A [`Handle`] owns one context: made once, freed once when dropped, reached through `&mut` only.
//! - It moves between threads ([`Movable`] says for each component why) and is never used by two at once: not `Sync`.
//! - spandsp fills tables that all contexts of a component share when the first is made, without a lock. Every context is made
//!   under [`INIT`], so whoever holds one sees the tables complete, and nobody writes them again.
//! - What a callback writes lives in [`Shared`], outside of Rust's `&mut`, in cells. A callback runs only inside a call on its
//!   own handle, on the same thread.
//! - spandsp logs nothing: its log handler for the process is taken away before the first context is made.

use crate::Error;
use crate::ffi;
use std::ffi::{c_int, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::NonNull;
use std::sync::{Mutex, PoisonError};

/// Samples in one call into C. Longer slices go in pieces, so that no length comes near the range of a C `int`.
pub(crate) const PIECE: usize = 8000;

/// Held while a context is made. True once logging has been switched off.
static INIT: Mutex<bool> = Mutex::new(false);

/// A context that any thread may use, one at a time.
///
/// # Safety
///
/// The component keeps nothing in thread-local storage, and after a context has been made it writes no memory but its own.
/// Whoever implements this says in which source file that was verified.
pub(crate) unsafe trait Movable {}

/// One context of spandsp.
#[derive(Debug)]
pub(crate) struct Handle<T> {
    context: NonNull<T>,
    free: unsafe extern "C" fn(*mut T) -> c_int,
}

// SAFETY: T: Movable says that the context may be used by another thread, and Handle is reached by one at a time (`&mut`).
unsafe impl<T: Movable> Send for Handle<T> {}

impl<T> Handle<T> {
    /// Makes a context.
    ///
    /// # Safety
    ///
    /// `init` returns null or a context that nobody else has, and `free` is its destructor.
    pub(crate) unsafe fn new(
        component: &'static str,
        init: impl FnOnce() -> *mut T,
        free: unsafe extern "C" fn(*mut T) -> c_int,
    ) -> Result<Self, Error> {
        let mut silent = INIT.lock().unwrap_or_else(PoisonError::into_inner);
        if !*silent {
            // SAFETY: it stores two pointers in statics of logging.c, under our lock and before any context could log.
            unsafe { ffi::span_set_message_handler(None, std::ptr::null_mut()) };
            *silent = true;
        }
        let context = NonNull::new(init()).ok_or(Error::NoMemory { component })?;
        Ok(Self { context, free })
    }

    /// For one call into C, which must not keep it.
    #[allow(clippy::needless_pass_by_ref_mut, reason = "whoever calls into C with it changes the context")]
    pub(crate) fn raw(&mut self) -> *mut T {
        self.context.as_ptr()
    }
}

impl<T> Drop for Handle<T> {
    fn drop(&mut self) {
        // SAFETY: the context came from its constructor, was freed by nobody, and nobody can reach it after this.
        unsafe { (self.free)(self.context.as_ptr()) };
    }
}

/// State that the owner of a handle and the callbacks of its context both reach: a box that is never borrowed mutably.
#[derive(Debug)]
pub(crate) struct Shared<T>(NonNull<T>);

// SAFETY: owner and callback are on the same thread whenever they reach T, and T itself may move between threads.
unsafe impl<T: Send> Send for Shared<T> {}

impl<T> Shared<T> {
    pub(crate) fn new(state: T) -> Self {
        Self(NonNull::from(Box::leak(Box::new(state))))
    }

    /// What the context passes to its callbacks.
    pub(crate) fn user_data(&self) -> *mut c_void {
        self.0.as_ptr().cast()
    }

    pub(crate) fn get(&self) -> &T {
        // SAFETY: the box lives as long as self, and nobody makes a `&mut T` of it.
        unsafe { self.0.as_ref() }
    }
}

impl<T> Drop for Shared<T> {
    fn drop(&mut self) {
        // SAFETY: it came from Box::leak in `new`. A struct that owns handle and state drops the handle first.
        drop(unsafe { Box::from_raw(self.0.as_ptr()) });
    }
}

/// The body of a callback: reaches the state, and lets no panic get into C.
///
/// # Safety
///
/// `user_data` is the pointer of a live [`Shared<T>`](Shared), and this runs inside a call on the handle that goes with it.
pub(crate) unsafe fn in_callback<T, R>(user_data: *mut c_void, otherwise: R, body: impl FnOnce(&T) -> R) -> R {
    // SAFETY: as promised by our caller; only shared references to T exist.
    let state = unsafe { &*user_data.cast::<T>() };
    catch_unwind(AssertUnwindSafe(|| body(state))).unwrap_or(otherwise)
}

/// The length of a slice of at most [`PIECE`] elements.
pub(crate) fn length<T>(piece: &[T]) -> c_int {
    debug_assert!(piece.len() <= 2 * PIECE, "a piece of {}", piece.len());
    c_int::try_from(piece.len()).unwrap_or(0)
}
