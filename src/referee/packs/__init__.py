"""Floor 4: pack files (TOML, YAML) to typed rules, and how the rules' verdicts add up to a reward."""
