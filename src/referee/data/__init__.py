"""Floor 4: files of rollouts and tasks, and the names their columns go by."""
