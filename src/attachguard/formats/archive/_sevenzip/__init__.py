"""What the inspector of 7z archives is made of."""
