"""The data steward's pages: upload, progress, report, changes, approval, history."""
