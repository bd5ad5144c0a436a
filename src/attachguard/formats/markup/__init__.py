"""HTML, SVG and XML."""
