"""What the inspectors of Office formats share: packages, fields, links, encryption, OLE 1.0 objects, the grading of VBA."""
