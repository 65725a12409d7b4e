"""Results as files: small ones at once, large ones by a worker, kept some days for who may see."""
