"""What the service knows and invents: companies and their facts, people, prices, run times, blocks and filters."""
