using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using TrainingService.Api.Problems;
using TrainingService.Contracts.Json;
using TrainingService.Domain.Datasets;

namespace TrainingService.Api.Datasets;

/// <summary>What came of a form: the part <c>spec</c>, and files that are stored by now.</summary>
/// <param name="Spec">Null when there was none.</param>
internal sealed record ReceivedForm(JsonElement? Spec, IReadOnlyList<UploadState> Files, IReadOnlyList<Violation> Violations);

/// <summary>
/// Reads a form of a spec and files, part by part: files go into the store as they come, and never into memory. What is left of a form that
/// breaks off is taken back.
/// </summary>
internal sealed class DatasetForm(UploadStore uploads, DatasetOptions options)
{
    public const string SpecPart = "spec";

    private const int MaxBoundary = 200;
    private const int MaxPartHeaders = 16;
    private const int MaxPartHeaderBytes = 16 << 10;
    private const int MaxSpecBytes = 1 << 20;

    private readonly List<UploadState> _files = [];
    private readonly List<Violation> _violations = [];
    private JsonElement? _spec;

    public async Task<ReceivedForm> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        try
        {
            var reader = new MultipartReader(Boundary(request), request.Body)
            {
                HeadersCountLimit = MaxPartHeaders, HeadersLengthLimit = MaxPartHeaderBytes, BodyLengthLimit = null,
            };
            while (_violations.Count == 0 && await reader.ReadNextSectionAsync(ct) is { } section)
                await TakeAsync(section, ct);
        }
        catch (InvalidDataException malformed)
        {
            await TakeBackAsync();
            throw new BadHttpRequestException($"Expected a form (multipart/form-data). Received: one that cannot be read: {malformed.Message}", malformed);
        }
        catch
        {
            await TakeBackAsync();
            throw;
        }
        if (_violations.Count > 0)
            await TakeBackAsync();
        return new ReceivedForm(_spec, _files, _violations);
    }

    /// <summary>Forgets what came; its bytes go with the next round of the collector.</summary>
    public async Task TakeBackAsync()
    {
        foreach (var file in _files)
            await uploads.RemoveAsync(file.Id, CancellationToken.None);
        _files.Clear();
    }

    private async Task TakeAsync(MultipartSection section, CancellationToken ct)
    {
        if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition) || !disposition.IsFormDisposition() && !disposition.IsFileDisposition())
        {
            _violations.Add(new Violation("", ViolationCodes.InvalidFormat, "expected parts with Content-Disposition: form-data. Received: one without."));
            return;
        }
        var name = HeaderUtilities.RemoveQuotes(disposition.Name).Value;
        if (name == SpecPart)
            await TakeSpecAsync(section, ct);
        else if (!disposition.IsFileDisposition())
            _violations.Add(new Violation("", ViolationCodes.UnknownField, $"expected the part {SpecPart} and files. Received: a part without a file name."));
        else if (_files.Count >= options.MaxFiles)
            _violations.Add(new Violation("", ViolationCodes.TooMany, $"expected at most {options.MaxFiles} files (Datasets:MaxFiles). Received: more."));
        else
            await TakeFileAsync(section, disposition, ct);
    }

    private async Task TakeFileAsync(MultipartSection section, ContentDispositionHeaderValue disposition, CancellationToken ct)
    {
        var fileName = disposition.FileNameStar.HasValue ? disposition.FileNameStar.Value : HeaderUtilities.RemoveQuotes(disposition.FileName).Value;
        await using var body = new WatchedStream(section.Body, read =>
        {
            if (read > options.MaxFileBytes)
                throw new BadHttpRequestException($"Expected files of at most {options.MaxFileBytes} bytes (Datasets:MaxFileBytes). Received: more.", StatusCodes.Status413PayloadTooLarge);
        });
        _files.Add(await uploads.AddWholeAsync(fileName, body, ct));
    }

    private async Task TakeSpecAsync(MultipartSection section, CancellationToken ct)
    {
        if (_spec is not null)
        {
            _violations.Add(new Violation("", ViolationCodes.DuplicateField, $"expected one part {SpecPart}. Received: two."));
            return;
        }
        using var buffer = new MemoryStream();
        await using var body = new WatchedStream(section.Body, read =>
        {
            if (read > MaxSpecBytes)
                throw new BadHttpRequestException($"Expected a part {SpecPart} of at most {MaxSpecBytes} bytes. Received: more.", StatusCodes.Status413PayloadTooLarge);
        });
        await body.CopyToAsync(buffer, ct);
        _spec = JsonBody.Parse(new ReadOnlyMemory<byte>(buffer.GetBuffer(), 0, (int)buffer.Length));
    }

    private static string Boundary(HttpRequest request)
    {
        var boundary = HeaderUtilities.RemoveQuotes(request.GetTypedHeaders().ContentType?.Boundary ?? default).Value;
        return boundary is { Length: > 0 and <= MaxBoundary } ? boundary
            : throw new BadHttpRequestException($"Expected Content-Type: multipart/form-data with a boundary of 1 to {MaxBoundary} characters. Received: {request.ContentType}.");
    }
}
