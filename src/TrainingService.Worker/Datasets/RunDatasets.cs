using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Trainer;
using TrainingService.Domain.Datasets;
using TrainingService.Worker.Queue;
using TrainingService.Worker.Supervision;

namespace TrainingService.Worker.Datasets;

/// <summary>The data sets that a job names, as folders for its trainer; or why it cannot have them.</summary>
internal sealed record PlacedDatasets(IReadOnlyList<Contracts.Trainer.DatasetLocation> Locations, string? Complaint = null)
{
    public IReadOnlyList<DatasetInfo> Infos => [.. Locations.Select(location => location.Info)];
}

/// <summary>
/// Gives a trainer the data sets of its job: those that come with the service where they lie, versions that were ingested as a folder of links in
/// the run's own.
/// </summary>
internal sealed class RunDatasets(DatasetCatalog shipped, DatasetStore store, VerifiedContents contents, Outage outage, StorageSpace space)
{
    public async Task<PlacedDatasets> PlaceAsync(JobSpec spec, RunFolder folder, CancellationToken ct)
    {
        List<Contracts.Trainer.DatasetLocation> placed = [];
        foreach (var part in Parts(spec).DistinctBy(part => part.Dataset))
        {
            var (location, complaint) = await PlaceAsync(part, folder, ct);
            if (complaint is not null)
                return new PlacedDatasets([], complaint);
            // Several names may mean one version: houses and houses@2.
            if (!placed.Exists(other => other.Directory == location!.Directory))
                placed.Add(location!);
        }
        return new PlacedDatasets(placed);
    }

    private async Task<(Contracts.Trainer.DatasetLocation? Location, string? Complaint)> PlaceAsync(SourcePart part, RunFolder folder, CancellationToken ct)
    {
        if (DatasetReference.TryParse(part.Dataset) is not { } reference)
            return (null, $"dataset: expected a name, or a name with a version. Received: \"{part.Dataset}\".");
        if (shipped.Find(reference.Name) is { } found && reference.Names(found.Info))
            return (new Contracts.Trainer.DatasetLocation(found.Info, found.Directory), null);
        if (await outage.RetryAsync("read a data set", () => store.FindReadyAsync(reference, ct), ct) is not { } ready)
            return (null, $"expected the data set \"{reference}\". Received: it is not there any more, or this worker does not have it.");
        if (part.Fingerprint is { } fingerprint && fingerprint != ready.Info.Fingerprint)
            return (null, $"expected \"{reference}\" with the fingerprint {fingerprint}. Received: {ready.Info.Fingerprint}.");
        var directory = folder.DatasetPath(ready.Info.Reference());
        foreach (var file in ready.Files)
        {
            var path = Path.Combine(directory, file.Name);
            if (!File.Exists(path) && await space.RetryAsync("link a data set", () => contents.LinkAsync(file, path, ct), ct) is { } damage)
                return (null, $"The file {file.Name} of the data set \"{ready.Info.Reference()}\" is damaged: {damage}.");
        }
        return (new Contracts.Trainer.DatasetLocation(ready.Info, directory), null);
    }

    private static IEnumerable<SourcePart> Parts(JobSpec spec) =>
        new[] { spec.Data.Train, spec.Data.Validation, spec.Data.Test }.OfType<DataSource>().SelectMany(source => source.Parts());
}
