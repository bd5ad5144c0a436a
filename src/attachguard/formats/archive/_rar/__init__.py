"""What the inspector of RAR archives is made of."""
