//! The kill switch's file.

use crate::halt::{HaltOrder, SwitchState};
use crate::id::OrderId;

/// The switch's file could not be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot write the kill switch: {0}")]
pub struct SwitchError(pub String);

/// The kill switch: readable and writable without store, journal or socket.
///
/// 1. `read` never blocks for long and never says `Running` when the file is missing, damaged or foreign.
/// 2. `order` is durable when it returns, also on a full disk.
/// 3. `lift` removes only the named orders.
pub trait Switch: Send + Sync {
    /// What the switch says now. Cheap: it is asked before every visible write.
    fn read(&self) -> SwitchState;

    /// Adds an order.
    ///
    /// # Errors
    /// When it cannot be made durable; then it must be taken as not given.
    fn order(&self, order: &HaltOrder) -> Result<(), SwitchError>;

    /// Removes orders; unknown ids are ignored.
    ///
    /// # Errors
    /// When it cannot be made durable; then all orders still count.
    fn lift(&self, orders: &[OrderId]) -> Result<(), SwitchError>;
}
