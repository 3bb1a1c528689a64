//! A chart that is laid out, and the forms in which it can be had.

use super::canvas::{Canvas, ChartError, Fonts, Paper};
use super::style::WIDTH;

/// Where a chart is looked at: in a file of its own, or inside a page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Form {
    width: f64,
    is_file: bool,
}

impl Form {
    /// A file of its own, with its title.
    pub const FILE: Self = Self {
        width: WIDTH,
        is_file: true,
    };

    /// Inside a page that says the title itself, this wide in CSS pixels (at least 320, at most 960). The text keeps its size.
    #[must_use]
    pub fn page(width: f64) -> Self {
        Self {
            width: if width.is_finite() { width.clamp(320.0, WIDTH) } else { WIDTH },
            is_file: false,
        }
    }

    /// Its width.
    pub(super) const fn width(self) -> f64 {
        self.width
    }

    /// Whether it has a title of its own.
    pub(super) const fn is_file(self) -> bool {
        self.is_file
    }

    /// Whether names stand above what they name, because there is no room beside it.
    pub(super) const fn is_narrow(self) -> bool {
        self.width < 560.0
    }
}

/// A chart.
#[derive(Clone)]
pub struct Chart {
    canvas: Canvas,
    fonts: Fonts,
}

impl Chart {
    pub(super) const fn new(canvas: Canvas, fonts: Fonts) -> Self {
        Self { canvas, fonts }
    }

    /// What stands above it: in a file it is part of the picture, in a page the page says it. Inert, not escaped.
    #[must_use]
    pub fn title(&self) -> &str {
        self.canvas.title()
    }

    /// What it shows, in words. Inert, not escaped.
    #[must_use]
    pub fn finding(&self) -> &str {
        self.canvas.description()
    }

    /// As a file: scalable, text as text.
    ///
    /// # Errors
    /// [`ChartError`] where plotters fails; no forecast makes it.
    pub fn svg(&self) -> Result<String, ChartError> {
        self.canvas.svg(&self.fonts)
    }

    /// For a message: twice as many pixels as the SVG has units.
    ///
    /// # Errors
    /// [`ChartError`] where plotters or the encoder fails; no forecast makes it.
    pub fn png(&self, paper: &mut Paper) -> Result<Vec<u8>, ChartError> {
        self.canvas.png(&self.fonts, paper)
    }

    /// As an element of a page: `<svg class="chart" role="img">` with its title and its finding for a screen reader, transparent,
    /// every colour a variable of the page (see [`super::declarations`]), no script and no reference outside. `id` is the
    /// beginning of the ids inside; no two charts of a page may have the same.
    ///
    /// # Errors
    /// [`ChartError`] where plotters fails; no forecast makes it.
    pub fn inline(&self, id: &str) -> Result<String, ChartError> {
        self.canvas.inline(&self.fonts, id)
    }

    /// As [`super::checks::keeps_apart`].
    #[cfg(test)]
    pub(super) fn keeps_apart(&self) -> Vec<String> {
        super::checks::keeps_apart(&self.canvas, &self.fonts)
    }
}
