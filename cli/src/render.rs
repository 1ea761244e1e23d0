//! stub
use crate::Failure;
pub(crate) fn command(_args: lexopt::Parser) -> Result<(), Failure> {
    Ok(())
}
