"""One message, several readings: where two mail clients may see different things, every one of them is looked at.

`grammar` holds the strict grammar of each layer and the classes of departures from it; the streaming parser consults it and goes on. Where it
noted a departure that matters, `union` reads the message again, this time taking at each place every reading that real clients are known to
take, and gives the bodies and names that the strict reading did not have. `docs/ambiguity.md` describes the classes and the bounds.

Why our own: a library for mail gives one reading; what is wanted is every reading that some mail client has.
"""
