"""What the inspectors of Office formats share: packages, fields, links, encryption, OLE 1.0 objects, the grading of VBA.

Why our own: the libraries for Office build whole object trees, and none of them looks for what starts or fetches something.
"""
