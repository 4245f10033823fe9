//! The buffers that an io_uring's multishot receives take for themselves (io_uring_register_buf_ring(3), kernel 5.19).
//!
//! The kernel takes buffers from the front of a ring in shared memory and names them in its completions; given back, they are
//! put at its end. Left out: growing.

use crate::datagram::LONGEST;
use io_uring::types::BufRingEntry;
use io_uring::{IoUring, cqueue};
use nix::sys::mman::{MapFlags, ProtFlags, mmap_anonymous, munmap};
use std::ffi::c_void;
use std::io;
use std::num::NonZeroUsize;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU16, Ordering};

/// The only group of buffers of a ring.
pub(crate) const GROUP: u16 = 0;
/// Buffers in the pool, a power of two: what a hundred sockets with 20 ms packets receive in 50 ms.
const BUFFERS: u16 = 512;
/// Octets of the kernel's header (`struct io_uring_recvmsg_out`) and of the longest address before the datagram.
const BEFORE: usize = 16 + size_of::<nix::libc::sockaddr_in6>();
/// Octets of one buffer.
const SIZE: usize = (BEFORE + LONGEST).next_multiple_of(64);

/// Pages of our own that the kernel writes to.
struct Pages {
    start: NonNull<c_void>,
    length: NonZeroUsize,
}

impl Pages {
    fn new(length: usize) -> io::Result<Self> {
        let length = NonZeroUsize::new(length).ok_or(io::ErrorKind::InvalidInput)?;
        // SAFETY: a new private anonymous mapping touches no memory that is in use.
        let start = unsafe {
            mmap_anonymous(
                None,
                length,
                ProtFlags::PROT_READ | ProtFlags::PROT_WRITE,
                MapFlags::MAP_PRIVATE | MapFlags::MAP_POPULATE,
            )
        }?;
        Ok(Self { start, length })
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        // SAFETY: the mapping is ours, and whoever held addresses of it (the pool, the kernel's registration) is gone before.
        let _ = unsafe { munmap(self.start, self.length.get()) };
    }
}

/// The buffers of one io_uring. To be dropped after the io_uring.
pub(crate) struct Pool {
    entries: Pages,
    buffers: Pages,
    tail: u16,
}

// SAFETY: the pages belong to the pool alone; the kernel writes only to buffers that were given to it.
unsafe impl Send for Pool {}

impl Pool {
    /// How many there are.
    pub(crate) const BUFFERS: usize = BUFFERS as usize;

    /// Makes the pool and registers it.
    pub(crate) fn register(ring: &IoUring) -> io::Result<Self> {
        let count = usize::from(BUFFERS);
        let entries = Pages::new(count * size_of::<BufRingEntry>())?;
        let mut pool = Self { entries, buffers: Pages::new(count * SIZE)?, tail: 0 };
        // SAFETY: the pages are aligned, as long as said, and live until the io_uring is gone.
        unsafe {
            ring.submitter().register_buf_ring_with_flags(pool.entries.start.as_ptr() as u64, BUFFERS, GROUP, 0)?;
        }
        (0..BUFFERS).for_each(|id| pool.put(id));
        Ok(pool)
    }

    /// The buffer that a completion has filled with so many octets.
    pub(crate) fn filled(&mut self, taken: Taken) -> &mut [u8] {
        let at = usize::from(taken.id % BUFFERS) * SIZE;
        // SAFETY: within the pages, and the kernel has handed this buffer over: until it is put back nobody else writes to it.
        unsafe {
            let start = self.buffers.start.as_ptr().cast::<u8>().add(at);
            std::slice::from_raw_parts_mut(start, taken.length.min(SIZE))
        }
    }

    /// Gives a buffer to the kernel.
    pub(crate) fn put(&mut self, id: u16) {
        let id = id % BUFFERS;
        let base = self.entries.start.as_ptr().cast::<BufRingEntry>();
        // SAFETY: the index is within the ring's pages. The first entry's last field is the tail, which `set_*` leave alone; the
        // kernel reads an entry only once the tail has passed it.
        unsafe {
            let entry = &mut *base.add(usize::from(self.tail % BUFFERS));
            entry.set_addr(self.buffers.start.as_ptr().cast::<u8>().add(usize::from(id) * SIZE) as u64);
            entry.set_len(SIZE as u32);
            entry.set_bid(id);
            self.tail = self.tail.wrapping_add(1);
            let tail = BufRingEntry::tail(base).cast_mut();
            AtomicU16::from_ptr(tail).store(self.tail, Ordering::Release);
        }
    }
}

/// A buffer that a completion has filled.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Taken {
    pub(crate) id: u16,
    length: usize,
}

impl Taken {
    /// The buffer named in a completion, if there is one.
    pub(crate) fn of(result: i32, flags: u32) -> Option<Self> {
        let id = cqueue::buffer_select(flags)?;
        Some(Self { id, length: usize::try_from(result).unwrap_or(0) })
    }
}
