"""Pictures for sharing: what a messenger shows of a link to a lot or a parcel."""
