// Every test here has a PostgreSQL, an Api, workers and trainers of its own: they take turns.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
