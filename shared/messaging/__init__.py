"""The bus: topology, consuming, and the relay from log to stream."""
