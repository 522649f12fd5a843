using TrainingService.Contracts.Json;

namespace TrainingService.Api.Tests.OpenApi;

public sealed class ApiDescriptionTests(ServiceFixture service) : IClassFixture<ServiceFixture>, IAsyncLifetime
{
    private JsonElement _document;

    public async ValueTask InitializeAsync() => _document = await service.GetAsync<JsonElement>("/swagger/v1/swagger.json");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task The_page_is_there()
    {
        var page = await service.Http.GetStringAsync("/swagger/index.html", TestContext.Current.CancellationToken);
        Assert.Contains("swagger-ui", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_endpoint_is_there_with_a_summary_and_every_parameter_with_a_description()
    {
        Assert.Equal(
        [
            "/healthz/live", "/healthz/ready", "/v1/datasets", "/v1/datasets/{name}", "/v1/datasets/{name}/versions", "/v1/datasets/{name}/versions/{version}",
            "/v1/datasets/{name}/versions/{version}/cancel", "/v1/datasets/{name}/versions/{version}/events", "/v1/datasets/{name}/versions/{version}/preview",
            "/v1/datasets/{name}/versions/{version}/preview/{split}/{row}/{column}.png", "/v1/datasets/{name}/versions/{version}/statistics", "/v1/jobs", "/v1/jobs/{id}", "/v1/jobs/{id}/archive", "/v1/jobs/{id}/artifacts",
            "/v1/jobs/{id}/artifacts/{name}", "/v1/jobs/{id}/attempts", "/v1/jobs/{id}/cancel", "/v1/jobs/{id}/charts/{metric}", "/v1/jobs/{id}/checkpoints",
            "/v1/jobs/{id}/clone", "/v1/jobs/{id}/continue", "/v1/jobs/{id}/events", "/v1/jobs/{id}/logs", "/v1/jobs/{id}/metrics", "/v1/jobs/{id}/pause",
            "/v1/jobs/{id}/resume", "/v1/jobs/{id}/transitions", "/v1/jobs/{id}/unarchive", "/v1/jobs/{id}/webhooks", "/v1/jobs:validate", "/v1/uploads",
            "/v1/uploads/{id}", "/v1/workers",
        ], _document.GetProperty("paths").EnumerateObject().Select(path => path.Name).Order(StringComparer.Ordinal));
        foreach (var (name, operation) in Operations())
        {
            Assert.True(operation.TryGetProperty("summary", out _), name);
            if (operation.TryGetProperty("parameters", out var parameters))
                Assert.All(parameters.EnumerateArray(), parameter => Assert.True(parameter.TryGetProperty("description", out _), $"{name}: {parameter}"));
        }
    }

    [Fact]
    public void Every_answer_has_a_schema_and_every_success_an_example()
    {
        foreach (var (name, operation) in Operations())
        {
            foreach (var answer in operation.GetProperty("responses").EnumerateObject().Where(answer => answer.Name is not ("204" or "304")))
            {
                Assert.True(answer.Value.TryGetProperty("content", out var content), $"{name} {answer.Name}");
                foreach (var media in content.EnumerateObject())
                {
                    Assert.True(media.Value.TryGetProperty("schema", out _), $"{name} {answer.Name} {media.Name}");
                    if (answer.Name[0] == '2' && media.Name is not ("application/octet-stream" or "image/png"))
                        Assert.True(media.Value.TryGetProperty("example", out _), $"{name} {answer.Name} {media.Name}");
                }
            }
            Assert.True(operation.GetProperty("responses").TryGetProperty("500", out _), name);
        }
    }

    [Fact]
    public async Task The_example_bodies_are_jobs_that_the_service_takes()
    {
        var examples = Operations().Single(operation => operation.Name == "post /v1/jobs").Operation
            .GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("examples");
        Assert.Equal(["mnist-cnn", "mnist-expression", "mnist-quick"], examples.EnumerateObject().Select(example => example.Name));
        foreach (var example in examples.EnumerateObject())
        {
            var body = JsonNode.Parse(example.Value.GetProperty("value").GetRawText());
            await ServiceFixture.ReadAsync<ValidationResponse>(await service.PostAsync("/v1/jobs:validate", body), HttpStatusCode.OK);
        }
    }

    [Fact]
    public void Whatever_makes_or_changes_a_job_says_how_it_can_be_repeated_and_refused()
    {
        var operations = Operations().ToDictionary(operation => operation.Name, operation => operation.Operation);
        foreach (var name in new[] { "post /v1/jobs", "post /v1/jobs/{id}/clone", "post /v1/jobs/{id}/continue" })
        {
            Assert.Contains(operations[name].GetProperty("parameters").EnumerateArray(),
                parameter => parameter.GetProperty("name").GetString() == "Idempotency-Key" && parameter.GetProperty("in").GetString() == "header");
            Assert.NotEmpty(operations[name].GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("examples").EnumerateObject());
            Assert.Superset(new HashSet<string> { "200", "201", "400", "413", "415", "422" }, Answers(operations[name]));
        }
        foreach (var verb in new[] { "pause", "resume", "archive", "unarchive", "continue" })
            Assert.Superset(new HashSet<string> { "404", "409" }, Answers(operations[$"post /v1/jobs/{{id}}/{verb}"]));
        Assert.Superset(new HashSet<string> { "204", "404" }, Answers(operations["delete /v1/jobs/{id}"]));
        var conflict = operations["post /v1/jobs/{id}/pause"].GetProperty("responses").GetProperty("409").GetProperty("content").GetProperty("application/problem+json");
        Assert.Equal("conflict", conflict.GetProperty("example").GetProperty("code").GetString());
    }

    [Fact]
    public async Task The_examples_of_a_clone_fit_the_example_job()
    {
        var parent = await ServiceFixture.ReadAsync<JobResponse>(await service.PostAsync("/v1/jobs", ServiceFixture.Job()), HttpStatusCode.Created);
        var examples = Operations().Single(operation => operation.Name == "post /v1/jobs/{id}/clone").Operation
            .GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("examples");
        foreach (var example in examples.EnumerateObject())
            await ServiceFixture.ReadAsync<JobResponse>(
                await service.PostAsync($"/v1/jobs/{parent.Id}/clone", JsonNode.Parse(example.Value.GetProperty("value").GetRawText())), HttpStatusCode.Created);
    }

    [Fact]
    public void What_keras_names_is_a_pair_or_a_short_name()
    {
        var optimizers = Schema("OptimizerSpec").GetProperty("oneOf").EnumerateArray().ToArray();
        Assert.Contains("adam", optimizers[0].GetProperty("enum").EnumerateArray().Select(name => name.GetString()));
        var pairs = optimizers[1..].Select(form => form.GetProperty("properties")).ToArray();
        Assert.Equal(
            KerasCatalog.Optimizers.Records.Select(KerasKind.ClassName), pairs.Select(pair => pair.GetProperty("class_name").GetProperty("enum")[0].GetString()));
        var adam = pairs.Single(pair => pair.GetProperty("class_name").GetProperty("enum")[0].GetString() == "Adam");
        Assert.Equal("#/components/schemas/Adam", adam.GetProperty("config").GetProperty("$ref").GetString());
    }

    [Fact]
    public void Fields_have_their_docs_ranges_and_defaults()
    {
        var epochs = Schema("FitSpec").GetProperty("properties").GetProperty("epochs");
        Assert.Equal((1, 1_000_000, 1), (epochs.GetProperty("minimum").GetInt32(), epochs.GetProperty("maximum").GetInt32(), epochs.GetProperty("default").GetInt32()));
        Assert.Contains("at which training ends", epochs.GetProperty("description").GetString(), StringComparison.Ordinal);
        Assert.Equal(["compile", "data", "model"], Schema("JobSpec").GetProperty("required").EnumerateArray().Select(name => name.GetString()).Order(StringComparer.Ordinal));
    }

    private static HashSet<string> Answers(JsonElement operation) => [.. operation.GetProperty("responses").EnumerateObject().Select(answer => answer.Name)];

    private JsonElement Schema(string name) => _document.GetProperty("components").GetProperty("schemas").GetProperty(name);

    private IEnumerable<(string Name, JsonElement Operation)> Operations() =>
        from path in _document.GetProperty("paths").EnumerateObject()
        from operation in path.Value.EnumerateObject()
        select ($"{operation.Name} {path.Name}", operation.Value);
}
