"""What the inspectors of OpenDocument, zipped and flat, share.

Why our own: the libraries for OpenDocument build object trees and look for neither macros nor references.
"""
