//! What a pre-read would lack, as `sim check --preread` prints it: each with its line, why it matters, and what to write.

use anstyle::Style;

use super::page::{BAD, BOLD, COLUMNS, DIM, GOOD, INDENT, Page};
use super::text::cut;
use crate::inert::inert;
use crate::plan::Plan;
use crate::plan::preread::{Lack, Whither};

/// Indent of what can be pasted.
const PASTED: &str = "      ";

/// What the pre-read of a plan would lack, for a terminal. What is to be pasted is as long as the names in it.
#[must_use]
pub fn lacks(plan: &Plan, lacks: &[Lack], colour: bool) -> String {
    let mut page = Page::new(colour);
    page.heading(&plan.name);
    if lacks.is_empty() {
        page.paragraph("Nothing is missing for a pre-read.", "", GOOD);
        return page.into_text();
    }
    for lack in lacks {
        page.lack(lack);
    }
    page.blank();
    let (things, each) = if lacks.len() == 1 {
        ("thing is", "It is")
    } else {
        ("things are", "Each is")
    };
    page.paragraph(
        &format!(
            "{} {things} missing for a pre-read. {each} allowed, and starts an argument instead of a decision.",
            lacks.len()
        ),
        "",
        BOLD,
    );
    page.into_text()
}

impl Page {
    fn lack(&mut self, lack: &Lack) {
        let (source, span) = (&lack.place.source, &lack.place.span);
        let (line, column) = source.position(span.start);
        self.blank();
        self.paint(lack.code, BAD);
        self.line(&cut(&format!("  {}:{line}:{column}", source.path), COLUMNS - lack.code.len()), DIM);
        let written = source.text.lines().nth(line - 1).unwrap_or_default().trim_end();
        if !written.is_empty() {
            self.line(&cut(&format!("{line:>5} | {written}"), COLUMNS), DIM);
        }
        self.paragraph(&lack.message, INDENT, BOLD);
        self.paragraph(&lack.why, INDENT, Style::new());
        if lack.write.is_empty() {
            return;
        }
        let write = match &lack.whither {
            Whither::Anywhere => "Write:".to_owned(),
            Whither::Under(heading) => format!("Write under {heading}:"),
            Whither::OnMiss(heading) => format!("Add to `on_miss` of {heading}:"),
        };
        self.paragraph(&write, INDENT, DIM);
        for text in &lack.write {
            // Whole, since it is to be pasted.
            self.line(&format!("{PASTED}{}", inert(text)), Style::new());
        }
    }
}
