//! The model a second time: slow, plain, written from the description of the model alone and without a look at the engine, so
//! that where the two disagree one of them, or the description, is wrong.

mod second;
