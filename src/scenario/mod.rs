//! The shape of the file.
