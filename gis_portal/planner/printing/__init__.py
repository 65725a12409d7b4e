"""Maps on paper: PDF on A3 and A4 with title, legend, scale, grid, sources and dates."""
