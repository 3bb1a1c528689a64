//! Charts, each as SVG for pages and as PNG for messages.
//!
//! A chart is laid out once, as marks on a [`canvas::Canvas`] whose labels were measured with the embedded font, and then drawn
//! twice by plotters. Labels stand beside what they name; there are no legends. Same forecast, same bytes.

pub mod axis;
pub mod canvas;
pub mod flags;
mod s_curve;
pub mod style;

pub use canvas::ChartError;
pub use s_curve::s_curve;

/// A finished picture.
#[derive(Debug, Clone)]
pub struct Chart {
    /// For a page: scalable, text as text.
    pub svg: String,
    /// For a message: twice as many pixels as the SVG has units.
    pub png: Vec<u8>,
}
