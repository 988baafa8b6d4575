//! Physics tested by physics: reference values, closed forms, and the identities every solver must obey.

mod golden;
mod leads;
mod systems;
