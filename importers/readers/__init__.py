"""One file per kind of source: what the bytes are (`sniff`), then how to read them in batches."""
