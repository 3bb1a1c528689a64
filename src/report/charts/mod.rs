//! Charts, each as SVG for pages and as PNG for messages.
//!
//! A chart is laid out once, as marks on a [`canvas::Canvas`] whose labels were measured with the embedded font, and then drawn
//! twice by plotters. Labels stand beside what they name; there are no legends. Same forecast, same bytes.

pub mod axis;
pub mod canvas;
mod chart;
pub mod flags;
mod gantt;
mod s_curve;
pub mod style;
mod tornado;

pub use canvas::ChartError;
pub use chart::Chart;
pub use gantt::{future_gantt, gantt};
pub use s_curve::s_curve;
pub use tornado::tornado;
