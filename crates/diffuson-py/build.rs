//! What linkers need to be told of an extension module: on macOS, that its symbols come with the interpreter.

fn main() {
    pyo3_build_config::add_extension_module_link_args();
}
