"""The world's formats: position reports in, lines and zones in, messages for one's own systems out."""
