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

/// Every colour: its name as a variable of a page, on a light ground, on a dark ground.
const COLOURS: [(&str, Colour, Colour); 13] = [
    ("paper", PAPER, [22, 24, 28]),
    ("ink", INK, [232, 232, 232]),
    ("soft-ink", SOFT_INK, [176, 176, 176]),
    ("grid", GRID, [56, 58, 62]),
    ("axis", AXIS, [132, 132, 132]),
    ("forecast", FORECAST, [86, 180, 233]),
    ("forecast-area", FORECAST_AREA, [24, 46, 62]),
    ("forecast-light", FORECAST_LIGHT, [46, 96, 132]),
    ("waiting", WAITING, [150, 105, 40]),
    ("promise", PROMISE, [236, 122, 52]),
    ("promise-ink", PROMISE_INK, [255, 165, 110]),
    ("estimate", ESTIMATE, [0, 178, 132]),
    ("estimate-ink", ESTIMATE_INK, [80, 208, 168]),
];

fn hex([red, green, blue]: Colour) -> String {
    format!("{red:02X}{green:02X}{blue:02X}")
}

/// The variable that stands for a colour given as six hexadecimal digits, with that colour for a page that sets none.
#[must_use]
pub fn variable(digits: &str) -> Option<String> {
    let (name, ..) = COLOURS.iter().find(|(_, light, _)| hex(*light).eq_ignore_ascii_case(digits))?;
    Some(format!("var(--chart-{name},#{digits})"))
}

/// What a page declares for its inline charts on a light or on a dark ground: `--chart-ink:#222222;…`. A page whose ground is
/// another declares its own `--chart-paper` after it.
#[must_use]
pub fn declarations(is_dark: bool) -> String {
    COLOURS
        .iter()
        .map(|(name, light, dark)| format!("--chart-{name}:#{};", hex(if is_dark { *dark } else { *light })))
        .collect()
}

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

#[cfg(test)]
mod tests {
    use super::*;

    /// Contrast of two colours (WCAG 2.2, relative luminance).
    fn contrast(a: Colour, b: Colour) -> f64 {
        let luminance = |colour: Colour| {
            let [red, green, blue] = colour.map(|part| {
                let part = f64::from(part) / 255.0;
                if part <= 0.04045 {
                    part / 12.92
                } else {
                    ((part + 0.055) / 1.055).powf(2.4)
                }
            });
            0.2126 * red + 0.7152 * green + 0.0722 * blue
        };
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    fn of(name: &str) -> (Colour, Colour) {
        let found = COLOURS.iter().find(|(other, ..)| *other == name);
        found.map_or_else(|| panic!("{name}"), |(_, light, dark)| (*light, *dark))
    }

    #[test]
    fn text_can_be_read_on_both_grounds() {
        let grounds = [
            ("ink", "paper"),
            ("soft-ink", "paper"),
            ("forecast", "paper"),
            ("promise-ink", "paper"),
            ("estimate-ink", "paper"),
        ];
        let on_marks = [
            ("ink", "forecast-light"),
            ("ink", "forecast-area"),
            ("paper", "forecast"),
            ("paper", "ink"),
        ];
        for (text, ground) in grounds.into_iter().chain(on_marks) {
            let ((light, dark), (ground_light, ground_dark)) = (of(text), of(ground));
            assert!(
                contrast(light, ground_light) >= 4.5,
                "{text} on {ground}, light: {}",
                contrast(light, ground_light)
            );
            assert!(
                contrast(dark, ground_dark) >= 4.5,
                "{text} on {ground}, dark: {}",
                contrast(dark, ground_dark)
            );
        }
    }

    #[test]
    fn each_colour_is_one_variable() {
        for (index, (name, light, _)) in COLOURS.iter().enumerate() {
            assert!(
                COLOURS.iter().take(index).all(|(other, same, _)| other != name && same != light),
                "{name}"
            );
            assert_eq!(variable(&hex(*light)), Some(format!("var(--chart-{name},#{})", hex(*light))));
        }
        assert_eq!(variable("123456"), None);
        assert!(declarations(false).starts_with("--chart-paper:#FFFFFF;--chart-ink:#222222;"));
        assert_ne!(declarations(true), declarations(false));
    }
}
