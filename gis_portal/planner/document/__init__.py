"""The document: a question that says what is asked, never how; its schema and its reading."""
