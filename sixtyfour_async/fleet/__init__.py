"""On an engine: Ray Data, Spark, Dask and Airflow spread the rows, the journal keeps each of them paid once.

    from sixtyfour_async import Question
    from sixtyfour_async.fleet import Enrich

    enrich = Enrich(Question("company-intelligence", fields={"ceo": "name of the CEO"}), journal="postgresql://db/runs")

    ray_dataset.map_batches(enrich, batch_format="pyarrow")                        # Ray Data
    dask_frame.map_partitions(enrich, meta=enrich(dask_frame._meta))               # Dask
    spark_frame.mapInArrow(enrich.batches, from_arrow_schema(enrich.schema(schema)))    # Spark

An engine repeats a task whose worker died, and may run a slow one twice. Over a shared journal neither pays twice: a
row that another worker asked about is waited for, or replayed.
"""

from sixtyfour_async.fleet.enrich import Enrich, Submitted

__all__ = ["Enrich", "Submitted"]
