"""The bus keeps its promises against a real broker that is cut off, killed and started again."""
