using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using TrainingService.Client.Tests.Server;
using TrainingService.Contracts.Datasets;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Client.Tests.Datasets;

/// <summary>A service that takes parts of files, breaks some connections, and has a data set of what came.</summary>
internal sealed class DatasetService
{
    private readonly Guid _id = Guid.NewGuid();
    private readonly MemoryStream _content = new();
    private UploadRequest? _announced;
    private int _looks;

    /// <summary>Takes that many parts to half and then breaks the connection.</summary>
    public int Breaks { get; set; }

    public List<DatasetRequest> Requests { get; } = [];

    public string Received => System.Text.Encoding.UTF8.GetString(_content.ToArray());

    public static ColumnInfo[] Columns { get; } =
    [
        new("rooms", ColumnRole.Feature, "float32", new Shape(), Statistics: new ColumnStatistics(3, 0, 3, 5, 4)),
        new("kind", ColumnRole.Label, "int64", new Shape(), ["flat", "house"], new ColumnStatistics(3, 1, Top: [new ValueCount("house", 2), new ValueCount("flat", 1)])),
    ];

    /// <summary>How the data set ends.</summary>
    public DatasetVersionResponse End { get; set; } = new(
        "houses", 1, DatasetStatus.Ready, DatasetFormat.Csv, DateTimeOffset.UnixEpoch, Splits: new Dictionary<string, long> { ["train"] = 3 }, SizeBytes: 24, Fingerprint: new string('f', 64));

    public Task<TestServer> StartAsync() => TestServer.StartAsync(new Script(), map: Map);

    private void Map(IEndpointRouteBuilder app)
    {
        app.MapPost("/v1/uploads", (UploadRequest request) =>
        {
            _announced = request;
            return Json(Upload(), 201);
        });
        app.MapGet($"/v1/uploads/{_id}", () => Json(Upload()));
        app.MapPatch($"/v1/uploads/{_id}", (Delegate)AppendAsync);
        app.MapPost("/v1/datasets", async (HttpContext context) =>
        {
            Requests.Add((await context.Request.ReadFromJsonAsync<DatasetRequest>(ContractsJson.Options))!);
            return Json(End with { Status = DatasetStatus.Queued }, 202);
        });
        app.MapGet("/v1/datasets", (string? after) => Json(new Page<DatasetResponse>(
            [new DatasetResponse(after is null ? "houses" : "mnist", "Prices", after is not null, 1, 1, null, null, null)], after is null ? "houses" : null)));
        app.MapGet("/v1/datasets/houses/versions/1", () => Json(
            _looks++ == 0 ? End with { Status = DatasetStatus.Ingesting, Progress = new IngestProgressMessage(1, 5, 10) } : End));
        app.MapGet("/v1/datasets/houses/versions", () => Json(new[] { End }));
        app.MapGet("/v1/datasets/houses/versions/1/statistics", () => Json(Columns));
        app.MapDelete("/v1/datasets/houses", () => Results.NoContent());
    }

    private async Task<IResult> AppendAsync(HttpContext context)
    {
        var offset = long.Parse(context.Request.Headers["Upload-Offset"].Single()!);
        if (offset != _content.Length)
            return Results.Json(new ProblemResponse("about:blank", "Conflict", 409, "wrong_offset", null, null, null), ContractsJson.Options, "application/problem+json", 409);
        using var part = new MemoryStream();
        await context.Request.Body.CopyToAsync(part);
        if (Breaks-- > 0)
        {
            _content.Write(part.GetBuffer(), 0, (int)part.Length / 2);
            context.Abort();
            return Results.Empty;
        }
        _content.Write(part.GetBuffer(), 0, (int)part.Length);
        context.Response.Headers["Upload-Offset"] = $"{_content.Length}";
        return Results.NoContent();
    }

    private UploadResponse Upload() => new(
        _id, _announced!.FileName, _announced.SizeBytes, _announced.Sha256, _content.Length,
        Convert.ToHexStringLower(SHA256.HashData(_content.ToArray())) == _announced.Sha256, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch);

    private static IResult Json<T>(T value, int status = 200) => Results.Json(value, ContractsJson.Options, statusCode: status);
}
