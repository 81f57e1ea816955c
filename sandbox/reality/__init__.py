"""A team's own login, read from its files: masked first, then recognised, questioned, and joined to the questionnaire."""
