using TrainingService.Contracts.Datasets;
using TrainingService.Domain.Artifacts;
using TrainingService.Domain.Datasets;

namespace TrainingService.Api.Tests.Datasets;

public sealed class DatasetsApiTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_form_becomes_a_version_that_is_read_and_shown()
    {
        var name = DatasetStories.NewName();

        var response = await service.PostFormAsync(DatasetStories.Form(new { name, description = "Houses", options = new { label = "price" } }, ("houses.csv", DatasetStories.Csv)));

        Assert.Equal($"/v1/datasets/{name}/versions/1", response.Headers.Location?.OriginalString);
        var version = await ServiceFixture.ReadAsync<DatasetVersionResponse>(response, HttpStatusCode.Accepted);
        Assert.Equal((name, 1, DatasetStatus.Queued), (version.Name, version.Version, version.Status));
        var file = Assert.Single(version.Files!);
        Assert.Equal(new DatasetFile("houses.csv", DatasetStories.Sha256(DatasetStories.Csv), DatasetStories.Csv.Length), file);
        using (var stored = new StreamReader(service.Get<IArtifactStore>().TryOpen(file.Sha256)!))
            Assert.Equal(DatasetStories.Csv, await stored.ReadToEndAsync(Ct));

        var claim = await service.ClaimVersionAsync(version);
        Assert.Equal(["price"], claim.Options.Label!);
        await service.Get<DatasetStore>().TryReportAsync(claim.VersionId, claim.Attempt, new IngestProgressMessage(2, 20, 30), Ct);
        var reading = await service.GetAsync<DatasetVersionResponse>($"/v1/datasets/{name}/versions/1");
        Assert.Equal((DatasetStatus.Ingesting, new IngestProgressMessage(2, 20, 30)), (reading.Status, reading.Progress));

        await service.FinishAsync(claim);
        var ready = await service.GetAsync<DatasetVersionResponse>($"/v1/datasets/{name}/versions/1");
        Assert.Equal((DatasetStatus.Ready, DatasetFormat.Csv, 3L, 64), (ready.Status, ready.Format, ready.Splits!["train"], ready.Fingerprint!.Length));
        Assert.All(ready.Columns!, column => Assert.Null(column.Statistics));
        Assert.Equal(1, (await service.GetAsync<IReadOnlyList<ColumnInfo>>($"/v1/datasets/{name}/versions/1/statistics"))[2].Statistics!.Missing);
        var dataset = await service.GetAsync<DatasetResponse>($"/v1/datasets/{name}");
        Assert.Equal(("Houses", 1, 1, ready.Fingerprint), (dataset.Description, dataset.Version, dataset.Versions, dataset.Info!.Fingerprint));
        Assert.Equal(1, Assert.Single(await service.GetAsync<IReadOnlyList<DatasetVersionResponse>>($"/v1/datasets/{name}/versions")).Version);
    }

    [Fact]
    public async Task The_list_has_what_comes_with_the_service_and_what_people_brought_page_by_page()
    {
        var name = DatasetStories.NewName();
        await service.AddReadyAsync(name);

        var all = new List<DatasetResponse>();
        for (string? after = null; ;)
        {
            var page = await service.GetAsync<Page<DatasetResponse>>($"/v1/datasets?limit=2{(after is null ? "" : $"&after={after}")}");
            all.AddRange(page.Items);
            if ((after = page.NextCursor) is null)
                break;
        }

        Assert.Equal(all.Select(dataset => dataset.Name).Distinct().Order(StringComparer.Ordinal), all.Select(dataset => dataset.Name));
        var mnist = all.Single(dataset => dataset.Name == "mnist");
        Assert.Equal((true, 60_000L), (mnist.BuiltIn, mnist.Info!.Splits["train"]));
        Assert.Equal((true, null), (all.Single(dataset => dataset.Name == "cifar10").BuiltIn, all.Single(dataset => dataset.Name == "cifar10").Info));
        Assert.Equal(["rooms", "picture", "price"], all.Single(dataset => dataset.Name == name).Info!.Columns!.Select(column => column.Name));
    }

    [Fact]
    public async Task What_was_wrong_with_a_file_is_shown_with_its_place()
    {
        var version = await service.AddVersionAsync(DatasetStories.NewName());
        var claim = await service.ClaimVersionAsync(version);
        var error = new DatasetError(DatasetErrorCodes.BadValue, "expected a number. Received: x.", "houses.csv", 3, "price");

        await service.Get<DatasetStore>().TryFailAsync(claim.VersionId, claim.Attempt, error, Ct);

        var failed = await service.GetAsync<DatasetVersionResponse>($"/v1/datasets/{version.Name}/versions/1");
        Assert.Equal((DatasetStatus.Failed, error), (failed.Status, failed.Error));
        await ServiceFixture.ProblemAsync(await service.Http.GetAsync($"/v1/datasets/{version.Name}/versions/1/statistics", Ct), HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Rows_and_pictures_can_be_looked_at()
    {
        var name = DatasetStories.NewName();
        await service.AddReadyAsync(name);

        var preview = await service.GetAsync<DatasetPreview>($"/v1/datasets/{name}/versions/1/preview?offset=1&count=5");

        Assert.Equal(("train", 1L, 3L), (preview.Split, preview.Offset, preview.TotalRows));
        Assert.Equal(200, Assert.Single(preview.Rows)[2].GetInt32());
        using var picture = await service.Http.GetAsync($"/v1/datasets/{name}/versions/1/preview/train/0/1.png", Ct);
        Assert.Equal(("image/png", "nosniff"), (picture.Content.Headers.ContentType!.MediaType, picture.Headers.GetValues("X-Content-Type-Options").Single()));
        foreach (var (address, status) in new[]
        {
            ("preview?split=test", HttpStatusCode.BadRequest), ("preview?offset=-1&count=0", HttpStatusCode.BadRequest), ("preview/train/1/1.png", HttpStatusCode.NotFound),
            ("preview/..%2f..%2fx/0/1.png", HttpStatusCode.NotFound),
        })
            await ServiceFixture.ProblemAsync(await service.Http.GetAsync($"/v1/datasets/{name}/versions/1/{address}", Ct), status);
    }

    [Fact]
    public async Task Its_events_come_as_a_stream_that_ends_with_it()
    {
        var version = await service.AddVersionAsync(DatasetStories.NewName());
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/datasets/{version.Name}/versions/1/events") { Headers = { { "Accept", "text/event-stream" } } };
        using var response = await service.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(Ct));
        var ids = new List<string>();
        while (await lines.ReadLineAsync(Ct) is { } line)
        {
            if (line.StartsWith("id: ", StringComparison.Ordinal))
                ids.Add(line[4..]);
            if (line == "id: 1")
                await service.FinishAsync(await service.ClaimVersionAsync(version));
        }

        Assert.Equal(["1", "2", "3"], ids);
        var page = await service.GetAsync<Page<DatasetEvent>>($"/v1/datasets/{version.Name}/versions/1/events?after=1&limit=1");
        Assert.Equal((2L, "2"), (Assert.Single(page.Items).Seq, page.NextCursor));
        using var again = new HttpRequestMessage(HttpMethod.Get, request.RequestUri) { Headers = { { "Accept", "text/event-stream" }, { "Last-Event-ID", "3" } } };
        Assert.Equal(HttpStatusCode.NoContent, (await service.Http.SendAsync(again, Ct)).StatusCode);
    }

    [Fact]
    public async Task A_version_can_be_cancelled_and_deleted()
    {
        var version = await service.AddVersionAsync(DatasetStories.NewName());

        var cancelled = await ServiceFixture.ReadAsync<DatasetVersionResponse>(await service.PostAsync($"/v1/datasets/{version.Name}/versions/1/cancel", null), HttpStatusCode.OK);
        Assert.Equal(DatasetStatus.Cancelled, cancelled.Status);
        for (var time = 0; time < 2; time++)
            Assert.Equal(HttpStatusCode.NoContent, (await service.Http.DeleteAsync($"/v1/datasets/{version.Name}/versions/1", Ct)).StatusCode);
        await ServiceFixture.ProblemAsync(await service.Http.GetAsync($"/v1/datasets/{version.Name}", Ct), HttpStatusCode.NotFound);
        await ServiceFixture.ProblemAsync(await service.Http.DeleteAsync("/v1/datasets/never-there", Ct), HttpStatusCode.NotFound);
        await ServiceFixture.ProblemAsync(await service.Http.DeleteAsync("/v1/datasets/mnist", Ct), HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task A_job_names_the_newest_version_and_keeps_it_from_being_deleted()
    {
        var name = DatasetStories.NewName();
        await service.AddReadyAsync(name);
        await service.AddReadyAsync(name);
        var job = JsonNode.Parse($$$$$"""
            {"model": {"class_name": "Sequential", "config": {"layers": [{"class_name": "Dense", "config": {"units": 1}}]}},
             "compile": {"optimizer": "sgd", "loss": "mse"}, "data": {"train": {"dataset": "{{{{{name}}}}}"}}, "fit": {"epochs": 1}}
            """)!;

        var accepted = await ServiceFixture.ReadAsync<JobResponse>(await service.PostAsync("/v1/jobs", job), HttpStatusCode.Created);

        Assert.Equal($"{name}@2", accepted.Spec!.Value.GetProperty("data").GetProperty("train").GetProperty("dataset").GetString());
        var conflict = await ServiceFixture.ProblemAsync(await service.Http.DeleteAsync($"/v1/datasets/{name}", Ct), HttpStatusCode.Conflict);
        Assert.Contains(accepted.Id.ToString(), conflict.Detail, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NoContent, (await service.Http.DeleteAsync($"/v1/datasets/{name}/versions/1", Ct)).StatusCode);
        job["data"]!["train"]!["dataset"] = $"{name}@1";
        var refused = await ServiceFixture.ProblemAsync(await service.PostAsync("/v1/jobs", job), HttpStatusCode.BadRequest);
        Assert.Contains(refused.Errors!, error => error.Pointer == "/data/train/dataset");
    }

    [Fact]
    public async Task A_built_in_data_set_that_a_job_names_is_fetched_once()
    {
        var job = ServiceFixture.Job(("/data/train/dataset", "fashion_mnist"), ("/data/validation/dataset", "fashion_mnist"));

        await ServiceFixture.ProblemAsync(await service.PostAsync("/v1/jobs:validate", job), HttpStatusCode.BadRequest);
        Assert.Null((await service.GetAsync<DatasetResponse>("/v1/datasets/fashion_mnist")).CreatedAt);
        for (var time = 0; time < 2; time++)
        {
            var problem = await ServiceFixture.ProblemAsync(await service.PostAsync("/v1/jobs", job), HttpStatusCode.BadRequest);
            Assert.Equal("dataset_not_ready", Assert.Single(problem.Errors!).Code);
            Assert.Contains("/v1/datasets/fashion_mnist/versions/1", problem.Errors![0].Message, StringComparison.Ordinal);
        }
        Assert.Equal(1, (await service.GetAsync<DatasetResponse>("/v1/datasets/fashion_mnist")).Versions);
        var asked = await ServiceFixture.ReadAsync<DatasetVersionResponse>(await service.PostAsync("/v1/datasets", new JsonObject { ["name"] = "fashion_mnist" }), HttpStatusCode.OK);
        Assert.Equal((1, DatasetStatus.Queued), (asked.Version, asked.Status));
    }
}
