"""Being operated: what a process is told, what it answers, how it fails and how it ends."""
