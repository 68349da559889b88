"""Bodies of journal entries, by subject. Times are ms UTC; nothing here is ever sent."""
