//! Marks on a picture, and how they become SVG and PNG.
//!
//! Coordinates are in units of the SVG, x to the right, y downwards; they need not be whole. The PNG is drawn here too, with
//! exact area coverage, since a curve on whole pixels has steps and text without side bearings limps.

use std::fmt;
use std::fmt::Write as _;

use ab_glyph::{Font, FontRef, ScaleFont, point};
use ab_glyph_rasterizer::Rasterizer;

use super::Chart;
use super::style::{Colour, FAMILY, PAPER};
use crate::report::text::inert;

static REGULAR: &[u8] = include_bytes!("font/DejaVuSans-subset.ttf");
static BOLD: &[u8] = include_bytes!("font/DejaVuSans-Bold-subset.ttf");

/// Pixels of the PNG per unit.
const SCALE: f32 = 2.0;

/// Why a chart could not be drawn.
#[derive(Debug)]
pub struct ChartError(String);

impl fmt::Display for ChartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the chart cannot be drawn: {}", self.0)
    }
}

impl std::error::Error for ChartError {}

/// The embedded font, ready to measure and to draw.
pub struct Fonts {
    regular: FontRef<'static>,
    bold: FontRef<'static>,
}

impl Fonts {
    /// Reads the embedded font.
    ///
    /// # Errors
    /// [`ChartError`] where it cannot be read; a test holds that it can.
    pub fn embedded() -> Result<Self, ChartError> {
        let read = |bytes| FontRef::try_from_slice(bytes).map_err(|error| ChartError(format!("embedded font: {error}")));
        Ok(Self {
            regular: read(REGULAR)?,
            bold: read(BOLD)?,
        })
    }

    const fn face(&self, bold: bool) -> &FontRef<'static> {
        if bold { &self.bold } else { &self.regular }
    }

    /// How wide `text` will be. A character that the embedded font lacks counts as a square: a browser finds it elsewhere.
    #[must_use]
    pub fn width(&self, text: &str, size: f64, bold: bool) -> f64 {
        let face = self.face(bold);
        let em = f64::from(face.units_per_em().unwrap_or(2048.0));
        text.chars()
            .map(|c| {
                let glyph = face.glyph_id(c);
                if glyph.0 == 0 {
                    size
                } else {
                    f64::from(face.h_advance_unscaled(glyph)) / em * size
                }
            })
            .sum()
    }

    /// `text`, inert, cut with an ellipsis where it is wider than `room`.
    #[must_use]
    pub fn cut(&self, text: &str, size: f64, bold: bool, room: f64) -> String {
        let text = inert(text);
        // No line of a picture holds more; this bounds marks that stack on one character without width.
        if self.width(&text, size, bold) <= room && text.chars().count() <= 200 {
            return text;
        }
        let mut kept: String = text.chars().take(200).collect();
        while self.width(&kept, size, bold) + self.width("…", size, bold) > room && kept.pop().is_some() {}
        format!("{}…", kept.trim_end())
    }
}

/// Which point of a text its x names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// Its left end.
    Start,
    /// Its middle.
    Middle,
    /// Its right end.
    End,
}

/// A text on a picture.
#[derive(Debug, Clone)]
pub struct Label {
    /// Where it stands; see [`Label::anchor`].
    pub x: f64,
    /// Its baseline.
    pub y: f64,
    /// Which point of it `x` names.
    pub anchor: Anchor,
    /// Height of the letters' em square.
    pub size: f64,
    /// Whether it is bold.
    pub bold: bool,
    /// Its colour.
    pub colour: Colour,
    /// What it says.
    pub text: String,
}

#[derive(Debug, Clone)]
enum Mark {
    Line {
        points: Vec<(f64, f64)>,
        width: f64,
        colour: Colour,
        dash: Option<f64>,
    },
    Area {
        points: Vec<(f64, f64)>,
        colour: Colour,
    },
    Dot {
        x: f64,
        y: f64,
        radius: f64,
        colour: Colour,
    },
    Label(Label),
}

/// A picture as it is laid out.
pub struct Canvas {
    width: f64,
    height: f64,
    title: String,
    description: String,
    marks: Vec<Mark>,
}

impl Canvas {
    /// An empty picture; the title and the description are what a screen reader says of it.
    #[must_use]
    pub fn new(width: f64, height: f64, title: &str, description: &str) -> Self {
        Self {
            width: width.clamp(1.0, 4_000.0),
            height: height.clamp(1.0, 4_000.0),
            title: inert(title),
            description: inert(description),
            marks: Vec::new(),
        }
    }

    /// A line through points, `dash` long strokes and gaps where given.
    pub fn line(&mut self, points: &[(f64, f64)], width: f64, colour: Colour, dash: Option<f64>) {
        let points = self.bounded(points);
        if points.len() > 1 {
            self.marks.push(Mark::Line {
                points,
                width,
                colour,
                dash,
            });
        }
    }

    /// A filled area.
    pub fn area(&mut self, points: &[(f64, f64)], colour: Colour) {
        let points = self.bounded(points);
        if points.len() > 2 {
            self.marks.push(Mark::Area { points, colour });
        }
    }

    /// A filled rectangle.
    pub fn rectangle(&mut self, (left, top): (f64, f64), (right, bottom): (f64, f64), colour: Colour) {
        self.area(&[(left, top), (right, top), (right, bottom), (left, bottom)], colour);
    }

    /// A filled circle with a rim of paper, so that it stands out from the line below it.
    pub fn dot(&mut self, x: f64, y: f64, radius: f64, colour: Colour) {
        if let Some(&(x, y)) = self.bounded(&[(x, y)]).first() {
            self.marks.push(Mark::Dot {
                x,
                y,
                radius: radius + 1.5,
                colour: PAPER,
            });
            self.marks.push(Mark::Dot { x, y, radius, colour });
        }
    }

    /// A text.
    pub fn label(&mut self, label: Label) {
        if label.x.is_finite() && label.y.is_finite() && !label.text.is_empty() {
            self.marks.push(Mark::Label(label));
        }
    }

    /// Every text with the space that it takes: left, top, right, bottom.
    #[cfg(test)]
    pub(super) fn label_boxes(&self, fonts: &Fonts) -> Vec<(String, [f64; 4])> {
        self.marks
            .iter()
            .filter_map(|mark| match mark {
                Mark::Label(label) => {
                    let left = left_of(label, fonts);
                    let right = left + fonts.width(&label.text, label.size, label.bold);
                    Some((
                        label.text.clone(),
                        [left, label.y - 0.76 * label.size, right, label.y + 0.24 * label.size],
                    ))
                }
                _ => None,
            })
            .collect()
    }

    /// What is finite, and not far outside: nothing beyond the picture has to be exact.
    fn bounded(&self, points: &[(f64, f64)]) -> Vec<(f64, f64)> {
        points
            .iter()
            .filter(|(x, y)| x.is_finite() && y.is_finite())
            .map(|&(x, y)| (x.clamp(-100.0, self.width + 100.0), y.clamp(-100.0, self.height + 100.0)))
            .collect()
    }

    /// Writes the picture both ways.
    ///
    /// # Errors
    /// [`ChartError`] where the PNG cannot be encoded.
    pub fn finish(&self, fonts: &Fonts) -> Result<Chart, ChartError> {
        Ok(Chart {
            svg: self.svg(),
            png: self.png(fonts)?,
        })
    }

    /// The picture as SVG.
    #[must_use]
    pub fn svg(&self) -> String {
        let mut svg = String::new();
        let (width, height) = (number(self.width), number(self.height));
        // Writing to a string cannot fail.
        let _ = write!(
            svg,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
             role=\"img\" font-family=\"{FAMILY}\">\n<title>{}</title>\n<desc>{}</desc>\n<rect width=\"{width}\" \
             height=\"{height}\" fill=\"{}\"/>\n",
            escape(&self.title),
            escape(&self.description),
            hex(PAPER)
        );
        for mark in &self.marks {
            let _ = match mark {
                Mark::Line {
                    points,
                    width,
                    colour,
                    dash,
                } => writeln!(
                    svg,
                    "<polyline fill=\"none\" stroke=\"{}\" stroke-width=\"{}\"{} points=\"{}\"/>",
                    hex(*colour),
                    number(*width),
                    dash.map_or_else(String::new, |dash| format!(" stroke-dasharray=\"{}\"", number(dash))),
                    coordinates(points)
                ),
                Mark::Area { points, colour } => {
                    writeln!(svg, "<polygon fill=\"{}\" points=\"{}\"/>", hex(*colour), coordinates(points))
                }
                Mark::Dot { x, y, radius, colour } => {
                    writeln!(
                        svg,
                        "<circle cx=\"{}\" cy=\"{}\" r=\"{}\" fill=\"{}\"/>",
                        number(*x),
                        number(*y),
                        number(*radius),
                        hex(*colour)
                    )
                }
                Mark::Label(label) => {
                    let anchor = match label.anchor {
                        Anchor::Start => "",
                        Anchor::Middle => " text-anchor=\"middle\"",
                        Anchor::End => " text-anchor=\"end\"",
                    };
                    writeln!(
                        svg,
                        "<text x=\"{}\" y=\"{}\" font-size=\"{}\"{}{anchor} fill=\"{}\">{}</text>",
                        number(label.x),
                        number(label.y),
                        number(label.size),
                        if label.bold { " font-weight=\"bold\"" } else { "" },
                        hex(label.colour),
                        escape(&label.text)
                    )
                }
            };
        }
        svg.push_str("</svg>\n");
        svg
    }

    fn png(&self, fonts: &Fonts) -> Result<Vec<u8>, ChartError> {
        let mut raster = Raster::new((self.width as f32 * SCALE) as usize, (self.height as f32 * SCALE) as usize);
        for mark in &self.marks {
            match mark {
                Mark::Line {
                    points,
                    width,
                    colour,
                    dash,
                } => {
                    for part in dashed(points, *dash) {
                        raster.fill(&outline(&part, *width), *colour);
                    }
                }
                Mark::Area { points, colour } => raster.fill(points, *colour),
                Mark::Dot { x, y, radius, colour } => raster.fill(&circle(*x, *y, *radius), *colour),
                Mark::Label(label) => raster.text(label, fonts),
            }
        }
        raster.encode()
    }
}

fn left_of(label: &Label, fonts: &Fonts) -> f64 {
    let width = fonts.width(&label.text, label.size, label.bold);
    label.x
        - match label.anchor {
            Anchor::Start => 0.0,
            Anchor::Middle => width / 2.0,
            Anchor::End => width,
        }
}

fn hex([red, green, blue]: Colour) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// Two decimals, no trailing zeros: a hundredth of a unit is below what any screen shows.
fn number(value: f64) -> String {
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".into() } else { text.to_owned() }
}

fn coordinates(points: &[(f64, f64)]) -> String {
    points
        .iter()
        .map(|&(x, y)| format!("{},{}", number(x), number(y)))
        .collect::<Vec<_>>()
        .join(" ")
}

/// `text` as the content of an XML element or attribute.
fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}

/// Length of a line; the root is exact on every machine, which `hypot` is not.
fn length(dx: f64, dy: f64) -> f64 {
    (dx * dx + dy * dy).sqrt()
}

fn circle(x: f64, y: f64, radius: f64) -> Vec<(f64, f64)> {
    (0..48)
        .map(|k| f64::from(k) * std::f64::consts::TAU / 48.0)
        .map(|angle| (x + radius * libm::cos(angle), y + radius * libm::sin(angle)))
        .collect()
}

/// The strokes of a dashed line.
fn dashed(points: &[(f64, f64)], dash: Option<f64>) -> Vec<Vec<(f64, f64)>> {
    let Some(dash) = dash.filter(|dash| *dash >= 0.5) else {
        return vec![points.to_vec()];
    };
    let mut strokes = Vec::new();
    for pair in points.windows(2) {
        let &[(x0, y0), (x1, y1)] = pair else { continue };
        let length = length(x1 - x0, y1 - y0);
        let mut at = 0.0;
        while at < length {
            let end = (at + dash).min(length);
            let on = |at: f64| (x0 + (x1 - x0) * at / length, y0 + (y1 - y0) * at / length);
            strokes.push(vec![on(at), on(end)]);
            at += 2.0 * dash;
        }
    }
    strokes
}

/// The outline of a line of this width, with mitred corners.
fn outline(points: &[(f64, f64)], width: f64) -> Vec<(f64, f64)> {
    let mut kept: Vec<(f64, f64)> = Vec::with_capacity(points.len());
    for &(x, y) in points {
        if kept.last().is_none_or(|&(px, py)| length(x - px, y - py) > 0.05) {
            kept.push((x, y));
        }
    }
    let normals: Vec<(f64, f64)> = kept
        .windows(2)
        .filter_map(|pair| match pair {
            &[(x0, y0), (x1, y1)] => {
                let length = length(x1 - x0, y1 - y0);
                Some(((y0 - y1) / length, (x1 - x0) / length))
            }
            _ => None,
        })
        .collect();
    let (Some(first), Some(last)) = (normals.first(), normals.last()) else {
        return Vec::new();
    };
    let half = width / 2.0;
    let offset = |index: usize| {
        let (ax, ay) = if index == 0 {
            *first
        } else {
            *normals.get(index - 1).unwrap_or(last)
        };
        let (bx, by) = *normals.get(index).unwrap_or(last);
        // A corner that turns back on itself would shoot off to infinity.
        let spread = (1.0 + ax * bx + ay * by).max(0.5);
        ((ax + bx) / spread * half, (ay + by) / spread * half)
    };
    let left = kept
        .iter()
        .enumerate()
        .map(|(index, &(x, y))| (x + offset(index).0, y + offset(index).1));
    let right = kept
        .iter()
        .enumerate()
        .rev()
        .map(|(index, &(x, y))| (x - offset(index).0, y - offset(index).1));
    left.chain(right).collect()
}

/// The pixels of the PNG.
struct Raster {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

impl Raster {
    fn new(width: usize, height: usize) -> Self {
        Self {
            width,
            height,
            pixels: PAPER.iter().copied().cycle().take(width * height * 3).collect(),
        }
    }

    /// Lays `colour` over a pixel as far as it is covered.
    fn cover(&mut self, x: i64, y: i64, coverage: f32, colour: Colour) {
        let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y)) else {
            return;
        };
        if x >= self.width || y >= self.height {
            return;
        }
        let at = (y * self.width + x) * 3;
        let share = coverage.clamp(0.0, 1.0);
        for (pixel, wanted) in self.pixels.iter_mut().skip(at).take(3).zip(colour) {
            *pixel = (f32::from(*pixel) * (1.0 - share) + f32::from(wanted) * share).round() as u8;
        }
    }

    fn fill(&mut self, polygon: &[(f64, f64)], colour: Colour) {
        let scaled: Vec<(f32, f32)> = polygon.iter().map(|&(x, y)| (x as f32 * SCALE, y as f32 * SCALE)).collect();
        if scaled.len() < 3 {
            return;
        }
        let bound = |pick: fn(&(f32, f32)) -> f32| {
            scaled
                .iter()
                .map(pick)
                .fold((f32::MAX, f32::MIN), |(low, high), value| (low.min(value), high.max(value)))
        };
        let ((left, right), (top, bottom)) = (bound(|p| p.0), bound(|p| p.1));
        let (left, top) = (left.floor() - 1.0, top.floor() - 1.0);
        let (columns, rows) = ((right - left).ceil() as usize + 2, (bottom - top).ceil() as usize + 2);
        let mut rasterizer = Rasterizer::new(columns, rows);
        for (index, &(x, y)) in scaled.iter().enumerate() {
            let (next_x, next_y) = scaled.get(index + 1).or_else(|| scaled.first()).copied().unwrap_or((x, y));
            rasterizer.draw_line(
                ab_glyph_rasterizer::point(x - left, y - top),
                ab_glyph_rasterizer::point(next_x - left, next_y - top),
            );
        }
        let (left, top) = (left as i64, top as i64);
        rasterizer.for_each_pixel_2d(|x, y, coverage| {
            if coverage > 0.0 {
                self.cover(left + i64::from(x), top + i64::from(y), coverage, colour);
            }
        });
    }

    fn text(&mut self, label: &Label, fonts: &Fonts) {
        let face = fonts.face(label.bold);
        let em = face.units_per_em().unwrap_or(2048.0);
        let scale = face.height_unscaled() / em * label.size as f32 * SCALE;
        let scaled = face.as_scaled(scale);
        let mut pen = left_of(label, fonts) as f32 * SCALE;
        let baseline = label.y as f32 * SCALE;
        for c in label.text.chars() {
            let mut glyph = face.glyph_id(c);
            let missing = glyph.0 == 0;
            if missing {
                glyph = face.glyph_id('\u{fffd}');
            }
            if let Some(outlined) = face.outline_glyph(glyph.with_scale_and_position(scale, point(pen, baseline))) {
                let bounds = outlined.px_bounds();
                let (left, top) = (bounds.min.x as i64, bounds.min.y as i64);
                outlined.draw(|x, y, coverage| self.cover(left + i64::from(x), top + i64::from(y), coverage, label.colour));
            }
            pen += if missing {
                label.size as f32 * SCALE
            } else {
                scaled.h_advance(glyph)
            };
        }
    }

    fn encode(&self) -> Result<Vec<u8>, ChartError> {
        let failed = |error: png::EncodingError| ChartError(error.to_string());
        let size = |pixels| u32::try_from(pixels).map_err(|_| ChartError("too large".into()));
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, size(self.width)?, size(self.height)?);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::Default);
        encoder.set_filter(png::FilterType::Up);
        let mut writer = encoder.write_header().map_err(failed)?;
        writer.write_image_data(&self.pixels).map_err(failed)?;
        writer.finish().map_err(failed)?;
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_font_reads_and_has_what_we_write() {
        let fonts = Fonts::embedded().unwrap_or_else(|error| panic!("{error}"));
        for face in [&fonts.regular, &fonts.bold] {
            for c in "AZaz09 %·–—…≤≥→▲◀▶äßñłőΩμжя\u{fffd}".chars() {
                assert_ne!(face.glyph_id(c).0, 0, "{c}");
            }
        }
        assert_eq!(fonts.width("数", 10.0, false), 10.0);
        assert!(fonts.width(&fonts.cut(&"long ".repeat(90), 13.0, false, 200.0), 13.0, false) <= 200.0);
    }

    #[test]
    fn a_square_covers_what_it_covers() {
        let mut raster = Raster::new(20, 20);
        raster.fill(&[(1.0, 1.0), (3.0, 1.0), (3.0, 3.25), (1.0, 3.25)], [0, 0, 0]);
        let grey = |x: usize, y: usize| raster.pixels[(y * 20 + x) * 3];
        assert_eq!((grey(1, 3), grey(2, 2), grey(5, 5), grey(6, 5), grey(3, 6)), (255, 0, 0, 255, 128));
    }

    #[test]
    fn names_cannot_leave_their_element() {
        let mut canvas = Canvas::new(100.0, 50.0, "</title><script>", "\u{0}");
        canvas.label(Label {
            x: 1.0,
            y: 9.0,
            anchor: Anchor::Start,
            size: 9.0,
            bold: false,
            colour: PAPER,
            text: "</text><script>\"'&".into(),
        });
        let svg = canvas.svg();
        assert!(!svg.contains("<script"), "{svg}");
        assert!(svg.contains("&lt;/text&gt;&lt;script&gt;&quot;&#39;&amp;"), "{svg}");
        assert!(!svg.contains('\u{0}'));
    }
}
