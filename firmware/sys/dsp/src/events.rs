//! A queue of a fixed size between a callback of spandsp and whoever polls: no allocation after construction, losses counted.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

/// The oldest comes out first; what does not fit is counted and dropped.
#[derive(Debug)]
pub(crate) struct Events<E> {
    queue: RefCell<VecDeque<E>>,
    capacity: usize,
    lost: Cell<u64>,
}

impl<E> Events<E> {
    pub(crate) fn new(capacity: usize) -> Self {
        Self { queue: RefCell::new(VecDeque::with_capacity(capacity)), capacity, lost: Cell::new(0) }
    }

    pub(crate) fn push(&self, event: E) {
        match self.queue.try_borrow_mut() {
            Ok(mut queue) if queue.len() < self.capacity => queue.push_back(event),
            Ok(_) | Err(_) => self.lost.set(self.lost.get().saturating_add(1)),
        }
    }

    pub(crate) fn pop(&self) -> Option<E> {
        self.queue.try_borrow_mut().ok()?.pop_front()
    }

    pub(crate) fn lost(&self) -> u64 {
        self.lost.get()
    }
}
