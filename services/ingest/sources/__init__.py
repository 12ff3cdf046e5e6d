"""How each way of speaking becomes canonical events: `translate(headers, body)`, one file each."""
