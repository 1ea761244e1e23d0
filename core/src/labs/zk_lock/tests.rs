//! Tests beside the protocol.
