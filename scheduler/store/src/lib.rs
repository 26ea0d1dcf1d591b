//! Where posts wait: the journal, the sled queue, and the memory store that is their model.
