using System.Text.Json.Serialization;

namespace TrainingService.Contracts.Jobs;

/// <summary>A ready Chart.js line configuration: give it to <c>new Chart(canvas, config)</c>.</summary>
/// <param name="Type"><c>line</c>.</param>
/// <param name="Data">Labels per epoch or step, training and validation series.</param>
/// <param name="Options">Title and axes.</param>
public sealed record ChartResponse(string Type, ChartData Data, ChartOptions Options);

/// <summary>What is drawn.</summary>
/// <param name="Labels">Epochs or steps from 1.</param>
/// <param name="Datasets">The series.</param>
public sealed record ChartData(IReadOnlyList<long> Labels, IReadOnlyList<ChartSeries> Datasets);

/// <summary>One line.</summary>
/// <param name="Label">Name in the legend.</param>
/// <param name="Data">A value per label; null leaves a gap.</param>
/// <param name="BorderColor">CSS colour.</param>
/// <param name="Fill">Whether the area below is filled.</param>
/// <param name="Tension">Curvature of the line.</param>
public sealed record ChartSeries(string Label, IReadOnlyList<double?> Data, [property: JsonPropertyName("borderColor")] string BorderColor, bool Fill = false, double Tension = 0.1);

/// <summary>Chart.js options.</summary>
/// <param name="Responsive">Follows the size of its container.</param>
/// <param name="Plugins">Title.</param>
/// <param name="Scales">Axes by name.</param>
public sealed record ChartOptions(bool Responsive, ChartPlugins Plugins, IReadOnlyDictionary<string, ChartAxis> Scales);

/// <summary>Chart.js plugins.</summary>
/// <param name="Title">Title of the chart.</param>
public sealed record ChartPlugins(ChartTitle Title);

/// <summary>A title.</summary>
/// <param name="Display">Whether it is shown.</param>
/// <param name="Text">Its text.</param>
public sealed record ChartTitle(bool Display, string Text);

/// <summary>An axis.</summary>
/// <param name="Title">Its title.</param>
public sealed record ChartAxis(ChartTitle Title);
