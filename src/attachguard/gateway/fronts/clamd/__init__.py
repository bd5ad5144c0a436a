"""clamd's protocol (clamd(8)), spoken by rspamd, Exim, Haraka, amavis, MIMEDefang, Nextcloud and clamdscan."""
