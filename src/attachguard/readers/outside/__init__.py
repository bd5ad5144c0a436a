"""Programs and libraries that unpack what nothing here reads, each in a process of its own."""
