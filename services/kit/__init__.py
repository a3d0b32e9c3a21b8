"""How any part runs; knows no referral."""
