"""What the service knows: companies, invented people, prices, run times, job operations, blocks and filters.

Enters: seed and validated bodies. Leaves: answers, rows, prices, run times. Pure functions over packaged data; nothing
here remembers a request.
"""
