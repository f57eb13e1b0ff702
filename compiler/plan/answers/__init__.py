"""Plan -> the answer key of what the spec planted: key.Key."""
