"""HTTP for everybody else: `POST /scan`, `GET /health`, `GET /metrics`. The protocol is h11's business (extra `gateway`)."""
