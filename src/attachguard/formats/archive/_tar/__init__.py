"""What the inspector of tar archives is made of."""
