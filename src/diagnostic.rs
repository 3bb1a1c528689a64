//! A fault in the input: what is wrong, where, what is allowed, and a hint. Rendered with the source line.

use std::ops::Range;
use std::sync::Arc;

/// A text that was read, and where it came from.
#[derive(Debug)]
pub struct Source {
    /// As the user named it.
    pub path: String,
    /// The whole text.
    pub text: String,
}

/// Whether the input is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// The input means nothing; nothing is run.
    Error,
    /// Allowed, but probably not meant.
    Warning,
}

/// One fault. All faults of an input are reported at once.
#[derive(Debug, Clone)]
pub struct Fault {
    /// Whether the input is refused.
    pub severity: Severity,
    /// A stable name for the kind of fault, such as `unknown-key`.
    pub code: &'static str,
    /// What is wrong, in one sentence that quotes the offending text.
    pub message: String,
    /// The text it stands in; `None` for faults of no text, such as a missing file.
    pub source: Option<Arc<Source>>,
    /// Bytes of the source text.
    pub span: Range<usize>,
    /// Shown under the span.
    pub label: String,
    /// What is allowed.
    pub allowed: Option<String>,
    /// What to do about it.
    pub hint: Option<String>,
    /// Other places that belong to the fault, each with a label.
    pub related: Vec<(Range<usize>, String)>,
}
