//! Placeholder until the room is built.
/// Correlation.
#[derive(Debug, Clone, Copy)]
pub struct Correlation {
    /// team
    pub team: f64,
    /// portfolio
    pub portfolio: f64,
}
/// Distribution.
#[derive(Debug, Clone)]
pub struct Distribution;
impl Distribution {
    /// fixed
    #[must_use]
    pub fn is_fixed(&self) -> bool {
        true
    }
}
