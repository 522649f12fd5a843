using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Shapes;
using TrainingService.Domain.Artifacts;
using TrainingService.Domain.Datasets;

namespace TrainingService.Api.Tests.Datasets;

/// <summary>Requests that the tests of data sets have in common, and what a worker would do.</summary>
internal static class DatasetStories
{
    public const string Csv = "rooms,price\n3,100\n4,200\n5,\n";

    public static readonly DatasetSchema Schema = new(
        [
            new ColumnInfo("rooms", ColumnRole.Feature, "float32", new Shape(), Statistics: new ColumnStatistics(3, Min: 3, Max: 5)),
            new ColumnInfo("picture", ColumnRole.Ignored, "uint8", new Shape(2, 2, 3)),
            new ColumnInfo("price", ColumnRole.Label, "float32", new Shape(), Statistics: new ColumnStatistics(3, 1)),
        ], new Dictionary<string, long> { ["train"] = 3 }, DatasetFormat.Csv);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static string NewName() => $"set-{Guid.NewGuid():N}";

    public static string Sha256(string content) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)));

    public static MultipartFormDataContent Form(object? spec, params (string FileName, string Content)[] files)
    {
        var form = new MultipartFormDataContent();
        if (spec is not null)
            form.Add(new StringContent(JsonSerializer.Serialize(spec), Encoding.UTF8, "application/json"), "spec");
        foreach (var (fileName, content) in files)
            form.Add(new ByteArrayContent(Encoding.UTF8.GetBytes(content)), "file", fileName);
        return form;
    }

    public static Task<HttpResponseMessage> PostFormAsync(this ServiceFixture service, MultipartFormDataContent form, string? key = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/v1/datasets") { Content = form };
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        return service.Http.SendAsync(request, Ct);
    }

    public static Task<HttpResponseMessage> PatchAsync(this ServiceFixture service, Guid upload, long offset, string part)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(part));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/offset+octet-stream");
        return service.Http.SendAsync(new HttpRequestMessage(HttpMethod.Patch, $"/v1/uploads/{upload}") { Content = content, Headers = { { "Upload-Offset", $"{offset}" } } }, Ct);
    }

    /// <summary>A version with a file, which waits.</summary>
    public static async Task<DatasetVersionResponse> AddVersionAsync(this ServiceFixture service, string name) =>
        await ServiceFixture.ReadAsync<DatasetVersionResponse>(await service.PostFormAsync(Form(new { name }, ("houses.csv", Csv))), HttpStatusCode.Accepted);

    /// <summary>What a worker does when it begins.</summary>
    public static async Task<IngestClaim> ClaimVersionAsync(this ServiceFixture service, DatasetVersionResponse version)
    {
        var store = service.Get<DatasetStore>();
        var id = await store.FindIdAsync(version.Name, version.Version, Ct);
        return Assert.IsType<IngestClaim>(await store.TryClaimAsync(id!.Value, Guid.NewGuid(), "worker", TimeSpan.FromMinutes(5), Ct));
    }

    /// <summary>What a worker does at the end, with a preview of two rows and a picture.</summary>
    public static async Task FinishAsync(this ServiceFixture service, IngestClaim claim)
    {
        var preview = """[{"split":"train","offset":0,"total_rows":3,"columns":["rooms","picture","price"],"rows":[[3,null,100],[4,null,200]]}]""";
        var files = new List<DatasetFile>();
        foreach (var (name, content) in new[] { ("train.0.bin", "rooms"), ("schema.json", "{}"), ("preview.json", preview), (DatasetSchema.PreviewImage("train", 0, 1), "\u0089PNG") })
        {
            var (sha256, size) = await service.Get<IArtifactStore>().PutAsync(new MemoryStream(Encoding.UTF8.GetBytes(content)), Ct);
            files.Add(new DatasetFile(name, sha256, size));
        }
        Assert.True(await service.Get<DatasetStore>().TryFinishAsync(claim.VersionId, claim.Attempt, Schema, files, Ct));
    }

    public static async Task<DatasetVersionResponse> AddReadyAsync(this ServiceFixture service, string name)
    {
        var version = await service.AddVersionAsync(name);
        await service.FinishAsync(await service.ClaimVersionAsync(version));
        return version;
    }
}
