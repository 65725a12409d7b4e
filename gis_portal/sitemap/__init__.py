"""What search engines are told: which pages there are, which to leave alone."""
