"""The queries, by name, one file a subject. They read and never commit."""
