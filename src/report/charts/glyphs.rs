//! The letters of the embedded font as they cover pixels. Each is drawn once for each size: the pictures of a run show a few hundred
//! different ones, ten thousand times.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use ab_glyph::{Font, FontRef, GlyphId, PxScaleFont, ScaleFont};

/// The embedded font.
pub static REGULAR: &[u8] = include_bytes!("font/DejaVuSans-subset.ttf");
/// The same, bold.
pub static BOLD: &[u8] = include_bytes!("font/DejaVuSans-Bold-subset.ttf");

/// How a letter covers the pixels of its box.
#[derive(Debug)]
pub struct Letter {
    /// From the top of its line to that of its box.
    pub top: i32,
    /// Pixels in a row of its box; never 0.
    pub width: usize,
    /// By row: how much of each pixel is covered, in 256ths; [`WHOLE`] for all of it.
    pub cover: Box<[u8]>,
}

/// A pixel that is covered altogether.
pub const WHOLE: u8 = u8::MAX;

/// A face, the size in pixels as bits, and the glyph.
type Key = (bool, u32, GlyphId);

static LETTERS: LazyLock<RwLock<HashMap<Key, Option<Arc<Letter>>>>> = LazyLock::new(RwLock::default);

static FACES: LazyLock<Option<[FontRef<'static>; 2]>> = LazyLock::new(|| {
    let face = |bytes| FontRef::try_from_slice(bytes).ok();
    Some([face(REGULAR)?, face(BOLD)?])
});

/// Calls `put` for each letter of a text of this size, with its place right of the text's left end. `false` where the embedded font
/// cannot be read; a test holds that it can.
pub fn letters(text: &str, size: f32, bold: bool, mut put: impl FnMut(i32, &Letter)) -> bool {
    let Some(faces) = FACES.as_ref() else { return false };
    let font = faces[usize::from(bold)].as_scaled(size);
    let mut right = 0.0_f32;
    let mut previous = None;
    for c in text.chars() {
        let glyph = font.glyph_id(c);
        if let Some(previous) = previous.replace(glyph) {
            right += font.kern(previous, glyph);
        }
        if let Some(letter) = letter(&font, bold, glyph) {
            put(right as i32, &letter);
        }
        right += font.h_advance(glyph);
    }
    true
}

fn letter(font: &PxScaleFont<&FontRef<'static>>, bold: bool, glyph: GlyphId) -> Option<Arc<Letter>> {
    let size = font.scale.y;
    let key = (bold, size.to_bits(), glyph);
    if let Some(known) = LETTERS.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
        return known.clone();
    }
    let drawn = drawn(font, glyph, size).map(Arc::new);
    let mut letters = LETTERS.write().unwrap_or_else(PoisonError::into_inner);
    letters.entry(key).or_insert(drawn).clone()
}

/// A glyph's letter; `None` for a space.
fn drawn(font: &PxScaleFont<&FontRef<'static>>, glyph: GlyphId, size: f32) -> Option<Letter> {
    let outline = font.outline_glyph(glyph.with_scale(font.scale))?;
    let bounds = outline.px_bounds();
    let mut cover = Vec::with_capacity(bounds.width() as usize * bounds.height() as usize);
    // Pixel by pixel, row by row.
    outline.draw(|_, _, share| {
        let share = f64::from(share);
        cover.push(if share >= 1.0 - 1.0 / 256.0 { WHOLE } else { (share * 256.0) as u8 });
    });
    let width = bounds.width() as usize;
    (width > 0).then(|| Letter {
        top: (size / 2.0 + bounds.min.y) as i32,
        width,
        cover: cover.into(),
    })
}
