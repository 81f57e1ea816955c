"""What can be seen in a recording: each rule looks at one thing, and says no more than what its evidence shows."""
