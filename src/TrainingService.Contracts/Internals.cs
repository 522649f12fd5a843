using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("TrainingService.Contracts.Tests")]
