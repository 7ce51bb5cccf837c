"""What the store promises, measured: its promises under load and sabotage, and its speed."""
