"""What on the portal works against git, why, and what to do about it."""
