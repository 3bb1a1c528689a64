//! Bytes → one of the repository's scenarios with a few edits, such as people make by mistake and machines out of malice.

use crate::choices::{Choices, EXTREMES};

const REAL: [&str; 5] = [
    include_str!("../../scenarios/first.toml"),
    include_str!("../../scenarios/new-segment-60-days.toml"),
    include_str!("../../scenarios/eight-months-or-six.toml"),
    include_str!("../../scenarios/pipeline-200k.toml"),
    include_str!("../full.toml"),
];

/// The most edits of a file.
const MOST_EDITS: usize = 12;

/// The scenario that the bytes choose, with the edits that they choose.
pub fn mutated(bytes: &[u8]) -> Vec<u8> {
    let mut choices = Choices::new(bytes);
    let text = choices.pick(&REAL);
    let mut lines: Vec<Vec<u8>> = text.lines().map(|line| line.as_bytes().to_vec()).collect();
    for _ in 0..1 + choices.below(MOST_EDITS) {
        if lines.is_empty() {
            break;
        }
        let at = choices.below(lines.len().max(257)) % lines.len();
        match choices.below(9) {
            0 => {
                lines.remove(at);
            }
            1 => lines.insert(at, lines[at].clone()),
            2 => {
                let other = choices.below(lines.len().max(257)) % lines.len();
                lines.swap(at, other);
            }
            3 => {
                let other = choices.pick(&REAL);
                let line = choices.below(other.lines().count().max(257)) % other.lines().count();
                lines.insert(at, other.lines().nth(line).unwrap_or_default().as_bytes().to_vec());
            }
            4 => {
                let line = &mut lines[at];
                let place = choices.below(line.len() + 1);
                line.insert(place, choices.byte());
            }
            5 => {
                let line = &mut lines[at];
                if !line.is_empty() {
                    let place = choices.below(line.len());
                    line.remove(place);
                }
            }
            6 => {
                let value = choices.pick(&EXTREMES);
                lines[at] = replaced(&lines[at], value, choices.below(4));
            }
            7 => {
                let number = format!("{}", f64::from(choices.byte()) * 10_f64.powi(choices.below(13) as i32 - 4));
                lines[at] = replaced(&lines[at], &number, choices.below(4));
            }
            _ => {
                let place = choices.below(lines[at].len() + 1);
                let rest = lines[at].split_off(place);
                lines.insert(at + 1, rest);
            }
        }
    }
    lines.join(&b'\n')
}

/// The line with its `which`-th number, or else its value, replaced.
fn replaced(line: &[u8], value: &str, which: usize) -> Vec<u8> {
    let text = String::from_utf8_lossy(line);
    let is_digit = |c: char| c.is_ascii_digit() || c == '.' || c == '_';
    let starts: Vec<usize> = text
        .char_indices()
        .filter(|(at, c)| c.is_ascii_digit() && !text[..*at].ends_with(|before: char| is_digit(before) || before.is_alphanumeric()))
        .map(|(at, _)| at)
        .collect();
    let Some(start) = starts.get(which % starts.len().max(1)) else {
        let key = text.split('=').next().unwrap_or_default();
        return format!("{key}= {value}").into_bytes();
    };
    let end = text[*start..].find(|c| !is_digit(c)).map_or(text.len(), |length| start + length);
    format!("{}{value}{}", &text[..*start], &text[end..]).into_bytes()
}
