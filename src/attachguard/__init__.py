"""attachguard decides what a mail attachment really is and what happens to it."""
from attachguard.policy import Policy
from attachguard.rules import Rules
from attachguard.scanner import Scanner
