//! Mistakes of the program: one line each instead of a backtrace.

use crate::terminal::tell;
use std::any::Any;
use std::panic;

/// From now on a panic prints one line. A panic in a sample is kept as the reason of its failure, and the run goes on.
pub(crate) fn report_in_one_line() {
    panic::set_hook(Box::new(|info| {
        let place = info.location().map_or_else(String::new, |at| format!(" at {}:{}", at.file(), at.line()));
        tell(&format!("bug, please report: {}{place}\n", message(info.payload())));
    }));
}

fn message(payload: &dyn Any) -> String {
    let text = payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("panic without a message").replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_of_both_kinds_fit_on_one_line() {
        assert_eq!(message(&"a\nb"), "a b");
        assert_eq!(message(&String::from("c")), "c");
        assert_eq!(message(&1_u8), "panic without a message");
    }
}
