namespace TrainingService.Domain.Datasets;

/// <summary>A name and what hangs on it. The row outlives its versions, so that a number never comes to mean other data.</summary>
public sealed class Dataset
{
    public required string Name { get; init; }

    /// <summary>As this and the next two, of the last version that gave one.</summary>
    public string Description { get; private set; } = "";

    public string Licence { get; private set; } = "";

    public string Source { get; private set; } = "";

    /// <summary>The newest version's number, also when that one is deleted.</summary>
    public int LastVersion { get; private set; }

    public required DateTimeOffset CreatedAt { get; init; }
}
