"""The extract of a parcel on paper, and the page that says whether it still holds."""
