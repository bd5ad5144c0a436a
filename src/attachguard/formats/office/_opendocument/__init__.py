"""What the inspectors of OpenDocument, zipped and flat, share."""
