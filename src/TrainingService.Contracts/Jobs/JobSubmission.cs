using System.Text.Json;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Jobs.Checks;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Json.Reading;
using TrainingService.Contracts.Memory;
using TrainingService.Contracts.Models;

namespace TrainingService.Contracts.Jobs;

/// <summary>A job that was read and checked, every default filled in.</summary>
/// <param name="Spec">The resolved spec.</param>
/// <param name="Model">Layers, shapes and parameter counts.</param>
/// <param name="Memory">Bytes that training will need.</param>
public sealed record JobSubmission(JobSpec Spec, ModelSummary Model, MemoryEstimate Memory)
{
    /// <summary>Reads and checks a job without running anything.</summary>
    /// <param name="body">The request's body as JSON.</param>
    /// <param name="datasets">The data sets that can be named.</param>
    /// <param name="violations">Everything that is wrong, in the order of the document; empty when the result is not null.</param>
    /// <param name="maxMemoryBytes">A job that needs more memory is refused. Default: 1 TiB.</param>
    /// <returns>The checked job, or null.</returns>
    public static JobSubmission? TryRead(
        JsonElement body, IReadOnlyList<DatasetInfo> datasets, out IReadOnlyList<Violation> violations, long maxMemoryBytes = MemoryEstimate.MostBytes)
    {
        var context = new ReadContext();
        var submission = SpecReader.ReadDocument(body, typeof(JobSpec), context) is JobSpec spec ? new JobChecks(context, datasets, maxMemoryBytes).Check(spec) : null;
        violations = DocumentOrder.Sort(body, context.Violations);
        return violations.Count == 0 ? submission : null;
    }
}
