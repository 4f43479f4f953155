//! symbol_node.
