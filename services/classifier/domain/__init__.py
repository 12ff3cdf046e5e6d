"""The journey: measures, policy and the decision of which zone a member is in."""
