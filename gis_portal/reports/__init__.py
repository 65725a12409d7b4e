"""What citizens report: mistakes in the data, problems on the ground; their handling by staff."""
