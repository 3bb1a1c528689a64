//! Charts, each as SVG for pages and as PNG for messages.
//!
//! A chart is laid out once, as marks on a [`canvas::Canvas`] whose labels were measured with the embedded font, and then drawn
//! by plotters: as SVG, as PNG, or as an element of a page. Labels stand beside what they name; there are no legends. Same forecast,
//! same bytes. Every function takes a [`Form`], which says how wide the chart is and whether it has a title of its own.

pub mod axis;
mod bitmap;
mod budgets;
pub mod canvas;
mod capacity;
mod chart;
mod checkpoints;
#[cfg(test)]
mod checks;
mod dots;
pub mod flags;
mod gantt;
mod glyphs;
mod options;
mod s_curve;
mod sheet;
pub mod style;
mod timelines;
mod tornado;

pub use budgets::budgets;
pub use canvas::{ChartError, Paper};
pub use capacity::capacity;
pub use chart::{Chart, Form};
pub use checkpoints::checkpoints;
pub use dots::dots;
pub use gantt::{future_gantt, gantt};
pub use options::options;
pub use s_curve::s_curve;
pub use style::declarations;
pub use timelines::timelines;
pub use tornado::tornado;
