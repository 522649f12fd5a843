using TrainingService.Contracts.Datasets;
using TrainingService.Domain.Artifacts;

namespace TrainingService.Api.Tests.Datasets;

public sealed class UploadsApiTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_file_in_parts_becomes_a_data_set()
    {
        var upload = await AnnounceAsync(DatasetStories.Csv);
        var half = DatasetStories.Csv.Length / 2;

        var first = await service.PatchAsync(upload.Id, 0, DatasetStories.Csv[..half]);
        Assert.Equal((HttpStatusCode.NoContent, $"{half}"), (first.StatusCode, first.Headers.GetValues("Upload-Offset").Single()));
        using (var head = await service.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, $"/v1/uploads/{upload.Id}"), Ct))
            Assert.Equal(($"{half}", $"{DatasetStories.Csv.Length}"), (head.Headers.GetValues("Upload-Offset").Single(), head.Headers.GetValues("Upload-Length").Single()));
        var early = await service.PostAsync("/v1/datasets", Request(DatasetStories.NewName(), upload.Id));
        Assert.Equal("/uploads/0", Assert.Single((await ServiceFixture.ProblemAsync(early, HttpStatusCode.BadRequest)).Errors!).Pointer);
        Assert.Equal(HttpStatusCode.NoContent, (await service.PatchAsync(upload.Id, half, DatasetStories.Csv[half..])).StatusCode);
        Assert.True((await service.GetAsync<UploadResponse>($"/v1/uploads/{upload.Id}")).Complete);

        // Two data sets of one upload: the first options may have been wrong.
        foreach (var name in new[] { DatasetStories.NewName(), DatasetStories.NewName() })
        {
            var version = await ServiceFixture.ReadAsync<DatasetVersionResponse>(await service.PostAsync("/v1/datasets", Request(name, upload.Id)), HttpStatusCode.Accepted);
            Assert.Equal(upload.Sha256, Assert.Single(version.Files!).Sha256);
        }
    }

    [Fact]
    public async Task A18_a_part_at_another_place_is_told_the_right_one()
    {
        var upload = await AnnounceAsync("abcdef");
        await service.PatchAsync(upload.Id, 0, "abc");

        var wrong = await service.PatchAsync(upload.Id, 0, "abc");

        Assert.Equal("3", wrong.Headers.GetValues("Upload-Offset").Single());
        Assert.Equal("wrong_offset", (await ServiceFixture.ProblemAsync(wrong, HttpStatusCode.Conflict)).Code);
        await ServiceFixture.ProblemAsync(await service.PatchAsync(upload.Id, 3, "defg"), HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A18_a_file_with_another_digest_is_refused_and_gone()
    {
        var upload = await AnnounceAsync("abcdef");

        Assert.Equal("checksum_mismatch", (await ServiceFixture.ProblemAsync(await service.PatchAsync(upload.Id, 0, "abcdeX"), HttpStatusCode.UnprocessableEntity)).Code);

        await ServiceFixture.ProblemAsync(await service.Http.GetAsync($"/v1/uploads/{upload.Id}", Ct), HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A06_who_does_not_have_the_id_reaches_nothing()
    {
        var upload = await AnnounceAsync("abcdef");
        await service.PatchAsync(upload.Id, 0, "abcdef");
        var other = Guid.NewGuid();

        await ServiceFixture.ProblemAsync(await service.PatchAsync(other, 0, "evil"), HttpStatusCode.NotFound);
        await ServiceFixture.ProblemAsync(await service.PatchAsync(other, 6, ""), HttpStatusCode.NotFound);
        await ServiceFixture.ProblemAsync(await service.Http.DeleteAsync($"/v1/uploads/{other}", Ct), HttpStatusCode.NotFound);
        await ServiceFixture.ProblemAsync(await service.PostAsync("/v1/datasets", Request(DatasetStories.NewName(), other)), HttpStatusCode.BadRequest);
        // Nor can anybody write over what is complete.
        Assert.Equal(HttpStatusCode.Conflict, (await service.PatchAsync(upload.Id, 0, "evil")).StatusCode);

        Assert.True((await service.GetAsync<UploadResponse>($"/v1/uploads/{upload.Id}")).Complete);
        using var content = new StreamReader(service.Get<IArtifactStore>().TryOpen(upload.Sha256)!);
        Assert.Equal("abcdef", await content.ReadToEndAsync(Ct));
    }

    [Fact]
    public async Task A_wrong_announcement_or_part_is_told_what_is_wrong()
    {
        var wrong = await service.PostAsync("/v1/uploads", new JsonObject { ["file_name"] = "x", ["size_bytes"] = -1, ["sha256"] = "ABC" });
        Assert.Equal(["/size_bytes", "/sha256"], (await ServiceFixture.ProblemAsync(wrong, HttpStatusCode.BadRequest)).Errors!.Select(error => error.Pointer));
        var upload = await AnnounceAsync("abc");
        await ServiceFixture.ProblemAsync(await service.Http.PatchAsync($"/v1/uploads/{upload.Id}", new StringContent("abc"), Ct), HttpStatusCode.UnsupportedMediaType);
        var bytes = new ByteArrayContent("abc"u8.ToArray()) { Headers = { ContentType = new("application/octet-stream") } };
        await ServiceFixture.ProblemAsync(await service.Http.PatchAsync($"/v1/uploads/{upload.Id}", bytes, Ct), HttpStatusCode.BadRequest);
        Assert.Equal(HttpStatusCode.NoContent, (await service.Http.DeleteAsync($"/v1/uploads/{upload.Id}", Ct)).StatusCode);
    }

    private async Task<UploadResponse> AnnounceAsync(string content) => await ServiceFixture.ReadAsync<UploadResponse>(
        await service.PostAsync("/v1/uploads", new JsonObject { ["file_name"] = "houses.csv", ["size_bytes"] = content.Length, ["sha256"] = DatasetStories.Sha256(content) }),
        HttpStatusCode.Created);

    private static JsonObject Request(string name, Guid upload) => new() { ["name"] = name, ["uploads"] = new JsonArray($"{upload}") };
}
