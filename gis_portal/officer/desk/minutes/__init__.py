"""Minutes (biên bản) of a field report on paper, in the form of Vietnamese administration."""
