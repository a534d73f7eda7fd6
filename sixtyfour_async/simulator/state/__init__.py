"""What the service remembers: accepted work, stored records, the account, rate limits, scripted faults and the books.

Enters: work requests and records with the simulated instant. Leaves: work and its status at an instant, result files,
and the books that tests read. No method awaits or reads a clock.
"""
