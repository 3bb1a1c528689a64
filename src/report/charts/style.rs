//! The look that all charts share: colours that the colour-blind can tell apart (Okabe & Ito 2008) on a light ground, one
//! typeface, few sizes.

/// A colour: red, green, blue.
pub type Colour = [u8; 3];

/// The ground.
pub const PAPER: Colour = [255, 255, 255];
/// Text.
pub const INK: Colour = [34, 34, 34];
/// Text of less weight.
pub const SOFT_INK: Colour = [96, 96, 96];
/// Lines of the grid.
pub const GRID: Colour = [230, 230, 230];
/// Lines of the axes.
pub const AXIS: Colour = [140, 140, 140];
/// The forecast: blue.
pub const FORECAST: Colour = [0, 114, 178];
/// The area under the forecast: the same blue, faint.
pub const FORECAST_AREA: Colour = [232, 242, 249];
/// What is forecast and matters less: the same blue, light.
pub const FORECAST_LIGHT: Colour = [150, 196, 226];
/// Work that waits: orange, light.
pub const WAITING: Colour = [240, 190, 110];
/// What was promised: vermilion.
pub const PROMISE: Colour = [213, 94, 0];
/// What was promised, as text: the same hue, dark enough to read.
pub const PROMISE_INK: Colour = [164, 66, 0];
/// What engineering said: bluish green.
pub const ESTIMATE: Colour = [0, 158, 115];
/// What engineering said, as text: the same hue, dark enough to read.
pub const ESTIMATE_INK: Colour = [0, 107, 78];

/// Width of a chart.
pub const WIDTH: f64 = 960.0;
/// Size of a title.
pub const TITLE: f64 = 19.0;
/// Size of text beside marks and axes.
pub const LABEL: f64 = 13.0;
/// Size of notes.
pub const NOTE: f64 = 12.0;
/// The typefaces that an SVG asks for, best first; the first is the embedded one, the second has the same widths.
pub const FAMILY: &str = "DejaVu Sans, Verdana, sans-serif";

/// Columns of a name that a screen reader is given.
pub const HEARD: usize = 120;
