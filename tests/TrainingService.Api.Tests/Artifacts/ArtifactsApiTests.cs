using System.Net.Http.Headers;
using System.Security.Cryptography;
using TrainingService.Contracts.Artifacts;

namespace TrainingService.Api.Tests.Artifacts;

public sealed class ArtifactsApiTests(ServiceFixture service) : IClassFixture<ServiceFixture>, IAsyncLifetime
{
    private readonly byte[] _content = RandomNumberGenerator.GetBytes(200_003);
    private Run _run = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Sha256 => Convert.ToHexStringLower(SHA256.HashData(_content));

    private string Digest => $"sha-256=:{Convert.ToBase64String(SHA256.HashData(_content))}:";

    private string Address => $"/v1/jobs/{_run.Id}/artifacts/model.safetensors";

    public async ValueTask InitializeAsync()
    {
        _run = await service.StartAsync();
        await _run.StoreAsync("model.safetensors", _content);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Files_are_listed_by_name_with_size_and_digest()
    {
        await _run.StoreAsync("config.json", "{}"u8.ToArray(), "application/json");

        var list = await service.GetAsync<IReadOnlyList<ArtifactResponse>>($"/v1/jobs/{_run.Id}/artifacts");

        Assert.Equal(["config.json", "model.safetensors"], list.Select(artifact => artifact.Name));
        Assert.Equal((_content.Length, Sha256, "application/octet-stream"), ((int)list[1].SizeBytes, list[1].Sha256, list[1].MediaType));
    }

    [Fact]
    public async Task A_file_comes_whole_with_its_digest_as_an_attachment()
    {
        using var response = await service.Http.GetAsync(Address, Ct);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(_content, await response.Content.ReadAsByteArrayAsync(Ct));
        Assert.Equal($"\"{Sha256}\"", response.Headers.ETag?.Tag);
        Assert.Equal(Digest, Header(response, "Repr-Digest"));
        Assert.Equal(Digest, Header(response, "Content-Digest"));
        Assert.Equal("nosniff", Header(response, "X-Content-Type-Options"));
        Assert.Equal("attachment", response.Content.Headers.ContentDisposition?.DispositionType);
        Assert.Equal("model.safetensors", response.Content.Headers.ContentDisposition?.FileName);
        Assert.Equal(_content.Length, response.Content.Headers.ContentLength);
    }

    [Fact]
    public async Task A_file_in_folders_is_found_by_its_whole_name_and_called_by_its_last_part()
    {
        const string Name = "logs/train/events.out.tfevents.1.trainer.2.0.v2";
        await _run.StoreAsync(Name, _content);
        using var response = await service.Http.GetAsync($"/v1/jobs/{_run.Id}/artifacts/{Name}", Ct);

        Assert.Equal(_content, await response.Content.ReadAsByteArrayAsync(Ct));
        Assert.Equal("events.out.tfevents.1.trainer.2.0.v2", response.Content.Headers.ContentDisposition?.FileName);
        Assert.Equal(HttpStatusCode.NotFound, (await service.Http.GetAsync($"/v1/jobs/{_run.Id}/artifacts/logs/train", Ct)).StatusCode);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(100, 199)]
    [InlineData(200_002, 200_002)]
    [InlineData(150_000, null)]
    public async Task A_range_is_those_bytes_and_no_more(int from, int? to)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Address) { Headers = { Range = new RangeHeaderValue(from, to) } };
        request.Headers.IfRange = new RangeConditionHeaderValue(new EntityTagHeaderValue($"\"{Sha256}\""));
        using var response = await service.Http.SendAsync(request, Ct);

        Assert.Equal(HttpStatusCode.PartialContent, response.StatusCode);
        Assert.Equal(_content[from..((to ?? (_content.Length - 1)) + 1)], await response.Content.ReadAsByteArrayAsync(Ct));
        Assert.Equal(Digest, Header(response, "Repr-Digest"));
        Assert.Null(Header(response, "Content-Digest"));
    }

    [Fact]
    public async Task A_range_of_a_file_that_has_changed_gives_the_whole_new_one()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Address) { Headers = { Range = new RangeHeaderValue(5, 9) } };
        request.Headers.IfRange = new RangeConditionHeaderValue(new EntityTagHeaderValue($"\"{new string('0', 64)}\""));
        using var response = await service.Http.SendAsync(request, Ct);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(_content.Length, response.Content.Headers.ContentLength);
    }

    [Fact]
    public async Task A_range_outside_the_file_is_a_416_problem()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Address) { Headers = { Range = new RangeHeaderValue(200_003, null) } };
        var problem = await ServiceFixture.ProblemAsync(await service.Http.SendAsync(request, Ct), HttpStatusCode.RequestedRangeNotSatisfiable);
        Assert.Equal("range_not_satisfiable", problem.Code);
    }

    [Fact]
    public async Task Who_has_the_file_already_gets_304_and_head_gives_the_headers_alone()
    {
        using var conditional = new HttpRequestMessage(HttpMethod.Get, Address) { Headers = { IfNoneMatch = { new EntityTagHeaderValue($"\"{Sha256}\"") } } };
        using var unchanged = await service.Http.SendAsync(conditional, Ct);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);

        using var head = await service.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, Address), Ct);
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Equal(_content.Length, head.Content.Headers.ContentLength);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(Ct));
    }

    [Theory]
    [InlineData("nothing.bin")]
    [InlineData("..%2F..%2Fetc%2Fpasswd")]
    [InlineData("%2Fetc%2Fpasswd")]
    [InlineData("a%00b")]
    public async Task A_name_that_the_job_does_not_have_is_a_404(string name)
    {
        var response = await service.Http.GetAsync($"/v1/jobs/{_run.Id}/artifacts/{name}", Ct);
        Assert.True(response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.BadRequest, $"Received: {response.StatusCode}");
        Assert.DoesNotContain("root:", await response.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) || response.Content.Headers.TryGetValues(name, out values) ? values.Single() : null;
}
