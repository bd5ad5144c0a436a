"""`python -m attachguard` is the command line."""

from attachguard.cli.main import main

raise SystemExit(main())
