"""Policy files: TOML in, checked records or a list of mistakes out."""
