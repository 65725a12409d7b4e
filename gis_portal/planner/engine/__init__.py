"""The engine: a document becomes SQL and result tables; another engine may stand beside it."""
