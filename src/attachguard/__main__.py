"""`python -m attachguard` is the command line."""

from attachguard.adapters.cli import main

raise SystemExit(main())
