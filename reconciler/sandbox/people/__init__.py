"""What other people do on the portal meanwhile."""
