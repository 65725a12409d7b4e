"""The project and every page that a person sees."""
