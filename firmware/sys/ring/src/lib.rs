//! Waiting for descriptors by io_uring or epoll.
