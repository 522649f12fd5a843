using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json;

namespace TrainingService.Api.Jobs;

/// <summary>Which figures, and how many of them.</summary>
internal sealed class MetricsQuery
{
    public const int DefaultPoints = 500;
    public const int MaxPoints = 2_000;

    /// <summary>What of one stretch of a chart's two lines must stay has to fit.</summary>
    public const int MinPoints = 10;

    /// <summary>What an entry stands for: epoch or step. Steps are there where the job asked for them (metrics_every_steps). Default: epoch.</summary>
    [FromQuery(Name = "per"), DefaultValue("epoch")]
    public string? Per { get; init; }

    /// <summary>Most values per figure, 10 to 2000; a longer run is thinned so that peaks stay. Default: 500.</summary>
    [FromQuery(Name = "points"), DefaultValue(DefaultPoints)]
    public int? Points { get; init; }

    public MetricsPer ReadPer() => Per == "step" ? MetricsPer.Step : MetricsPer.Epoch;

    public IReadOnlyList<Violation> Violations()
    {
        var violations = new List<Violation>();
        if (Per is not (null or "epoch" or "step"))
            violations.Add(new Violation("?per", ViolationCodes.UnknownValue, $"per: expected epoch or step. Received: {Per}"));
        if (Points is < MinPoints or > MaxPoints)
            violations.Add(new Violation("?points", ViolationCodes.OutOfRange, $"points: expected {MinPoints} to {MaxPoints}. Received: {Points}"));
        return violations;
    }
}
