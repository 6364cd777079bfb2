"""From desired and observed to a plan: diff, order, guard; pure, without I/O."""
