"""The milter protocol, version 6, as Postfix and Sendmail speak it: a mail's envelope, header and body on the way in, changes and an answer back."""
