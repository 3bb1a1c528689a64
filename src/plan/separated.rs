//! Comma-separated text as cells that know their place.
//!
//! The reader of columns for `empirical` estimates needs numbers only; a history is written by hand or exported from a tracker, and
//! whoever has to mend it wants the line and the column.

use std::ops::Range;

/// A cell and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cell {
    /// Trimmed, without its quotes.
    pub(super) text: String,
    /// Bytes of the whole text, quotes included.
    pub(super) span: Range<usize>,
}

/// A quote that is opened at this byte and never closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct OpenQuote(pub(super) usize);

/// Walks over the records of a text: RFC 4180, with the separator that its first line uses, blank lines passed over.
#[derive(Debug)]
pub(super) struct Records<'t> {
    text: &'t str,
    at: usize,
    separator: u8,
}

impl<'t> Records<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        // Spreadsheets mark their UTF-8 with a byte order mark.
        let at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        Self {
            text,
            at,
            separator: separator(text.get(at..).unwrap_or_default()),
        }
    }

    /// One record. A line break inside quotes belongs to its cell.
    fn record(&mut self) -> Result<Vec<Cell>, OpenQuote> {
        let bytes = self.text.as_bytes();
        let mut cells = Vec::new();
        loop {
            let start = self.at;
            let is_quoted = bytes.get(start) == Some(&b'"');
            if is_quoted {
                self.at = self.closing(start)?;
            }
            while bytes.get(self.at).is_some_and(|byte| *byte != self.separator && *byte != b'\n') {
                self.at += 1;
            }
            let raw = self.text.get(start..self.at).unwrap_or_default();
            let trimmed = raw.trim();
            let lead = raw.len() - raw.trim_start().len();
            let inner = trimmed.strip_prefix('"').and_then(|inner| inner.strip_suffix('"'));
            cells.push(Cell {
                text: inner
                    .filter(|_| is_quoted)
                    .map_or_else(|| trimmed.to_owned(), |inner| inner.replace("\"\"", "\"").trim().to_owned()),
                span: start + lead..start + lead + trimmed.len(),
            });
            let end = bytes.get(self.at);
            self.at += 1;
            if end != Some(&self.separator) {
                return Ok(cells);
            }
        }
    }

    /// The byte after the quote that closes the one at `start`.
    fn closing(&mut self, start: usize) -> Result<usize, OpenQuote> {
        let bytes = self.text.as_bytes();
        let mut at = start + 1;
        loop {
            match (bytes.get(at), bytes.get(at + 1)) {
                (Some(b'"'), Some(b'"')) => at += 2,
                (Some(b'"'), _) => return Ok(at + 1),
                (Some(_), _) => at += 1,
                (None, _) => {
                    // The rest of the text is inside the quotes: there is nothing more to read.
                    self.at = self.text.len();
                    return Err(OpenQuote(start));
                }
            }
        }
    }
}

impl Iterator for Records<'_> {
    type Item = Result<Vec<Cell>, OpenQuote>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.at < self.text.len() {
            match self.record() {
                Ok(cells) if cells.iter().all(|cell| cell.span.is_empty()) => {}
                record => return Some(record),
            }
        }
        None
    }
}

/// What separates the cells of the first line that is not blank: a semicolon or a tab where it has more of them than commas.
fn separator(text: &str) -> u8 {
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let count = |wanted: u8| {
        let mut is_quoted = false;
        let outside = line.bytes().filter(|byte| {
            is_quoted ^= *byte == b'"';
            !is_quoted && *byte == wanted
        });
        outside.count()
    };
    let mut chosen = b',';
    for candidate in [b';', b'\t'] {
        if count(candidate) > count(chosen) {
            chosen = candidate;
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(text: &str) -> Vec<Vec<String>> {
        Records::new(text)
            .map(|record| record.expect("no fault").into_iter().map(|cell| cell.text).collect())
            .collect()
    }

    #[test]
    fn what_spreadsheets_and_trackers_write() {
        let wanted = [["estimate", "actual"], ["3", "4"]];
        for text in [
            "estimate,actual\n3,4\n",
            "\u{feff}estimate;actual\r\n3;4\r\n",
            "estimate\tactual\n3\t4",
            "\n\"estimate\" , \"actual\"\n\n 3 ,\"4\"\n,\n",
        ] {
            // A quote after a space is part of the cell, as everywhere.
            let found: Vec<Vec<String>> = cells(text)
                .into_iter()
                .map(|row| row.into_iter().map(|cell| cell.replace('"', "")).collect())
                .collect();
            assert_eq!(found, wanted, "{text:?}");
        }
        assert_eq!(cells("a,b\n\"x, \"\"y\"\"\nz\",2"), [["a", "b"], ["x, \"y\"\nz", "2"]]);
        assert_eq!(
            cells("\"a;b;c\",d\n1,2"),
            [["a;b;c", "d"], ["1", "2"]],
            "separators inside quotes do not count"
        );
    }

    #[test]
    fn cells_know_their_place_and_an_open_quote_is_told() {
        let text = "\u{feff}a,b\r\n1,  é7 \r\n";
        let second = Records::new(text).nth(1).expect("a record").expect("no fault");
        assert_eq!(&text[second[1].span.clone()], "é7");
        let text = "a,b\n1,\"2\n3,4\n";
        let open: Vec<OpenQuote> = Records::new(text).filter_map(Result::err).collect();
        assert_eq!(open, [OpenQuote(6)]);
    }
}
