"""Programs, shortcuts and small files that start something."""
