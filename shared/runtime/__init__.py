"""What every process needs to be operated: logs, health and an orderly end."""
