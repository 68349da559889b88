"""The exchange between two nodes: what is in a bundle, and when it is sent (spec/exchange.md)."""
