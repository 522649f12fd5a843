namespace TrainingService.Api.Tests.Jobs;

public sealed class MetricsApiTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    [Fact]
    public async Task An_attempt_that_goes_back_replaces_the_epochs_from_there_on()
    {
        var first = await service.StartAsync();
        await first.EpochAsync(1, 0.9);
        await first.EpochAsync(2, 0.8);
        await first.EpochAsync(3, 0.7);
        await first.HandBackAsync();
        var second = await service.ClaimAsync(first.Id);
        await second.EpochAsync(2, 0.75);

        var metrics = await service.GetAsync<MetricsResponse>($"/v1/jobs/{first.Id}/metrics");

        Assert.Equal([(1, 1, 0.9), (2, 2, 0.75)], metrics.Epochs.Select(epoch => (epoch.Epoch, epoch.Attempt, epoch.Logs["loss"]!.Value)));
        Assert.Null(metrics.Evaluation);
    }

    [Fact]
    public async Task A_figure_that_is_not_finite_is_null_and_named()
    {
        var run = await service.StartAsync();
        await run.EpochAsync(1, null, nonFinite: new Dictionary<string, string> { ["loss"] = "nan" });
        await run.AppendAsync((EventTypes.Evaluation, new EvaluationEvent("test", new Dictionary<string, double?> { ["loss"] = 0.5 }, null, 10)));

        var metrics = await service.GetAsync<MetricsResponse>($"/v1/jobs/{run.Id}/metrics");

        var epoch = Assert.Single(metrics.Epochs);
        Assert.Null(epoch.Logs["loss"]);
        Assert.Equal("nan", epoch.NonFinite!["loss"]);
        Assert.Equal(0.5, metrics.Evaluation!["loss"]);
    }

    [Fact]
    public async Task A_chart_is_a_chartjs_line_of_training_and_validation()
    {
        var run = await service.StartAsync();
        await run.EpochAsync(1, 0.9, 0.8);
        await run.EpochAsync(2, 0.5, 0.6);

        var chart = await service.GetAsync<JsonElement>($"/v1/jobs/{run.Id}/charts/loss");

        Assert.Equal("line", chart.GetProperty("type").GetString());
        Assert.Equal("[1,2]", chart.GetProperty("data").GetProperty("labels").GetRawText());
        var series = chart.GetProperty("data").GetProperty("datasets").EnumerateArray().ToArray();
        Assert.Equal(["Training loss", "Validation loss"], series.Select(s => s.GetProperty("label").GetString()));
        Assert.Equal(["[0.9,0.5]", "[0.8,0.6]"], series.Select(s => s.GetProperty("data").GetRawText()));
        // Chart.js reads these in camel case.
        Assert.All(series, s => Assert.StartsWith("#", s.GetProperty("borderColor").GetString(), StringComparison.Ordinal));
        Assert.Equal("Epoch", chart.GetProperty("options").GetProperty("scales").GetProperty("x").GetProperty("title").GetProperty("text").GetString());
    }

    [Fact]
    public async Task A_chart_before_the_first_epoch_is_empty_and_an_unknown_figure_names_those_there_are()
    {
        var run = await service.StartAsync();
        var empty = await service.GetAsync<ChartResponse>($"/v1/jobs/{run.Id}/charts/loss");
        Assert.Empty(empty.Data.Labels);
        Assert.Empty(Assert.Single(empty.Data.Datasets).Data);

        await run.EpochAsync(1, 0.9, 0.8);
        var response = await service.Http.GetAsync($"/v1/jobs/{run.Id}/charts/los", TestContext.Current.CancellationToken);
        var problem = await ServiceFixture.ProblemAsync(response, HttpStatusCode.NotFound);
        Assert.Equal("metric_not_found", problem.Code);
        Assert.Contains("loss, val_loss", problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task F33_steps_that_a_later_attempt_repeats_are_its_own()
    {
        var first = await service.StartAsync();
        await first.StepsAsync(1, (10, 0.9), (20, 0.8), (30, 0.7), (40, 0.6));
        await first.HandBackAsync();
        var second = await service.ClaimAsync(first.Id);
        await second.StepsAsync(1, (30, 0.71));
        await second.HandBackAsync();
        await (await service.ClaimAsync(first.Id)).StepsAsync(1, (40, 0.61), (50, 0.5));

        var metrics = await service.GetAsync<MetricsResponse>($"/v1/jobs/{first.Id}/metrics?per=step");

        Assert.Empty(metrics.Epochs);
        Assert.Equal(
            [(10, 1, 0.9), (20, 1, 0.8), (30, 2, 0.71), (40, 3, 0.61), (50, 3, 0.5)],
            metrics.Steps!.Select(step => (step.GlobalStep, step.Attempt, step.Logs["loss"]!.Value)));
        Assert.Equal(5, metrics.Total);
        var chart = await service.GetAsync<ChartResponse>($"/v1/jobs/{first.Id}/charts/loss?per=step");
        Assert.Equal([10L, 20, 30, 40, 50], chart.Data.Labels);
        Assert.Equal("Step", chart.Options.Scales["x"].Title.Text);
    }

    [Fact]
    public async Task L8_a_long_run_is_thinned_and_its_peaks_stay()
    {
        const int Steps = 12_000;
        var run = await service.StartAsync();
        for (var step = 1; step <= Steps; step += 1_000)
            await run.StepsAsync(1, [.. Enumerable.Range(step, 1_000).Select(n => ((long)n, n switch { 4_321 => 99.0, 8_765 => -99.0, _ => 1.0 / n }))]);

        var metrics = await service.GetAsync<MetricsResponse>($"/v1/jobs/{run.Id}/metrics?per=step&points=200");
        Assert.Equal(Steps, metrics.Total);
        Assert.InRange(metrics.Steps!.Count, 50, 200);
        Assert.Equal((1L, (long)Steps), (metrics.Steps[0].GlobalStep, metrics.Steps[^1].GlobalStep));
        Assert.Equal((99.0, -99.0), (metrics.Steps.Max(step => step.Logs["loss"]), metrics.Steps.Min(step => step.Logs["loss"])));

        var chart = await service.GetAsync<ChartResponse>($"/v1/jobs/{run.Id}/charts/loss?per=step&points=2000");
        Assert.InRange(chart.Data.Labels.Count, 500, 2_000);
        Assert.Contains(4_321L, chart.Data.Labels);
        Assert.Contains(8_765L, chart.Data.Labels);
    }

    [Theory]
    [InlineData("?per=batch", "?per")]
    [InlineData("?points=9", "?points")]
    [InlineData("?points=2001", "?points")]
    public async Task Wrong_parameters_are_named(string query, string pointer)
    {
        var id = await service.AddAsync();
        foreach (var path in new[] { "metrics", "charts/loss" })
        {
            var problem = await ServiceFixture.ProblemAsync(
                await service.Http.GetAsync($"/v1/jobs/{id}/{path}{query}", TestContext.Current.CancellationToken), HttpStatusCode.BadRequest);
            Assert.Equal(pointer, Assert.Single(problem.Errors!).Pointer);
        }
    }
}
