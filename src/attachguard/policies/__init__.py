"""The built-in policies: data, one TOML file each."""
