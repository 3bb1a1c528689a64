//! What a drawing comes to.

/// A finished picture.
#[derive(Debug, Clone)]
pub struct Chart {
    /// For a page: scalable, text as text.
    pub svg: String,
    /// For a message: twice as many pixels as the SVG has units.
    pub png: Vec<u8>,
}
