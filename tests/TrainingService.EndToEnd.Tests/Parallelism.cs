// Each story has the machine to itself: they start whole services and train.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
