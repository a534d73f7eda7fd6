"""An Airflow DAG that enriches a table every day, with a sensor that gives its slot back while jobs run.

Clearing the task, repeating it, or losing its worker pays no row twice: the journal has the jobs. Needs Airflow 3 and
pyarrow, and SIXTYFOUR_API_KEY in the environment of the workers. `step` is all of the work, without Airflow.
"""

import os
from pathlib import Path

from airflow.sdk import PokeReturnValue, dag, task
from pyarrow import csv, parquet

from sixtyfour_async import Question
from sixtyfour_async.fleet import Enrich

FOLDER = Path(os.environ.get("COMPANIES_FOLDER", "/data"))
QUESTION = Question("company-intelligence", fields={"headquarters": "City of the head office"}, options={"tier": "low"})


def step(folder: Path) -> Path | None:
    """Submit what was not sent; return the file of answers once all jobs have ended, and None while some run."""
    enrich = Enrich(
        QUESTION,
        journal=str(folder / "companies.db"),  # postgresql://HOST/DATABASE when the workers are on several machines
        options={"max_cost_cents": 5_00, "max_row_cents": 50},
    )
    table = csv.read_csv(folder / "companies.csv")
    if enrich.submit(table, wait=5).running:
        return None
    answers = folder / "answers.parquet"
    parquet.write_table(enrich(table), answers)  # all is in the journal: nothing is sent
    return answers


@dag(schedule="@daily", catchup=False)
def companies() -> None:
    @task.sensor(mode="reschedule", poke_interval=60, timeout=6 * 3600)
    def enriched() -> PokeReturnValue:
        answers = step(FOLDER)
        return PokeReturnValue(is_done=answers is not None, xcom_value=answers and str(answers))

    enriched()


companies()
