"""A Ray dataset with answers: workers may die and tasks may be repeated, and no row is paid twice.

SIXTYFOUR_API_KEY=… python ray_dataset.py postgresql://HOST/DATABASE; without a URL a file, which is for one machine.
Without a key: `sixtyfour simulate`, and the two variables that it prints. Extras: ray, postgres.
"""

import os
import sys

import ray

from sixtyfour_async import Question
from sixtyfour_async.fleet import Enrich

QUESTION = Question("company-intelligence", fields={"headquarters": "City of the head office"}, options={"tier": "low"})
COMPANIES = [{"company_name": name} for name in ("3M", "3i", "Adesso SE", "1&1")]

if __name__ == "__main__":
    variables = {name: value for name, value in os.environ.items() if name.startswith("SIXTYFOUR_")}
    ray.init(runtime_env={"env_vars": variables}, include_dashboard=False)
    journal = sys.argv[1] if len(sys.argv) > 1 else os.path.abspath("ray.db")
    enrich = Enrich(QUESTION, journal=journal)
    found = ray.data.from_items(COMPANIES).map_batches(enrich, batch_format="pyarrow", batch_size=2)
    for row in found.take_all():
        print(row["company_name"], row["status"], row["headquarters"], sep=" | ")
