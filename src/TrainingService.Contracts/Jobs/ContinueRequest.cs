using System.ComponentModel.DataAnnotations;

namespace TrainingService.Contracts.Jobs;

/// <summary>The body of <c>POST /v1/jobs/{id}/continue</c>.</summary>
/// <param name="Epochs">How many epochs more, 1 to 1,000,000 with those that were.</param>
public sealed record ContinueRequest([Range(1, ContinueRequest.MostEpochs)] int Epochs)
{
    /// <summary>Epochs that a job can have, those of its parents included.</summary>
    public const int MostEpochs = 1_000_000;
}
