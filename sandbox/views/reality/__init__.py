"""What was found in a team's own files, as text, as data and as something to step through."""
