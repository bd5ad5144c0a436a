#!/bin/sh
# Nextcloud's app files_antivirus against attachguard; run as the user of the web server, in Nextcloud's folder. The clamd front needs
# failures = "error": what is FOUND the app deletes, and a scan that could not be made is no reason for that.
set -eu
php occ app:enable files_antivirus
php occ config:app:set files_antivirus av_mode --value=daemon
php occ config:app:set files_antivirus av_host --value=127.0.0.1
php occ config:app:set files_antivirus av_port --value=3310
php occ config:app:set files_antivirus av_stream_max_length --value=268435456
php occ config:app:set files_antivirus av_infected_action --value=delete
php occ config:app:set files_antivirus av_block_unscannable --value=yes
