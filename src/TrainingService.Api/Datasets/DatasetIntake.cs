using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using TrainingService.Api.Problems;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Json;
using TrainingService.Domain.Datasets;
using TrainingService.Domain.Datasets.BuiltIn;
using TrainingService.Domain.Jobs;
using TrainingService.Domain.Storage;

namespace TrainingService.Api.Datasets;

/// <summary>What became of a request for a new version.</summary>
/// <param name="Added">Null when the request is wrong.</param>
internal sealed record DatasetTaken(AddedDataset? Added, IReadOnlyList<Violation> Violations)
{
    public static DatasetTaken Wrong(params IReadOnlyList<Violation> violations) => new(null, violations);
}

/// <summary>Takes new versions in. The row first: once it is there the version is accepted, whatever becomes of the wake-up.</summary>
internal sealed class DatasetIntake(
    DatasetStore store, UploadStore uploads, DatasetUrlPolicy urls, DatasetCatalog catalog, IngestQueue queue, IOptions<DatasetOptions> options, ILogger<DatasetIntake> logger)
{
    /// <summary>A body as JSON: its file is fetched, or is there already.</summary>
    public async Task<DatasetTaken> TakeAsync(JsonElement body, string? key, CancellationToken ct)
    {
        if (ContractsJson.TryRead<DatasetRequest>(body, out var violations) is not { } request)
            return DatasetTaken.Wrong(violations);
        if (BuiltInDatasets.Find(request.Name) is not null && request is { Url: null, Uploads: null })
            return await TakeBuiltInAsync(request, ct);
        var ids = new List<Guid>();
        if (await CheckAsync(request, ids, ct) is { Count: > 0 } wrong)
            return DatasetTaken.Wrong(wrong);
        return await AddAsync(request, ids, KeyOf(key, JsonSerializer.SerializeToUtf8Bytes(body)), ct);
    }

    /// <summary>A form: a spec, and files that came with it.</summary>
    public async Task<DatasetTaken> TakeAsync(HttpRequest http, string? key, CancellationToken ct)
    {
        var form = new DatasetForm(uploads, options.Value);
        var received = await form.ReadAsync(http, ct);
        if (received.Violations.Count > 0)
            return DatasetTaken.Wrong(received.Violations);
        try
        {
            if (received.Spec is not { } spec)
                return DatasetTaken.Wrong(new Violation("/spec", ViolationCodes.Required, $"expected a part {DatasetForm.SpecPart} with JSON. Received: none."));
            if (ContractsJson.TryRead<DatasetRequest>(spec, out var violations) is not { } request)
                return DatasetTaken.Wrong(violations);
            if (Check(request, received.Files) is { Count: > 0 } wrong)
                return DatasetTaken.Wrong(wrong);
            byte[] digest = [.. JsonSerializer.SerializeToUtf8Bytes(spec), .. Encoding.UTF8.GetBytes(string.Concat(received.Files.Select(file => $"\n{file.Sha256} {file.FileName}")))];
            return await AddAsync(request, [.. received.Files.Select(file => file.Id)], KeyOf(key, digest), ct);
        }
        finally
        {
            // The version names their bytes by now, or nobody does.
            await form.TakeBackAsync();
        }
    }

    /// <summary>Has built-in data sets fetched that a job names.</summary>
    /// <returns>Their versions.</returns>
    public async Task<IReadOnlyList<DatasetReference>> FetchAsync(IReadOnlyList<string> names, CancellationToken ct)
    {
        var references = new List<DatasetReference>();
        foreach (var name in names)
        {
            var added = await EnsureAsync(name, ct);
            references.Add(new DatasetReference(added.Name, added.Version));
        }
        return references;
    }

    private async Task<DatasetTaken> TakeBuiltInAsync(DatasetRequest request, CancellationToken ct)
    {
        if (request is { Options: null, Sha256: null, Description: null, Licence: null, Source: null })
            return catalog.Find(request.Name) is null ? new DatasetTaken(await EnsureAsync(request.Name, ct), [])
                : DatasetTaken.Wrong(new Violation("/name", ViolationCodes.DuplicateName, $"expected a data set that is not here yet. Received: {request.Name}, which comes with the service."));
        return DatasetTaken.Wrong(new Violation("", ViolationCodes.UnsupportedValue, $"expected nothing but the name of {request.Name}, which the service knows. Received: more."));
    }

    private async Task<AddedDataset> EnsureAsync(string name, CancellationToken ct)
    {
        var added = await store.EnsureBuiltInAsync(name, ct);
        if (added.Outcome == AddDatasetOutcome.Created)
            await EnqueueAsync(added.VersionId);
        return added;
    }

    private async Task<DatasetTaken> AddAsync(DatasetRequest request, IReadOnlyList<Guid> files, IdempotencyKey? key, CancellationToken ct)
    {
        var added = await store.AddAsync(new NewDataset(request, files), key, ct);
        if (added.Outcome == AddDatasetOutcome.NoUpload)
            return DatasetTaken.Wrong(new Violation("/uploads", ViolationCodes.UnknownValue, "expected uploads that are complete. Received: one that was thrown away meanwhile."));
        if (added.Outcome == AddDatasetOutcome.Created)
            await EnqueueAsync(added.VersionId);
        return new DatasetTaken(added, []);
    }

    private List<Violation> Check(DatasetRequest request, IReadOnlyList<UploadState> files)
    {
        var violations = new List<Violation>();
        CheckName(request, violations);
        if (request.Url is not null || request.Uploads is not null || request.Sha256 is not null)
            violations.Add(new Violation(request.Url is not null ? "/url" : request.Uploads is not null ? "/uploads" : "/sha256", ViolationCodes.UnknownField,
                "expected the files of the form to be all. Received: more."));
        if (files.Count == 0)
            violations.Add(new Violation("", ViolationCodes.Required, "expected at least one file. Received: none."));
        CheckFileNames(files, "", violations);
        return violations;
    }

    private async Task<List<Violation>> CheckAsync(DatasetRequest request, List<Guid> ids, CancellationToken ct)
    {
        var violations = new List<Violation>();
        CheckName(request, violations);
        if (request.Url is null == request.Uploads is not { Count: > 0 })
            violations.Add(new Violation("", ViolationCodes.Required, "expected either url, or uploads, or a form with files. Received: " + (request.Url is null ? "none of them." : "both.")));
        if (request.Url is { } url && urls.Objection(url) is { } objection)
            violations.Add(new Violation("/url", ViolationCodes.UnsupportedValue, objection));
        if (request is { Sha256: not null, Url: null })
            violations.Add(new Violation("/sha256", ViolationCodes.UnknownField, "expected only beside url; an upload has its own. Received: without."));
        var files = new List<UploadState>();
        foreach (var (index, text) in (request.Uploads ?? []).Index())
        {
            if (Guid.TryParse(text, out var id) && await uploads.FindAsync(id, ct) is { } upload)
            {
                files.Add(upload);
                ids.Add(id);
                if (!upload.Complete)
                    violations.Add(new Violation($"/uploads/{index}", ViolationCodes.UnknownValue,
                        $"expected an upload that is complete. Received: one with {upload.OffsetBytes} of {upload.SizeBytes} bytes."));
            }
            else
            {
                violations.Add(new Violation($"/uploads/{index}", ViolationCodes.UnknownValue, "expected the id of an upload. Received: one that is not there."));
            }
        }
        CheckFileNames(files, "/uploads", violations);
        return violations;
    }

    private void CheckName(DatasetRequest request, List<Violation> violations)
    {
        if (BuiltInDatasets.Find(request.Name) is not null || catalog.Find(request.Name) is not null)
            violations.Add(new Violation("/name", ViolationCodes.DuplicateName, $"expected a name of your own. Received: {request.Name}, which is one of the service's own data sets."));
    }

    private static void CheckFileNames(IReadOnlyList<UploadState> files, string pointer, List<Violation> violations)
    {
        if (files.GroupBy(file => file.FileName, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { Key: var twice })
            violations.Add(new Violation(pointer, ViolationCodes.DuplicateName, $"expected files of different names. Received: {twice} twice."));
    }

    private static IdempotencyKey? KeyOf(string? key, byte[] content) =>
        key is null ? null : new IdempotencyKey(key, Convert.ToHexStringLower(SHA256.HashData([.. "/v1/datasets\n"u8, .. content])));

    private async Task EnqueueAsync(Guid versionId)
    {
        try
        {
            await Task.Run(() => queue.Enqueue(versionId)); // the queue's client holds its thread
        }
        catch (Exception exception) when (exception.IsDatabaseOutage())
        {
            logger.LogWarning(exception, "Version {VersionId} is stored but could not be put on the queue; the sweeper will.", versionId);
        }
    }
}
