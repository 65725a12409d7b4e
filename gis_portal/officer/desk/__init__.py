"""The office's side of the pocket handbook: reports, violations, proposals, conflicts, devices."""
