"""Adapters: thin fronts to the library, for the command line now and for gateways; they decide nothing."""
