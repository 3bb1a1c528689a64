//! Marks on a picture, and how plotters makes SVG and PNG of them.
//!
//! Coordinates are in units of the SVG, x to the right, y downwards; they need not be whole. Plotters draws on whole coordinates,
//! so both of its backends get a canvas that is finer than the picture: the SVG is scaled by its `viewBox`, the PNG is averaged
//! down. Each mark is one element of plotters, drawn by the same code for both.

use std::fmt;
use std::sync::OnceLock;

use plotters::coord::Shift;
use plotters::element::DashedPathElement;
use plotters::prelude::{
    Circle, DrawingArea, DrawingBackend, IntoDrawingArea, PathElement, Polygon, RGBColor, Rectangle, SVGBackend, Text,
};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontDesc, FontFamily, FontStyle, register_font};
use unicode_width::UnicodeWidthChar;

use super::bitmap::Bitmap;
use super::glyphs::{BOLD, REGULAR};
use super::style::{Colour, FAMILY, INK, LABEL, PAPER, variable};
use crate::inert::inert;

/// Pixels of the PNG per unit.
const SCALE: u32 = 2;
/// Pixels that plotters draws for one pixel of the PNG, in each direction.
const FINE: u32 = 2;
/// Whole coordinates of the SVG per unit.
const STEPS: u32 = 10;

/// How far a line may miss its points, in units.
const MISS: f64 = 0.05;

/// What plotters takes for the size of a text on a bitmap: ascent and descent of the embedded font, in ems.
const LINE: f64 = 2384.0 / 2048.0;
/// How far left of its origin a glyph of the embedded font begins, in ems; see `font/README.md`.
const INDENT: f64 = 250.0 / 2048.0;

/// Why a chart could not be drawn.
#[derive(Debug)]
pub struct ChartError(String);

impl fmt::Display for ChartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the chart cannot be drawn: {}", self.0)
    }
}

impl std::error::Error for ChartError {}

pub(super) fn failed(error: impl fmt::Display) -> ChartError {
    ChartError(error.to_string())
}

/// The embedded font, ready to measure and to draw.
#[derive(Clone)]
pub struct Fonts {
    regular: FontDesc<'static>,
    bold: FontDesc<'static>,
}

impl Fonts {
    /// Makes the embedded font known to plotters, under the name of all typefaces that an SVG asks for.
    ///
    /// # Errors
    /// [`ChartError`] where it cannot be read; a test holds that it can.
    pub fn embedded() -> Result<Self, ChartError> {
        static KNOWN: OnceLock<bool> = OnceLock::new();
        let known = KNOWN.get_or_init(|| {
            [(FontStyle::Normal, REGULAR), (FontStyle::Bold, BOLD)]
                .into_iter()
                .all(|(style, bytes)| register_font(FAMILY, style, bytes).is_ok())
        });
        if !known {
            return Err(failed("the embedded font cannot be read"));
        }
        // At this size a pixel is a unit of the font, so that plotters' whole widths are exact.
        let face = |style| FontDesc::new(FontFamily::Name(FAMILY), 2384.0, style);
        Ok(Self {
            regular: face(FontStyle::Normal),
            bold: face(FontStyle::Bold),
        })
    }

    const fn face(&self, bold: bool) -> &FontDesc<'static> {
        if bold { &self.bold } else { &self.regular }
    }

    /// How wide `text` will be. A character that the embedded font lacks counts as its replacement, a bit more than a square: a
    /// browser finds it elsewhere.
    #[must_use]
    pub fn width(&self, text: &str, size: f64, bold: bool) -> f64 {
        // The font was found when it was made known; without it there is no chart.
        let (width, _) = self.face(bold).box_size(&without_marks(text)).unwrap_or_default();
        f64::from(width) / 2048.0 * size
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

impl Fonts {
    /// `text`, inert, in lines that are at most `room` wide; what is left after `most` lines is cut with an ellipsis.
    #[must_use]
    pub fn wrap(&self, text: &str, size: f64, room: f64, most: usize) -> Vec<String> {
        let text = inert(text);
        let mut lines: Vec<String> = Vec::new();
        let mut words = text.split(' ').filter(|word| !word.is_empty()).peekable();
        while words.peek().is_some() {
            let mut line = String::new();
            if lines.len() + 1 == most {
                line = words.by_ref().collect::<Vec<_>>().join(" ");
            }
            while let Some(word) = words.next_if(|word| line.is_empty() || self.width(&format!("{line} {word}"), size, false) <= room) {
                line = if line.is_empty() {
                    word.to_owned()
                } else {
                    format!("{line} {word}")
                };
            }
            // A single word may be wider than the line.
            lines.push(self.cut(&line, size, false, room));
        }
        lines
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

impl Label {
    /// A text of the usual size and colour that begins here.
    #[must_use]
    pub const fn at(x: f64, y: f64, text: String) -> Self {
        Self {
            x,
            y,
            anchor: Anchor::Start,
            size: LABEL,
            bold: false,
            colour: INK,
            text,
        }
    }
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
    Rectangle {
        corners: [(f64, f64); 2],
        colour: Colour,
    },
    Dot {
        at: (f64, f64),
        radius: f64,
        colour: Colour,
    },
    Label(Label),
}

/// What pictures are drawn on, one after the other: whoever draws several asks the machine for memory once.
#[derive(Debug, Default)]
pub struct Paper {
    fine: Bitmap,
    pixels: Vec<u8>,
}

/// A picture as it is laid out.
#[derive(Debug, Clone)]
pub struct Canvas {
    width: u32,
    height: u32,
    title: String,
    description: String,
    marks: Vec<Mark>,
}

impl Canvas {
    /// An empty picture; the title and the description are what a screen reader says of it.
    #[must_use]
    pub fn new(width: f64, height: f64, title: &str, description: &str) -> Self {
        Self {
            width: side(width),
            height: side(height),
            title: inert(title),
            description: inert(description),
            marks: Vec::new(),
        }
    }

    /// An empty picture whose height is known once all is drawn; see [`Canvas::end`].
    #[must_use]
    pub fn open(width: f64, title: &str, description: &str) -> Self {
        Self::new(width, MOST, title, description)
    }

    /// Ends the picture at this height.
    pub fn end(&mut self, height: f64) {
        self.height = side(height);
    }

    /// Its name.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// What a screen reader says in its place.
    #[must_use]
    pub fn description(&self) -> &str {
        &self.description
    }

    /// A line through points, `dash` long strokes and gaps where given.
    pub fn line(&mut self, points: &[(f64, f64)], width: f64, colour: Colour, dash: Option<f64>) {
        let points = thinned(&self.bounded(points));
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
        if let [first, second] = *self.bounded(&[(left, top), (right, bottom)]) {
            self.marks.push(Mark::Rectangle {
                corners: [first, second],
                colour,
            });
        }
    }

    /// A filled circle with a rim of paper, so that it stands out from the line below it.
    pub fn dot(&mut self, x: f64, y: f64, radius: f64, colour: Colour) {
        if let Some(&at) = self.bounded(&[(x, y)]).first() {
            self.marks.push(Mark::Dot {
                at,
                radius: radius + 1.5,
                colour: PAPER,
            });
            self.marks.push(Mark::Dot { at, radius, colour });
        }
    }

    /// A circle with a hole.
    pub fn ring(&mut self, x: f64, y: f64, radius: f64, colour: Colour) {
        self.dot(x, y, radius, colour);
        if let Some(&at) = self.bounded(&[(x, y)]).first() {
            let radius = (radius - 2.0).max(0.5);
            self.marks.push(Mark::Dot { at, radius, colour: PAPER });
        }
    }

    /// A triangle that points to a place, from above or from below.
    pub fn pointer(&mut self, x: f64, y: f64, size: f64, from_above: bool, colour: Colour) {
        let back = if from_above { y - 1.6 * size } else { y + 1.6 * size };
        self.area(&[(x, y), (x - size, back), (x + size, back)], colour);
    }

    /// A text.
    pub fn label(&mut self, label: Label) {
        if let Some(&(x, y)) = self.bounded(&[(label.x, label.y)]).first()
            && !label.text.is_empty()
        {
            self.marks.push(Mark::Label(Label { x, y, ..label }));
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

    /// Width and height.
    #[cfg(test)]
    pub(super) fn extent(&self) -> [f64; 2] {
        [self.width, self.height].map(f64::from)
    }

    /// What is finite, and not far outside: nothing beyond the picture has to be exact.
    fn bounded(&self, points: &[(f64, f64)]) -> Vec<(f64, f64)> {
        let (right, bottom) = (f64::from(self.width) + 100.0, f64::from(self.height) + 100.0);
        points
            .iter()
            .filter(|(x, y)| x.is_finite() && y.is_finite())
            .map(|&(x, y)| (x.clamp(-100.0, right), y.clamp(-100.0, bottom)))
            .collect()
    }

    /// Width and height in this many steps per unit.
    fn size(&self, steps: u32) -> (u32, u32) {
        (self.width * steps, self.height * steps)
    }

    /// The marks as elements of SVG, closing tag included, the first of them the ground.
    fn elements(&self, fonts: &Fonts) -> Result<String, ChartError> {
        let mut drawn = String::new();
        {
            let area = SVGBackend::with_string(&mut drawn, self.size(STEPS)).into_drawing_area();
            self.draw(&area, Medium::Svg, fonts)?;
        }
        // The root tag that plotters wrote has the size of the fine canvas, and nothing for a screen reader.
        let (_, elements) = drawn.split_once('>').ok_or_else(|| failed("plotters wrote no SVG"))?;
        Ok(elements.to_owned())
    }

    /// The picture as SVG, a file of its own.
    ///
    /// # Errors
    /// [`ChartError`] where plotters fails.
    pub fn svg(&self, fonts: &Fonts) -> Result<String, ChartError> {
        let (width, height) = self.size(STEPS);
        Ok(format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"{}\" viewBox=\"0 0 {width} {height}\" \
             role=\"img\">\n<title>{}</title>\n<desc>{}</desc>{}",
            self.width,
            self.height,
            escape(&self.title),
            escape(&self.description),
            self.elements(fonts)?,
        ))
    }

    /// The picture as SVG inside a page: no ground, and each colour a variable of the page, so that light and dark can differ.
    ///
    /// `id` tells it from other pictures of the page.
    ///
    /// # Errors
    /// [`ChartError`] where plotters fails.
    pub fn inline(&self, fonts: &Fonts, id: &str) -> Result<String, ChartError> {
        let (width, height) = self.size(STEPS);
        let id: String = id
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
            .take(100)
            .collect();
        let elements = self.elements(fonts)?;
        let ground = elements.find("/>").map_or(0, |end| end + 2);
        Ok(format!(
            "<svg class=\"chart\" width=\"{}\" height=\"{}\" viewBox=\"0 0 {width} {height}\" role=\"img\" \
             aria-labelledby=\"{id}-title {id}-desc\">\n<title id=\"{id}-title\">{}</title>\n<desc id=\"{id}-desc\">{}</desc>{}",
            self.width,
            self.height,
            escape(&self.title),
            escape(&self.description),
            with_variables(elements.get(ground..).unwrap_or_default()),
        ))
    }

    /// The picture as PNG.
    ///
    /// # Errors
    /// [`ChartError`] where plotters or the encoder fails.
    pub fn png(&self, fonts: &Fonts, paper: &mut Paper) -> Result<Vec<u8>, ChartError> {
        const { assert!(FINE == 2) };
        let Paper { fine, pixels } = paper;
        fine.clear(self.size(SCALE * FINE));
        self.draw(&fine.into_drawing_area(), Medium::Png, fonts)?;
        fine.halve(pixels);
        encode(pixels, self.size(SCALE))
    }

    fn draw<B: DrawingBackend>(&self, area: &DrawingArea<B, Shift>, medium: Medium, fonts: &Fonts) -> Result<(), ChartError> {
        // A bitmap is paper from the beginning.
        if medium == Medium::Svg {
            area.fill(&paint(PAPER)).map_err(failed)?;
        }
        for mark in &self.marks {
            match mark {
                Mark::Line {
                    points,
                    width,
                    colour,
                    dash,
                } => stroke(area, medium, points, *width, *colour, *dash),
                Mark::Area { points, colour } => {
                    let points: Vec<_> = points.iter().map(|&point| medium.at(point)).collect();
                    area.draw(&Polygon::new(points, paint(*colour).filled()))
                }
                Mark::Rectangle { corners, colour } => {
                    area.draw(&Rectangle::new(corners.map(|corner| medium.edge(corner)), paint(*colour).filled()))
                }
                Mark::Dot { at, radius, colour } => {
                    let radius = medium.steps(*radius);
                    area.draw(&Circle::new(medium.at(*at), radius, paint(*colour).filled()))
                }
                Mark::Label(label) => area.draw(&text(label, medium, fonts)),
            }
            .map_err(failed)?;
        }
        area.present().map_err(failed)
    }
}

/// The longest side of a picture.
const MOST: f64 = 4_000.0;

/// A side in whole units.
fn side(length: f64) -> u32 {
    (length.clamp(1.0, MOST).round() as u32).max(1)
}

/// What plotters wrote, with a variable for each colour. Only attributes are looked at: in a text a quote is escaped.
fn with_variables(elements: &str) -> String {
    let mut text = String::with_capacity(elements.len() + elements.len() / 4);
    let mut parts = elements.split("=\"#");
    text.extend(parts.next());
    for part in parts {
        let variable = part.get(..6).and_then(variable);
        match (variable, part.get(6..)) {
            (Some(variable), Some(rest)) => {
                text.push_str("=\"");
                text.push_str(&variable);
                text.push_str(rest);
            }
            _ => {
                text.push_str("=\"#");
                text.push_str(part);
            }
        }
    }
    text
}

/// What is drawn on, and how fine its coordinates are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Medium {
    Svg,
    Png,
}

impl Medium {
    const fn scale(self) -> f64 {
        match self {
            Self::Svg => STEPS as f64,
            Self::Png => (SCALE * FINE) as f64,
        }
    }

    fn steps(self, length: f64) -> i32 {
        (length * self.scale()).round() as i32
    }

    /// The same in whole pixels of the PNG: what runs along the axes must not blur.
    fn whole(self, length: f64) -> i32 {
        match self {
            Self::Svg => self.steps(length),
            Self::Png => (length * f64::from(SCALE)).round() as i32 * FINE as i32,
        }
    }

    fn at(self, (x, y): (f64, f64)) -> (i32, i32) {
        (self.steps(x), self.steps(y))
    }

    fn edge(self, (x, y): (f64, f64)) -> (i32, i32) {
        (self.whole(x), self.whole(y))
    }
}

/// The points without those that a line through the others misses by less than can be seen. On whole coordinates, short pieces
/// each have an angle of their own, and a smooth curve looks rough.
fn thinned(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let Some(last) = points.len().checked_sub(1) else {
        return Vec::new();
    };
    let mut kept = vec![false; points.len()];
    let mut open = vec![(0, last)];
    while let Some((from, to)) = open.pop() {
        let (Some(&(x0, y0)), Some(&(x1, y1))) = (points.get(from), points.get(to)) else {
            continue;
        };
        for end in [from, to] {
            if let Some(kept) = kept.get_mut(end) {
                *kept = true;
            }
        }
        let (dx, dy) = (x1 - x0, y1 - y0);
        let square = dx * dx + dy * dy;
        let missed = |&(x, y): &(f64, f64)| {
            let along = if square > 0.0 {
                (((x - x0) * dx + (y - y0) * dy) / square).clamp(0.0, 1.0)
            } else {
                0.0
            };
            let (ex, ey) = (x - x0 - along * dx, y - y0 - along * dy);
            ex * ex + ey * ey
        };
        let inner = points.iter().enumerate().take(to).skip(from + 1);
        let farthest = inner
            .map(|(index, point)| (index, missed(point)))
            .max_by(|a, b| a.1.total_cmp(&b.1));
        if let Some((index, missed)) = farthest
            && missed > MISS * MISS
        {
            open.extend([(from, index), (index, to)]);
        }
    }
    points.iter().zip(kept).filter_map(|(&point, kept)| kept.then_some(point)).collect()
}

/// The points on whole coordinates. Where a line bends but little, its corner slides along it to where rounding moves it least:
/// otherwise each piece of a smooth curve has a slope of its own, and it looks hewn.
fn settled(points: &[(f64, f64)], medium: Medium) -> Vec<(i32, i32)> {
    let scale = medium.scale();
    let moved = |&(x, y): &(f64, f64)| {
        let (dx, dy) = ((x * scale).round() - x * scale, (y * scale).round() - y * scale);
        dx * dx + dy * dy
    };
    let inner = points.windows(3).map(|three| {
        let &[(x0, y0), (x, y), (x1, y1)] = three else { return (0, 0) };
        let (before, after) = ((x - x0, y - y0), (x1 - x, y1 - y));
        let square = |(dx, dy): (f64, f64)| dx * dx + dy * dy;
        let along = before.0 * after.0 + before.1 * after.1;
        // A turn of more than about ten degrees is a corner.
        let reach = if along > 0.0 && along * along > 0.97 * square(before) * square(after) {
            12
        } else {
            0
        };
        let slid = (-reach..=reach).map(|step| {
            let (share, (dx, dy)) = (f64::from(step) / 36.0, if step < 0 { before } else { after });
            (x + share * dx, y + share * dy)
        });
        medium.at(slid.min_by(|a, b| moved(a).total_cmp(&moved(b))).unwrap_or((x, y)))
    });
    let first = points.first().map(|&point| medium.at(point));
    let last = points.last().map(|&point| medium.at(point));
    first.into_iter().chain(inner).chain(last).collect()
}

fn paint([red, green, blue]: Colour) -> RGBColor {
    RGBColor(red, green, blue)
}

type Drawn<B> = Result<(), plotters::drawing::DrawingAreaErrorKind<<B as DrawingBackend>::ErrorType>>;

fn stroke<B: DrawingBackend>(
    area: &DrawingArea<B, Shift>,
    medium: Medium,
    points: &[(f64, f64)],
    width: f64,
    colour: Colour,
    dash: Option<f64>,
) -> Drawn<B> {
    // On a bitmap a stroke of plotters covers one pixel more than it is wide, and a circle two radii and one.
    let radius = ((width * medium.scale() - 1.0) / 2.0).round().max(1.0) as u32;
    let style = match medium {
        Medium::Svg => paint(colour).stroke_width(medium.steps(width).unsigned_abs()),
        Medium::Png => paint(colour).stroke_width(2 * radius),
    };
    let fine: Vec<_> = points.iter().map(|&point| medium.at(point)).collect();
    if let Some(dash) = dash {
        let dash = medium.steps(dash).max(1);
        return area.draw(&DashedPathElement::new(fine, dash, dash, style));
    }
    match *points {
        // Along an axis a line is a rectangle: exact, and crisp.
        [(x0, y0), (x1, y1)] if x0 == x1 || y0 == y1 => {
            let (across, down) = if x0 == x1 { (width, 0.0) } else { (0.0, width) };
            let (left, top) = medium.edge((x0.min(x1) - across / 2.0, y0.min(y1) - down / 2.0));
            let (wide, high) = (medium.whole((x0 - x1).abs() + across), medium.whole((y0 - y1).abs() + down));
            area.draw(&Rectangle::new([(left, top), (left + wide, top + high)], paint(colour).filled()))
        }
        _ if medium == Medium::Svg => area.draw(&PathElement::new(fine, style)),
        // Plotters' outline of a thick path folds over itself where points are closer together than it is thick, so each piece is
        // a path of its own, and a circle joins it to the next.
        _ => settled(points, medium).windows(2).try_for_each(|piece| {
            area.draw(&PathElement::new(piece, style))?;
            piece
                .iter()
                .try_for_each(|&point| area.draw(&Circle::new(point, radius, paint(colour).filled())))
        }),
    }
}

fn text(label: &Label, medium: Medium, fonts: &Fonts) -> Text<'static, (i32, i32), String> {
    let em = label.size * medium.scale();
    // What plotters calls the size, and how far it puts the origin of the first glyph from the left end and the top.
    let (size, indent, ascent) = match medium {
        Medium::Svg => (em * 1.24, 0.0, em * 0.76),
        Medium::Png => (em * LINE, (em * INDENT).ceil(), (em * LINE / 2.0).ceil()),
    };
    let (x, _) = medium.at((label.x, label.y));
    let (_, baseline) = medium.edge((label.x, label.y));
    let anchor = match label.anchor {
        Anchor::Start => HPos::Left,
        Anchor::Middle => HPos::Center,
        Anchor::End => HPos::Right,
    };
    let style = fonts
        .face(label.bold)
        .resize(size)
        .color(&paint(label.colour))
        .pos(Pos::new(anchor, VPos::Top));
    let text = match medium {
        Medium::Svg => label.text.clone(),
        Medium::Png => without_marks(&label.text),
    };
    Text::new(text, (x - indent as i32, baseline - ascent.round() as i32), style)
}

/// What is left without marks that stand on the character before them and have no width: the embedded font has none, and would
/// draw each as a character that is missing. A browser sets them.
fn without_marks(text: &str) -> String {
    text.chars().filter(|c| c.width() != Some(0)).collect()
}

fn encode(pixels: &[u8], (width, height): (u32, u32)) -> Result<Vec<u8>, ChartError> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    // Small files would take longer than the drawing; this way a picture has some hundred kilobytes.
    encoder.set_compression(png::Compression::Fast);
    encoder.set_filter(png::FilterType::Up);
    let mut writer = encoder.write_header().map_err(failed)?;
    writer.write_image_data(pixels).map_err(failed)?;
    writer.finish().map_err(failed)?;
    Ok(bytes)
}

#[cfg(test)]
fn left_of(label: &Label, fonts: &Fonts) -> f64 {
    let width = fonts.width(&label.text, label.size, label.bold);
    label.x
        - match label.anchor {
            Anchor::Start => 0.0,
            Anchor::Middle => width / 2.0,
            Anchor::End => width,
        }
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
            '\'' => safe.push_str("&apos;"),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    const BLACK: Colour = [0, 0, 0];

    fn fonts() -> Fonts {
        Fonts::embedded().unwrap_or_else(|error| panic!("{error}"))
    }

    fn label(text: &str, anchor: Anchor, size: f64, bold: bool) -> Label {
        Label {
            x: 110.0,
            y: 30.0,
            anchor,
            size,
            bold,
            colour: BLACK,
            text: text.into(),
        }
    }

    /// The PNG of an empty picture with these marks, as shades of grey.
    fn greys(width: u32, height: u32, mark: impl FnOnce(&mut Canvas)) -> Vec<Vec<u8>> {
        let mut canvas = Canvas::new(width.into(), height.into(), "", "");
        mark(&mut canvas);
        let png = canvas
            .png(&fonts(), &mut Paper::default())
            .unwrap_or_else(|error| panic!("{error}"));
        let mut reader = png::Decoder::new(png.as_slice())
            .read_info()
            .unwrap_or_else(|error| panic!("{error}"));
        let mut pixels = vec![0; reader.output_buffer_size()];
        assert!(reader.next_frame(&mut pixels).is_ok());
        assert_eq!(pixels.len(), (width * height * SCALE * SCALE * 3) as usize);
        let row = |row: &[u8]| row.chunks(3).map(|pixel| pixel[1]).collect();
        pixels.chunks((width * SCALE * 3) as usize).map(row).collect()
    }

    /// Left, top, right and bottom of what is not paper, in units.
    fn ink(greys: &[Vec<u8>]) -> [f64; 4] {
        let dark = |x: usize, y: usize| greys[y][x] < 240;
        let (width, height) = (greys[0].len(), greys.len());
        let columns: Vec<usize> = (0..width).filter(|&x| (0..height).any(|y| dark(x, y))).collect();
        let rows: Vec<usize> = (0..height).filter(|&y| (0..width).any(|x| dark(x, y))).collect();
        [columns[0], rows[0], columns[columns.len() - 1] + 1, rows[rows.len() - 1] + 1].map(|edge| edge as f64 / f64::from(SCALE))
    }

    #[test]
    fn the_embedded_font_reads_and_has_what_we_write() {
        let fonts = fonts();
        let pixels = |face: &FontDesc, text: &str| {
            let mut pixels = Vec::new();
            let drawn = face.resize(40.0).draw::<fmt::Error, _>(text, (0, 0), |x, y, share| {
                pixels.push((x, y, share.to_bits()));
                Ok(())
            });
            assert!(drawn.is_ok());
            pixels
        };
        for face in [&fonts.regular, &fonts.bold] {
            let replacement = pixels(face, "\u{fffd}");
            for c in "AZaz09%·–—…≤≥→▲◀▶äßñłőΩμжя".chars() {
                assert_ne!(pixels(face, &c.to_string()), replacement, "{c}");
            }
            assert_eq!(pixels(face, "数"), replacement);
        }
        assert!((10.0..11.5).contains(&fonts.width("数", 10.0, false)));
        assert_eq!(fonts.width("e\u{301}", 10.0, false), fonts.width("e", 10.0, false));
        assert_eq!(fonts.width("Hj", 2048.0, false), 1540.0 + 569.0);
        assert!(fonts.width("Hj", 2048.0, true) > 1540.0 + 569.0);
        assert!(fonts.width(&fonts.cut(&"long ".repeat(90), 13.0, false, 200.0), 13.0, false) <= 200.0);
    }

    #[test]
    fn a_rectangle_covers_what_it_covers() {
        let greys = greys(20, 20, |canvas| {
            canvas.rectangle((1.0, 1.0), (3.0, 3.5), BLACK);
            canvas.line(&[(5.0, 10.0), (15.0, 10.0)], 1.0, BLACK, None);
        });
        for (y, row) in greys.iter().enumerate() {
            for (x, &grey) in row.iter().enumerate() {
                let inside = (2..6).contains(&x) && (2..7).contains(&y) || (10..30).contains(&x) && (19..21).contains(&y);
                assert_eq!(grey, if inside { 0 } else { 255 }, "{x} {y}");
            }
        }
    }

    #[test]
    fn a_thick_line_is_even_however_near_its_points_are() {
        let near: Vec<(f64, f64)> = (0..400)
            .map(|k| (10.0 + f64::from(k) * 0.2, 20.0 + (f64::from(k) * 0.05).floor()))
            .collect();
        let greys = greys(100, 60, |canvas| canvas.line(&near, 2.6, BLACK, None));
        for x in 22..176 {
            let column: Vec<u8> = greys.iter().map(|row| row[x]).collect();
            let dark = column.iter().map(|&grey| 255 - u32::from(grey)).sum::<u32>();
            let (first, last) = (column.iter().position(|&g| g < 128), column.iter().rposition(|&g| g < 128));
            let span = last.zip(first).map_or(0, |(last, first)| last - first + 1);
            assert!((5..=9).contains(&span), "{x}: {span}");
            // Without a hole.
            assert!(dark as usize >= (span - 1) * 255, "{x}: {dark} in {span}");
        }
    }

    #[test]
    fn text_is_where_its_measure_says() {
        let fonts = fonts();
        for (text, bold) in [("HIllH", false), ("Handed H", true), ("Ejj数H", false), ("jH", true)] {
            for size in [12.0, 13.0, 16.0, 19.0] {
                for anchor in [Anchor::Start, Anchor::Middle, Anchor::End] {
                    let label = label(text, anchor, size, bold);
                    let width = fonts.width(text, size, bold);
                    let left = left_of(&label, &fonts);
                    let [from, _, to, _] = ink(&greys(220, 40, |canvas| canvas.label(label)));
                    // H begins 0.098 of an em right of its origin (bold: 0.092) and ends as far from the end; j reaches out.
                    let reach = if text.starts_with('j') { -0.033 } else { 0.096 };
                    assert!(
                        (from - left - reach * size).abs() <= 0.75,
                        "{text} {size} {anchor:?}: {from} for {left}"
                    );
                    assert!(
                        (left + width - to - 0.096 * size).abs() <= 0.75,
                        "{text} {size} {anchor:?}: {to} for {}",
                        left + width
                    );
                }
            }
        }
        // Capitals stand on the baseline.
        let [_, top, _, bottom] = ink(&greys(220, 40, |canvas| canvas.label(label("HEH", Anchor::Start, 13.0, false))));
        assert_eq!(bottom, 30.0);
        assert!((30.0 - 0.729 * 13.0 - top).abs() <= 0.5, "{top}");
    }

    #[test]
    fn the_svg_scales_the_fine_canvas_and_asks_for_its_typefaces() {
        let mut canvas = Canvas::new(200.0, 50.0, "title", "description");
        canvas.label(label("bold", Anchor::End, 13.0, true));
        canvas.line(&[(1.04, 2.0), (3.16, 5.0), (8.0, 6.0)], 2.6, BLACK, None);
        canvas.line(&[(10.0, 0.0), (10.0, 20.0)], 1.6, BLACK, Some(5.0));
        let svg = canvas.svg(&fonts()).unwrap_or_else(|error| panic!("{error}"));
        let root = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"200\" height=\"50\" viewBox=\"0 0 2000 500\" role=\"img\">\n\
                    <title>title</title>\n<desc>description</desc>\n";
        assert!(svg.starts_with(root), "{svg}");
        let text = format!("text-anchor=\"end\" font-family=\"{FAMILY}\" font-size=\"130\" ");
        assert!(svg.contains(&text) && svg.contains("font-weight=\"bold\""), "{svg}");
        // Plotters sets a text's top 0.76 em above its baseline.
        assert!(svg.contains("x=\"1100\" y=\"201\" dy=\"0.76em\""), "{svg}");
        assert!(svg.contains("stroke-width=\"26\" points=\"10,20 32,50 80,60 \""), "{svg}");
        assert_eq!(svg.matches("stroke-width=\"16\"").count(), 2, "{svg}");
        assert!(svg.ends_with("</svg>\n"));
    }

    #[test]
    fn odd_marks_do_no_harm() {
        let odd = [f64::NAN, f64::INFINITY, -1e300, 1e300, 0.0, 10.0];
        let mut canvas = Canvas::new(20.0, 20.0, "", "");
        for &x in &odd {
            for &y in &odd {
                canvas.dot(x, y, 3.0, BLACK);
                canvas.rectangle((x, y), (y, x), BLACK);
                canvas.line(&[(x, y), (y, x), (x, y), (3.0, 3.0), (3.0, 3.0)], 2.6, BLACK, None);
                canvas.line(&[(x, 4.0), (y, 4.0)], 0.0, BLACK, Some(0.0));
                canvas.area(&[(x, y), (3.0, 3.0), (y, x), (y, x)], BLACK);
                canvas.label(Label {
                    x,
                    y,
                    ..label("far", Anchor::Middle, 13.0, false)
                });
            }
        }
        let mut paper = Paper::default();
        assert!(canvas.png(&fonts(), &mut paper).is_ok() && canvas.svg(&fonts()).is_ok());
        let odd = Canvas::new(f64::NAN, -1.0, "", "");
        assert!(odd.png(&fonts(), &mut paper).is_ok() && odd.svg(&fonts()).is_ok());
    }

    /// Oracle: the bitmap of plotters itself, every pixel of it.
    #[test]
    fn what_is_drawn_is_what_plotters_draws_on_a_bitmap_of_its_own() {
        let fonts = fonts();
        let colours = [BLACK, [0, 114, 178], [232, 242, 249], PAPER, [213, 94, 0]];
        let mut canvas = Canvas::new(173.0, 97.0, "", "");
        for (index, colour) in (0_u32..).zip(colours.into_iter().cycle().take(60)) {
            // Here and there, some of it beyond the edges.
            let [x, y, u, v] = [7, 11, 13, 17].map(|step| f64::from((index + 1) * step * 29 % 239) * 0.87 - 13.0);
            match index % 6 {
                0 => canvas.line(&[(x, y), (u, v), (v, y)], 2.6, colour, None),
                1 => canvas.line(&[(x, y), (u, y)], 1.0, colour, Some(5.0)),
                2 => canvas.area(&[(x, y), (u, v), (v, x), (y, u)], colour),
                3 => canvas.rectangle((x, y), (u, v), colour),
                4 => canvas.ring(x, y, 4.0 + v.abs() / 20.0, colour),
                _ => canvas.label(Label {
                    x,
                    y: v,
                    anchor: [Anchor::Start, Anchor::Middle, Anchor::End][index as usize / 6 % 3],
                    colour,
                    ..label(
                        "AV 12 % – Wörter, 数 fi",
                        Anchor::Start,
                        [12.0, 13.0, 19.0][index as usize % 3],
                        index % 4 == 1,
                    )
                }),
            }
        }
        let (width, height) = canvas.size(SCALE * FINE);
        let mut theirs = vec![PAPER[0]; width as usize * height as usize * 3];
        let area = plotters_bitmap::BitMapBackend::with_buffer(&mut theirs, (width, height)).into_drawing_area();
        assert!(canvas.draw(&area, Medium::Png, &fonts).is_ok());
        drop(area);
        let (mut bitmap, mut ours) = (Bitmap::default(), vec![]);
        // The second time on what the first one left.
        for size in [(width + 64, height / 2), (width, height)] {
            bitmap.clear(size);
            assert!(canvas.draw(&bitmap.into_drawing_area(), Medium::Png, &fonts).is_ok());
            bitmap.halve(&mut ours);
        }
        assert_eq!(ours.len(), theirs.len() / 4);
        for (index, pixel) in ours.chunks(3).enumerate() {
            let (x, y) = (index as u32 % (width / 2), index as u32 / (width / 2));
            for part in 0..3 {
                let at = |dx: u32, dy: u32| u32::from(theirs[((2 * y + dy) * width + 2 * x + dx) as usize * 3 + part]);
                let mean = (at(0, 0) + at(1, 0) + at(0, 1) + at(1, 1) + 2) / 4;
                assert_eq!(u32::from(pixel[part]), mean, "{x} {y}");
            }
        }
    }

    #[test]
    fn marks_are_left_to_the_browser() {
        let picture = |text: &str| greys(100, 30, |canvas| canvas.label(label(text, Anchor::Start, 13.0, false)));
        assert_eq!(picture("e\u{301}a"), picture("ea"));
        let mut canvas = Canvas::new(100.0, 30.0, "", "");
        canvas.label(label("e\u{301}a", Anchor::Start, 13.0, false));
        assert!(canvas.svg(&fonts()).is_ok_and(|svg| svg.contains("e\u{301}a")));
    }

    #[test]
    fn names_cannot_leave_their_element() {
        let mut canvas = Canvas::new(100.0, 50.0, "</title><script>", "\u{0}");
        canvas.label(label("</text><script>\"'&", Anchor::Start, 9.0, false));
        let svg = canvas.svg(&fonts()).unwrap_or_else(|error| panic!("{error}"));
        assert!(!svg.contains("<script"), "{svg}");
        assert!(svg.contains("&lt;/text&gt;&lt;script&gt;&quot;&apos;&amp;"), "{svg}");
        assert!(svg.contains("<title>&lt;/title&gt;&lt;script&gt;</title>"), "{svg}");
        assert!(!svg.contains('\u{0}'));
    }
}
