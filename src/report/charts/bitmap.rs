//! A bitmap in tiles, of which only those are there that somebody drew on: nine tenths of a chart are paper.
//!
//! What plotters draws on it comes out as on a bitmap of its own, to the bit; a test holds that.

use std::convert::Infallible;
use std::ops::Range;

use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind, FontStyle, rasterizer,
};

use super::glyphs::{Letter, WHOLE, letters};
use super::style::{Colour, PAPER};

/// Pixels along the side of a tile.
const TILE: usize = 16;

/// A pixel is blue, green and red from its lowest byte on.
type Tile = [u32; TILE * TILE];

/// The place of a tile.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Place {
    /// What all its pixels are while it has no tile.
    plain: u32,
    /// One more than the number of its tile; 0 while it has none.
    tile: u32,
}

/// A bitmap.
#[derive(Debug, Default)]
pub struct Bitmap {
    width: usize,
    height: usize,
    /// Places in a row of them.
    across: usize,
    places: Vec<Place>,
    tiles: Tiles,
}

/// Tiles, which are made some at a time and kept for the next picture.
#[derive(Debug, Default)]
struct Tiles {
    made: Vec<Vec<Tile>>,
    taken: u32,
}

/// Tiles that are made at once.
const AT_ONCE: usize = 64;

/// The part of a place that something covers.
struct Part {
    columns: Range<usize>,
    rows: Range<usize>,
    /// How far its first pixel is from the left and the top of what covers it.
    from: (usize, usize),
}

impl Bitmap {
    /// Is paper of so many pixels from now on.
    pub fn clear(&mut self, (width, height): (u32, u32)) {
        (self.width, self.height) = (width as usize, height as usize);
        self.across = self.width.div_ceil(TILE);
        self.places.clear();
        self.places.resize(self.across * self.height.div_ceil(TILE), Place::PAPER);
        self.tiles.taken = 0;
    }

    /// Red, green and blue of each pixel of a picture half as wide and high: the mean of the four pixels that it covers.
    pub fn halve(&self, pixels: &mut Vec<u8>) {
        const HALF: usize = TILE / 2;
        let (width, height) = (self.width / 2, self.height / 2);
        pixels.clear();
        pixels.resize(width * height * 3, PAPER[0]);
        let bands = pixels.chunks_mut((width * 3 * HALF).max(1));
        for (band, places) in bands.zip(self.places.chunks_exact(self.across)) {
            for (index, place) in places.iter().enumerate().filter(|(_, place)| **place != Place::PAPER) {
                for (y, row) in band.chunks_exact_mut(width * 3).enumerate() {
                    let mut means = [place.plain; HALF];
                    if let Some(tile) = self.tiles.get(*place) {
                        let (upper, lower) = tile[2 * y * TILE..][..2 * TILE].split_at(TILE);
                        let fours = upper.as_chunks().0.iter().zip(lower.as_chunks().0);
                        for (mean, ([a, b], [c, d])) in means.iter_mut().zip(fours) {
                            *mean = mean_of([*a, *b, *c, *d]);
                        }
                    }
                    for (colour, mean) in row[index * HALF * 3..].as_chunks_mut().0.iter_mut().zip(means) {
                        *colour = colour_of(mean);
                    }
                }
            }
        }
    }

    /// Calls `paint` for each place that something from one corner to before the other covers a part of.
    fn each_place(
        &mut self,
        (left, top): BackendCoord,
        (right, bottom): BackendCoord,
        mut paint: impl FnMut(&mut Tiles, &mut Place, Part),
    ) {
        let within = |from: i32, to: i32, most: usize| (from.max(0) as usize, (to.max(0) as usize).min(most));
        let (first, last) = within(left, right, self.width);
        let (upper, lower) = within(top, bottom, self.height);
        if first >= last {
            return;
        }
        for down in upper / TILE..lower.div_ceil(TILE) {
            let rows = upper.max(down * TILE)..lower.min((down + 1) * TILE);
            for across in first / TILE..last.div_ceil(TILE) {
                let columns = first.max(across * TILE)..last.min((across + 1) * TILE);
                let part = Part {
                    from: ((columns.start as i32 - left) as usize, (rows.start as i32 - top) as usize),
                    columns: columns.start - across * TILE..columns.end - across * TILE,
                    rows: rows.start - down * TILE..rows.end - down * TILE,
                };
                paint(&mut self.tiles, &mut self.places[down * self.across + across], part);
            }
        }
    }

    /// Fills what lies between two corners, the right and the lower edge left out.
    fn fill(&mut self, one: BackendCoord, other: BackendCoord, colour: BackendColor) {
        let (ink, share) = (ink_of(colour), share_of(colour.alpha));
        let (first, last) = ((one.0.min(other.0), one.1.min(other.1)), (one.0.max(other.0), one.1.max(other.1)));
        self.each_place(first, last, |tiles, place, part| {
            if share == ALL && part.columns.len() == TILE && part.rows.len() == TILE {
                *place = Place { plain: ink, tile: 0 };
                return;
            }
            let tile = tiles.of(place);
            for row in part.rows {
                for pixel in &mut tile[row * TILE..][part.columns.clone()] {
                    *pixel = if share == ALL { ink } else { blended(*pixel, ink, share) };
                }
            }
        });
    }

    /// Draws a letter; `at` is where it begins, at the top of its line.
    fn letter(&mut self, at: BackendCoord, letter: &Letter, ink: u32) {
        let (width, height) = (letter.width, letter.cover.len() / letter.width);
        let first = (at.0, at.1 + letter.top);
        self.each_place(first, (first.0 + width as i32, first.1 + height as i32), |tiles, place, part| {
            let tile = tiles.of(place);
            let cover = letter.cover.chunks_exact(width).skip(part.from.1);
            for (row, cover) in part.rows.zip(cover) {
                let pixels = &mut tile[row * TILE..][part.columns.clone()];
                for (pixel, cover) in pixels.iter_mut().zip(&cover[part.from.0..]) {
                    // Few are at an edge of the letter.
                    match *cover {
                        0 => {}
                        WHOLE => *pixel = ink,
                        cover => *pixel = blended(*pixel, ink, cover.into()),
                    }
                }
            }
        });
    }
}

impl Place {
    const PAPER: Self = Self {
        plain: pixel_of(PAPER),
        tile: 0,
    };
}

impl Tiles {
    fn get(&self, place: Place) -> Option<&Tile> {
        let number = place.tile.checked_sub(1)? as usize;
        self.made.get(number / AT_ONCE)?.get(number % AT_ONCE)
    }

    /// The tile of a place, which has one from now on.
    fn of(&mut self, place: &mut Place) -> &mut Tile {
        let is_new = place.tile == 0;
        if is_new {
            self.taken += 1;
            place.tile = self.taken;
        }
        let number = place.tile as usize - 1;
        if number / AT_ONCE >= self.made.len() {
            self.made.push(vec![[0; TILE * TILE]; AT_ONCE]);
        }
        let tile = &mut self.made[number / AT_ONCE][number % AT_ONCE];
        if is_new {
            tile.fill(place.plain);
        }
        tile
    }
}

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

impl DrawingBackend for &mut Bitmap {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        (self.width as u32, self.height as u32)
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, at: BackendCoord, colour: BackendColor) -> Drawn {
        let (x, y) = (at.0 as usize, at.1 as usize);
        let share = share_of(colour.alpha);
        // What is negative is beyond every width.
        if share > 0 && x < self.width && y < self.height {
            let tile = self.tiles.of(&mut self.places[y / TILE * self.across + x / TILE]);
            let pixel = &mut tile[y % TILE * TILE + x % TILE];
            *pixel = blended(*pixel, ink_of(colour), share);
        }
        Ok(())
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Drawn {
        if style.stroke_width() != 1 || (from.0 != to.0 && from.1 != to.1) {
            return rasterizer::draw_line(self, from, to, style);
        }
        // Plotters puts the ends of an upright line in order, and those of a level one not.
        let (upper, lower) = if from.1 > to.1 { (to, from) } else { (from, to) };
        self.fill(upper, (lower.0 + 1, lower.1 + 1), style.color());
        Ok(())
    }

    fn draw_rect<S: BackendStyle>(&mut self, one: BackendCoord, other: BackendCoord, style: &S, fill: bool) -> Drawn {
        if !fill {
            return rasterizer::draw_rect(self, one, other, style, fill);
        }
        self.fill(one, other, style.color());
        Ok(())
    }

    /// Upright text of the embedded font in a colour that nothing shines through: charts have no other.
    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, at: BackendCoord) -> Drawn {
        let unreadable = |error: Box<dyn std::error::Error + Send + Sync>| DrawingErrorKind::FontError(error);
        let (_, (width, height)) = style.layout_box(text).map_err(|error| unreadable(Box::new(error)))?;
        let left = match style.anchor().h_pos {
            HPos::Left => at.0,
            HPos::Center => at.0 - width / 2,
            HPos::Right => at.0 - width,
        };
        let top = match style.anchor().v_pos {
            VPos::Top => at.1,
            VPos::Center => at.1 - height / 2,
            VPos::Bottom => at.1 - height,
        };
        let (ink, bold) = (ink_of(style.color()), matches!(style.style(), FontStyle::Bold));
        let is_read = letters(text, style.size() as f32, bold, |right, letter| {
            self.letter((left + right, top), letter, ink);
        });
        is_read
            .then_some(())
            .ok_or_else(|| unreadable("the embedded font cannot be read".into()))
    }
}

const fn pixel_of([red, green, blue]: Colour) -> u32 {
    u32::from_be_bytes([0, red, green, blue])
}

const fn colour_of(pixel: u32) -> Colour {
    let [_, red, green, blue] = pixel.to_be_bytes();
    [red, green, blue]
}

const fn ink_of(colour: BackendColor) -> u32 {
    let (red, green, blue) = colour.rgb;
    pixel_of([red, green, blue])
}

/// All of a pixel.
const ALL: u32 = 256;

/// How much of a pixel is covered, in 256ths, as plotters counts it.
fn share_of(alpha: f64) -> u32 {
    if alpha >= 1.0 - 1.0 / 256.0 { ALL } else { (alpha * 256.0) as u32 }
}

/// A pixel of which so many 256ths are covered.
#[inline]
fn blended(pixel: u32, ink: u32, share: u32) -> u32 {
    let part = |shift: u32| {
        let (before, new) = ((pixel >> shift & 0xff) as i32, (ink >> shift & 0xff) as i32);
        ((before + (new - before) * share as i32 / 256) as u32) << shift
    };
    part(16) | part(8) | part(0)
}

/// The mean of four pixels, rounded.
#[inline]
fn mean_of(four: [u32; 4]) -> u32 {
    // Red and blue, and green, have room beside each other for sums of four.
    let (mut outer, mut green) = (0x0002_0002, 0x0200);
    for pixel in four {
        outer += pixel & 0x00ff_00ff;
        green += pixel & 0xff00;
    }
    outer >> 2 & 0x00ff_00ff | green >> 2 & 0xff00
}
