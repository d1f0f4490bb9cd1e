"""Who runs the judge where: submissions in, scored rollouts out, on workers of this machine or of many."""
