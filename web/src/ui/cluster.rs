//! The network as a picture: processes where one wants them, messages in flight between them, cuts and links.

mod draw;
mod link;
mod place;
mod signs;
mod split;
mod tokens;
mod view;

pub(crate) use link::LinkForm;
pub(crate) use place::{Point, on_ring};
pub(crate) use split::Partitions;
pub(crate) use tokens::Tokens;
pub(crate) use view::Cluster;
